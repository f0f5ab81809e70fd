#!/usr/bin/env python3
"""Lists the nouns of the corpus that name things, with gender and number, from the determiners that stand before them.

    python3 corpora/lexicon/induce.py

Writes `ca_things.tsv` and `es_things.tsv`. Words of the lists of people and adjectives are left out.
"""

import collections
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
# Determiners that are nothing else; a bare article counts only after a preposition, where no clitic can stand.
CONTEXTS = {
    "es": {
        ("m", "sg"): r"(?:un|este|ese|aquel|algún|ningún|nuestro|del|al|(?:de|a|en|con|por|sin|para|hasta|desde|sobre|contra|tras|entre) el)",
        ("f", "sg"): r"(?:una|esta|esa|aquella|alguna|ninguna|nuestra|(?:de|a|en|con|por|sin|para|hasta|desde|sobre|contra|tras|entre) la)",
        ("m", "pl"): r"(?:unos|estos|esos|aquellos|algunos|muchos|pocos|nuestros|(?:de|a|en|con|por|sin|para|hasta|desde|sobre|contra|tras|entre) los)",
        ("f", "pl"): r"(?:unas|estas|esas|aquellas|algunas|muchas|pocas|nuestras|(?:de|a|en|con|por|sin|para|hasta|desde|sobre|contra|tras|entre) las)",
    },
    "ca": {
        ("m", "sg"): r"(?:un|aquest|aquell|algun|del|al|pel|nostre|seu|meu|(?:amb|en|sense|des del|fins al|contra|sota|sobre|entre) el)",
        ("f", "sg"): r"(?:una|aquesta|aquella|alguna|nostra|seva|meva|(?:de|a|en|amb|per|sense|contra|sota|sobre|entre) la)",
        ("m", "pl"): r"(?:uns|aquests|aquells|alguns|molts|pocs|dels|als|pels|seus|meus)",
        ("f", "pl"): r"(?:unes|aquestes|aquelles|algunes|moltes|poques|dues|seves|meves|(?:de|a|en|amb|per|sense|contra|sota|sobre|entre) les)",
    },
}
# Nouns that are verbs as well, seldom seen in the contexts above; and nouns that elide the article, by their ending.
ALSO = {
    "es": "condena cura denuncia pregunta oferta baja alta llamada entrada salida bajada subida vuelta llegada ida cita ayuda cuenta compra paga cena comida carta cama",
    "ca": "condemna cura baralla denúncia pregunta oferta veu baixa alta trucada entrada sortida baixada pujada volta arribada cita ajuda compra paga targeta",
}
FEMININE = ("a", "ció", "sió", "tat", "tut", "dat", "esi", "itis")
NEVER = set("""que qual cual cuales quals otra otro otras otros altra altre altres misma mismo mateixa mateix primera primer
segunda segundo segona segon tercera tercer última último últim única único únic vez2 tal menos más més menys poco poca poc
mucha mucho molta molt buena buen bona bon mala mal gran nueva nuevo nova nou vieja viejo vella vell cosa2 nada res todo toda tot
tota tanto tanta tant tanta cada sola solo sol propia propio pròpia propi cierta cierto certa cert de del no ni y i o u a en""".split())


def main():
    for lang, contexts in CONTEXTS.items():
        known = set()
        for name in ("nouns", "adjectives"):
            for line in (HERE / f"{lang}_{name}.tsv").read_text().splitlines()[1:]:
                known.update(line.split("\t")[:2])
        known |= {w + "s" for w in known} | {w + "es" for w in known} | {w[:-1] + "es" for w in known if w.endswith("a")}
        counts, words = collections.defaultdict(collections.Counter), collections.Counter()
        for path in sorted((HERE.parent).glob("*/*.jsonl")):
            if path.parent.name not in ("narratives", "bank"):
                continue
            for line in open(path):
                record = json.loads(line)
                if record["lang"] != lang:
                    continue
                text = record["text"].replace("’", "'")
                words.update(re.findall(r"[a-zà-ÿ·]+", text.lower()))
                for key, context in contexts.items():
                    for match in re.finditer(rf"(?i:\b{context}) ([a-zà-ÿ·]+)\b", text):
                        word = match.group(1)
                        infinitive = key == ("m", "sg") and re.search(r"(?:[aei]r|ar|re)(?:se|le|lo|la)?$", word)
                        if word not in NEVER and word not in known and len(word) > 1 and not infinitive:
                            counts[word][key] += 1
                if lang == "ca":
                    for word in re.findall(r"(?i:\b(?:de|a|en|amb|per|sense|contra|sota|sobre)) [lL]'([a-zà-ÿ·]+)\b", text):
                        if word not in NEVER and word not in known and len(word) > 2:
                            counts[word]["f" if word.endswith(FEMININE) else "m", "sg"] += 1
        for word in ALSO[lang].split():
            counts[word]["f", "sg"] += words[word]
        with open(HERE / f"{lang}_things.tsv", "w") as file:
            file.write("word\tgender\tnumber\tseen\n")
            for word in sorted(counts):
                (gender, number), seen = counts[word].most_common(1)[0]
                # A verb strays in here now and then, but hardly ever stands so.
                if seen * 12 < words[word]:
                    continue
                file.write(f"{word}\t{gender}\t{number}\t{seen}\n")


if __name__ == "__main__":
    main()
