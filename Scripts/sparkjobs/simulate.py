"""`Scripts/spark simulate`: what resolution costs as a corpus grows, over generated names.

A name's frequency falls with its rank (Zipf), and new names keep turning up (Heaps: distinct surnames grow with the
0.6th power of the clusters), as in news. Whole names, initials, bare surnames, middle names and countries are mixed.
Rows stand by blocks, as the cluster's shuffle hands them to a task. Prints time, memory and growth for each size.
"""

import argparse
import json
import os
import random
import subprocess
import threading

import processes

GIVEN = ["Ana", "Boris", "Chen", "Dina", "Emil", "Fatima", "Goran", "Hana", "Igor", "Jana", "Karim", "Lena", "Milan", "Nina",
         "Omar", "Petra", "Quentin", "Rosa", "Sergei", "Tamar", "Umar", "Vera", "Wen", "Xenia", "Yusuf", "Zora"]
SYLLABLES = ["ba", "de", "ki", "lo", "mu", "na", "po", "ra", "si", "ta", "vo", "ze", "han", "ler", "mon", "ster"]
COUNTRIES = ["", "", "", "KP", "RU", "US", "FR", "JP"]


def surname(number):
    """A name of its own for every number."""
    text = ""
    number += 300
    while number:
        number, digit = divmod(number, len(SYLLABLES))
        text += SYLLABLES[digit]
    return text.capitalize()


def sizes(clusters):
    """How many clusters each surname has, by rank."""
    names = max(10, int(clusters**0.6))
    weights = [1 / (rank + 1) for rank in range(names)]
    total = sum(weights)
    return [max(1, round(clusters * weight / total)) for weight in weights]


def rows(clusters):
    """Rows of Clusters, block by block, as JSON lines."""
    numbers = random.Random(7)
    document = 0
    for rank, count in enumerate(sizes(clusters)):
        family = surname(rank)
        for _ in range(count):
            document += 1
            given = GIVEN[min(int(numbers.expovariate(0.35)), len(GIVEN) - 1)]
            form = numbers.random()
            name = family if form < 0.3 else f"{given[0]}. {family}" if form < 0.4 else \
                f"{given} Maria {family}" if form < 0.45 else f"{given} {family}"
            yield json.dumps({
                "DocId": f"d{numbers.randrange(10**9):09d}-{document}", "ClusterId": "person/" + name.lower().replace(" ", "-"),
                "Type": "PERSON", "Name": name, "Forms": [name, 2, family, 1], "Titles": [],
                "Country": COUNTRIES[numbers.randrange(len(COUNTRIES))], "Mentions": 3, "Start": 10, "Block": family,
            }, separators=(",", ":"))


def measured(arguments, lines):
    """Seconds of processor time, peak memory in MB, and lines written, of the program over lines."""
    process = subprocess.Popen([processes.binary(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        for line in lines:
            process.stdin.write(line.encode() + b"\n")
        process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    answers = sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
    feeder.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"dossier {' '.join(arguments)} ended with code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answers


def main():
    parser = argparse.ArgumentParser(prog="Scripts/spark simulate", description=__doc__)
    parser.add_argument("--largest", type=int, default=10_000_000)
    arguments = parser.parse_args()
    print("| clusters | surnames | largest block | keys, µs a cluster | resolve, µs a cluster | entities | peak MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    size, costs = 10_000, []
    while size <= arguments.largest:
        counts = sizes(size)
        total = sum(counts)
        keys, _, _ = measured(["resolve", "--keys"], rows(min(size, 100_000)))
        seconds, memory, answers = measured(["resolve"], rows(size))
        costs.append(seconds / total * 1e6)
        print(f"| {total:,} | {len(counts):,} | {counts[0]:,} | {keys / min(total, 100_000) * 1e6:.1f} | {costs[-1]:.1f} | {answers - total:,} | {memory:,.0f} |", flush=True)
        size *= 10
    print(f"HEADLINE resolve_growth_per_cluster = {costs[-1] / costs[0]:.2f}")


if __name__ == "__main__":
    main()
