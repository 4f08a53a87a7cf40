// Buttons with data-fill put a text from the server into the composer, at the cursor, without throwing away what is typed there.
import { announce, word } from "./words.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-fill]");
  const area = button?.closest("form")?.querySelector("textarea");
  if (!area) return;
  const response = await fetch(button.dataset.fill, { headers: { Accept: "application/json" } });
  if (!response.ok) return announce(word("failed"));
  const { text } = await response.json();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
});
