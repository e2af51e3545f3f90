#!/usr/bin/env python3
"""Asks an analyst's questions of a store of synthetic documents through the file: a cold process for each.

usage: Scripts/bench store [--mentions 1000000] [--runs 3] [--keep FOLDER]

Prints the size of the store, the time of a process that only opens it, and for each question the wall time of a
whole process, from start to exit; checks each answer against the one before it under another number of threads.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

QUESTIONS = [
    ("count of documents", "Documents | count"),
    ("filter entity ==", "Mentions | where Entity == 'Kira Vaughn' | count"),
    ("text has word", "Sentences | where Text has 'kira' | count"),
    ("text contains", "Sentences | where Text contains 'loba' | count"),
    ("count by type", "Mentions | summarize c = count() by Type | sort by c desc"),
    ("top-20 entities", "Mentions | summarize c = count() by Entity | top 20 by c desc, Entity asc"),
    ("join entities, by country",
     "Mentions | join kind=inner Entities on EntityId | summarize c = count() by Country | sort by Country asc"),
    ("co-occurrence", "let s = Mentions | where DocId endswith '7.txt' | project DocId, Entity; "
     "s | join kind=inner s on DocId | where strcmp(Entity, Entity1) < 0 | summarize c = count() by Entity, Entity1 "
     "| top 20 by c desc, Entity asc, Entity1 asc"),
    ("dcount entity by type", "Mentions | summarize c = count_distinct(Entity) by Type | sort by Type asc"),
    ("p50, p95 by label", "Sentiments | summarize percentiles(Score, 50, 95) by Label | sort by Label asc"),
    ("sort, take 100", "Sentiments | sort by Score desc, DocId asc | project Entity, Score, DocId | take 100"),
    ("regex filter", r"Sentences | where Text matches regex @'\bko(ri|te)\w* .*(rosa|kira)\.$' | count"),
    ("arg_max(date) by entity", "Mentions | summarize arg_max(Published, DocId) by Entity | sort by Entity asc | count"),
    ("mean by entity and month", "Sentiments | summarize s = avg(Score) by Entity, m = startofmonth(Published) "
     "| summarize n = count(), s = round(sum(s), 1)"),
]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", help="a folder to keep the store in; made once, then used again")
    options = parser.parse_args()
    dossier = os.environ["DOSSIER_BIN"]
    bench = pathlib.Path(dossier).with_name("DossierBench")
    with tempfile.TemporaryDirectory() as temporary:
        store = pathlib.Path(options.keep or temporary) / f"mentions_{options.mentions}.dossier"
        if not store.exists():
            start = time.perf_counter()
            subprocess.run([bench, "store", store, str(options.mentions)], check=True)
            print(f"made in {time.perf_counter() - start:.1f} s")
        documents = (options.mentions + 9) // 10
        size = store.stat().st_size
        print(f"{documents:,} documents, {options.mentions:,} mentions, {size / 1e6:.0f} MB, {size / documents:.0f} bytes a document")

        def ask(query, threads):
            times = []
            for _ in range(options.runs):
                start = time.perf_counter()
                answer = subprocess.run(
                    [dossier, "query", store, query, "--format", "json", "--threads", str(threads)],
                    check=True, capture_output=True, text=True).stdout
                times.append((time.perf_counter() - start) * 1000)
            return min(times), answer

        total = []
        print(f"{'cold process, ms':28}{'1 thread':>10}{'2 threads':>10}")
        for name, query in [("open only", "print 1"), *QUESTIONS]:
            one, first = ask(query, 1)
            two, second = ask(query, 2)
            if first != second:
                sys.exit(f"{name}: 1 and 2 threads answer differently")
            print(f"{name:28}{one:10.1f}{two:10.1f}")
            if name != "open only":
                total.append(one)
        print(f"HEADLINE store_median_ms = {statistics.median(total):.1f}")


main()
