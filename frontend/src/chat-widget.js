// The one script of a foreign page: a button and a frame. `chat` holds the words; the server wraps this file in a function (views/visitor.py).
// It works under a strict policy of that page: styles are set as properties, which no style-src forbids, and nothing is evaluated.
const script = document.currentScript;
const base = new URL(".", script.src);
const asked = (script.dataset.lang || document.documentElement.lang || navigator.language || "zh").toLowerCase();
const lang = asked.startsWith("en") ? "en" : "zh";
const words = chat[lang];
const narrow = window.matchMedia("(max-width: 480px)");
const OPEN = `steward-chat-open:${base.pathname}`;
let frame = null;
let shown = false;

const style = (element, rules) => Object.assign(element.style, rules);

function remember(open) {
  try {
    if (open) sessionStorage.setItem(OPEN, "1");
    else sessionStorage.removeItem(OPEN);
  } catch {
    // a page without storage only forgets that the chat was open
  }
}

const wasOpen = () => {
  try {
    return sessionStorage.getItem(OPEN) === "1";
  } catch {
    return false;
  }
};

const button = document.createElement("button");
button.type = "button";
button.id = "steward-chat-button";
button.setAttribute("aria-expanded", "false");
const label = document.createElement("span");
label.textContent = words.open;
const badge = document.createElement("span");
badge.hidden = true;
button.append(label, badge);
style(button, {
  position: "fixed", right: "16px", bottom: "16px", zIndex: "2147483000", minHeight: "56px", padding: "0 24px", border: "2px solid #fff", borderRadius: "28px",
  background: "#17607f", color: "#fff", font: "600 18px/1.3 system-ui, 'PingFang SC', 'Microsoft YaHei', sans-serif", cursor: "pointer", boxShadow: "0 4px 16px rgb(0 0 0 / 30%)",
});
style(badge, { marginLeft: "8px", padding: "2px 8px", borderRadius: "12px", background: "#fff", color: "#8a1f17", fontSize: "15px" });

function place() {
  if (!frame) return;
  const full = { right: "0", bottom: "0", width: "100%", height: "100%", borderRadius: "0", boxShadow: "none" };
  const beside = { right: "16px", bottom: "16px", width: "400px", height: "min(680px, calc(100% - 32px))", borderRadius: "12px", boxShadow: "0 8px 40px rgb(0 0 0 / 35%)" };
  style(frame, { position: "fixed", zIndex: "2147483001", border: "0", background: "#fff", colorScheme: "normal", ...(narrow.matches ? full : beside), display: shown ? "block" : "none" });
}

function makeFrame() {
  frame = document.createElement("iframe");
  frame.id = "steward-chat-frame";
  frame.title = words.title;
  frame.src = `${base.href}?lang=${lang}`;
  place();
  document.body.append(frame);
}

const tell = (what) => frame?.contentWindow?.postMessage({ steward: what }, base.origin);

function show(open, { focus = true } = {}) {
  shown = open;
  if (open && !frame) makeFrame();
  place();
  button.style.display = open ? "none" : "";
  button.setAttribute("aria-expanded", String(open));
  remember(open);
  tell(open ? "opened" : "closed");
  if (open) {
    badge.hidden = true;
    if (focus) frame.focus();
  } else if (focus) button.focus();
}

window.addEventListener("message", (event) => {
  if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
  if (event.data?.steward === "close") show(false);
  if (event.data?.steward === "ready") tell(shown ? "opened" : "closed");
  if (event.data?.steward === "unread" && !shown) {
    badge.textContent = words.unread;
    badge.hidden = false;
  }
});
narrow.addEventListener("change", place);
button.addEventListener("click", () => show(true));

function begin() {
  document.body.append(button);
  if (wasOpen()) show(true, { focus: false });
}
if (document.body) begin();
else document.addEventListener("DOMContentLoaded", begin);
