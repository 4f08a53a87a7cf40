// Draws steward.ground.ui.charts.Chart: line, bar, funnel, control chart, heat strip, distribution. Direct labels first, colour-blind-safe colours with
// different signs and dashes, bars from zero. The table beneath has the same numbers, so the drawing itself is one image to a screen reader.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { options, palette } from "./chart-options.js";

use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

const drawn = new Map();

function colours(element) {
  // A probe resolves light-dark() and variables to plain colours that ECharts can read.
  const probe = document.createElement("span");
  probe.style.transition = "none"; // a running transition would answer with the colour before
  element.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { text: read("text"), soft: read("text-2"), line: read("line"), strong: read("line-strong"), accent: read("accent"), danger: read("danger"), surface: read("surface"), accentSoft: read("accent-soft") };
  probe.remove();
  const dark = getComputedStyle(document.body).colorScheme.includes("dark") && found.surface.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 384;
  return { ...found, series: dark ? palette.dark : palette.light, dark };
}

function draw(element) {
  const data = JSON.parse(element.dataset.chart);
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const font = getComputedStyle(document.body).fontFamily;
  const chart = drawn.get(element) ?? init(element, null, { renderer: "svg" });
  drawn.set(element, chart);
  chart.setOption(options(data, colours(element), { size, font, width: element.clientWidth, height: element.clientHeight, still: matchMedia("(prefers-reduced-motion: reduce)").matches }), true);
}

function drawAll() {
  for (const [element, chart] of drawn) {
    if (!element.isConnected) {
      chart.dispose();
      drawn.delete(element);
    }
  }
  document.querySelectorAll("[data-chart]").forEach((element) => {
    if (!drawn.has(element)) draw(element);
  });
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
let waiting = 0;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => drawn.forEach((chart, element) => { chart.resize(); draw(element); }), 150);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((_, element) => draw(element)));

// Save a chart as a picture: drawn once more at twice its size on a canvas, with its title.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-chart-save]");
  const element = button?.closest(".chart")?.querySelector("[data-chart]");
  const drawing = element?.querySelector("svg");
  if (!drawing) return;
  const data = JSON.parse(element.dataset.chart);
  const [width, height, head] = [element.clientWidth, element.clientHeight, 36];
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: (height + head) * 2 });
    const brush = canvas.getContext("2d");
    const look = colours(element);
    brush.scale(2, 2);
    brush.fillStyle = look.surface;
    brush.fillRect(0, 0, width, height + head);
    brush.fillStyle = look.text;
    brush.font = `600 14px ${getComputedStyle(document.body).fontFamily}`;
    brush.fillText(data.title, 8, 23, width - 16);
    brush.drawImage(image, 0, head, width, height);
    canvas.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${data.title}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  };
  // The drawing as it stands: ECharts' own text of it forgets to escape the quotes in names of fonts.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
});
