// The page in the frame: the first words, the conversation, its end. Asks once a second what is new; 204 means nothing.
import { Queue } from "./chat-queue.js";
import { keep, read, secret, word } from "./chat-store.js";

const { base, lang, limit } = document.body.dataset;
const find = (selector) => document.querySelector(selector);
const LONG = 5000;
// hopeful: nothing is kept here, but a cookie may bring the conversation back.
const state = { token: read("token"), hopeful: !read("token"), version: "", ended: false, open: true, connected: true, polling: 0, status: "" };
const tellPage = (what) => window.parent !== window && window.parent.postMessage({ steward: what }, "*"); // nothing personal in it
const ask = (path, options = {}) =>
  fetch(`${base}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, {
    ...options, cache: "no-store", signal: AbortSignal.timeout?.(15000), headers: { "X-Chat-Token": state.token ?? "-" },
  });

function trouble(text) {
  const note = find("#trouble");
  if (!note) return;
  note.textContent = text;
  note.hidden = !text;
}

function connection(there) {
  if (state.connected === there) return;
  state.connected = there;
  trouble(there ? "" : word("offline"));
}

const queue = new Queue({
  connection,
  changed: showWaiting,
  send(item, file) {
    const data = new FormData();
    for (const [name, value] of Object.entries(item.fields)) data.append(name, value);
    if (item.path === "word/") data.append("key", item.key);
    if (file) data.append("attachment", file);
    return ask(item.path, { method: "POST", body: data });
  },
  async refused(item, answer) {
    const said = await answer.json().catch(() => ({}));
    const field = item.path === "start/" ? find("#open_body") : find("#body");
    if (field && !field.value) field.value = item.fields.body ?? "";
    if (field) keep("draft", field.value);
    if (item.path === "start/") {
      forget();
      if (said.code === "chat_closed") return location.reload(); // the form for while nobody answers takes the words over
      showBeginning(said.fields ?? {});
    }
    trouble(said.message || word("failed"));
  },
});

function forget() {
  for (const name of ["token", "queue"]) keep(name, null);
  queue.items = [];
  Object.assign(state, { token: null, hopeful: false, version: "", ended: false, status: "" });
  find("#words")?.replaceChildren();
}

function showBeginning(fields = {}) {
  find("#talk").hidden = true;
  find("#begin").hidden = false;
  for (const element of document.querySelectorAll("#begin [name]")) {
    const wrong = fields[element.name];
    element.setAttribute("aria-invalid", String(Boolean(wrong)));
    element.closest(".field")?.classList.toggle("field-wrong", Boolean(wrong));
  }
  find("#begin [aria-invalid=true]")?.focus();
}

function showTalk() {
  find("#begin").hidden = true;
  find("#talk").hidden = false;
}

// Words that are not stored yet stand below the others, marked as such.
function showWaiting(items) {
  const list = find("#words");
  if (!list) return;
  list.querySelectorAll("[data-waits]").forEach((line) => line.remove());
  for (const item of items) {
    const line = document.createElement("li");
    line.className = "chat-word mine waits";
    line.dataset.waits = item.key;
    const text = document.createElement("div");
    text.className = "chat-text";
    text.textContent = item.fields.body || item.name || "";
    const note = document.createElement("p");
    note.className = "chat-who";
    note.textContent = state.connected ? "…" : word("sending");
    line.append(text, note);
    list.append(line);
  }
  if (items.length) list.scrollTop = list.scrollHeight;
}

function show(news) {
  const list = find("#words");
  const low = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  let theirs = false;
  for (const [id, mine, html] of news.words) {
    if (list.querySelector(`[data-id="${id}"]`)) continue;
    const line = document.createElement("li");
    line.className = `chat-word${mine ? " mine" : ""}`;
    line.dataset.id = id;
    line.innerHTML = html; // rendered and escaped by the server
    list.insertBefore(line, list.querySelector("[data-waits]"));
    theirs ||= !mine && state.version !== "";
  }
  if (low || !state.version) list.scrollTop = list.scrollHeight;
  if (news.status !== state.status) find("#status").innerHTML = news.status;
  find("#write").hidden = news.ended;
  Object.assign(state, { version: news.v, ended: news.ended, status: news.status });
  if (theirs && !state.open) tellPage("unread");
}

async function poll() {
  clearTimeout(state.polling);
  const started = (state.token || state.hopeful) && queue.items[0]?.path !== "start/";
  let pause = document.hidden ? LONG : 1000;
  if (started) {
    try {
      const answer = await ask(`news/?v=${encodeURIComponent(state.version)}`);
      connection(answer.status < 500);
      const news = answer.status === 200 ? await answer.json() : null;
      if (news?.code === "none") state.hopeful = false;
      else if (news) {
        showTalk();
        show(news);
      } else if (answer.status === 404 && (await answer.json().catch(() => ({}))).code === "unknown") {
        const known = state.token;
        forget();
        if (known) showBeginning();
      }
      if (state.ended) pause = LONG;
    } catch {
      connection(false);
      pause = 2500;
    }
  }
  clearTimeout(state.polling);
  state.polling = setTimeout(poll, pause);
}

async function send(fields, path, file = null) {
  const sent = queue.add({ key: secret(12), path, fields, name: file?.name ?? "" }, file);
  await sent;
  poll();
}

function wireBeginning() {
  const form = find("[data-start]");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    if (!fields.body.trim()) {
      trouble(word("empty"));
      return find("#open_body").focus();
    }
    trouble("");
    state.token = secret();
    keep("token", state.token);
    keep("draft", null);
    find("#open_body").value = "";
    showTalk();
    find("#body").focus();
    send(fields, "start/");
  });
}

function wireWriting() {
  const form = find("#write");
  const body = find("#body");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!body.value.trim()) return body.focus();
    const text = body.value;
    body.value = "";
    keep("draft", null);
    trouble(state.connected ? "" : word("offline"));
    body.focus();
    send({ body: text }, "word/");
  });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  find("#file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    if (file.size > Number(limit)) return trouble(word("too_large"));
    send({ body: "" }, "word/", file);
  });
  const sure = (open) => {
    find("#sure").hidden = !open;
    (open ? find("#end-yes") : body).focus();
  };
  find("#end").addEventListener("click", () => sure(true));
  find("#end-no").addEventListener("click", () => sure(false));
  find("#end-yes").addEventListener("click", async () => {
    find("#sure").hidden = true;
    const answer = await ask("end/", { method: "POST" }).catch(() => connection(false));
    if (answer) poll();
  });
}

// The form for later is sent without leaving the page, so that a dropped connection takes nothing along.
async function leave(event) {
  const form = event.target.closest("[data-leave]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "omit" });
    if (answer.status >= 500) throw new Error("not now");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    find("#begin").replaceWith(page.querySelector("#begin"));
    trouble("");
    if (find("[data-left]")) {
      keep("draft", null);
      find("[data-left] h2").focus();
    } else find("#begin [role=alert]")?.scrollIntoView();
  } catch {
    trouble(word("offline"));
  }
  button.disabled = false;
}

async function transcript(event) {
  const form = event.target.closest("[data-transcript]");
  if (!form) return;
  event.preventDefault();
  const said = form.querySelector("[data-said]");
  try {
    const answer = await ask("transcript/", { method: "POST", body: new FormData(form) });
    said.textContent = (await answer.json()).message;
  } catch {
    said.textContent = word("failed");
  }
}

document.addEventListener("submit", leave);
document.addEventListener("submit", transcript);
document.addEventListener("input", ({ target }) => target.name === "body" && keep("draft", target.value));
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-anew]")) return;
  forget();
  location.replace(`${base}?lang=${lang}&new=1`);
});
document.addEventListener("keydown", (event) => event.key === "Escape" && tellPage("close"));
document.addEventListener("visibilitychange", () => !document.hidden && poll());
window.addEventListener("message", (event) => {
  if (event.source !== window.parent) return;
  if (event.data?.steward === "closed") state.open = false;
  if (event.data?.steward === "opened") {
    state.open = true;
    (find("#talk")?.hidden === false ? find("#body") : find("#begin textarea"))?.focus();
  }
});

if (location.search.includes("new=1")) {
  state.hopeful = false;
  history.replaceState(null, "", `${base}?lang=${lang}`);
}
if (window.parent !== window) {
  const close = find("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => tellPage("close"));
  tellPage("ready");
}
if (find("#talk")) {
  wireBeginning();
  wireWriting();
  const draft = read("draft");
  if (state.token) showTalk();
  if (draft) for (const field of document.querySelectorAll("textarea[name=body]")) field.value ||= draft;
  showWaiting(queue.items);
  queue.flush();
  poll();
}
