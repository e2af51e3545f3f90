"""Words a second of reading documents, beside spaCy 3.8 with the same model on the same text in the same run.

Three things are timed, with one thread and with two: spaCy's whole pipeline at its best batch size; the part of ours
that gives the same (tokens, tags, trees, lemmas, spans); and `dossier load` from its start to its exit: every layer,
stored. The corpus: documents of 400 words, recombined from 6,392 real sentences by a fixed rule, so that each occurs
about three times; `once` has each sentence once, because repeats flatter a cache.

usage: Scripts/bench annotate [DOCUMENTS]     1,000 without it
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus

dossier = os.environ["DOSSIER_BIN"]
bench = str(Path(dossier).with_name("DossierBench"))
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
one_thread = {name: "1" for name in
              ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")}
python = subprocess.run(["Scripts/benchmarks/spacy-python"], check=True, capture_output=True, text=True).stdout.strip()


def spacy(path, documents, batch, processes):
    out = subprocess.run(
        [python, "Scripts/benchmarks/spacy_speed.py", path, str(documents), str(batch), str(processes), "2"],
        check=True, capture_output=True, text=True, env={**os.environ, **one_thread}).stdout
    return json.loads(out)["words_per_second"]


def ours(path, threads):
    out = subprocess.run([bench, "parse", path, "--threads", str(threads), "--runs", "3"],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def load(path, words, threads, folder):
    best, peak, size = None, 0, 0
    for run in range(2):
        store = f"{folder}/{threads}-{run}.dossier"
        start = time.perf_counter()
        child = subprocess.Popen([dossier, "load", store, path, "--threads", str(threads)],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        assert status == 0, status
        peak = max(peak, usage.ru_maxrss / 1024)
        size = os.path.getsize(store)
        best = seconds if best is None else min(best, seconds)
        os.remove(store)
    return words / best, peak, size


with tempfile.TemporaryDirectory() as folder:
    pieces = {"recombined": corpus.documents(count), "once": corpus.documents(10**9, once=True)}
    for name, texts in pieces.items():
        path = f"{folder}/{name}.jsonl"
        corpus.write(path, texts)
        words = sum(len(text.split()) for text in texts)
        few = min(len(texts), 150)
        batches = {size: spacy(path, few, size, 1) for size in (8, 16, 64)}
        size = max(batches, key=batches.get)
        peer = {1: batches[size], 2: spacy(path, min(len(texts), 300), size, 2)}
        print(f"{name}: {len(texts)} documents, {words} words; spaCy at batch "
              + ", ".join(f"{size}: {speed:,.0f}" for size, speed in batches.items()) + " words/s")
        model = {threads: ours(path, threads) for threads in (1, 2)}
        whole = {threads: load(path, words, threads, folder) for threads in (1, 2)}
        print(f"{'words/s':24}{'1 thread':>12}{'2 threads':>12}{'ratio 1':>10}{'ratio 2':>10}{'2 / 1':>8}")
        rows = {"spaCy": peer, "ours, the same part": {t: m["words_per_second"] for t, m in model.items()},
                "dossier load": {t: w[0] for t, w in whole.items()}}
        for row, speed in rows.items():
            print(f"{row:24}{speed[1]:12,.0f}{speed[2]:12,.0f}{speed[1] / peer[1]:10.2f}{speed[2] / peer[2]:10.2f}"
                  f"{speed[2] / speed[1]:8.2f}")
        print(f"model read in {model[1]['load_ms']:.0f} ms; peak of a load {whole[2][1]:.0f} MB; "
              f"store {whole[1][2] / len(texts):,.0f} bytes a document")
        if name == "recombined":
            headline = model[1]["words_per_second"] / peer[1]
    one = f"{folder}/one.jsonl"
    corpus.write(one, ["Paris."])
    times = []
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run([dossier, "annotate", one, "--raw"], check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - start) * 1000)
    print(f"process start to the parse of one word, read and printed: median {sorted(times)[10]:.0f} ms")
print(f"HEADLINE annotate_ratio_to_spacy = {headline:.2f}")
