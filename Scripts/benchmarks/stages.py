#!/usr/bin/env python3
"""What each stage of annotation takes, in processor time of one thread, over 300 documents of 400 words recombined from
real sentences by a fixed rule, after the language model has parsed them.

usage: Scripts/bench stages [DOCUMENTS]

Marks what misses its bar: all stages together 10 µs a word (0.4 of what the language model takes at 40,000 words a
second), dates 200,000 words a second.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus

bench = str(Path(os.environ["DOSSIER_BIN"]).with_name("DossierBench"))
with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/corpus.jsonl"
    corpus.write(path, corpus.documents(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
    out = subprocess.run([bench, "stages", path], check=True, stdout=subprocess.PIPE, text=True).stdout
found = {row["stage"]: row for row in map(json.loads, out.splitlines())}
whole = found["all stages"]["us_per_word"]
print(f"{'':20}{'µs a word':>12}{'words/s':>14}{'share':>8}")
for name, row in found.items():
    share = "" if name == "language model" else f"{row['us_per_word'] / whole:8.0%}"
    print(f"{name:20}{row['us_per_word']:12.2f}{row['words_per_second']:14,}{share:>8}")
missed = []
if whole > 10:
    missed.append("all stages")
if found["dates"]["words_per_second"] < 200_000:
    missed.append("dates")
print("missed: " + ", ".join(missed) if missed else "every bar is met")
print(f"HEADLINE stages_us_per_word = {whole:.2f}")
