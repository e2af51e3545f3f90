"""A corpus of documents of about 400 words, recombined from real sentences by a fixed rule."""
import json
import os
from pathlib import Path

SHARED = Path(os.environ.get("DOSSIER_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data"


def sentences():
    """Sentences of the parse sets and texts of the sentiment sets, in file order, each once."""
    seen = {}
    for name in ("ewt_dev", "gum_dev"):
        for line in (SHARED / "parse" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            for sentence in document["sentences"]:
                text = document["text"][sentence["start"]:sentence["end"]].strip()
                if len(text.split()) >= 4:
                    seen.setdefault(text)
    for name in ("newsmtsc_train", "newsmtsc_rw_dev", "newsmtsc_mt_dev"):
        for line in (SHARED / "tsc" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            seen.setdefault(json.loads(line)["text"].strip())
    return list(seen)


def documents(count, words=400, once=False):
    """`count` documents of at least `words` words; with `once`, as many as the sentences make, each used once."""
    pool = sentences()
    state = 12345
    texts, text, size = [], [], 0
    while len(texts) < count:
        # Numerical Recipes' linear congruential generator.
        state = (state * 1664525 + 1013904223) % 2**32
        if once:
            if not pool:
                break
            index = state % len(pool)
            pool[index], pool[-1] = pool[-1], pool[index]
            sentence = pool.pop()
        else:
            sentence = pool[state % len(pool)]
        text.append(sentence)
        size += len(sentence.split())
        if size >= words:
            texts.append(" ".join(text))
            text, size = [], 0
    return texts


def write(path, texts):
    with open(path, "w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": f"d{number}", "text": text}) + "\n")
