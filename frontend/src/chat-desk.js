// The page from which people answer. Enter sends, the newest word stays in sight, and the foot follows what happens to the conversation.
const log = () => document.querySelector("#chat-log");
const foot = () => document.querySelector("#chat-foot");
let low = true;

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function toEnd() {
  const words = log();
  if (words && low) words.scrollTop = words.scrollHeight;
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("#chat-answer textarea") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("steward:answered", (event) => {
  const form = event.target.closest("#chat-answer");
  if (!form) return;
  form.querySelector("[name=key]").value = newKey();
  const file = form.querySelector("[type=file]");
  file.value = "";
  form.querySelector(".file-list").replaceChildren();
  low = true;
  document.querySelectorAll("[data-live]").forEach((part) => window.htmx.trigger(part, "steward:poll"));
});

document.addEventListener("htmx:beforeSwap", () => {
  const words = log();
  if (words) low = words.scrollHeight - words.scrollTop - words.clientHeight < 80;
});

document.addEventListener("htmx:afterSettle", () => {
  toEnd();
  const live = document.querySelector("#chat-live");
  const shown = foot();
  if (!live || !shown || shown.dataset.state === live.dataset.state) return;
  shown.dataset.state = live.dataset.state; // once for each change
  window.htmx.ajax("GET", window.location.href, { target: "#chat-foot", select: "#chat-foot", swap: "outerHTML" });
});

toEnd();
