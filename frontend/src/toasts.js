// Notices with 撤销 for ten seconds. The clock stands still while one points at or focuses a notice.
import { announce, word } from "./words.js";

const sprite = () => document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
const icons = { ok: "circle-check", info: "info-circle", warn: "alert-triangle", danger: "alert-octagon" };

function watch(item) {
  if (item.dataset.watched) return;
  item.dataset.watched = "1";
  let left = Number(item.dataset.seconds || 6) * 10;
  if (item.classList.contains("toast-danger")) return; // stays until it is closed
  const clock = setInterval(() => {
    if (!item.isConnected) return clearInterval(clock);
    if (item.matches(":hover, :focus-within") || document.hidden) return undefined;
    left -= 1;
    if (left <= 0) {
      clearInterval(clock);
      item.remove();
    }
    return undefined;
  }, 100);
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite()}#${name}`);
  svg.append(use);
  return svg;
}

export function toast({ text, tone = "info", undo_url: undoUrl = "", seconds = 6 }) {
  const item = element("div", { class: `toast-item toast-${tone}`, role: tone === "danger" ? "alert" : "status", "data-toast": "", "data-seconds": seconds });
  item.append(icon(icons[tone] ?? icons.info), element("span", { class: "toast-text" }, text));
  if (undoUrl) {
    const form = element("form", { method: "post", action: undoUrl });
    const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
    form.append(element("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token }), element("button", { class: "btn btn-sm btn-secondary", "data-undo": "" }, word("undo")));
    item.append(form, element("span", { class: "toast-clock", "aria-hidden": "true" }));
  }
  const close = element("button", { type: "button", class: "btn-quiet", "data-dismiss": "", "aria-label": word("close") }, icon("x"));
  item.insertBefore(close, item.querySelector(".toast-clock"));
  document.getElementById("toasts")?.append(item);
  watch(item);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]")?.remove();
});
document.addEventListener("steward:toast", (event) => toast(event.detail));
document.addEventListener("steward:refused", (event) => toast({ text: event.detail.message, tone: "warn", seconds: 12 }));

export function watchToasts() {
  document.querySelectorAll("[data-toast]").forEach(watch);
  const first = document.querySelector("[data-toast] .toast-text");
  if (first) announce(first.textContent);
}
