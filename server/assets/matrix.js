// The matrix: a level by a digit, by the arrows or by a press, and the rubric's words for the row that is looked at.

import { say } from "./say.js";

/** While arrows pass over levels nothing is decided; milliseconds. */
const SETTLED = 700;

export class Matrix {
  #section;
  #decide;
  #timers = new Map();
  #pointed = false;

  /** `decide(code, level)` with a level of 1 to 5, or null. */
  constructor(section, decide) {
    this.#section = section;
    this.#decide = decide;
    section.addEventListener("pointerdown", () => { this.#pointed = true; });
    section.addEventListener("keydown", (event) => this.#key(event));
    section.addEventListener("change", (event) => {
      if (event.target.type !== "radio") return;
      this.#settle(event.target, this.#pointed ? 0 : SETTLED);
      this.#pointed = false;
      this.#words(event.target.closest(".domain"));
    });
    const look = (event) => this.#words(event.target.closest?.(".domain"));
    section.addEventListener("focusin", look);
    section.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && !section.contains(document.activeElement)) look(event);
    });
    section.addEventListener("focusout", (event) => {
      if (!section.contains(event.relatedTarget)) this.#words(null);
    });
    section.addEventListener("pointerleave", () => {
      if (!section.contains(document.activeElement)) this.#words(null);
    });
  }

  /** Whether something was marked and not decided yet. */
  get isBusy() {
    return this.#timers.size > 0;
  }

  /** To the first row without a mark. */
  focus() {
    const rows = [...this.#section.querySelectorAll(".domain")];
    const row = rows.find((one) => !one.querySelector(":checked")) ?? rows[0];
    this.#aim(row)?.focus();
  }

  #aim(row) {
    return row?.querySelector(":checked") ?? row?.querySelector(".models input") ?? row?.querySelector("input:not([disabled])");
  }

  #settle(radio, after) {
    const row = radio.closest(".domain");
    clearTimeout(this.#timers.get(row.dataset.code));
    const level = radio.value === "none" ? null : Number(radio.value);
    this.#timers.set(row.dataset.code, setTimeout(() => {
      this.#timers.delete(row.dataset.code);
      this.#decide(row.dataset.code, level, row.dataset.model);
    }, after));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest(".domain");
    if (!row) return;
    const rows = [...this.#section.querySelectorAll(".domain")];
    const at = rows.indexOf(row);
    if (/^[0-5]$/u.test(event.key)) {
      const radio = row.querySelector(`input[value="${event.key === "0" ? "none" : event.key}"]`);
      if (!radio || radio.disabled) return;
      radio.checked = true;
      this.#settle(radio, 0);
      (this.#aim(rows[at + 1]) ?? radio).focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#aim(rows[at + (event.key === "ArrowDown" ? 1 : -1)])?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #words(row) {
    const box = document.getElementById("rubric");
    for (const other of this.#section.querySelectorAll(".domain.on")) other.classList.remove("on");
    box.hidden = !row;
    if (!row) return;
    row.classList.add("on");
    const list = document.createElement("ol");
    for (const cell of row.querySelectorAll(".cell[data-anchor]")) {
      const line = document.createElement("li");
      line.value = Number(cell.querySelector("input").value);
      line.textContent = cell.dataset.anchor;
      line.classList.toggle("on", cell.querySelector("input").checked);
      list.append(line);
    }
    const heading = document.createElement("b");
    heading.textContent = say("rubric-of", { domain: row.querySelector("th").firstChild.textContent.trim() || row.querySelector("th a")?.textContent });
    box.replaceChildren(heading, list);
  }
}
