// Live parts ask for their topic's version every few seconds, only while the tab is visible and the network is there.
import htmx from "htmx.org";
import { announce } from "./words.js";

const due = new WeakMap();

function poll() {
  if (document.hidden || !navigator.onLine) return;
  const now = performance.now();
  document.querySelectorAll("[data-live]").forEach((part) => {
    if (now < (due.get(part) ?? 0)) return;
    due.set(part, now + Number(part.dataset.live) * 1000);
    htmx.trigger(part, "steward:poll");
  });
}

// Loads the target region again: from its own source where it has one, else from the page's own address, with its filters.
function reload(part, mode) {
  const target = part.dataset.liveTarget;
  const swap = mode === "replace" ? "morph:outerHTML" : "outerHTML";
  return htmx.ajax("GET", part.dataset.liveSource || window.location.href, { target, select: target, swap });
}

export async function loadNow(part) {
  // First watch from now, then load the rows: what changes in between is told again rather than missed.
  await htmx.ajax("GET", `${part.getAttribute("hx-get")}&renew=1`, { target: `#${part.id}`, swap: "outerHTML" });
  await reload(part, "gather");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-live-load]");
  if (!button) return;
  const part = button.closest("[data-live]");
  await loadNow(part);
  document.querySelector(part.dataset.liveTarget)?.querySelector("[data-open], a, button")?.focus({ preventScroll: true });
});

// A poll that answers 200 replaced the part: replace mode refreshes its region, gather mode tells politely how many are new.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target;
  if (!part.matches?.("[data-live]")) return;
  due.set(part, performance.now() + Number(part.dataset.live) * 1000);
  if (event.detail.requestConfig?.triggeringEvent?.type !== "steward:poll") return;
  if (part.dataset.liveMode === "replace") reload(part, "replace");
  else if (part.querySelector(".live-banner")) announce(part.querySelector(".live-banner").textContent.trim());
});

export function startLive() {
  document.querySelectorAll("[data-live]").forEach((part) => due.set(part, performance.now() + Number(part.dataset.live) * 1000));
  setInterval(poll, 500);
  document.addEventListener("visibilitychange", poll);
}

// Figures with data-figure change in place: a short tint, and the new value is said once.
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll?.("[data-figure]").forEach((figure) => {
    const before = seen.get(figure.dataset.figure);
    if (before !== undefined && before !== figure.textContent) {
      figure.classList.add("changed");
      announce(`${figure.dataset.label ?? ""} ${figure.textContent}`.trim());
    }
    seen.set(figure.dataset.figure, figure.textContent);
  });
});
const seen = new Map();

// A reply was held back because somebody else wrote meanwhile: their words are shown at once, and the reply stays in the field.
document.addEventListener("steward:refused", (event) => {
  const part = event.detail.code === "answered_meanwhile" && document.querySelector('[data-live][data-live-target="#conversation"]');
  if (part) loadNow(part);
});
