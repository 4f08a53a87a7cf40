// Sentences come from the server's catalogue (steward/ground/ui/words.py); this only fills in values.
let catalogue = null;

export function word(key, values = {}) {
  if (!catalogue) {
    const source = document.getElementById("ui-words");
    catalogue = source ? JSON.parse(source.textContent) : {};
  }
  return (catalogue[key] ?? key).replace(/%\((\w+)\)[sd]/g, (_, name) => values[name] ?? "");
}

// Said once to a screen reader, politely.
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) {
    region.textContent = "";
    requestAnimationFrame(() => (region.textContent = text));
  }
}

export const isTyping = (element) => Boolean(element?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]"));
export const isVisible = (element) => Boolean(element && element.getClientRects().length);
