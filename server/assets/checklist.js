// What is still to be known before an action is explored: the answers narrow the actions, and decide nothing.
//
// Each fact stands once in the list and wherever an action asks for it; one “no” to what an action needs sets it aside, in
// a list of its own below. The answers are the page's, not the server's: the outbox seals them with what is not sent yet.

import { say } from "./say.js";

export class Checklist {
  #section;
  #answers = new Map();

  /** `changed(told)` after each answer, with what it came to. */
  constructor(section, changed) {
    this.#section = section;
    section.addEventListener("change", (event) => {
      const { fact } = event.target.dataset;
      if (!fact) return;
      if (event.target.value) this.#answers.set(fact, event.target.value);
      else this.#answers.delete(fact);
      const [n, aside] = this.apply();
      changed(say("facts-narrowed", { n, aside }));
    });
  }

  /** The answers, to be kept. */
  get answers() {
    return Object.fromEntries(this.#answers);
  }

  get isEmpty() {
    return this.#answers.size === 0;
  }

  /** Takes over answers that were kept. */
  restore(answers) {
    for (const [fact, answer] of Object.entries(answers ?? {})) {
      if (answer === "yes" || answer === "no") this.#answers.set(fact, answer);
    }
    this.apply();
  }

  /** Puts the answers on the page as it is now, and returns how many actions are left and how many are set aside. */
  apply() {
    for (const radio of this.#section.querySelectorAll("[data-fact]")) radio.checked = radio.value === (this.#answers.get(radio.dataset.fact) ?? "");
    const aside = this.#section.querySelector("#aside");
    const ways = this.#section.querySelector("#ways");
    if (!aside || !ways) return [0, 0];
    // Back in their order before they are told apart again.
    const all = [...this.#section.querySelectorAll("#ways > .way, #aside .way")];
    all.forEach((way, i) => { way.dataset.order ??= String(i); });
    all.sort((a, b) => Number(a.dataset.order) - Number(b.dataset.order));
    for (const way of this.#section.querySelectorAll(".way")) this.#tell(way);
    const list = aside.querySelector(".ways");
    for (const way of all) (way.matches(".aside") ? list : ways).append(way);
    const n = list.childElementCount;
    aside.hidden = n === 0;
    this.#section.querySelector("#aside-count").textContent = String(n);
    return [ways.childElementCount, n];
  }

  /** Says on an action what is missing, and why it is set aside if it is. */
  #tell(way) {
    const asked = [...way.querySelectorAll("[data-of]")];
    for (const one of asked) one.dataset.answer = this.#answers.get(one.dataset.of) ?? "";
    const missing = way.querySelector(".missing");
    if (missing) missing.textContent = String(asked.filter((one) => !one.dataset.answer).length || "✓");
    const against = asked.find((one) => "needed" in one.dataset && one.dataset.answer === "no");
    way.classList.toggle("aside", Boolean(against));
    way.querySelector(".why-aside")?.remove();
    if (!against) return;
    const why = document.createElement("p");
    why.className = "why-aside";
    why.textContent = say("fact-aside", { question: against.textContent });
    way.querySelector(".because").after(why);
  }
}
