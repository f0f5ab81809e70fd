// The suggestions: which one is chosen, and the keys that decide on it.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Brings something into view, and moves nothing when it is there already. */
export function reveal(element) {
  if (!element) return;
  const box = element.getBoundingClientRect();
  const frame = element.closest("#findings")?.getBoundingClientRect();
  const top = Math.max(0, frame?.top ?? 0);
  const bottom = Math.min(innerHeight, frame?.bottom ?? innerHeight);
  if (box.top >= top && box.bottom <= bottom) return;
  element.scrollIntoView({ block: box.height > bottom - top ? "start" : "center", behavior: calm.matches ? "auto" : "smooth" });
}

export class Cards {
  #panel;
  #on;

  /** `on`: chosen(item), decide(item, act), edit(item), skip(item). */
  constructor(panel, on) {
    this.#panel = panel;
    this.#on = on;
    panel.addEventListener("focusin", (event) => {
      const item = event.target.closest(".item");
      if (item && !item.hasAttribute("aria-current")) this.choose(item, false);
    });
    panel.addEventListener("click", (event) => {
      const item = event.target.closest(".item");
      if (!item) return;
      if (event.target.closest("button.later")) this.next(item);
      else if (event.target.closest("button.edit")) on.edit(item);
      else if (!event.target.closest("button, summary, a, input")) this.choose(item, true);
    });
  }

  /** Those that can be gone through, in order: a closed list of doubtful ones is passed over. */
  get items() {
    return [...this.#panel.querySelectorAll(".item")].filter((item) => item.checkVisibility());
  }

  get chosen() {
    return this.#panel.querySelector(".item[aria-current]");
  }

  /** The suggestions on which nobody has decided. */
  get open() {
    return this.items.filter((item) => item.matches(".card") && !item.dataset.decided);
  }

  at(kind, code) {
    return this.#panel.querySelector(`.item[data-kind="${kind}"][data-code="${code}"]`);
  }

  choose(item, focus) {
    for (const other of this.#panel.querySelectorAll(".item[aria-current]")) {
      if (other === item) continue;
      other.removeAttribute("aria-current");
      other.tabIndex = -1;
      for (const details of other.querySelectorAll("details[open]")) details.open = false;
    }
    if (!item) return;
    item.setAttribute("aria-current", "true");
    item.tabIndex = 0;
    if (focus) {
      item.focus({ preventScroll: true });
      reveal(item);
    }
    this.#on.chosen(item);
  }

  /** To the next one without a decision, after this one or else from the beginning. */
  next(from) {
    const items = this.items;
    const at = items.indexOf(from);
    const open = (item) => item !== from && item.matches(".card") && !item.dataset.decided;
    const next = items.slice(at + 1).find(open) ?? items.slice(0, Math.max(at, 0)).find(open);
    if (next) this.choose(next, true);
    return next ?? null;
  }

  step(by) {
    const items = this.items;
    const at = items.indexOf(this.chosen);
    const to = items[Math.min(Math.max(at + by, 0), items.length - 1)];
    if (to) this.choose(to, true);
  }

  /** Whether a key meant something here. */
  key(event) {
    const item = event.target.closest(".item") ?? this.chosen;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "ArrowDown" || key === "j") this.step(1);
    else if (key === "ArrowUp" || key === "k") this.step(-1);
    else if (!item) return false;
    else if (key === "a") item.querySelector(".acts [value=confirm], .acts [value=present]")?.click();
    else if (key === "r") this.#refuse(item);
    else if (/^[1-6]$/u.test(key) && item.querySelector(".refuse[open]")) {
      item.querySelectorAll(".reasons button")[Number(key) - 1]?.click();
    } else if (key === "e") this.#on.edit(item);
    else if (key === " " && event.target === item) this.next(item);
    else if (key === "Enter" && event.target === item) this.#on.chosen(item);
    else return false;
    return true;
  }

  #refuse(item) {
    const refuse = item.querySelector(".refuse");
    if (!refuse) return;
    refuse.open = true;
    refuse.querySelector(".reasons button").focus({ preventScroll: true });
    reveal(item);
  }
}
