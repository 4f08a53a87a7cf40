// Going back keeps one's place: filters stand in the address; scroll and the chosen row are kept for this tab. Reading panes open in place.
let opened = "";
const key = () => `steward-place:${window.location.pathname}${window.location.search}`;

function keep() {
  try {
    const opened = document.querySelector("[data-row].opened [data-open], [data-row].current [data-open]");
    sessionStorage.setItem(key(), JSON.stringify({ y: window.scrollY, row: opened?.getAttribute("href") ?? "" }));
  } catch {
    // without storage one starts at the top
  }
}

export function startPlaces() {
  history.scrollRestoration = "manual";
  window.addEventListener("pagehide", keep);
  const [visit] = performance.getEntriesByType("navigation");
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem(key()) ?? "null");
  } catch {
    place = null;
  }
  if (!place || !["back_forward", "reload"].includes(visit?.type)) return;
  window.scrollTo({ top: place.y, behavior: "instant" });
  const links = [...document.querySelectorAll("[data-row] [data-open]")];
  links.find((link) => place.row && link.getAttribute("href") === place.row)?.closest("[data-row]").classList.add("current");
}

// A row's link loads into the reading pane where there is one; elsewhere (phone, narrow window) it is followed like any link.
document.addEventListener("htmx:confirm", (event) => {
  const link = event.target;
  if (!link.matches?.("[data-open][hx-target='#reading']")) return;
  const pane = document.getElementById("reading");
  if (!pane || !pane.getClientRects().length) {
    event.preventDefault();
    keep();
    window.location.assign(link.href);
    return;
  }
  document.querySelectorAll("[data-row].opened").forEach((row) => row.classList.remove("opened"));
  link.closest("[data-row]")?.classList.add("opened");
  opened = link.getAttribute("href");
});

// Rows that were loaded again keep the mark of the one that stands in the pane.
document.addEventListener("htmx:afterSwap", () => {
  if (!opened || document.querySelector("[data-row].opened")) return;
  const link = [...document.querySelectorAll("[data-row] [data-open]")].find((each) => each.getAttribute("href") === opened);
  link?.closest("[data-row]").classList.add("opened");
});

document.addEventListener("htmx:beforeHistorySave", keep);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) history.back();
  if (event.target.closest("[data-print]")) window.print();
  // A row may be clicked anywhere; its link does the work. Selecting text and pressing controls stay what they are.
  const row = event.target.closest("tr[data-row]");
  if (row && !event.target.closest("a, button, input, label, summary, form") && !String(window.getSelection())) row.querySelector("[data-open]")?.click();
});
