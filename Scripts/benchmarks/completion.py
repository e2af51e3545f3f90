#!/usr/bin/env python3
"""Presses Tab at the prompt of a store with a million entities, and measures how long the screen takes to answer.

usage: Scripts/bench completion [--entities 1000000] [--keep FOLDER]

The entities are made up, 100 a document. Each place is completed several times in a terminal of its own; the median is
told, with what the first Tab after the start took.
"""
import argparse
import copy
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

BINARY = os.environ["DOSSIER_BIN"]
PER_DOCUMENT = 100
PLACES = [
    ("table", "Rel", "ations"),
    ("operator", "Relations | summ", "arize"),
    ("column", "Mentions | where Tit", "le"),
    ("column of a pipeline", "Mentions | summarize n = count() by Entity | sort by En", "tity"),
    ("function", "Relations | where isnotem", "pty("),
    ("entity", 'Mentions | where EntityId == entity("baba', "bababa "),
    ("any entity", 'Mentions | where EntityId == entity("', "bababa"),
    ("name of an entity", 'Entities | where Entity == "baba', "bababa "),
    ("value of a column", 'Mentions | where Entity == "baba', "bababa "),
    ("value of few", 'Mentions | where Type == "', "ORG"),
    ("document", 'Documents | where DocId == "d00001', "d00001"),
    ("command", ".doc d00001", "d00001"),
]
SYLLABLES = "ba ko ri mu te sa lo ni de fa gu hi jo ke la mo na po ru si".split()


def name(number):
    """A name of two words of its own."""
    word = lambda n: "".join(SYLLABLES[n // 20**place % 20] for place in range(3))
    return f"{word(number // 1000 * 7)} {word(number % 1000)} works"


def facts(count):
    """Documents as `dossier annotate --clusters` gives them, a line each."""
    line = subprocess.run(
        [BINARY, "annotate", "--clusters"], input='{"id":"x","text":"Siemens left."}\n', check=True,
        capture_output=True, text=True,
    ).stdout
    model = json.loads(line)
    tables = model["tables"]
    for first in range(0, count, PER_DOCUMENT):
        document = copy.deepcopy(model)
        document["id"] = f"d{first // PER_DOCUMENT:07}.txt"
        rows = {table: [] for table in tables}
        text, start = [], 0
        for place, number in enumerate(range(first, min(count, first + PER_DOCUMENT))):
            own = name(number)
            ids = {"EntityId": f"org/{number}", "Entity": own, "Type": "ORG"}
            span = {"Start": start, "End": start + len(own), "SentenceId": place, "DocId": document["id"]}
            rows["Sentences"].append({**tables["Sentences"][0], **span, "Text": own})
            rows["Mentions"].append({**tables["Mentions"][0], **span, **ids, "MentionId": place, "Text": own})
            rows["Entities"].append({**tables["Entities"][0], **ids, "Aliases": [own]})
            rows["Clusters"].append(
                {**tables["Clusters"][0], "DocId": document["id"], "ClusterId": ids["EntityId"], "Type": "ORG",
                 "Name": own, "Forms": [own, 1], "Start": start})
            text.append(own)
            start += len(own) + 1
        whole = " ".join(text)
        rows["Documents"] = [{**tables["Documents"][0], "DocId": document["id"], "Text": whole, "Sentences": len(text)}]
        document["tables"] = rows
        yield json.dumps(document)


class Prompt:
    """The program on a terminal."""

    def __init__(self, store):
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", HOME=str(store.parent), NO_COLOR="1")
            os.execv(BINARY, [BINARY, str(store)])
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.read_until(b"dossier> ")

    def read(self, pause):
        """What is written until nothing comes for so long, and when the last of it came."""
        text, last = b"", None
        while select.select([self.end], [], [], pause)[0]:
            text += os.read(self.end, 65536)
            last = time.perf_counter()
        return text, last

    def read_until(self, wanted):
        """Waits for a text."""
        text = b""
        while wanted not in text:
            if not select.select([self.end], [], [], 60)[0]:
                sys.exit(f"waited for {wanted}, got {text}")
            text += os.read(self.end, 65536)

    def complete(self, text):
        """Types a text, and gives what Tab brings with its time in milliseconds; the block is dropped again."""
        os.write(self.end, text.encode())
        self.read(0.15)
        start = time.perf_counter()
        os.write(self.end, b"\t")
        shown, last = self.read(0.4)
        os.write(self.end, b"\x03")
        self.read(0.15)
        return shown.decode(errors="replace"), 1000 * ((last or start) - start)

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--keep", help="a folder to keep the store in; made once, then used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        store = pathlib.Path(options.keep or temporary) / f"entities_{options.entities}.dossier"
        if not store.exists():
            start = time.perf_counter()
            load = subprocess.Popen(
                [BINARY, "load", store, "--annotated", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for line in facts(options.entities):
                load.stdin.write(line + "\n")
            load.stdin.close()
            if load.wait() != 0:
                sys.exit("the facts can't be loaded")
            print(f"made in {time.perf_counter() - start:.1f} s")
        entities = subprocess.run(
            [BINARY, "query", store, "Entities | count", "--format", "csv"], check=True, capture_output=True, text=True,
        ).stdout.split()[1]
        print(f"{int(entities):,} entities")
        medians, missing = [], 0
        for what, text, wanted in PLACES:
            prompt = Prompt(store)
            shown, first = prompt.complete(text)
            times = []
            # Names are gathered beside the prompt; after that each Tab has them.
            time.sleep(options.entities / 200_000)
            for _ in range(5):
                shown, taken = prompt.complete(text)
                times.append(taken)
            prompt.close()
            if wanted not in shown:
                print(f"{what:24} nothing proposed within {statistics.median(times):.1f} ms")
                missing += 1
                continue
            medians.append(statistics.median(times))
            print(f"{what:24} median {medians[-1]:6.1f} ms   slowest {max(times):6.1f}   first {first:6.1f}")
        if missing:
            print(f"places that propose nothing: {missing}")
        print(f"HEADLINE completion_ms_worst_place = {max(medians):.1f}")


main()
