// Keeps "还剩 2 小时 15 分（今天 17:30）" true while a page stays open. Counts from the server's instant, so that the demo's clock is followed too.
import { word } from "./words.js";

const loaded = performance.now();
const base = Date.parse(document.documentElement.dataset.now || "") || Date.now();
const now = () => base + performance.now() - loaded;

export function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (!minutes) return word("span_none");
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return word("span_m", { minutes });
  if (hours >= 24) {
    const days = Math.floor(hours / 24);
    return hours % 24 === 0 || days >= 7 ? word("span_d", { days }) : word("span_dh", { days, hours: hours % 24 });
  }
  return rest ? word("span_hm", { hours, minutes: rest }) : word("span_h", { hours });
}

function refresh() {
  if (document.hidden) return;
  document.querySelectorAll("time[data-due]").forEach((time) => {
    const left = Math.trunc((Date.parse(time.dateTime) - now()) / 1000);
    const text = word(left < 0 ? "due_over" : "due_left", { span: span(left), moment: time.dataset.moment });
    const shown = time.querySelector(".due-text");
    if (shown.textContent !== text) shown.textContent = text;
    if (time.classList.contains("due-plain")) return;
    const tone = left < 0 ? "over" : left <= 4 * 3600 ? "soon" : "ok";
    if (time.classList.contains(`due-${tone}`)) return;
    time.classList.remove("due-ok", "due-soon", "due-over");
    time.classList.add(`due-${tone}`);
    const use = time.querySelector("use");
    const sign = { ok: "clock", soon: "clock-exclamation", over: "alert-octagon" }[tone];
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${sign}`));
  });
}

// A wall tells the time of its place.
function tell() {
  document.querySelectorAll("time[data-clock]").forEach((time) => {
    const shown = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: time.dataset.clock, hour: "2-digit", minute: "2-digit", hour12: false }).format(now());
    if (time.textContent !== shown) time.textContent = shown;
  });
}

export function startDue() {
  setInterval(refresh, 15_000);
  setInterval(tell, 5_000);
  document.addEventListener("visibilitychange", refresh);
}
