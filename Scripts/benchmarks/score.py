"""Annotates gold sets with `dossier annotate` and has the shared scorers compare; see Scripts/score.

A measure is one line of MEASURES: its layer, the set, the scorer with its flags, what is asked of `annotate`,
how an answer becomes a prediction, and what peers reach (on the other half of the same set, as the
scorers' README has it). A new layer is a pair of functions and a line a set.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import claims

shared = Path(os.environ.get("DOSSIER_SHARED", Path(__file__).resolve().parents[3] / "shared"))
data = shared / "data"


# What is asked of `annotate` for a document of a set.


def plain(document):
    return {}


def pretokenized(document):
    return {"pretokenized": True}


def dated(document):
    """The day that the set gives; one document of MEANTIME writes it day first."""
    day = document.get("dct") or ""
    if re.fullmatch(r"\d\d-\d\d-\d{4}", day):
        day = "-".join(reversed(day.split("-")))
    return {"published": day} if day else {}


def names_given(document):
    """The gold name spans: which of them are one entity is what is measured."""
    spans = sorted(
        {(m["start"], m["end"]) for cluster in document.get("clusters", []) for m in cluster
         if m.get("form") in ("NAM", "PRE.NAM", "PROPN")})
    return {"mentions": [{"start": start, "end": end} for start, end in spans]}


def targets_given(document):
    return {"targets": [{"start": t["start"], "end": t["end"]} for t in document["targets"]]}


# How an answer becomes a prediction.


def relations(answer):
    found = []
    for row in answer["tables"]["Relations"]:
        sides = [row["SubjectText"], row["ObjectText"]] if row["ObjectText"] else [row["SubjectText"]]
        found.append({
            "subject": row["SubjectText"], "predicate": row["PredicateText"] or row["Predicate"],
            "object": row["ObjectText"], "args": sides + [a["text"] for a in row["Arguments"]],
            "confidence": row["Confidence"]})
    return {"relations": found}


def timexes(answer):
    return {"timexes": [
        {"start": row["Start"], "end": row["End"], "type": row["Type"], "value": row["Value"]}
        for row in answer["tables"]["Dates"]]}


def entities(answer):
    return {"entities": [
        {"start": row["Start"], "end": row["End"], "type": row["Type"]}
        for row in answer["tables"]["Mentions"] if row["Kind"] == "name"]}


def clusters(answer):
    groups = {}
    for row in answer["tables"]["Mentions"]:
        groups.setdefault(row["EntityId"], []).append({"start": row["Start"], "end": row["End"]})
    return {"clusters": list(groups.values())}


def tone(answer):
    """The tone of the whole item, which is a sentence or two."""
    scores = [row["Score"] for row in answer["tables"]["Sentiments"] if row["Scope"] == "document"]
    return {"sentiment": scores[0] if scores else 0.0}


def polarities(answer):
    return {"targets": answer["targets"]}


# A scorer of our own: Duckling's phrases, which the shared scorers do not know.


def score_duckling(gold, answers):
    """Whether a phrase's first moment is ours, at Duckling's grain: of the phrases that mean a date or a time.

    Duckling's now is at UTC-2, so what names a zone is compared as UTC. Where one expression of ours spans the phrase and
    is coarser than theirs (days from now have hours there, weeks and months days), the second figure takes our grain.
    """
    digits = {"year": 4, "quarter": 7, "month": 7, "week": 10, "day": 10, "hour": 13, "minute": 16, "second": 19}
    order = list(digits)
    right = near = total = 0
    for document in gold:
        if document["kind"] not in ("datetime", "datetimeInterval") or not document.get("value"):
            continue
        total += 1
        grain = document.get("grain") if document.get("grain") in digits else "second"
        meant = document["value"][0]
        utc = (datetime.fromisoformat(meant) + timedelta(hours=2)).isoformat()
        rows = [row for row in answers[document["id"]]["tables"]["Dates"] if row["From"]]

        def same(row, grain):
            zoned = re.search(r"T.*(Z|[+-]\d\d:\d\d)$", row["Value"])
            theirs = (utc if zoned else meant)[:digits[grain]]
            if grain == "week":
                return monday(row["From"]) == monday(theirs)
            return row["From"][:digits[grain]] == theirs

        exact = any(same(row, grain) for row in rows)
        words = re.sub(r"^(on|at|in|by|for|the|around) ", "", document["text"].lower())
        coarse = any(
            row["Precision"] in order and order.index(row["Precision"]) < order.index(grain)
            and re.sub(r"^(on|at|in|by|for|the|around) ", "", row["Text"].lower()) == words
            and same(row, row["Precision"]) for row in rows)
        right += exact
        near += exact or coarse
    return (f"phrases {total}, right {right}, at the coarser grain {near} ({100 * near / max(1, total):.2f})\n"
            f"HEADLINE duckling start = {100 * right / max(1, total):.2f}\n")


def monday(text):
    day = date.fromisoformat(text[:10])
    return day - timedelta(days=day.weekday())


# layer, set, scorer and flags, request, prediction, peers
MEASURES = [
    ("openie", "openie/carb_dev", ["score_openie.py"], pretokenized, relations,
     "ClausIE 45.0, OpenIE4 48.3, OpenIE6 52.7"),
    ("pairs", "multi/re3d_dev", ["score_openie.py", "--pairs"], plain, relations, ""),
    ("timex", "timex/wikiwars_dev", ["score_timex.py"], dated, timexes, "HeidelTime 78.1"),
    ("timex", "multi/meantime_dev", ["score_timex.py"], dated, timexes, "HeidelTime 72.9"),
    ("timex", "timex/recognizers_dev", ["score_timex.py"], dated, timexes, ""),
    ("duckling", "timex/duckling_phrases_dev", score_duckling, dated, timexes, ""),
    ("ner", "multi/meantime_dev", ["score_ner.py"], plain, entities, "spaCy sm 67.3"),
    ("ner", "ner/crossner_politics_dev", ["score_ner.py"], plain, entities, "spaCy sm 64.4"),
    ("ner", "ner/uner_ewt_dev", ["score_ner.py"], plain, entities, "spaCy sm 58.4"),
    ("ner", "ner/wnut17_dev", ["score_ner.py"], plain, entities, "spaCy sm 27.1"),
    ("ner", "multi/re3d_dev", ["score_ner.py"], plain, entities, "spaCy sm 28.4"),
    ("coref", "multi/meantime_dev", ["score_coref.py", "--alias"], names_given, clusters, "same-string names 58.8"),
    ("coref", "parse/gum_dev", ["score_coref.py", "--alias"], names_given, clusters, "same-string names 76.2"),
    ("coref", "multi/meantime_dev", ["score_coref.py"], plain, clusters, ""),
    ("coref", "parse/gum_dev", ["score_coref.py"], plain, clusters, ""),
    ("sentiment", "sentiment/vader_nytEditorialSnippets_dev", ["score_sentiment.py"], plain, tone, "VADER 50.1"),
    ("targets", "tsc/newsmtsc_rw_dev", ["score_tsc.py"], targets_given, polarities, "VADER 51.3"),
    ("targets", "tsc/newsmtsc_mt_dev", ["score_tsc.py"], targets_given, polarities, "VADER 48.1"),
]


def annotate(documents, request):
    """The answers to all documents, by id."""
    lines = "".join(
        json.dumps({"id": d["id"], "text": d["text"], **request(d)}) + "\n" for d in documents)
    run = subprocess.run(
        [os.environ["DOSSIER_BIN"], "annotate"], input=lines, capture_output=True, text=True, check=True)
    answers = {}
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        if "error" in answer:
            sys.exit(f"{answer['id']}: {answer['error']['message']}")
        answers[answer["id"]] = answer
    return answers


def score(path, scorer, documents, answers, predict):
    if callable(scorer):
        return scorer(documents, answers)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for document in documents:
            prediction = {"id": document["id"], **predict(answers[document["id"]])}
            file.write(json.dumps(prediction) + "\n")
        file.flush()
        command = [sys.executable, data / "scorers" / scorer[0], path, file.name, *scorer[1:]]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main():
    arguments = sys.argv[1:]
    full = "--full" in arguments
    layers = [a for a in arguments if not a.startswith("--")]
    known = [*dict.fromkeys(measure[0] for measure in MEASURES), "claims"]
    if not set(layers) <= set(known) or not set(arguments) - set(layers) <= {"--full"}:
        print(f"usage: Scripts/score [--full] [{'|'.join(known)}]…", file=sys.stderr)
        return 64
    if not data.exists():
        sys.exit(f"the gold sets are missing: {data}")
    headlines = []
    asked = {}
    for layer, name, scorer, request, predict, peers in MEASURES:
        if layers and layer not in layers:
            continue
        path = data / f"{name}.jsonl"
        with open(path, encoding="utf-8") as file:
            documents = [json.loads(line) for line in file if line.strip()]
        key = (name, request)
        if key not in asked:
            asked[key] = annotate(documents, request)
        said = score(path, scorer, documents, asked[key], predict)
        if full:
            print(f"== {layer} {name}\n{said.strip()}\n")
        what, figure = said.strip().splitlines()[-1].removeprefix("HEADLINE ").split(" = ")
        headlines.append((f"{name.split('/')[1]} {what}", figure, peers))
    if not layers or "claims" in layers:
        summary, figure = claims.measure(full)
        print(f"== claims, our own set\n{summary}\n")
        headlines.append(("claims texts right", f"{figure:.2f}", ""))
    width = max(len(headline[0]) for headline in headlines)
    for what, figure, peers in headlines:
        print(f"{what:{width}} {figure:>7}   {peers}".rstrip())
    for what, figure, _ in headlines:
        print(f"HEADLINE {what} = {figure}")
    return 0


sys.exit(main())
