// The intake page of a case, /interviews/…: what is typed, read, decided and kept. (scratch.js is the page for trying a text
// that nobody keeps.) This file joins the parts, each of which has one: cards.js the suggestions and their keys, matrix.js the
// levels, editor.js the box to add and edit, checklist.js what is to be known for the actions, files.js documents that are
// dropped, mirror.js the marks under the text, outbox.js what was not sent yet.

import { Cards, reveal } from "./cards.js";
import { Checklist } from "./checklist.js";
import { Editor } from "./editor.js";
import { takeFiles } from "./files.js";
import { Matrix } from "./matrix.js";
import { Mirror } from "./mirror.js";
import { Drawer, Outbox } from "./outbox.js";
import { clock, say } from "./say.js";
import { editBetween, parse, shift } from "./spans.js";

const main = document.getElementById("main");
const text = document.getElementById("text");
const notice = document.getElementById("notice");
const saved = document.getElementById("saved");
const sending = document.getElementById("sending");
const told = document.getElementById("told");
const resting = document.getElementById("resting");
const reading = document.getElementById("reading");
const panel = document.getElementById("findings");
const mirror = text && new Mirror(document.getElementById("mirror"));

/** After a sentence's end, after any other change, and without typing before the text is kept; milliseconds. */
const AFTER_SENTENCE = 300;
const AFTER_PAUSE = 1500;
const AFTER_CALM = 4000;
/** How often the page asks whether somebody else wrote; milliseconds. */
const LOOK = 10000;
/** How often something is asked for again because a write was answered meanwhile. */
const TRIES = 3;
/** A sentence has ended before the caret: a full stop and the like, perhaps quoted, or a line break. */
const ENDED = /(?:[.!?…]["'»”’)\]]*\s*|\n\s*)$/u;
/** What is marked in the text; the rest is marked only while it is chosen. */
const MARKED = new Set(["alert", "need", "demand", "quiet", "added"]);
const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

const { person, keyId, key } = main.dataset;
const closed = main.dataset.closed === "true";
let interview = main.dataset.interview;
let version = Number(main.dataset.version);
/** The text that the server has, or will have when the outbox is empty. */
let kept = text?.defaultValue ?? "";
/** What the server had when this page began: who wrote meanwhile is told apart by it. */
let base = kept;

/** The page was asked for in a language, and its parts are asked for in the same. */
const inLanguage = `?lang=${document.documentElement.lang}`;
const drawerName = () => `relat.${person}.${interview || `new.${main.dataset.case}`}`;
const drawer = new Drawer(drawerName(), keyId, key);
delete main.dataset.key;

// ---- What was found, and where it lies in the text -------------------------------------------------------------

let found = [];
let chosen = null;
let here = null;
let drawn = text?.value ?? "";
const covers = (at) => (span) => span.start <= at && at < span.end;
const nameOf = ({ kind, code }) => `${kind} ${code}`;

/** Takes the findings from the page, whose spans count in `read`. */
function collect(read) {
  const edit = editBetween(read, text?.value ?? read);
  found = [...document.querySelectorAll("[data-spans]")].map((element) => ({
    element, kind: element.dataset.kind, code: element.dataset.code, key: element.dataset.key,
    set: element.classList.contains("added") ? "added" : element.dataset.set ?? element.dataset.kind,
    spans: shift(parse(element.dataset.spans), edit),
  }));
  drawn = text?.value ?? read;
  draw();
}

function draw() {
  for (const { element, spans, set } of found) {
    element.classList.toggle("lit", set !== "level" && here !== null && spans.some(covers(here)));
    element.classList.toggle("gone", spans.length === 0 && element.dataset.spans !== "");
  }
  if (!mirror) return;
  const marks = found.flatMap((finding) => {
    const on = nameOf(finding) === chosen;
    const gone = finding.element.dataset.decided === "refuted";
    if (!on && (!MARKED.has(finding.set) || gone)) return [];
    const kind = finding.set === "added" ? (finding.element.classList.contains("alert") ? "alert" : finding.kind) : finding.set;
    return finding.spans.map((span) => ({ ...span, kind, key: finding.key, on, here: here !== null && covers(here)(span) }));
  });
  mirror.draw(text.value, marks);
}

/** Names, under the text, what rests on the sentence where the caret is. */
function showResting() {
  if (!resting) return;
  const on = found.filter(({ set, spans }) => MARKED.has(set) && here !== null && spans.some(covers(here)));
  resting.hidden = here === null || found.length === 0;
  if (resting.hidden) return;
  if (on.length === 0) {
    resting.replaceChildren(say("resting-nothing"));
    return;
  }
  const heading = document.createElement("b");
  heading.textContent = say("resting");
  resting.replaceChildren(heading, ...on.map((finding) => {
    const link = document.createElement("a");
    link.href = "#findings";
    link.dataset.goto = nameOf(finding);
    const word = finding.element.querySelector(".word");
    link.append(finding.element.querySelector(".n").cloneNode(true), finding.element.querySelector(".label").textContent, word ? `: ${word.textContent}` : "");
    return link;
  }));
}

// ---- Decisions ----------------------------------------------------------------------------------------------------

const cards = new Cards(panel, {
  chosen(item) {
    const finding = found.find(({ element }) => element === item);
    chosen = finding ? nameOf(finding) : null;
    here = null;
    draw();
    showResting();
    const piece = mirror?.chosen() ?? (finding && document.querySelector(`#closed-text #t${CSS.escape(finding.element.dataset.first ?? "")}`));
    // Below one another, the page must not jump from the card to the text.
    if (getComputedStyle(panel).position === "sticky") reveal(piece);
  },
  edit: (item) => edit(item),
});

const matrix = new Matrix(document.getElementById("levels"), (code, level, model) => {
  const blind = main.dataset.blind === "true";
  const same = model === "" ? level === null : Number(model) === level;
  const to = level === null ? { code } : { code, level };
  if (blind) decide([{ act: "add", kind: "level", finding: to }]);
  else if (same) decide([{ act: "confirm", kind: "level", code }]);
  else decide([{ act: "edit", kind: "level", code, to }]);
});

const checklist = new Checklist(document.getElementById("actions"), (narrowed) => {
  told.textContent = narrowed;
  remember();
});

const editor = document.getElementById("editor") && new Editor(keepEdited);

/** What holds of a subject on the page: the word that tells whether somebody else decided meanwhile. */
function holds(kind, code, root = document) {
  const selector = kind === "level" ? `.domain[data-code="${code}"]` : `[data-kind="${kind}"][data-code="${code}"]`;
  const element = root.querySelector(selector);
  const at = element?.querySelector(".decided time, .by")?.getAttribute("datetime") ?? "";
  // The attribute is what the server said, whatever has been pressed since.
  return kind === "level" ? (element?.querySelector("[checked]")?.value ?? "") : `${element?.dataset.decided ?? ""} ${at}`;
}

function decide(acts) {
  if (!interview && !text?.value.trim()) return;
  // Its button takes back the last decisions: from now on those are others.
  notice.querySelector(".bulk")?.remove();
  keep();
  const subjects = acts.filter(({ kind }) => kind).map(({ kind, code, finding }) => ({ kind, code: code ?? finding.code }));
  const seen = subjects.map(({ kind, code }) => holds(kind, code));
  outbox.add({ kind: "acts", method: "POST", body: { acts }, subjects, seen });
  wait();
}

/** Shows what is decided and not sent yet as what it is. */
function wait() {
  for (const entry of outbox.entries) {
    if (entry.kind !== "acts") continue;
    for (const act of entry.body.acts) {
      if (!act.kind || act.kind === "level") continue;
      const element = document.querySelector(`.item[data-kind="${act.kind}"][data-code="${act.code}"], .way[data-kind="${act.kind}"][data-code="${act.code}"]`);
      if (!element) continue;
      element.dataset.decided = { confirm: "confirmed", refute: "refuted", edit: "edited", add: "added" }[act.act];
      element.classList.remove("confirmed", "refuted", "edited");
      element.classList.add("waiting", element.dataset.decided);
      const line = element.querySelector(":scope > .decided") ?? document.createElement("p");
      line.className = `decided ${element.dataset.decided}`;
      line.textContent = `${words[act.act]()} · ${say("to-be-sent")}`;
      const acts = element.querySelector(":scope > .acts");
      if (acts) acts.before(line);
      else element.append(line);
    }
  }
  count();
}

const words = { confirm: () => say("accepted"), refute: () => say("refused"), edit: () => say("edited"), add: () => say("added") };

/** Sends what a button of a form says. */
function press(form, button) {
  const data = new FormData(form, button);
  const [act, reason] = String(data.get("act")).split(":");
  const [kind, code] = [data.get("kind"), data.get("code")];
  if (act === "close") return close();
  if (!kind) return decide([{ act }]);
  const item = form.closest(".item");
  form.querySelector("details[open]")?.removeAttribute("open");
  if (act === "present") decide([{ act: "edit", kind, code, to: { code, status: "present" } }]);
  else decide([reason ? { act, kind, code, reason } : { act, kind, code }]);
  if (!item) {
    told.textContent = "";
    return undefined;
  }
  const label = item.querySelector(".label").textContent;
  const next = item.matches(".card") ? cards.next(item) : null;
  if (!next) item.focus({ preventScroll: true });
  told.textContent = `${label}: ${(words[act] ?? words.edit)()}. ${next || !item.matches(".card") ? "" : say("all-decided")}`;
  return undefined;
}

function close() {
  const open = cards.items.filter((item) => item.matches(".alert") && !item.dataset.decided);
  if (open.length === 0) {
    // Others may stay undecided, but not unnoticed: pressed again, it closes.
    const left = cards.open;
    if (left.length === 0 || notice.querySelector(".closing")) return decide([{ act: "close" }]);
    tell(left.length === 1 ? say("close-undecided-one") : say("close-undecided", { n: left.length }), [[say("close-look"), () => cards.choose(left[0], true)]]);
    notice.firstElementChild.classList.add("closing");
    return undefined;
  }
  tell(say("alerts-first", { n: open.length }));
  return cards.choose(open[0], true);
}

function bulk() {
  const acts = main.dataset.bulk.split(" ").filter(Boolean).map((one) => {
    const [kind, code] = one.split(":");
    return { act: "confirm", kind, code };
  });
  if (acts.length === 0) return;
  decide(acts);
  tell(say("bulk-done", { n: acts.length }), [[say("bulk-undo"), () => decide(acts.map(() => ({ act: "undo" })))]]);
  notice.firstElementChild.classList.add("bulk");
  cards.next(null);
}

// ---- Adding and editing ----------------------------------------------------------------------------------------

/** The text that is selected, as whole as it was chosen. */
function selection() {
  if (!text || text.selectionStart === text.selectionEnd) return [];
  const said = text.value.slice(text.selectionStart, text.selectionEnd);
  const start = text.selectionStart + (said.length - said.trimStart().length);
  const end = text.selectionEnd - (said.length - said.trimEnd().length);
  return start < end ? [{ start, end }] : [];
}

const quoteOf = (ranges) => ranges.map(({ start, end }) => text.value.slice(start, end).trim()).join(" … ");

function edit(item) {
  const own = found.find(({ element }) => element === item)?.spans ?? [];
  const chosenNow = selection();
  const evidence = chosenNow.length > 0 ? chosenNow : own;
  (editor ?? late)?.open({ item, evidence, quote: quoteOf(evidence), back: item });
}

const byte = (at) => new TextEncoder().encode(text.value.slice(0, at)).length;

function keepEdited({ kind, code, status, evidence, instead }) {
  const finding = { code, evidence: evidence.map(({ start, end }) => ({ start: byte(start), end: byte(end) })) };
  if (status) finding.status = status;
  const known = instead ?? (document.querySelector(`.item[data-kind="${kind}"][data-code="${code}"]`) ? code : null);
  if (known) decide([{ act: "edit", kind, code: known, to: finding }]);
  else decide([{ act: "add", kind, finding }]);
  if (instead) cards.next(cards.at(kind, instead));
}

// ---- The text ---------------------------------------------------------------------------------------------------

let timer;
let calm;
let running;

/** Puts the text among what is to be sent, if it has changed. */
function keep() {
  clearTimeout(calm);
  if (!text || closed || clashed || text.value === kept || text.value.trim() === "") return;
  kept = text.value;
  if (!interview && !outbox.entries.some((entry) => entry.kind === "create")) {
    const heldOn = document.querySelector("[name=held_on]")?.value;
    outbox.add({ kind: "create", method: "POST", body: { text: kept, held_on: heldOn } });
  } else {
    outbox.add({ kind: "text", method: "PUT", body: { text: kept } });
  }
}

async function read(tries = TRIES) {
  clearTimeout(timer);
  running?.abort();
  const asked = new AbortController();
  running = asked;
  const now = text.value;
  reading.textContent = now.trim() ? say("reading") : "";
  try {
    const path = interview ? `/interviews/${interview}/live${inLanguage}` : `/cases/${main.dataset.case}/live${inLanguage}`;
    const answer = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json", accept: "text/html" },
      body: JSON.stringify({ text: now }), signal: asked.signal,
    });
    const html = await answer.text();
    if (asked.signal.aborted) return;
    if (answer.ok) {
      const page = new DOMParser().parseFromString(html, "text/html");
      if (isOld(page) && tries > 0) return read(tries - 1);
      replace(page, now);
      reading.textContent = "";
      main.dataset.read = String(Number(main.dataset.read ?? 0) + 1);
    } else if (answer.status === 429) timer = setTimeout(read, AFTER_PAUSE);
    else offline(answer.status === 401 ? "signed-out" : "server");
  } catch {
    if (!asked.signal.aborted) offline("network");
  }
  return undefined;
}

function typed(event) {
  const edited = editBetween(drawn, text.value);
  found = found.map((finding) => ({ ...finding, spans: shift(finding.spans, edited) }));
  drawn = text.value;
  here = null;
  draw();
  showResting();
  countWords();
  remember();
  clearTimeout(timer);
  clearTimeout(calm);
  if (event?.isComposing) return;
  timer = setTimeout(read, ENDED.test(text.value.slice(0, text.selectionEnd)) ? AFTER_SENTENCE : AFTER_PAUSE);
  calm = setTimeout(keep, AFTER_CALM);
}

function countWords() {
  const n = text.value.split(/\s+/u).filter(Boolean).length;
  const box = document.getElementById("count");
  const language = document.getElementById("language")?.textContent ? " · " : "";
  if (box) box.textContent = n === 0 ? "" : n === 1 ? say("word") : say("words", { n });
  if (box && !box.previousSibling?.textContent?.includes("·") && language && n > 0) box.textContent = language + box.textContent;
}

/** How many decisions can be taken back and given again when all that waits is sent. */
function depths() {
  let [undo, redo] = [Number(main.dataset.undo), Number(main.dataset.redo)];
  for (const { act } of outbox.entries.flatMap(({ kind, body }) => (kind === "acts" ? body.acts : []))) {
    if (act === "undo") [undo, redo] = [undo - 1, redo + 1];
    else if (act === "redo") [undo, redo] = [undo + 1, redo - 1];
    else if (act !== "close" && act !== "reopen") [undo, redo] = [undo + 1, 0];
  }
  return { undo, redo };
}

/** Undo and redo can be pressed as often as there is something to take back, also before the server has answered. */
function steps() {
  for (const [name, n] of Object.entries(depths())) {
    const button = document.getElementById(name);
    if (!button) continue;
    const focused = button === document.activeElement;
    button.disabled = n <= 0;
    // A button that can no longer be pressed would keep the focus from every key.
    if (focused && button.disabled) document.querySelector("#undo:enabled, #redo:enabled, #close")?.focus({ preventScroll: true });
  }
}

function count() {
  steps();
  const left = document.getElementById("left");
  if (!left) return;
  const n = cards.open.length;
  if (n > 0) {
    left.textContent = n === 1 ? say("left-one") : say("left", { n });
    return;
  }
  const hint = document.createElement("kbd");
  hint.textContent = say("to-matrix");
  left.replaceChildren(say("all-decided"), " ", hint);
}

// ---- Taking in what the server made of it -----------------------------------------------------------------------

/** Parts of the page that a reading replaces. */
const PARTS = ["findings", "levels", "actions", "versions", "stats"];

let deferred;

/** Whether a page was made before a decision that has been answered since: it would take that decision back. */
const isOld = (page) => Number(page.getElementById("main")?.dataset.version) < version;

/** Puts the parts of a page, made for a text, in place of the old ones; keeps the eye, the focus and what was open or shut. */
function replace(page, now) {
  const item = document.activeElement?.closest?.("[data-kind][data-code]");
  const focused = item && [item.dataset.kind, item.dataset.code, item === document.activeElement];
  const radio = document.activeElement?.type === "radio" ? [document.activeElement.name, document.activeElement.value] : null;
  const current = cards.chosen && [cards.chosen.dataset.kind, cards.chosen.dataset.code];
  const refusing = panel.querySelector(".refuse[open]");
  if (refusing) {
    // Somebody is about to press a reason: it must not go from under the finger.
    clearTimeout(deferred);
    deferred = setTimeout(() => {
      if (!isOld(page)) replace(page, now);
      else if (text) read();
    }, 600);
    return;
  }
  clearTimeout(deferred);
  const folds = [...main.querySelectorAll("details[id]")].map((details) => [details.id, details.open]);
  // What the eye or the finger is on stays where it is: beside the text the panel scrolls, else the page does.
  const beside = getComputedStyle(panel).position === "sticky";
  const top = Math.max(0, beside ? panel.getBoundingClientRect().top : 0);
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > top && box.top < innerHeight;
  };
  const spots = beside ? panel.querySelectorAll(".item") : main.querySelectorAll(".item, .domain, .way");
  const seen = [cards.chosen, ...spots].find((element) => element && visible(element));
  const seenAt = seen?.getBoundingClientRect().top;
  for (const part of PARTS) {
    const fresh = page.getElementById(part);
    const stale = document.getElementById(part);
    if (!fresh || !stale || (part === "levels" && matrix.isBusy)) continue;
    stale.replaceChildren(...fresh.childNodes);
    stale.hidden = fresh.hidden;
  }
  const tools = page.querySelector(".tools");
  if (tools && !document.querySelector(".tools").contains(document.activeElement)) document.querySelector(".tools").replaceWith(tools);
  const fresh = page.getElementById("main");
  if (fresh) for (const name of ["bulk", "blind", "undo", "redo", "alerts"]) main.dataset[name] = fresh.dataset[name];
  main.classList.toggle("blind", main.dataset.blind === "true");
  for (const [id, open] of folds) {
    const details = document.getElementById(id);
    if (details) details.open = open;
  }
  for (const element of document.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    element.textContent = at.toDateString() === new Date().toDateString() ? clock(at) : new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
  }
  const again = seen && document.querySelector(`[data-kind="${seen.dataset.kind}"][data-code="${seen.dataset.code}"]`);
  const moved = again ? again.getBoundingClientRect().top - seenAt : 0;
  if (beside) panel.scrollTop += moved;
  else if (document.activeElement !== text) scrollBy({ top: moved, behavior: "instant" });
  if (text) text.lang = page.getElementById("text")?.lang || text.lang;
  checklist.apply();
  collect(now);
  if (current) cards.choose(cards.at(...current) ?? null, false);
  if (radio) document.querySelector(`input[name="${radio[0]}"][value="${radio[1]}"]`)?.focus({ preventScroll: true });
  else if (focused) {
    const there = cards.at(focused[0], focused[1]) ?? document.querySelector(`.way[data-code="${focused[1]}"] button`);
    there?.focus({ preventScroll: true });
  }
  wait();
  if (text) countWords();
}

/** Leads to what was undone or done again last. */
function lead(was) {
  const [changed] = [...document.querySelectorAll("[data-kind][data-code]")].filter(({ dataset: { kind, code } }) => was.get(`${kind} ${code}`) !== holds(kind, code));
  const word = stepped === "undo" ? "undone" : "redone";
  stepped = null;
  if (!changed) return;
  const label = changed.querySelector(".label, th a, th")?.firstChild?.textContent.trim() ?? "";
  told.textContent = word === "undone" ? say("undone", { label }) : say("redone", { label });
  if (changed.matches(".item")) cards.choose(changed, panel.contains(document.activeElement));
  reveal(changed);
}

/** Whether the last answer was to an undo or a redo. */
let stepped = null;

/** Asks for the page as the server has it now. */
async function refresh(tries = TRIES) {
  const answer = await fetch(`/interviews/${interview}${inLanguage}`, { headers: { accept: "text/html" } });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const at = Number(page.getElementById("main")?.dataset.version);
  // Whoever is signed out gets another page.
  if (Number.isNaN(at)) return null;
  // Made before the last write was answered: neither its decisions nor its text are what holds.
  if (at < version && tries > 0) return refresh(tries - 1);
  version = at;
  meet(page.getElementById("text")?.defaultValue);
  if (page.getElementById("editor") && document.getElementById("editor-dialog") === null) {
    // The page began without an interview: its box comes now.
    document.querySelector(".desk").after(page.getElementById("editor"));
    late = new Editor(keepEdited);
  }
  return page;
}

let late = null;
/** Somebody else changed the text while this one was being changed, and the person has not chosen yet. */
let clashed = false;

/** Looks whether the server has a text that this page does not know. */
function meet(theirs) {
  if (!text || theirs === undefined || theirs === base || theirs === kept || theirs === text.value || clashed) return;
  if (text.value === base) {
    text.value = theirs;
    kept = theirs;
    base = theirs;
    drawn = theirs;
    tell(say("text-changed"));
    return;
  }
  clashed = true;
  for (const entry of outbox.entries.filter(({ kind }) => kind === "text")) outbox.drop(entry.id);
  base = theirs;
  kept = theirs;
  tell(say("text-conflict"), [
    [say("keep-mine"), () => { clashed = false; keep(); }],
    [say("keep-theirs"), () => {
      clashed = false;
      text.value = theirs;
      typed();
    }],
  ]);
}

async function settle() {
  const page = await refresh().catch(() => null);
  if (!page) return;
  const theirs = page.getElementById("text")?.defaultValue ?? "";
  if (text && text.value !== theirs) return;
  const was = new Map([...document.querySelectorAll("[data-kind][data-code]")].map(({ dataset: { kind, code } }) => [`${kind} ${code}`, holds(kind, code)]));
  replace(page, theirs || (text?.value ?? ""));
  if (stepped) lead(was);
}

// ---- What was not sent yet ----------------------------------------------------------------------------------------

/** Keeps, sealed, what would be lost with this page. */
function remember() {
  const draft = text && text.value !== kept ? { text: text.value, base: kept } : null;
  const empty = outbox.isEmpty && !draft && checklist.isEmpty;
  return drawer.put(empty ? null : { entries: outbox.entries, draft, facts: checklist.answers });
}

function offline(why) {
  reading.textContent = "";
  const waiting = outbox.entries.length;
  sending.hidden = false;
  sending.textContent = why === "signed-out" ? say("signed-out") : say("offline", { n: waiting });
  saved.textContent = "";
  document.body.classList.add("offline");
}

function online() {
  sending.hidden = true;
  document.body.classList.remove("offline");
}

function tell(message, buttons = []) {
  const line = document.createElement("p");
  line.className = "problem";
  line.append(message, " ");
  for (const [word, done] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word;
    button.addEventListener("click", () => {
      line.remove();
      done();
    });
    line.append(button);
  }
  notice.replaceChildren(line);
}

const outbox = new Outbox({
  version: () => version,
  path: (entry) => ({
    create: `/v1/cases/${main.dataset.case}/interviews`,
    text: `/v1/interviews/${interview}/text`,
    acts: `/v1/interviews/${interview}/decisions`,
  })[entry.kind],
  changed() {
    if (!outbox.isEmpty) saved.textContent = sending.hidden ? say("saving") : "";
    if (!sending.hidden && document.body.classList.contains("offline")) sending.textContent = say("offline", { n: outbox.entries.length });
    return remember();
  },
  async done(entry, answer) {
    online();
    version = Math.max(version, answer.version);
    stepped = null;
    if (entry.kind === "acts") {
      [main.dataset.undo, main.dataset.redo] = [answer.undo, answer.redo];
      stepped = entry.body.acts.map(({ act }) => act).find((act) => act === "undo" || act === "redo") ?? null;
      steps();
    }
    if (entry.kind === "create") {
      interview = answer.id;
      main.dataset.interview = answer.id;
      history.replaceState(null, "", `/interviews/${interview}`);
      document.querySelector(".narrative .date")?.remove();
      await drawer.rename(drawerName());
    }
    if (entry.kind !== "acts") base = entry.body.text;
    saved.textContent = say("saved", { time: clock() });
    main.dataset.sent = String(Number(main.dataset.sent ?? 0) + 1);
    if (entry.kind === "acts" && entry.body.acts.some(({ act }) => act === "close" || act === "reopen")) {
      await drawer.put(null);
      location.reload();
      return;
    }
    if (outbox.entries.length === 0) {
      if (!notice.querySelector("button:not(.closing button), .kept")) notice.replaceChildren();
      await settle();
    }
  },
  offline,
  refused(entry, problem) {
    online();
    if (entry.kind === "create" || entry.kind === "text") kept = base;
    const alerts = problem.code === "alerts_undecided";
    tell(alerts ? say("alerts-first", { n: problem.codes?.length ?? 1 }) : say("refused-by-server", { why: problem.title ?? problem.code ?? "" }));
    settle();
  },
  async conflict(entry) {
    const page = await refresh().catch(() => null);
    if (!page) {
      offline("network");
      return "wait";
    }
    online();
    // What somebody else wrote into the text was met when the page was asked for.
    if (entry.kind === "text") return outbox.entries.includes(entry) ? "again" : "wait";
    const touched = entry.subjects.some(({ kind, code }, i) => holds(kind, code, page) !== entry.seen[i]);
    const step = entry.body.acts.some(({ act }) => act === "undo" || act === "redo");
    if (!touched && !step) return "again";
    const who = entry.subjects.map(({ kind, code }) => page.querySelector(`[data-kind="${kind}"][data-code="${code}"]`)).find(Boolean);
    // Read before its parts are put on this page, where what waits here is shown over what they decided.
    const label = who?.querySelector(".label, th a, th")?.firstChild?.textContent.trim() ?? "";
    for (const time of who?.querySelectorAll("time[datetime]") ?? []) time.textContent = clock(new Date(time.dateTime));
    const decided = who?.querySelector(".decided, .by")?.textContent.trim() ?? "";
    replace(page, page.getElementById("text")?.defaultValue ?? "");
    tell(step ? say("undo-conflict") : say("conflict", { label, decided }), [
      [say("keep-theirs"), () => { outbox.drop(entry.id); settle(); outbox.send(); }],
      [say("keep-mine"), () => { entry.seen = entry.subjects.map(({ kind, code }) => holds(kind, code)); outbox.again(entry.id); }],
    ]);
    return "wait";
  },
});

// ---- Hands and keys ---------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-act]")) {
    event.preventDefault();
    press(form, event.submitter);
  } else if (form.id === "intake") {
    event.preventDefault();
    keep();
    read();
  } else if (form.id === "matrix") event.preventDefault();
});

document.addEventListener("click", (event) => {
  const element = event.target;
  if (element.closest("#help")) document.getElementById("keys").showModal();
  else if (element.closest("#keys [data-close]")) document.getElementById("keys").close();
  else if (element.closest("#add")) open();
  else if (element.closest("#bulk")) bulk();
  else {
    const link = element.closest("a[data-goto], a[data-to], .domain a.find");
    if (!link) return;
    event.preventDefault();
    const aim = link.dataset.goto
      ? found.find((one) => nameOf(one) === link.dataset.goto)
      : link.dataset.to ? found.find((one) => one.key === link.dataset.to) : null;
    if (aim) cards.choose(aim.element, true);
    else if (link.matches(".find")) {
      const row = link.closest(".domain");
      chosen = `level ${row.dataset.code}`;
      draw();
      reveal(mirror?.chosen());
    }
  }
});

function open() {
  const evidence = selection();
  (editor ?? late)?.open({ item: null, evidence, quote: quoteOf(evidence), back: document.activeElement });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const inText = event.target === text;
  if (inText && event.key === "Escape") {
    event.preventDefault();
    const aim = cards.chosen ?? cards.open[0] ?? cards.items[0];
    if (aim) cards.choose(aim, true);
    else document.getElementById("findings-heading").focus();
  } else if (inText && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    read();
    keep();
  } else if (inText && event.key === "Enter" && event.altKey) {
    event.preventDefault();
    open();
  }
  // Letters mean something only where the focus is on what they are about (WCAG 2.1, 2.1.4).
  if (inText || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  if (!event.target.closest("#findings, #levels, #actions, .tools")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "?") document.getElementById("keys").showModal();
  else if (key === "z") document.getElementById("undo")?.click();
  else if (key === "y") document.getElementById("redo")?.click();
  else if (key === "t") text?.focus();
  else if (key === "m") matrix.focus();
  else if (key === "n") open();
  else if (key === "s" && !event.target.closest("#findings")) cards.next(null);
  else if (event.target.closest("#findings")) {
    if (!cards.key(event)) return;
  } else return;
  event.preventDefault();
});

if (text && !closed) {
  text.addEventListener("input", typed);
  const pressAt = (at) => {
    here = at;
    chosen = null;
    draw();
    showResting();
    const first = found.find(({ element, spans }) => element.matches(".card") && spans.some(covers(at)));
    if (first && getComputedStyle(panel).position === "sticky") reveal(first.element);
  };
  text.addEventListener("click", () => { if (text.selectionStart === text.selectionEnd) pressAt(text.selectionStart); });
  text.addEventListener("keyup", (event) => {
    if (MOVES.has(event.key) && text.selectionStart === text.selectionEnd) pressAt(text.selectionStart);
  });
  text.addEventListener("blur", () => { if (text.value !== kept) calm = setTimeout(keep, AFTER_SENTENCE); });

  takeFiles(document.querySelector(".narrative"), document.getElementById("file"), {
    opening: () => { reading.textContent = say("opening"); },
    taken(told) {
      const at = text.value.trim() === "" ? 0 : text.value.length;
      text.setRangeText(at === 0 ? told : `\n\n${told}`, at, text.value.length, "end");
      text.focus();
      typed();
      read();
    },
    refused(why) {
      tell(why);
      reading.textContent = "";
    },
    offline: () => offline("network"),
  });
}

addEventListener("beforeunload", (event) => {
  const unsent = !outbox.isEmpty || (text && text.value !== kept);
  if (unsent && !drawer.isSealed) event.preventDefault();
});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });

// ---- The beginning ------------------------------------------------------------------------------------------------

collect(kept);
if (text) countWords();
if (!drawer.isSealed) tell(say("unsealed"));

const before = await drawer.open();
if (before) {
  checklist.restore(before.facts);
  const unsentText = before.entries?.findLast((entry) => entry.kind !== "acts")?.body.text;
  const draft = before.draft?.text ?? unsentText;
  if (before.entries?.length > 0 || before.draft) {
    tell(say("restored"));
    // It stays when all is sent: whoever comes back looks some time later.
    notice.firstElementChild.classList.add("kept");
  }
  if (draft && text && !closed) {
    text.value = draft;
    kept = unsentText ?? kept;
    typed();
    read();
  }
  if (before.entries?.length > 0) outbox.restore(before.entries);
  wait();
}
if (text && !closed && text.value.trim() !== "" && !before && matchMedia("(min-width: 961px)").matches) {
  const first = cards.open[0];
  if (first && document.activeElement === document.body) cards.choose(first, true);
}
main.dataset.ready = "true";

setInterval(async () => {
  if (!interview || closed || document.visibilityState === "hidden" || !outbox.isEmpty) return;
  try {
    const answer = await fetch(`/interviews/${interview}/version`);
    if (!answer.ok) return;
    online();
    const now = (await answer.json()).version;
    if (now > version && outbox.isEmpty && !document.querySelector("dialog[open]")) {
      stepped = null;
      notice.querySelector(".bulk")?.remove();
      await settle();
      told.textContent = say("somebody");
    }
  } catch {
    // The next decision tells that the network is gone.
  }
}, LOOK);
