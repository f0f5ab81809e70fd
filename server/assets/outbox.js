// What a person wrote and decided, until the server has answered for it.
//
// A copy is kept on the device, so that nothing is lost when the network, the page or the server is: sealed with a key
// that the server gives to this person only while they are signed in, and that no storage of the browser holds. Who finds
// the device finds unreadable bytes. Where the browser has no cryptography (a page without TLS) nothing is stored.

const RETRY = [1000, 2000, 4000, 8000, 15000];

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const base64Of = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));

/** A sealed copy of a small object in the browser's storage. */
export class Drawer {
  #name;
  #keyId;
  #raw;
  #key;
  #last = Promise.resolve();

  constructor(name, keyId, raw) {
    this.#name = name;
    this.#keyId = keyId;
    this.#raw = raw;
  }

  get isSealed() {
    return Boolean(globalThis.crypto?.subtle);
  }

  async #import(raw) {
    return crypto.subtle.importKey("raw", bytesOf(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  /** What was kept; nothing when there is none, or when it is another person's. */
  async open() {
    const kept = this.isSealed && localStorage.getItem(this.#name);
    if (!kept) return null;
    try {
      const { keyId, iv, data } = JSON.parse(kept);
      let raw = this.#raw;
      if (keyId !== this.#keyId) {
        const answer = await fetch(`/device-key?${new URLSearchParams({ id: keyId })}`);
        if (!answer.ok) return null;
        raw = (await answer.json()).key;
      }
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytesOf(iv) }, await this.#import(raw), bytesOf(data));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  /** Keeps an object in place of the last one; nothing to keep is removed. */
  put(object) {
    if (!this.isSealed) return this.#last;
    this.#last = this.#last.then(async () => {
      if (object === null) {
        localStorage.removeItem(this.#name);
        return;
      }
      this.#key ??= await this.#import(this.#raw);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, new TextEncoder().encode(JSON.stringify(object)));
      const sealed = { keyId: this.#keyId, iv: base64Of(iv), data: base64Of(new Uint8Array(data)) };
      localStorage.setItem(this.#name, JSON.stringify(sealed));
    }).catch(() => {});
    return this.#last;
  }

  /** Goes on under another name: an interview that was just made has one of its own. */
  async rename(name) {
    await this.#last;
    localStorage.removeItem(this.#name);
    this.#name = name;
  }
}

/**
 * Sends entries one after another, each with the key that makes it happen once.
 * An entry: { id, path, method, body, subjects, seen }; `seen` is what held of its subjects when the person decided.
 */
export class Outbox {
  #entries = [];
  #context;
  #running = false;
  #tries = 0;
  #timer;

  /**
   * `context`: version(), path(entry), changed(), done(entry, answer), offline(entry), refused(entry, problem),
   * conflict(entry) — the last resolves to "again", "drop" or "wait".
   */
  constructor(context) {
    this.#context = context;
    addEventListener("online", () => this.send());
  }

  get entries() {
    return this.#entries;
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  /** Takes over what an earlier page could not send. */
  restore(entries) {
    this.#entries = entries;
    this.#context.changed();
    this.send();
  }

  add(entry) {
    const last = this.#entries.at(-1);
    // A text that was not tried yet gives way to a newer one.
    if (entry.kind === "text" && last?.kind === entry.kind && !last.tried) this.#entries.pop();
    this.#entries.push({ id: crypto.randomUUID?.() ?? String(Math.random()).slice(2), tried: false, ...entry });
    this.#context.changed();
    this.send();
  }

  drop(id) {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#context.changed();
  }

  /** Sends the first entry for the version as it is now, as another write. */
  again(id) {
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry) return;
    entry.id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    entry.tried = false;
    this.#context.changed();
    this.send();
  }

  async send() {
    clearTimeout(this.#timer);
    if (this.#running || this.isEmpty) return;
    this.#running = true;
    try {
      while (!this.isEmpty && (await this.#one(this.#entries[0])));
    } finally {
      this.#running = false;
    }
  }

  #later() {
    this.#timer = setTimeout(() => this.send(), RETRY[Math.min(this.#tries, RETRY.length - 1)]);
    this.#tries += 1;
    return false;
  }

  async #one(entry) {
    // What was tried is tried again as it was: the server tells a repeated write by its key and its body.
    if (!entry.tried) {
      entry.sent = { ...entry.body };
      if (entry.kind !== "create") entry.sent.expected_version = this.#context.version();
      entry.tried = true;
      await this.#context.changed();
    }
    let response;
    try {
      response = await fetch(this.#context.path(entry), {
        method: entry.method,
        headers: { "content-type": "application/json", "idempotency-key": entry.id },
        body: JSON.stringify(entry.sent),
      });
    } catch {
      this.#context.offline("network");
      return this.#later();
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      this.#tries = 0;
      this.#entries = this.#entries.filter((one) => one !== entry);
      await this.#context.done(entry, answer);
      this.#context.changed();
      return true;
    }
    if (response.status === 401) {
      this.#context.offline("signed-out");
      return this.#later();
    }
    if (response.status === 429 || response.status >= 500) {
      this.#context.offline("server");
      return this.#later();
    }
    if (answer.code === "version_conflict") {
      const what = await this.#context.conflict(entry);
      if (what === "again") {
        entry.id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
        entry.tried = false;
        return true;
      }
      // Taken out meanwhile, it does not hold up the others.
      return !this.#entries.includes(entry);
    }
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#context.changed();
    this.#context.refused(entry, answer);
    return true;
  }
}
