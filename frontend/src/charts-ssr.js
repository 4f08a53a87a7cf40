// Draws the charts of the page for printed documents: steward.ground.documents.charts runs this in QuickJS, without a browser, and calls drawChart.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, MarkPointComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { options, palette } from "./chart-options.js";

use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, MarkPointComponent, VisualMapComponent, SVGRenderer]);

const paper = {
  text: "#1f2529", soft: "#545d65", line: "#e3e6e8", strong: "#9aa3aa", accent: "#17607f", accentSoft: "#e5eff3", danger: "#b3261e", surface: "#ffffff", series: palette.light, dark: false,
};

globalThis.drawChart = (source, width, height, font) => {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption(options(JSON.parse(source), paper, { size: 1, font, width, height, still: true }));
  // ECharts counts its charts and their hover styles from one drawing to the next; on paper nothing hovers, and the same chart shall give the same text.
  const svg = chart.renderToSVGString()
    .replace(/ class="zr\d+-cls-\d+"| pointer-events="visible"|<style\b[^>]*>.*?<\/style>\n?/gs, "")
    .replace(/((?:id|href)="#?|="url\(#)zr\d+-/g, "$1zr-");
  chart.dispose();
  // QuickJS hands over plain values as JSON.
  return JSON.stringify([svg]);
};
