// The keyboard map of ui.md: / ? Ctrl-K, g + letter, j k Enter x in lists, and any button that names its own letter with data-key (r, a).
import { openDialog } from "./dialogs.js";
import { announce, isTyping, isVisible, word } from "./words.js";

let going = 0;

const rows = () => [...document.querySelectorAll("[data-row]")].filter(isVisible);
const current = () => document.querySelector("[data-row].current");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  current()?.classList.remove("current");
  next.classList.add("current");
  next.scrollIntoView({ block: "nearest" });
  const link = next.querySelector("[data-open], a");
  link?.focus({ preventScroll: true });
}

export function mark(row, on) {
  const box = row.querySelector("[data-mark]");
  if (!box) return;
  box.checked = on ?? !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-mark-all]")) {
    box.closest("table").querySelectorAll("[data-mark]").forEach((each) => {
      each.checked = box.checked;
      each.closest("[data-row]")?.setAttribute("aria-selected", String(box.checked));
    });
  } else if (box.matches("[data-mark]")) box.closest("[data-row]")?.setAttribute("aria-selected", String(box.checked));
  else return;
  const count = document.querySelectorAll("[data-mark]:checked").length;
  document.querySelectorAll("[data-bulk]").forEach((bar) => {
    bar.hidden = !count;
    const shown = bar.querySelector("[data-bulk-count]");
    if (shown) shown.textContent = word("selected", { count });
  });
  announce(word("selected", { count }));
});

function press(letter) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const target = [...scope.querySelectorAll(`[data-key="${letter}"]`)].find(isVisible);
  if (!target) return false;
  if (target.matches("textarea, input, select")) target.focus();
  else target.click();
  return true;
}

function goTo(letter) {
  const link = document.querySelector(`[data-go="${letter}"]`);
  if (link) window.location.assign(link.href);
}

// An address may name a field to write in: "Reply" elsewhere leads straight into the box.
function writeAtOnce() {
  const named = window.location.hash.length > 1 && document.getElementById(window.location.hash.slice(1));
  if (named && named.matches("textarea")) named.focus();
  else if (window.matchMedia("(pointer: fine)").matches) document.querySelector(".sign-in form input:not([type='hidden'])")?.focus();
}
window.addEventListener("DOMContentLoaded", writeAtOnce);
window.addEventListener("hashchange", writeAtOnce);

const actions = {
  "/": () => {
    const search = document.getElementById("search");
    if (search?.closest("[data-opens-palette]")) openDialog(document.getElementById("palette"));
    else search?.focus();
  },
  "?": () => openDialog(document.getElementById("keys")),
  j: () => move(1),
  k: () => move(-1),
  x: () => current() && mark(current()),
  g: () => (going = Date.now()),
  Enter: () => current() && !document.activeElement.matches("a, button, summary, input") && current().querySelector("[data-open], a")?.click(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.getElementById("palette")) {
    event.preventDefault();
    openDialog(document.getElementById("palette"));
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.closest("form.composer")) {
    event.target.closest("form").requestSubmit();
    event.target.blur(); // the next key is a command again, as the help says
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) return void event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500 && /^[a-z]$/.test(event.key)) {
    going = 0;
    event.preventDefault();
    goTo(event.key);
    return;
  }
  going = 0;
  const action = actions[event.key];
  if (action) {
    if (event.key !== "Enter") event.preventDefault();
    action();
  } else if (/^[a-z]$/.test(event.key) && press(event.key)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== current()) {
    current()?.classList.remove("current");
    row.classList.add("current");
  }
});
