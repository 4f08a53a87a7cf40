// Ctrl-K: the list comes from the server as one types; arrows choose, Enter goes.
import { openDialog } from "./dialogs.js";
import { announce, word } from "./words.js";

function wire(dialog) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  let chosen = 0;
  let asked = 0;
  let timer = 0;

  const hits = () => [...list.querySelectorAll("[role=option]")];
  const choose = (index) => {
    const all = hits();
    if (!all.length) return input.removeAttribute("aria-activedescendant");
    chosen = (index + all.length) % all.length;
    all.forEach((hit, at) => hit.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    return all[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const number = ++asked;
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (number !== asked) return;
    if (!answer?.ok) {
      list.textContent = word(answer ? "failed" : "offline");
      return;
    }
    list.innerHTML = await answer.text(); // our own server-rendered, escaped lines
    choose(0);
    announce(hits().length ? word("results", { count: hits().length }) : word("no_results"));
  };

  dialog.addEventListener("steward:opened", () => {
    input.value = "";
    ask();
    input.focus();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      hits()[chosen]?.click();
    }
  });
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (dialog) wire(dialog);
  document.querySelectorAll("[data-opens-palette]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      openDialog(dialog);
    });
    form.querySelector("input").addEventListener("focus", () => {
      form.querySelector("input").blur();
      openDialog(dialog, document.body);
    });
  });
}
