// What is typed into a composer is kept: on this device under the signed-in person's id, and, where the page names a store, on the server too, so
// that it is there on every device. On the device it goes when the text was sent, when the person signs out, and after fourteen days.
import { DraftStore, STILL_WRITING } from "./draft-store.js";
import { word } from "./words.js";

const DAYS = 14;
const PREFIX = "steward-draft:";
const person = () => document.documentElement.dataset.user || "nobody";
const keyOf = (form) => `${PREFIX}${person()}:${form.dataset.draft}`;

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    return kept && Date.now() - kept.at < DAYS * 86400e3 ? kept : { text: "" };
  } catch {
    return { text: "" };
  }
}

// saved: the server has this text; version: of the server's draft that this text goes on from.
function write(key, text, more = {}) {
  try {
    if (text.trim()) localStorage.setItem(key, JSON.stringify({ text, at: Date.now(), ...more }));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false; // storage is full or forbidden: the text is still in the field
  }
}

function forget(test) {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && test(key)).forEach((key) => localStorage.removeItem(key));
  } catch {
    // nothing was kept
  }
}

export function composer() {
  return {
    note: "",
    timer: 0,
    mode: "",
    store: null,
    other: "",
    init() {
      this.mode = this.modeNow();
      this.store = this.storeOfPage();
      const field = this.field();
      const opened = field.value;
      if (this.store) this.store.load().then((known) => this.begin(known, field.value !== opened));
      else this.restore();
      field.addEventListener("input", () => this.typed());
      this.modes().forEach((choice) => choice.addEventListener("change", () => this.changeMode(choice.value)));
      this.hear();
      // Kept until the answer is there: an answer that never comes, or a refusal, must not take along what was typed last.
      this.$root.addEventListener("submit", () => this.keep());
      this.$root.addEventListener("htmx:afterRequest", (event) => {
        // 422 is an answer with errors, not a success: what was typed stays.
        if (event.target !== this.$root || !event.detail.successful || event.detail.xhr.status >= 400) return;
        field.value = "";
        this.note = "";
        this.offer("");
        write(this.key(), "");
        this.store?.renew();
      });
    },

    // —— what is there when the page opens ——
    // typed: something was written before the server had answered; it stays, and what the server has is offered beside it.
    begin(known, typed) {
      if (!typed) this.restore();
      const theirs = this.store.of(this.mode).body;
      if (typed && theirs && theirs !== this.field().value) this.offer(theirs);
      else if (!this.other) this.store.settled();
      if (!known) window.addEventListener("online", () => this.store.load(), { once: true });
    },
    restore() {
      const field = this.field();
      const kept = read(this.key());
      const mode = this.restoredMode(kept);
      const theirs = this.store?.of(mode) ?? { body: "", version: 0 };
      if (field.value) return;
      const newer = kept.text && kept.mode === mode && !kept.saved && kept.text !== theirs.body;
      // What this device could not send goes on from what the server has, unless another device wrote there since.
      const goesOn = newer && (!this.store || (kept.version ?? 0) === theirs.version || !theirs.version);
      const text = goesOn || !this.store ? kept.text : theirs.body;
      if (text) {
        field.value = text;
        this.note = word("draft_restored");
      }
      this.show(mode);
      if (goesOn) this.store?.put(mode, text);
      else if (newer && this.store) this.offer(kept.text);
    },
    restoredMode(kept) {
      // A note must come back as a note: as a reply it could be sent to the person it is about.
      if (kept.text && (!this.store || !kept.saved)) return kept.mode || this.mode;
      const written = Object.entries(this.store?.drafts ?? {}).find(([, draft]) => draft.body);
      return written ? written[0] : this.mode;
    },
    show(mode) {
      const choice = [...this.modes()].find((each) => each.value === mode);
      this.mode = choice || !this.modes().length ? mode || this.mode : this.mode;
      if (choice && !choice.checked) choice.click();
    },

    // —— while somebody writes ——
    typed() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 400);
      this.store?.put(this.mode, this.field().value);
    },
    keep() {
      clearTimeout(this.timer);
      const text = this.field().value;
      const saved = Boolean(this.store) && this.store.of(this.mode).body === text;
      const kept = write(this.key(), text, { mode: this.mode, saved, version: this.store?.of(this.mode).version ?? 0 });
      if (!text.trim()) this.note = "";
      else if (saved) this.note = word("draft_kept");
      else if (kept) this.note = word("draft_saved");
    },
    // The text goes along to another mode, unless another text waits there: then each keeps its own.
    changeMode(mode) {
      if (mode === this.mode) return;
      const field = this.field();
      const [before, there] = [this.mode, this.store?.of(mode).body ?? ""];
      this.mode = mode;
      if (there && there !== field.value) {
        if (field.value.trim()) this.store.put(before, field.value);
        field.value = there;
      } else if (this.store) {
        if (this.store.of(before).body) this.store.put(before, "");
        this.store.put(mode, field.value);
      }
      this.keep();
    },

    // —— the store on the server ——
    storeOfPage() {
      const place = this.place();
      if (!place) return null;
      return new DraftStore(place.dataset.draftStore, {
        kept: (mode, text) => mode === this.mode && text === this.field().value && this.keep(),
        conflict: (mode, text) => mode === this.mode && (text ? this.offer(text) : (this.note = word("draft_gone"))),
      });
    },
    hear() {
      if (!this.store) return;
      const leave = () => {
        this.keep();
        this.store.leave(this.mode, this.field().value);
      };
      window.addEventListener("pagehide", leave);
      document.addEventListener("visibilitychange", () => document.hidden && leave());
      setInterval(() => {
        const text = this.field().value;
        if (!document.hidden && text.trim() && this.store.of(this.mode).body === text) this.store.put(this.mode, text);
      }, STILL_WRITING);
      this.place().addEventListener("click", (event) => {
        if (event.target.closest("[data-draft-take]")) this.settle(this.other);
        else if (event.target.closest("[data-draft-keep]")) this.settle(this.field().value);
      });
    },
    // Two texts of one person: the other is shown in full, and nothing is saved over it before they chose.
    offer(text) {
      const box = this.place()?.querySelector("[data-draft-other]");
      this.other = text;
      if (!box) return;
      box.hidden = !text;
      box.querySelector("blockquote").textContent = text;
      if (text) this.store.stopped = true;
      else this.store.settled();
    },
    settle(text) {
      this.field().value = text;
      this.offer("");
      this.store.put(this.mode, text);
      this.keep();
      this.field().focus();
    },

    key() {
      return keyOf(this.$root);
    },
    place() {
      return this.$root.parentElement?.querySelector("[data-draft-store]");
    },
    modes() {
      return this.$root.querySelectorAll(".composer-modes input[type=radio]");
    },
    modeNow() {
      return [...this.modes()].find((choice) => choice.checked)?.value ?? this.$root.querySelector("input[name=direction]")?.value ?? "";
    },
    field() {
      return this.$root.querySelector("textarea");
    },
  };
}

export function startDrafts() {
  forget((key) => read(key).text === "");
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-clears-drafts]")) forget((key) => key.startsWith(`${PREFIX}${person()}:`));
    // A form sent without htmx leaves the page; its draft is kept until the server has answered with another page.
    else if (event.target.dataset.draft && !event.target.hasAttribute("hx-post")) sessionStorage.setItem("steward-sent", keyOf(event.target));
  });
  const sent = sessionStorage.getItem("steward-sent");
  if (sent) {
    sessionStorage.removeItem("steward-sent");
    if (!document.querySelector(".field-error, [data-refused]")) localStorage.removeItem(sent);
  }
}
