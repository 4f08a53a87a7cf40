// Native <dialog>s trap focus by themselves; here they are opened by data-opens, closed by data-closes or a click outside, and give focus back.
const openers = new WeakMap();

export function openDialog(dialog, opener = document.activeElement) {
  if (!dialog || dialog.open) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  // What was chosen from a menu leaves nothing open behind the dialog; the menu's button is what one comes back to.
  const menu = opener?.closest?.("details[data-menu]");
  if (menu) menu.open = false;
  openers.set(dialog, menu?.querySelector("summary") ?? opener);
  dialog.showModal();
  // A form is begun at its first field, not at the cross that leaves it; on a phone that would only bring up the keyboard.
  if (window.matchMedia("(pointer: fine)").matches) dialog.querySelector(".dialog-body :is(input:not([type='hidden']), select, textarea)")?.focus();
  dialog.dispatchEvent(new CustomEvent("steward:opened"));
}

// Dialogs that most visitors of a page never open are fetched with the first one that is wanted: <div data-dialogs="address"></div>.
async function find(id) {
  const store = document.querySelector("[data-dialogs]");
  if (!document.getElementById(id) && store && !store.hasChildNodes()) {
    await window.htmx.ajax("GET", store.dataset.dialogs, { target: store, swap: "innerHTML" });
  }
  return document.getElementById(id);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) return find(opener.dataset.opens).then((dialog) => openDialog(dialog, opener));
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target.closest("[data-closes]") || event.target === dialog)) dialog.close();
  return undefined;
});

document.addEventListener("close", (event) => {
  const opener = openers.get(event.target);
  if (opener?.isConnected) opener.focus();
}, true);
