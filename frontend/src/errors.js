// When a part of the page cannot be loaded: say what happened and what to do; never lose what was typed.
import { toast } from "./toasts.js";
import { word } from "./words.js";

const words = { 401: "signed_out", 403: "forbidden", 404: "gone", 409: "conflict", 410: "gone", 413: "too_large" };
let lastShown = 0;

function say(key, tone = "danger") {
  if (Date.now() - lastShown < 4000) return; // one cause, one notice
  lastShown = Date.now();
  toast({ text: word(key), tone, seconds: 12 });
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("steward:refused")) return;
  if (event.target.closest?.("[data-live]")) return;
  say(words[xhr.status] ?? "failed", xhr.status === 404 || xhr.status === 403 ? "warn" : "danger");
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.target.closest?.("[data-live]")) return;
  // A server that refuses a large file may end the connection while it is still being sent: to the browser that looks like no network.
  const files = [...(event.target.querySelectorAll?.("input[type=file]") ?? [])].some((input) => input.files.length);
  say(files ? "not_sent" : "offline", "warn");
});
document.addEventListener("htmx:timeout", () => say("slow", "warn"));

// 422 is a form with its errors: it is swapped in like any answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  // A session that ended answers with the sign-in page; swapping that into a part would destroy what is there.
  if (event.detail.xhr.responseURL && new URL(event.detail.xhr.responseURL).pathname === "/login/" && window.location.pathname !== "/login/") {
    event.detail.shouldSwap = false;
    say("signed_out", "warn");
  }
});

// A whole form that came back with its errors: the reader is led to what is wrong, as a new page would begin at its top.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "main" || event.detail.xhr?.status !== 422) return;
  const alert = event.target.querySelector("[role=alert]");
  const place = alert?.closest(".field-wrong")?.querySelector("input, textarea, select") ?? alert ?? event.target;
  if (place === alert) alert.tabIndex = -1;
  place.focus();
});

// The button that was pressed says that it is busy, so that nobody presses twice.
document.addEventListener("htmx:beforeRequest", (event) => event.target.querySelector?.("button[type=submit]")?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.target.querySelector?.("button[aria-busy]")?.removeAttribute("aria-busy"));

// Signing in again in another tab gives a new token; the cookie has it, so a page that stayed open can still send what was typed.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
document.addEventListener("htmx:configRequest", (event) => {
  if (!token()) return;
  event.detail.headers["X-CSRFToken"] = token();
  if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token();
});
document.addEventListener("submit", (event) => {
  const field = event.target.querySelector?.("input[name=csrfmiddlewaretoken]");
  if (field && token()) field.value = token();
}, true);
