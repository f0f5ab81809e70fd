#!/usr/bin/env python3
"""Translates the Catalan and Spanish texts of the corpus into one another, and the Spanish ones into English, sentence by
sentence, with Apertium.

    apt-get install apertium-spa-cat apertium-eng-spa
    python3 corpora/translated/translate.py

Writes `ca-es.jsonl`, `es-ca.jsonl` and `es-en.jsonl` (narratives), and the same of the sentence bank as `bank-*`, beside
this file, the English ones in `english/`: one line a record, with its id, the language translated into and one string a sentence, in the record's order.
"""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
DIRECTIONS = [("ca", "cat-spa", "es", ""), ("es", "spa-cat", "ca", ""), ("es", "spa-eng", "en", "english")]
FINAL = ".!?…:;»\"'”)"


def translate(mode, lines):
    """Apertium reads better what ends in a full stop: one is lent to each line that has none, and taken back."""
    lent = [not line.endswith(tuple(FINAL)) for line in lines]
    given = "".join(line + (" ." if extra else "") + "\n\n" for line, extra in zip(lines, lent))
    done = subprocess.run(["apertium", "-u", mode], input=given, capture_output=True, text=True, check=True)
    out = [line for line in done.stdout.split("\n") if line.strip()]
    if len(out) != len(lines):
        raise SystemExit(f"{mode}: {len(lines)} sentences went in and {len(out)} came out")
    return [o.strip().removesuffix(".").rstrip() if extra else o.strip() for o, extra in zip(out, lent)]


def translate_folder(folder, prefix):
    records = [json.loads(line) for path in sorted((HERE.parent / folder).glob("*.jsonl")) for line in open(path)]
    for source, mode, target, place in DIRECTIONS:
        chosen = [r for r in records if r["lang"] == source]
        sentences, counts = [], []
        for record in chosen:
            text = record["text"].encode()
            own = [" ".join(text[s["start"] : s["end"]].decode().split()) for s in record["sentences"]]
            sentences += own
            counts.append(len(own))
        done = iter(translate(mode, sentences))
        with open(HERE / place / f"{prefix}{source}-{target}.jsonl", "w") as file:
            for record, n in zip(chosen, counts):
                row = {"id": record["id"], "lang": target, "sentences": [next(done) for _ in range(n)]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    translate_folder("narratives", "")
    translate_folder("bank", "bank-")
