// The behaviour of every page. Each module wires itself to the document by delegation, so that swapped-in parts need no second wiring.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";
import "./dialogs.js";
import "./menus.js";
import "./errors.js";
import "./keys.js";
import "./files.js";
import "./fill.js";
import { startCalls } from "./calls.js";
import { composer, startDrafts } from "./drafts.js";
import { startDue } from "./due.js";
import { startFields } from "./fields.js";
import { startKanban } from "./kanban.js";
import { startLive } from "./live.js";
import { startMentions } from "./mentions.js";
import { startPalette } from "./palette.js";
import { startPasskeys } from "./passkeys.js";
import { startPlaces } from "./places.js";
import { watchToasts } from "./toasts.js";
import { startWalkin } from "./walkin.js";

document.documentElement.classList.add("script");

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph" || style === "morph:outerHTML",
  handleSwap(style, target, fragment) {
    if (style !== "morph" && !style.startsWith("morph:")) return false;
    const morphStyle = style === "morph:innerHTML" ? "innerHTML" : "outerHTML";
    return Idiomorph.morph(target, fragment.children, { morphStyle, ignoreActiveValue: true });
  },
});

Alpine.data("composer", composer);
window.htmx = htmx;
Alpine.start();

// charts.js is large and loaded only where a chart is, now or after a swap.
function loadCharts() {
  const canvas = document.querySelector("[data-chart]");
  if (!canvas || document.querySelector("script[data-charts]")) return;
  const script = document.createElement("script");
  script.src = canvas.dataset.chartsSrc;
  script.dataset.charts = "";
  document.head.append(script);
}

startDrafts();
startDue();
startPasskeys();
startKanban();
startFields();
startLive();
startMentions();
startPalette();
startPlaces();
startCalls();
startWalkin();
watchToasts();
loadCharts();
document.addEventListener("htmx:afterSettle", () => {
  watchToasts();
  loadCharts();
});
