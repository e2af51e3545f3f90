#!/usr/bin/env python3
"""Cancels heavy queries over synthetic mentions in memory, at up to ten moments each, and tells how long they take to end.

usage: Scripts/bench cancel [--rows 3000000] [--threads 1,2]

A query for each operator that can be long at work. The figure is the longest time from the cancellation to the error;
Ctrl-C, --timeout and a batch's time limit stop a query at the same places. Fails above 100 ms.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", default="3000000")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    bench = pathlib.Path(os.environ["DOSSIER_BIN"]).with_name("DossierBench")
    found = {}
    threads = options.threads.split(",")
    for count in threads:
        done = subprocess.run(
            [bench, "cancel", options.rows, "--threads", count, "--only", options.only],
            stdout=subprocess.PIPE, text=True, check=True)
        for line in map(json.loads, done.stdout.splitlines()):
            found.setdefault(line["q"], []).append(line)
    print(f"{'from the cancellation to the end, ms':40}" + "".join(f"{count + ' threads':>12}" for count in threads))
    for name, lines in found.items():
        cells = [f"{line['ms']:.1f}" if line["cancelled"] else "done before" for line in lines]
        print(f"{name:40}" + "".join(f"{cell:>12}" for cell in cells))
    slowest = max(line["ms"] for lines in found.values() for line in lines)
    print(f"HEADLINE cancel_slowest_ms = {slowest:.1f}")
    sys.exit(1 if slowest > 100 else 0)


main()
