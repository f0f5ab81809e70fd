// The marks under the text. A box for typing cannot hold marks, so that a copy of its text, itself invisible, lies
// exactly below it and carries them.

import { pieces } from "./spans.js";

/** At most two lines can be told apart under a word: the stronger need, and what is asked for or else set apart. */
function lines(kinds) {
  const first = ["alert", "need"].find((kind) => kinds.has(kind));
  const second = ["demand", "quiet"].find((kind) => kinds.has(kind));
  return [first, second].filter(Boolean);
}

export class Mirror {
  #root;

  constructor(root) {
    this.#root = root;
  }

  /**
   * Draws the marks of a text.
   * `marks`: { start, end, kind, key, on, here }; `on` is the finding that was chosen, `here` the sentence.
   */
  draw(text, marks) {
    const nodes = pieces(text.length, marks).map(({ start, end, over }) => {
      const piece = document.createElement("span");
      piece.className = "piece";
      if (over.some((mark) => mark.on)) piece.classList.add("on");
      if (over.some((mark) => mark.here)) piece.classList.add("here");
      let inner = piece;
      for (const kind of lines(new Set(over.map((mark) => mark.kind)))) {
        const line = document.createElement("span");
        line.className = `u ${kind}`;
        inner.append(line);
        inner = line;
      }
      inner.append(text.slice(start, end));
      const keys = over.filter((mark) => mark.end === end && mark.key).map((mark) => Number(mark.key));
      if (keys.length > 0) {
        const label = document.createElement("i");
        label.className = "keys";
        label.dataset.keys = [...new Set(keys)].sort((a, b) => a - b).join(" ");
        piece.append(label);
      }
      return piece;
    });
    // A last empty line has no height without a character on it.
    this.#root.replaceChildren(...nodes, "\u200b");
  }

  /** The first piece of the finding that was chosen. */
  chosen() {
    return this.#root.querySelector(".piece.on");
  }
}
