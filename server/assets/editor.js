// The box in which something is added or edited: search over codes in three languages, status, sentences.

import { say } from "./say.js";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let codes = null;

/** Every code with its words; without a network, those that the page has. */
async function load(select) {
  if (codes) return codes;
  const here = [...select.options].filter((o) => o.value).map((o) => {
    const [kind, code] = o.value.split(":");
    return { kind, code, label: o.textContent, domain: "", words: o.textContent };
  });
  try {
    const answer = await fetch(`/codes?lang=${document.documentElement.lang}`);
    codes = answer.ok ? await answer.json() : here;
  } catch {
    return here;
  }
  return codes;
}

/** Those that have every word that was typed, names that begin with it first. */
export function find(all, typed) {
  const parts = plain(typed).split(/\s+/u).filter(Boolean);
  if (parts.length === 0) return [];
  const hits = all.filter(({ words }) => parts.every((part) => plain(words).includes(part)));
  const rank = ({ label, kind }) => (plain(label).startsWith(parts[0]) ? 0 : plain(label).includes(parts[0]) ? 1 : 2) + (kind === "need" ? 0 : 0.5);
  return hits.map((hit) => [rank(hit), hit]).sort(([a], [b]) => a - b).map(([, hit]) => hit).slice(0, 8);
}

export class Editor {
  #dialog = document.createElement("dialog");
  #section;
  #keep;
  #evidence = [];
  #instead = null;
  #back = null;

  /** `keep(finding)`: { kind, code, status, evidence, instead }, with evidence in UTF-16 ranges. */
  constructor(keep) {
    this.#keep = keep;
    this.#dialog.id = "editor-dialog";
    this.#dialog.setAttribute("aria-labelledby", "editor-heading");
    document.getElementById("main").append(this.#dialog);
    this.#dialog.addEventListener("close", () => this.#back?.focus({ preventScroll: true }));
    this.adopt(document.getElementById("editor"));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Takes the form from a page into the box. */
  adopt(section) {
    if (!section || this.isOpen) return;
    this.#section = section;
    this.#section.classList.remove("sheet");
    this.#dialog.replaceChildren(section);
    const form = section.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(form);
    });
    section.querySelector("[data-close]").addEventListener("click", () => this.#dialog.close());
    this.#wire(section.querySelector("#search"), section.querySelector("#hits"), form.elements.what);
    form.elements.what.addEventListener("change", () => this.#status(form));
  }

  #status(form) {
    document.getElementById("status-field").hidden = !form.elements.what.value.startsWith("need:");
  }

  #wire(search, hits, select) {
    let shown = [];
    let at = -1;
    const mark = () => {
      [...hits.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
      if (at >= 0) search.setAttribute("aria-activedescendant", `hit-${at}`);
      else search.removeAttribute("aria-activedescendant");
    };
    const shut = () => {
      hits.hidden = true;
      search.setAttribute("aria-expanded", "false");
      search.removeAttribute("aria-activedescendant");
    };
    const take = (hit) => {
      select.value = `${hit.kind}:${hit.code}`;
      search.value = hit.label;
      this.#status(select.form);
      shut();
    };
    search.addEventListener("input", async () => {
      shown = find(await load(select), search.value);
      at = shown.length > 0 ? 0 : -1;
      hits.replaceChildren(...shown.map((hit, i) => {
        const line = document.createElement("li");
        line.id = `hit-${i}`;
        line.role = "option";
        line.textContent = hit.label;
        const kind = document.createElement("small");
        kind.textContent = hit.kind === "need" ? hit.domain : hit.kind === "demand" ? say("kind-demand") : say("kind-action");
        line.append(kind);
        line.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(hit);
        });
        return line;
      }));
      hits.hidden = shown.length === 0;
      search.setAttribute("aria-expanded", String(shown.length > 0));
      mark();
    });
    search.addEventListener("keydown", (event) => {
      if (hits.hidden) return;
      if (event.key === "ArrowDown") at = Math.min(at + 1, shown.length - 1);
      else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
      else if (event.key === "Enter" && at >= 0) take(shown[at]);
      else if (event.key === "Escape") shut();
      else return;
      event.preventDefault();
      event.stopPropagation();
      mark();
    });
    search.addEventListener("blur", shut);
  }

  /** `item`: what is edited, or nothing; `evidence`: UTF-16 ranges; `quote`: their words. */
  open({ item, evidence, quote, back }) {
    const form = this.#section.querySelector("form");
    form.reset();
    this.#back = back;
    this.#evidence = evidence;
    this.#instead = item ? { kind: item.dataset.kind, code: item.dataset.code } : null;
    const heading = this.#section.querySelector("h2");
    heading.textContent = item ? `${heading.dataset.edit}: ${item.querySelector(".label").textContent}` : heading.dataset.add;
    if (item) form.elements.what.value = `${item.dataset.kind}:${item.dataset.code}`;
    this.#status(form);
    document.getElementById("chosen-evidence").textContent = quote;
    this.#dialog.showModal();
    (item ? form.elements.what : form.querySelector("#search")).focus();
  }

  #submit(form) {
    const [kind, code] = form.elements.what.value.split(":");
    if (!code) return;
    const status = kind === "need" ? form.elements.status.value : undefined;
    const instead = this.#instead?.kind === kind ? this.#instead.code : null;
    // After an edit the next suggestion takes the focus; the box must not take it back.
    if (instead) this.#back = null;
    this.#dialog.close();
    this.#keep({ kind, code, status, evidence: this.#evidence, instead });
  }
}
