// <details data-menu>: works without script; with it, arrow keys move, Escape and a click elsewhere close.
const items = (menu) => [...menu.querySelectorAll(".menu-body a, .menu-body button")];

document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    menu.open = true;
    const all = items(menu);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const here = all.indexOf(document.activeElement);
    all[(here + step + all.length) % all.length]?.focus();
  }
});
