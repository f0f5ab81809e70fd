#!/usr/bin/env python3
"""Translates the Catalan and Spanish narratives into one another, sentence by sentence, with Apertium.

    apt-get install apertium-spa-cat
    python3 corpora/translated/translate.py

Writes `ca-es.jsonl` and `es-ca.jsonl` beside this file: one line a narrative, with its id, the language translated into
and one string a sentence, in the order of the record's sentences.
"""

import json
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
MODES = {"ca": ("cat-spa", "es"), "es": ("spa-cat", "ca")}
NAMES = {
    name
    for line in (HERE.parent / "names" / "given.tsv").read_text().splitlines()[1:]
    for name in line.split("\t")[:2]
}
FINAL = ".!?…:;»\"'”)"


def prepared(mode, line):
    """Catalan that Apertium knows: names without their article, and soc as it was spelt before 2016."""
    if mode != "cat-spa":
        return line

    def name(match):
        led, name = match.group(1), match.group(2)
        if name not in NAMES:
            return match.group(0)
        melted = {"del": "de ", "al": "a ", "pel": "per "}
        return melted.get(led.strip().lower(), "de " if led.lower() == "d'en " else "") + name

    line = re.sub(r"\b(d'en |D'en |[Ee]n |[Nn]a |[Ll]a |[Ee]l |[Ll]'|[Nn]'|del |al |pel )([A-ZÀ-ÝȘȚ][\wăâîșț·]+)", name, line)
    return re.sub(r"\b(s|S)oc\b", r"\1óc", line)


def finished(source, target):
    """One space between words, and the upper case that the sentence began with."""
    target = re.sub(r"  +", " ", target)
    return target[:1].upper() + target[1:] if source[:1].isupper() else target


def translate(mode, lines):
    """Apertium reads better what ends in a full stop: one is lent to each line that has none, and taken back."""
    lent = [not line.endswith(tuple(FINAL)) for line in lines]
    given = "".join(prepared(mode, line) + (" ." if extra else "") + "\n\n" for line, extra in zip(lines, lent))
    done = subprocess.run(["apertium", "-u", mode], input=given, capture_output=True, text=True, check=True)
    out = [line for line in done.stdout.split("\n") if line.strip()]
    if len(out) != len(lines):
        raise SystemExit(f"{mode}: {len(lines)} sentences went in and {len(out)} came out")
    out = [o.strip().removesuffix(".").rstrip() if extra else o.strip() for o, extra in zip(out, lent)]
    return [finished(line, o) for line, o in zip(lines, out)]


def main():
    records = [json.loads(line) for path in sorted((HERE.parent / "narratives").glob("*.jsonl")) for line in open(path)]
    for source, (mode, target) in MODES.items():
        chosen = [r for r in records if r["lang"] == source]
        sentences, counts = [], []
        for record in chosen:
            text = record["text"].encode()
            own = [" ".join(text[s["start"] : s["end"]].decode().split()) for s in record["sentences"]]
            sentences += own
            counts.append(len(own))
        done = iter(translate(mode, sentences))
        with open(HERE / f"{source}-{target}.jsonl", "w") as file:
            for record, n in zip(chosen, counts):
                row = {"id": record["id"], "lang": target, "sentences": [next(done) for _ in range(n)]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
