// Draws steward.ground.ui.charts.Chart: line, bar, funnel, control chart, heat strip, distribution. Direct labels first, colour-blind-safe colours with
// different signs and dashes, bars from zero. The table beneath has the same numbers, so the drawing itself is one image to a screen reader.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { options } from "./chart-options.js";

use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

const drawn = new Map();

function colours(element) {
  // A probe resolves light-dark() and variables to plain colours that ECharts can read.
  const probe = document.createElement("span");
  element.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { text: read("text"), soft: read("text-2"), line: read("line"), strong: read("line-strong"), accent: read("accent"), danger: read("danger"), surface: read("surface"), accentSoft: read("accent-soft") };
  probe.remove();
  const dark = getComputedStyle(document.body).colorScheme.includes("dark") && found.surface.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 384;
  // Okabe and Ito's palette, which people with any colour vision can tell apart; lighter where the ground is dark.
  const series = dark ? ["#6db7d6", "#e8a33d", "#5cc2a0", "#d98bb8", "#e5d865", "#9fb0bd"] : ["#17607f", "#b06a00", "#00795a", "#9c4a7c", "#7a6f00", "#5b6670"];
  return { ...found, series, dark };
}

function draw(element) {
  const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
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
