// Ranges of a text in UTF-16 code units, which is how a browser counts.

/** Reads "12-45 60-80". */
export function parse(written) {
  return (written ?? "").split(" ").filter(Boolean).map((range) => {
    const [start, end] = range.split("-").map(Number);
    return { start, end };
  });
}

/** The smallest replacement that turns one text into another. */
export function editBetween(before, after) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { start: head, removed: before.length - head - tail, inserted: after.length - head - tail };
}

/** Moves ranges along with an edit. A range that the edit touched is gone: what it said may have changed. */
export function shift(spans, { start, removed, inserted }) {
  if (removed === 0 && inserted === 0) return spans;
  const by = inserted - removed;
  return spans.flatMap((span) => {
    if (span.end <= start) return [span];
    if (span.start >= start + removed) return [{ ...span, start: span.start + by, end: span.end + by }];
    return [];
  });
}

/** Cuts a length where marks begin or end: pieces with the marks that lie over each. */
export function pieces(length, marks) {
  const cuts = new Set([0, length]);
  for (const { start, end } of marks) {
    cuts.add(start);
    cuts.add(end);
  }
  const sorted = [...cuts].filter((at) => at >= 0 && at <= length).sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => {
    const start = sorted[i];
    return { start, end, over: marks.filter((mark) => mark.start <= start && end <= mark.end) };
  });
}
