// The drafts of one case on the server, of whoever is signed in: one text for each direction, with its version. What cannot be sent waits on the
// device (drafts.js) and is sent when the network is back.
const PATIENCE = 600; // after the last key
const LONGEST = 1500; // while somebody types on
const STILL = 10000; // says that somebody still writes: colleagues see it (writing/operations/drafts.py)

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

export class DraftStore {
  constructor(address, { kept, conflict }) {
    Object.assign(this, { address, kept, conflict });
    this.drafts = {};
    this.waiting = {}; // direction → text that the server does not have yet
    this.busy = false;
    this.stopped = true; // until it is known what the server has
    this.era = 0; // answers to what was asked before something was sent count no more
    this.timer = 0;
    this.since = 0;
    window.addEventListener("online", () => this.push());
  }

  of(direction) {
    return this.drafts[direction] ?? { body: "", version: 0 };
  }

  // Save soon: at once enough that colleagues see it within two seconds, seldom enough that nobody saves each letter.
  put(direction, text) {
    this.waiting[direction] = text;
    const now = Date.now();
    this.since ||= now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.push(), Math.max(0, Math.min(PATIENCE, this.since + LONGEST - now)));
  }

  async push() {
    clearTimeout(this.timer);
    if (this.busy || this.stopped) return;
    this.since = 0;
    const [direction] = Object.keys(this.waiting);
    if (direction === undefined) return;
    const text = this.waiting[direction];
    const { era } = this;
    let pause = PATIENCE;
    this.busy = true;
    try {
      const answer = await this.send(direction, text);
      if (era === this.era) await this.take(direction, text, answer);
    } catch {
      pause = STILL; // no network: the text is on the device meanwhile
    }
    this.busy = false;
    if (Object.keys(this.waiting).length) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.push(), pause);
    }
  }

  async take(direction, text, answer) {
    if (answer.ok) {
      const { version } = await answer.json();
      this.drafts[direction] = { body: text, version };
      if (this.waiting[direction] === text) delete this.waiting[direction];
      this.kept(direction, text);
    } else if (answer.status === 409) {
      const { body, version } = await answer.json();
      this.drafts[direction] = { body, version };
      if (body) this.stopped = true;
      else delete this.waiting[direction]; // sent or discarded elsewhere: it is not written again by itself
      this.conflict(direction, body);
    } else {
      delete this.waiting[direction]; // not allowed, too long, signed out: the text stays on the device
    }
  }

  send(direction, text, { leaving = false } = {}) {
    const body = new URLSearchParams({ direction, body: text, version: this.of(direction).version });
    if (leaving) body.set("leaving", "1");
    return fetch(this.address, { method: "POST", body, keepalive: leaving, headers: { "X-CSRFToken": token() } });
  }

  // Somebody decided which of two texts counts.
  settled() {
    this.stopped = false;
    if (Object.keys(this.waiting).length) this.push();
  }

  // The page is closed or hidden. What is on its way may be lost with it; the same text twice is one.
  leave(direction, text) {
    if (this.stopped || (!text && !this.of(direction).body)) return;
    clearTimeout(this.timer);
    this.send(direction, text, { leaving: true }).then((answer) => this.take(direction, text, answer), () => {});
  }

  // Reads what the server has; whether it could.
  async load() {
    const { era } = this;
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected || era !== this.era) return false;
      this.drafts = (await answer.json()).drafts;
      return true;
    } catch {
      return false;
    }
  }

  // After a message went out the server has emptied its draft: read the versions anew, and let nothing older be saved.
  renew() {
    this.era += 1;
    this.waiting = {};
    clearTimeout(this.timer);
    return this.load();
  }
}

export const STILL_WRITING = STILL;
