#!/usr/bin/env python3
"""Loads a million annotated documents into a store, and measures how long it then takes to open it and to count.

usage: Scripts/bench scale [--documents 1000000] [--words 40] [--runs 5] [--keep FOLDER]

The documents are made from annotated texts of real sentences, each copied under many DocIds and dates and, with every
copy, other family names, so that the entities grow with the documents. They come as NDJSON of the `annotate`
contract through a pipe; the figures of the load are those of reading annotations, not of making them.

A process that opens the store and prints a constant, one that counts documents and one that counts mentions are
timed whole, from start to exit, with the file's pages dropped from the cache where that is allowed.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import corpus

BINARY = os.environ["DOSSIER_BIN"]
TEMPLATES = 400
FAMILY = "".join(chr(code) for code in range(ord("a"), ord("z") + 1))


def templates(words):
    """Annotated documents as pieces of text between the places where the DocId, the day and a name go."""
    texts = corpus.documents(TEMPLATES, words)
    asked = "".join(
        json.dumps({"id": "@ID@", "text": text, "published": "2024-01-01"}) + "\n" for text in texts)
    found = subprocess.run(
        [BINARY, "annotate", "--clusters"], input=asked, check=True, capture_output=True, text=True).stdout
    return found.splitlines()


def lines(count, words):
    """The documents, a line each."""
    known = templates(words)
    for number in range(count):
        line = known[number % len(known)]
        copy = number // len(known)
        day = f"2024-{1 + copy % 12:02}-{1 + number % 28:02}"
        yield line.replace("@ID@", f"doc-{number:07}").replace("2024-01-01", day) + "\n"


def seconds(command, runs, store):
    """The median wall time of a command, in seconds, and of the first run, with nothing of the store in memory."""
    times = []
    for run in range(runs + 1):
        if run == 0:
            with open(store, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]), times[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", help="the folder that the store is made in, and found in the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        store = folder / f"scale_{options.documents}.dossier"
        if not store.exists():
            load(store, options)
        size = store.stat().st_size
        print(f"{options.documents:,} documents, {size / 1e9:.2f} GB: {size / options.documents:.0f} bytes a document")
        opened, cold = seconds([BINARY, "query", str(store), "print 1"], options.runs, store)
        print(f"{'open and print a constant':28} {opened * 1e3:7.1f} ms, first {cold * 1e3:7.1f} ms   (bar 150 ms)")
        worst = opened / 0.150
        for table in ["Documents", "Mentions", "Relations"]:
            warm, cold = seconds([BINARY, "query", str(store), f"{table} | count"], options.runs, store)
            more = max(0, warm - opened)
            print(f"{'count of ' + table:28} {more * 1e3:7.1f} ms more, first {cold * 1e3:7.1f} ms in all   (bar 100 ms more)")
            worst = max(worst, more / 0.100)
        for query in ["Mentions | summarize n = count() by Entity | top 5 by n",
                      "Sentences | where Text has 'president' | count",
                      "Documents | summarize n = count() by bin(Published, 30d) | count"]:
            warm, cold = seconds([BINARY, "query", str(store), query], 1, store)
            print(f"{query:66} {warm:6.2f} s, first {cold:6.2f} s")
        print(f"HEADLINE scale_worst_share_of_bar = {worst:.2f}")


def load(store, options):
    """Makes the store, and tells rate and memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [BINARY, "load", str(store), "--annotated", "-"], stdin=subprocess.PIPE, text=True, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL)
    sent = 0
    for line in lines(options.documents, options.words):
        process.stdin.write(line)
        sent += len(line)
    process.stdin.close()
    said = process.stderr.read()
    if process.wait() != 0:
        sys.exit(said)
    took = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"loaded in {took:.0f} s: {options.documents / took:,.0f} documents and {sent / took / 1e6:.0f} MB of NDJSON a "
          f"second, at most {memory:.0f} MB of memory")


if __name__ == "__main__":
    main()
