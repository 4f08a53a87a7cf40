// File fields one may also drop on: names, sizes, and a refusal of what is too large before it is sent.
import { word } from "./words.js";

const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

function show(drop) {
  const input = drop.querySelector("input[type=file]");
  const limit = Number(drop.dataset.limit || 0);
  const fits = [...input.files].filter((file) => !limit || file.size <= limit);
  const lines = [...input.files].map((file) => {
    const line = document.createElement("li");
    const wrong = limit && file.size > limit;
    line.className = wrong ? "wrong" : "";
    line.textContent = wrong ? word("file_too_large", { name: file.name, limit: size(limit) }) : word("file_ready", { name: file.name, size: size(file.size) });
    return line;
  });
  drop.querySelector(".file-list").replaceChildren(...lines);
  if (fits.length !== input.files.length) {
    const kept = new DataTransfer();
    fits.forEach((file) => kept.items.add(file));
    input.files = kept.files;
  }
}

document.addEventListener("change", (event) => {
  const drop = event.target.closest?.("[data-file-drop]");
  if (drop) show(drop);
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const drop = event.target.closest?.("[data-file-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      const input = drop.querySelector("input[type=file]");
      const kept = new DataTransfer();
      [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => kept.items.add(file));
      input.files = kept.files;
      show(drop);
    }
  });
}
