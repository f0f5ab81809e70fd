// The page for trying a text, /try: typing, what was read, and the links between the two. Nothing of it is kept; intake.js
// is the page of an interview, which is.

import { Mirror } from "./mirror.js";
import { Reader } from "./reader.js";
import { editBetween, parse, shift } from "./spans.js";

const form = document.getElementById("intake");
const text = document.getElementById("text");
const notice = document.getElementById("notice");
const state = document.getElementById("state");
const resting = document.getElementById("resting");
const panel = document.getElementById("findings");
const mirror = new Mirror(document.getElementById("mirror"));

/** Kinds that are marked in the text; the others are marked only while chosen. */
const MARKED = new Set(["alert", "need", "demand", "quiet"]);
/** Parts of the page that a reading replaces. */
const PARTS = ["findings", "levels", "actions", "versions"];
/** Keys that move the caret. */
const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

/** What was found: { element, kind, code, key, spans }, with spans in the text as it is now. */
let found = [];
/** The finding that was chosen, as "kind code", and the place in the text that was pressed. */
let chosen = null;
let here = null;
/** The text that the spans belong to, and whether it was typed by the person before the page. */
let drawn = text.value;
let typed = false;

const name = ({ kind, code }) => `${kind} ${code}`;
const covers = (at) => (span) => span.start <= at && at < span.end;

function draw() {
  const marks = found.flatMap((finding) => {
    const on = name(finding) === chosen;
    if (!on && !MARKED.has(finding.kind)) return [];
    return finding.spans.map((span) => ({
      ...span, kind: finding.kind, key: finding.key, on, here: here !== null && covers(here)(span),
    }));
  });
  mirror.draw(text.value, marks);
}

/** Takes the findings from the page, whose spans count in `read`. */
function collect(read) {
  const edit = editBetween(read, text.value);
  found = [...document.querySelectorAll(".find[data-spans]")].map((element) => ({
    element, kind: element.dataset.kind, code: element.dataset.code, key: element.dataset.key,
    spans: shift(parse(element.dataset.spans), edit),
  }));
  drawn = text.value;
  if (!found.some((finding) => name(finding) === chosen)) chosen = null;
  show();
}

/** Shows what is chosen and what rests on the sentence that was pressed, on both sides. */
function show() {
  for (const finding of found) {
    const { element, spans } = finding;
    element.classList.toggle("lit", here !== null && spans.some(covers(here)));
    element.classList.toggle("gone", spans.length === 0);
    if (name(finding) === chosen) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
  showResting();
  draw();
}

/** Names, under the text, what rests on the sentence that was pressed. */
function showResting() {
  const on = found.filter(({ kind, spans }) => MARKED.has(kind) && here !== null && spans.some(covers(here)));
  resting.hidden = here === null || found.length === 0;
  if (resting.hidden) return;
  if (on.length === 0) {
    resting.replaceChildren(resting.dataset.nothing);
    return;
  }
  const links = on.map(({ element, kind, code, key }) => {
    const link = document.createElement("a");
    link.href = element.id ? `#${element.id}` : "#findings";
    link.dataset.goto = `${kind} ${code}`;
    const marker = element.querySelector(".n").cloneNode(true);
    const word = element.querySelector(".word");
    link.append(marker, element.querySelector(".label").textContent, word ? `: ${word.textContent}` : "");
    return link;
  });
  const heading = document.createElement("b");
  heading.textContent = resting.dataset.heading;
  resting.replaceChildren(heading, ...links);
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Brings something into view, and moves nothing when it is there already. */
function reveal(element) {
  if (!element) return;
  const box = element.getBoundingClientRect();
  const bottom = resting.hidden ? innerHeight : resting.getBoundingClientRect().top;
  const frame = element.closest("#findings")?.getBoundingClientRect();
  const top = Math.max(0, frame?.top ?? 0);
  const end = Math.min(bottom > top ? bottom : innerHeight, innerHeight, frame?.bottom ?? innerHeight);
  if (box.top >= top && box.bottom <= end) return;
  element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
}

function choose(finding) {
  chosen = name(finding);
  here = finding.spans[0]?.start ?? null;
  show();
  reveal(mirror.chosen());
}

function press(at) {
  chosen = null;
  here = at;
  show();
  const first = found.find(({ element, spans }) => element.matches(".card") && spans.some(covers(at)));
  // Beside the text the panel follows; below it, the page must not jump away from what is being read.
  if (first && getComputedStyle(panel).position === "sticky") reveal(first.element);
}

function clear() {
  chosen = null;
  here = null;
  show();
}

/** Puts the parts of a page just read in place of the old ones, and keeps the eye, the focus and what was open. */
function replace(page) {
  const focused = document.activeElement?.closest?.(".find");
  const kept = focused && [focused.dataset.kind, focused.dataset.code];
  const open = [...document.querySelectorAll("main details[open]")].map((details) => details.id);
  const top = panel.getBoundingClientRect().top;
  const seen = [...panel.querySelectorAll(".find")].find((card) => card.getBoundingClientRect().top >= top);
  const seenAt = seen?.getBoundingClientRect().top;
  for (const part of PARTS) {
    const fresh = page.getElementById(part);
    const stale = document.getElementById(part);
    if (!fresh || !stale) continue;
    stale.replaceChildren(...fresh.childNodes);
    stale.hidden = fresh.hidden;
  }
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  const at = (kind, code) => document.querySelector(`.find[data-kind="${kind}"][data-code="${code}"]`);
  const again = seen && at(seen.dataset.kind, seen.dataset.code);
  if (again) panel.scrollTop += again.getBoundingClientRect().top - seenAt;
  if (kept) at(...kept)?.focus({ preventScroll: true });
  const language = page.getElementById("language")?.textContent ?? "";
  document.getElementById("language").textContent = language;
  text.lang = page.getElementById("text")?.lang ?? "";
}

function count() {
  const n = text.value.split(/\s+/u).filter(Boolean).length;
  const language = document.getElementById("language").textContent;
  const words = n === 1 ? form.dataset.word : form.dataset.words;
  document.getElementById("count").textContent = n === 0 ? "" : `${language ? " · " : ""}${n} ${words}`;
}

function tell(message) {
  const line = document.createElement("p");
  line.textContent = message;
  notice.replaceChildren(line);
}

const reader = new Reader(form, {
  reading() {
    state.textContent = form.dataset.reading;
    document.body.setAttribute("aria-busy", "true");
  },
  done(page, read) {
    document.body.removeAttribute("aria-busy");
    notice.replaceChildren();
    replace(page);
    collect(read);
    count();
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const blank = read.trim() === "";
    state.textContent = blank ? "" : form.dataset.readAt.replace("{time}", time.format(new Date()));
    form.dataset.read = blank ? "" : String(Number(form.dataset.read || 0) + 1);
  },
  refused(page) {
    document.body.removeAttribute("aria-busy");
    state.textContent = "";
    tell(page.getElementById("notice")?.textContent.trim() || form.dataset.offline);
  },
  offline() {
    document.body.removeAttribute("aria-busy");
    state.textContent = "";
    tell(form.dataset.offline);
  },
});

text.addEventListener("input", (event) => {
  typed = text.value !== "";
  const edit = editBetween(drawn, text.value);
  found = found.map((finding) => ({ ...finding, spans: shift(finding.spans, edit) }));
  drawn = text.value;
  here = null;
  show();
  count();
  if (found.length > 0) state.textContent = form.dataset.changed;
  if (!event.isComposing) reader.changed(text.value.slice(0, text.selectionEnd));
});

text.addEventListener("click", () => press(text.selectionStart));
text.addEventListener("keyup", (event) => {
  if (MOVES.has(event.key) && text.selectionStart === text.selectionEnd) press(text.selectionStart);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  const element = event.target.closest("a");
  const finding = element && found.find((one) => one.element === element);
  if (finding) {
    event.preventDefault();
    choose(finding);
    return;
  }
  const aim = element?.dataset.goto
    ? found.find((one) => name(one) === element.dataset.goto)
    : element?.dataset.to && found.find((one) => one.key === element.dataset.to);
  if (aim) {
    event.preventDefault();
    choose(aim);
    aim.element.focus({ preventScroll: true });
    reveal(aim.element);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && document.activeElement === text) reader.now();
});

let leaving = false;
form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "switch_to") {
    leaving = true;
    return;
  }
  event.preventDefault();
  reader.now();
});

addEventListener("beforeunload", (event) => {
  if (typed && !leaving && text.value.trim() !== "") event.preventDefault();
});

/** A browser puts typed text back into the form after "back" or a reload, and the example comes without a reading. */
addEventListener("pageshow", () => {
  leaving = false;
  collect(text.defaultValue);
  count();
  const unread = found.length === 0 || text.value !== text.defaultValue;
  if (text.value.trim() !== "" && unread && !notice.textContent.trim()) reader.now();
});
