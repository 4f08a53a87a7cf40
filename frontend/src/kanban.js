// The board of cases: a card is dragged, moved from its menu (links that work without this script), or with Shift and the arrow keys.
// The script moves nothing itself: the server does the move or says why not, and then the board is read again.
import { openDialog } from "./dialogs.js";

const ORDER = ["new", "open", "on_hold", "closed"];
const board = () => document.querySelector("[data-kanban]");
const targets = (card) => card.dataset.targets.split(" ").filter(Boolean);
let dragged = null;
let moving = null; // the id of the card that is on its way

async function go(card, state) {
  const link = card.querySelector(`[data-move="${state}"]`);
  if (!link || card.getAttribute("aria-busy")) return;
  moving = card.id;
  const address = link.getAttribute("href").split("?")[0];
  if ("direct" in link.dataset) {
    card.setAttribute("aria-busy", "true");
    const values = { version: card.dataset.version, csrfmiddlewaretoken: board().dataset.token };
    await window.htmx.ajax("POST", address, { source: card, swap: "none", values });
    card.removeAttribute("aria-busy");
  } else {
    await window.htmx.ajax("GET", address, { target: "#kanban-form", swap: "innerHTML" });
    const shown = document.querySelector("#kanban-form [name=version]");
    if (!shown) return;
    shown.value = card.dataset.version; // what was seen on the card is what one decides on
    openDialog(document.getElementById("kanban-dialog"), card.querySelector("summary"));
  }
}

async function readAgain() {
  document.getElementById("kanban-dialog")?.close();
  await window.htmx.ajax("GET", window.location.href, { target: "#board", select: "#board", swap: "morph:outerHTML" });
  const card = document.getElementById(moving);
  card?.querySelector("[data-open]")?.focus({ preventScroll: true });
}

function mark(card, on) {
  board().querySelectorAll("[data-column]").forEach((column) => {
    column.classList.toggle("kanban-target", on && targets(card).includes(column.dataset.column));
  });
}

function startDragging() {
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card][draggable]") ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.id);
    mark(dragged, true);
  });
  document.addEventListener("dragend", () => {
    if (dragged) mark(dragged, false);
    dragged = null;
  });
  document.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest?.("[data-column]");
    if (column && targets(dragged).includes(column.dataset.column)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest?.("[data-column]");
    if (!column || !targets(dragged).includes(column.dataset.column)) return;
    event.preventDefault();
    go(dragged, column.dataset.column);
  });
}

export function startKanban() {
  if (!board()) return;
  startDragging();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-move]");
    if (!link) return;
    event.preventDefault();
    link.closest("details").open = false;
    go(link.closest("[data-card]"), link.dataset.move);
  });
  document.addEventListener("keydown", (event) => {
    const card = event.shiftKey && event.target.closest?.("[data-card]");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!card || !step) return;
    event.preventDefault();
    const here = ORDER.indexOf(card.dataset.state);
    const next = step > 0 ? ORDER.slice(here + 1) : ORDER.slice(0, here).reverse();
    const state = next.find((one) => targets(card).includes(one));
    if (state) go(card, state);
  });
  document.addEventListener("steward:moved", readAgain);
}
