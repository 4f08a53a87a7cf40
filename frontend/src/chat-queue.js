// What the visitor wrote goes out in order. Without a connection it waits here, also over a reload, and is sent again under the same
// id, so that it is stored once however often it is sent. Files wait only as long as the page stands.
import { keep, read } from "./chat-store.js";

const AGAIN = 2500;
const files = new Map();

export class Queue {
  constructor({ send, changed, refused, connection }) {
    Object.assign(this, { send, changed, refused, connection });
    this.items = (read("queue") ?? []).filter((item) => !item.file);
    this.busy = false;
    window.addEventListener("online", () => this.flush());
  }

  add(item, file = null) {
    if (file) files.set(item.key, file);
    this.items.push({ ...item, file: Boolean(file) });
    this.save();
    return this.flush();
  }

  save() {
    keep("queue", this.items.length ? this.items : null);
    this.changed(this.items);
  }

  async flush() {
    if (this.busy || !this.items.length) return;
    this.busy = true;
    clearTimeout(this.timer);
    while (this.items.length) {
      const item = this.items[0];
      let answer = null;
      try {
        answer = await this.send(item, files.get(item.key) ?? null);
      } catch {
        this.connection(false);
      }
      // A server that is starting again answers 502 or so: as good as no connection.
      if (!answer || answer.status >= 500) {
        this.timer = setTimeout(() => this.flush(), AGAIN);
        break;
      }
      this.connection(true);
      this.items.shift();
      files.delete(item.key);
      this.save();
      if (!answer.ok) await this.refused(item, answer);
    }
    this.busy = false;
  }
}
