"""Loads many documents of 400 words and tells how much memory that takes, and whether it grows with them.

usage: Scripts/bench load [--documents 20000] [--names 2] [--threads 2] [--keep FOLDER]

The corpus is that of `Scripts/bench annotate`, but each document also tells of --names people and twice as many
companies that no other document knows, as real documents do: the entities that are resolved at the end grow with the
documents. The most memory held in each fifth of the load's time is printed: were documents held, it would rise from
fifth to fifth. Fails above 700 MB.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import corpus

DOSSIER = os.environ["DOSSIER_BIN"]


SYLLABLES = ["ba", "den", "fi", "gor", "hal", "ka", "lem", "mi", "nor", "pe", "quin", "ros", "sa", "tul", "vo", "wen"]


def name(number):
    """A name that only this number has."""
    parts = [SYLLABLES[number >> shift & 15] for shift in range(0, 24, 4) if shift < 12 or number >> shift]
    return "".join(parts).capitalize()


def strangers(document, count):
    """Sentences about people and companies of one document."""
    for number in range(document * count, document * count + count):
        person = f"{name(number * 7 % 4096)} {name(number)}"
        yield f" {person}, who leads {name(number)} Holdings, met the president of {name(number)} Industries on Monday."


def held(pid):
    """Megabytes that a process holds, and the most that it has held; 0 once it has ended.

    What `wait4` tells at the end is at least what this program held when it started the other."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Vm")}
    return sizes.get("VmRSS:", 0), sizes.get("VmHWM:", 0)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--names", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", help="where the store stays")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        texts = [text + "".join(strangers(number, options.names))
                 for number, text in enumerate(corpus.documents(options.documents))]
        path = f"{scratch}/corpus.jsonl"
        words = sum(len(text.split()) for text in texts)
        corpus.write(path, texts)
        store = f"{options.keep or scratch}/load_{options.documents}.dossier"
        start, samples, peak = time.monotonic(), [], 0
        child = subprocess.Popen([DOSSIER, "load", store, path, "--threads", str(options.threads)])
        while True:
            now, most = held(child.pid)
            peak = max(peak, most)
            if child.poll() is not None:
                break
            samples.append((time.monotonic() - start, now))
            time.sleep(0.1)
        if child.returncode != 0:
            sys.exit(f"the load failed with exit code {child.returncode}")
        seconds = time.monotonic() - start
        fifths = [max((mb for at, mb in samples if n <= 5 * at / seconds < n + 1), default=0) for n in range(5)]
        size = os.path.getsize(store)
    print(f"{options.documents:,} documents, {words:,} words, {options.threads} threads: {seconds:,.0f} s, "
          f"{words / seconds:,.0f} words/s, {size / options.documents:,.0f} bytes a document")
    print("most memory in each fifth of the time, MB: " + ", ".join(f"{mb:,.0f}" for mb in fifths))
    print(f"HEADLINE load_peak_mb = {peak:,.0f}")
    sys.exit(1 if peak > 700 else 0)


main()
