// The counter's quick entry: an entry is kept on this device until the server has it, is sent once by its own key, and what is half typed comes back.
import { announce } from "./words.js";

const person = () => document.documentElement.dataset.user || "nobody";
const QUEUE = () => `steward-walkin:${person()}`;
const DRAFT = () => `steward-draft:${person()}:walkin`;
const KEPT = ["kind", "words", "who", "customer", "service", "unit", "result"];
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
let sending = false;

function load(key, empty) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? empty;
  } catch {
    return empty;
  }
}

function keep(key, value) {
  try {
    if (value === null || value.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // storage is full or forbidden: the entry is still in the form
  }
}

const form = () => document.getElementById("walkin-form");
const queue = () => load(QUEUE(), []);
const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function fieldsOf(submitter) {
  const data = new FormData(form(), submitter);
  return Object.fromEntries([...data.entries()].filter(([name]) => name !== "csrfmiddlewaretoken"));
}

function fill(fields) {
  const area = form();
  KEPT.forEach((name) => {
    const value = fields[name];
    if (value === undefined || name === "customer") return;
    const control = area.elements[name];
    if (control instanceof RadioNodeList) [...control].forEach((each) => (each.checked = each.value === value));
    else if (control) control.value = value;
  });
  if (fields.who || fields.service) area.querySelector("details").open = true;
}

function clear() {
  const area = form();
  const unit = area.elements.unit?.value;
  ["words", "who", "result"].forEach((name) => (area.elements[name].value = ""));
  if (area.elements.service) area.elements.service.value = "";
  document.getElementById("walkin-people").replaceChildren();
  area.querySelector("details").open = false;
  if (area.elements.unit && unit) area.elements.unit.value = unit;
  area.elements.key.value = newKey();
  keep(DRAFT(), null);
}

function showWaiting() {
  const part = document.getElementById("walkin-waiting");
  const count = queue().length;
  part.hidden = count === 0;
  const words = part.querySelector("[data-waiting-words]");
  words.textContent = count ? words.dataset.waitingWords.replace("%(count)s", count) : "";
}

function show(html) {
  const part = document.getElementById("walkin-result");
  part.innerHTML = html;
  announce(part.textContent.replace(/\s+/g, " ").trim());
}

// The answer of the server, or null where there was none: then the entry waits.
async function send(entry) {
  try {
    const body = new URLSearchParams(entry.fields);
    const headers = { "X-Walkin": "1", "X-CSRFToken": token() ?? form().elements.csrfmiddlewaretoken.value };
    const answer = await fetch(window.location.pathname, { method: "POST", body, headers, redirect: "manual", credentials: "same-origin" });
    return answer.status === 200 || answer.status === 422 ? { status: answer.status, html: await answer.text() } : null;
  } catch {
    return null;
  }
}

async function flush() {
  if (sending || !form() || !navigator.onLine) return;
  sending = true;
  try {
    for (const entry of queue()) {
      if (entry.refused && form().elements.words.value.trim()) continue;
      const answer = await send(entry);
      if (!answer) break;
      const rest = queue().filter((other) => other.fields.key !== entry.fields.key);
      if (answer.status === 422 && form().elements.words.value.trim()) {
        // Somebody is typing the next one: the refused entry waits until the form is free.
        keep(QUEUE(), [...rest, { ...entry, refused: true }]);
        continue;
      }
      keep(QUEUE(), rest);
      show(answer.html);
      if (answer.status === 422) {
        fill(entry.fields);
        form().elements.key.value = newKey();
      }
    }
  } finally {
    sending = false;
    showWaiting();
  }
}

function submit(event) {
  if (!event.target.matches("[data-walkin]")) return;
  const fields = fieldsOf(event.submitter);
  fields.written_at = navigator.onLine ? "" : new Date().toISOString();
  if (!keep(QUEUE(), [...queue(), { fields }])) return; // nowhere to keep it: the browser sends the form itself
  event.preventDefault();
  clear();
  document.getElementById("walkin-result").replaceChildren();
  showWaiting();
  flush();
}

export function startWalkin() {
  if (!form()) return;
  if (!form().elements.words.value) fill(load(DRAFT(), {}).fields ?? {});
  form().addEventListener("input", () => {
    // In the form that drafts.js keeps: gone after fourteen days, and when the person signs out.
    const fields = Object.fromEntries(Object.entries(fieldsOf()).filter(([name]) => KEPT.includes(name)));
    keep(DRAFT(), { text: fields.words, at: Date.now(), fields });
  });
  document.addEventListener("submit", submit);
  window.addEventListener("online", flush);
  setInterval(() => queue().length && flush(), 10_000);
  showWaiting();
  flush();
}
