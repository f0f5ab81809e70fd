// A document that is dropped on the text or chosen: the server takes the text out of it and keeps nothing of the document.

import { say } from "./say.js";

/** What a refusal's code is called here. */
const REFUSALS = {
  document_no_text: () => say("document-no-text"),
  document_kind: () => say("document-kind"),
  body_too_long: () => say("document-too-long"),
  document_too_long: () => say("document-too-long"),
};

/** `on`: opening(), taken(text), refused(why), offline(). */
export function takeFiles(section, input, on) {
  const take = async (file) => {
    if (!file) return;
    on.opening();
    try {
      const answer = await fetch("/extract", { method: "POST", body: file });
      const got = await answer.json().catch(() => ({}));
      if (answer.ok) on.taken(got.text);
      else on.refused((REFUSALS[got.code] ?? (() => say("document-broken")))());
    } catch {
      on.offline();
    }
  };
  section.addEventListener("dragover", (event) => { event.preventDefault(); section.classList.add("over"); });
  section.addEventListener("dragleave", () => section.classList.remove("over"));
  section.addEventListener("drop", (event) => {
    section.classList.remove("over");
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  input.addEventListener("change", (event) => {
    take(event.target.files[0]);
    event.target.value = "";
  });
}
