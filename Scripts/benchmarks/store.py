#!/usr/bin/env python3
"""Asks an analyst's questions of a store of synthetic documents through the file: a cold process for each.

usage: Scripts/bench store [--mentions 1000000] [--runs 3] [--keep FOLDER]

Prints the size of the store, the time of a process that only opens it, and for each question the wall time of a
whole process, from start to exit; checks each answer against the one before it under another number of threads.

Then it shows that a query reads only the columns that it names: the stored bytes of all others are overwritten, and
the answers must stay; a query that names an overwritten column must fail.
"""
import argparse
import os
import pathlib
import shutil
import sqlite3
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

# A question, and the stored columns that it needs; a mention's type is that of its entity.
NAMED = [
    ("Mentions | summarize c = count() by Type | sort by Type asc", "Mentions", ["Type", "EntityId"]),
    ("Mentions | summarize c = count() by Kind, Metonym | sort by Kind asc", "Mentions", ["Kind", "Metonym"]),
    ("Sentences | where Sentiment > 0.5 | count", "Sentences", ["Sentiment"]),
    ("Sentiments | summarize percentiles(Score, 50, 95) by Label | sort by Label asc", "Sentiments", ["Score", "Label"]),
]


def overwrite_columns(store, table, kept):
    """Overwrites the bytes of a table's columns, but for those kept; gives how many bytes were kept and in all."""
    database = sqlite3.connect(store)
    columns = "SELECT c.id FROM columns c JOIN tables t ON t.id = c.tableId WHERE t.name = ?"
    size = f"SELECT sum(length(data)) FROM segments WHERE columnId IN ({columns}"
    names = f" AND c.name IN ({', '.join('?' * len(kept))}))"
    everything = database.execute(size + ")", [table]).fetchone()[0]
    needed = database.execute(size + names, [table, *kept]).fetchone()[0]
    database.execute(
        f"UPDATE segments SET data = zeroblob(length(data)) WHERE columnId IN ({columns}) "
        f"AND columnId NOT IN ({columns}{names}", [table, table, *kept])
    database.commit()
    database.close()
    return needed, everything


def show_what_is_read(dossier, store):
    print("\nread with all other columns of the table overwritten; MB of the table's columns")
    for query, table, kept in NAMED:
        with tempfile.TemporaryDirectory(dir=store.parent) as folder:
            copy = pathlib.Path(folder) / "copy.dossier"
            shutil.copy(store, copy)

            def answer(path, query):
                return subprocess.run(
                    [dossier, "query", path, query, "--format", "json"], capture_output=True, text=True)

            whole = answer(store, query)
            needed, everything = overwrite_columns(copy, table, kept)
            if whole.returncode != 0 or answer(copy, query).stdout != whole.stdout:
                sys.exit(f"{query}: reads more than {', '.join(kept)}")
            if answer(copy, f"{table} | summarize sum(SentenceId)").returncode == 0:
                sys.exit(f"{table}: overwritten columns are not missed")
            print(f"{query[:70]:72}{needed / 1e6:8.1f} of {everything / 1e6:.1f}")


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
        show_what_is_read(dossier, store)
        print(f"HEADLINE store_median_ms = {statistics.median(total):.1f}")


main()
