// Who is calling: a card that one hides stays hidden while that call lasts. Beside it: the length of an answer that its way limits, and the case a call goes to.
import { announce } from "./words.js";

const HIDDEN = "steward-calls-hidden";

function hidden() {
  try {
    return JSON.parse(sessionStorage.getItem(HIDDEN) ?? "[]");
  } catch {
    return [];
  }
}

let told = "";
function hideThose() {
  const away = hidden();
  const cards = [...document.querySelectorAll("#calling [data-call]")];
  cards.forEach((card) => (card.hidden = away.includes(card.dataset.call)));
  const first = cards.find((card) => !card.hidden);
  if (first && told !== first.dataset.call) announce(first.querySelector(".call-head").textContent.replace(/\s+/g, " ").trim());
  told = first?.dataset.call ?? "";
}

document.addEventListener("click", (event) => {
  const card = event.target.closest("[data-call-hide]")?.closest("[data-call]");
  if (card) {
    sessionStorage.setItem(HIDDEN, JSON.stringify([...hidden(), card.dataset.call].slice(-20)));
    hideThose();
    return;
  }
  const chosen = event.target.closest("[data-call-case]");
  if (chosen) document.querySelector("[name=case_number]").value = chosen.dataset.callCase;
});

// The GSM alphabet of 3GPP TS 23.038; anything else makes every sign two bytes. The server counts the same way (sms/segments.py).
const GSM = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const TWICE = new Set("^{}\\[~]|€\f");

export function lengthOf(text) {
  const signs = [...text];
  const plain = signs.every((sign) => GSM.has(sign) || TWICE.has(sign));
  const costs = signs.map((sign) => (plain ? (TWICE.has(sign) ? 2 : 1) : sign.length));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const [whole, part] = plain ? [160, 153] : [70, 67];
  if (total <= whole) return { signs: total, parts: text ? 1 : 0 };
  let parts = 1;
  let room = part;
  costs.forEach((cost) => {
    if (cost > room) [parts, room] = [parts + 1, part];
    room -= cost;
  });
  return { signs: total, parts };
}

document.addEventListener("input", (event) => {
  const shown = event.target.matches?.(".composer-text") && event.target.closest("form").querySelector("[data-sms-length]");
  if (!shown) return;
  const found = { ...lengthOf(event.target.value.trim()), limit: shown.dataset.limit };
  const words = found.parts > Number(found.limit) ? shown.dataset.tooLong : shown.dataset.words;
  shown.textContent = found.parts ? words.replace(/%\((\w+)\)s/g, (_, name) => found[name]) : "";
});

// What another way carries is counted in bytes of UTF-8, as the server counts.
document.addEventListener("input", (event) => {
  const shown = event.target.matches?.(".composer-text") && event.target.closest("form").querySelector("[data-bytes-length]");
  if (!shown) return;
  const found = { bytes: new TextEncoder().encode(event.target.value.trim()).length, limit: shown.dataset.limit };
  const words = found.bytes > Number(found.limit) ? shown.dataset.tooLong : shown.dataset.words;
  shown.textContent = found.bytes ? words.replace(/%\((\w+)\)s/g, (_, name) => found[name]) : "";
});

export function startCalls() {
  hideThose();
  document.addEventListener("htmx:afterSettle", (event) => event.target.id === "calling" && hideThose());
}
