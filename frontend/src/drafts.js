// Drafts stay on this device under the signed-in person's id, go when the text was sent, when the person signs out, and after fourteen days.
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

function write(key, text, mode = "") {
  try {
    if (text.trim()) localStorage.setItem(key, JSON.stringify({ text, mode, at: Date.now() }));
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
    init() {
      const field = this.field();
      const kept = read(keyOf(this.$root));
      if (kept.text && !field.value) {
        field.value = kept.text;
        // A note must come back as a note: as a reply it could be sent to the person it is about.
        const mode = [...this.modes()].find((choice) => choice.value === kept.mode);
        if (mode && !mode.checked) mode.click();
        this.note = word("draft_restored");
      }
      const save = () => {
        const mode = [...this.modes()].find((choice) => choice.checked)?.value;
        if (write(keyOf(this.$root), field.value, mode)) this.note = field.value.trim() ? word("draft_saved") : "";
      };
      const keep = () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(save, 400);
      };
      field.addEventListener("input", keep);
      this.modes().forEach((choice) => choice.addEventListener("change", keep));
      // Kept until the answer is there: an answer that never comes, or a refusal, must not take along what was typed last.
      this.$root.addEventListener("submit", () => {
        clearTimeout(this.timer);
        save();
      });
      this.$root.addEventListener("htmx:afterRequest", (event) => {
        // 422 is an answer with errors, not a success: what was typed stays.
        if (event.target !== this.$root || !event.detail.successful || event.detail.xhr.status >= 400) return;
        field.value = "";
        this.note = "";
        write(keyOf(this.$root), "");
      });
    },
    modes() {
      return this.$root.querySelectorAll(".composer-modes input[type=radio]");
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
