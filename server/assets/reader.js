// Asks the server to read the text, when a sentence has ended or the writer pauses.

/** After a sentence's end, after any other change, and when the queue is full; milliseconds. */
const AFTER_SENTENCE = 350;
const AFTER_PAUSE = 1800;
const AFTER_BUSY = 1500;

/** A sentence has ended before the caret: a full stop and the like, perhaps quoted, or a line break. */
const ENDED = /(?:[.!?…]["'»”’)\]]*\s*|\n\s*)$/u;

export class Reader {
  #form;
  #report;
  #timer;
  #running;

  /** `report` has the methods reading(), done(page, text), refused(page) and offline(). */
  constructor(form, report) {
    this.#form = form;
    this.#report = report;
  }

  /** Reads soon. */
  changed(beforeCaret) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), ENDED.test(beforeCaret) ? AFTER_SENTENCE : AFTER_PAUSE);
  }

  /** Reads at once, leaving what was being read. */
  async now() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const text = this.#form.elements.text.value;
    const lang = this.#form.elements.lang.value;
    this.#report.reading();
    try {
      const blank = text.trim() === "";
      const response = await fetch(blank ? `/try?${new URLSearchParams({ lang })}` : "/try", {
        method: blank ? "GET" : "POST",
        body: blank ? undefined : new URLSearchParams({ lang, text }),
        signal: running.signal,
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (running.signal.aborted) return;
      if (response.ok) {
        this.#report.done(page, text);
      } else {
        this.#report.refused(page);
        if (response.status === 429) this.#timer = setTimeout(() => this.now(), AFTER_BUSY);
      }
    } catch {
      if (!running.signal.aborted) this.#report.offline();
    }
  }
}
