"""Reports in a batch: 100 HTML reports from one notebook over a store of 1,000 documents.

The documents are made up from a fixed seed. Checked: each report is there, under 1 MB, and names its person. Told: the
time a report takes per core, and the memory of 20 and of 100 reports.
"""

import csv
import os
import pathlib
import random
import json
import subprocess
import sys
import tempfile
import time

BINARY = os.environ["DOSSIER_BIN"]
REPORTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
NOTEBOOK = """---
title: What is said of one person
store: reports.dossier
---
# What is said of one person

```kql
declare query_parameters(person: string = "");
Mentions | where Entity == person | summarize Mentions = count() by Month = startofmonth(Published)
| sort by Month asc | render columnchart
```

```kql name=Claims max-rows=50
Relations | where Subject == person or Object == person
| project Published, Subject, Predicate, Object, Certainty, Speaker | sort by Published asc
```

```kql
Claims | summarize Claims = count() by Predicate, Certainty | top 10 by Claims
```
"""


def documents(count):
    """Articles of a few sentences about the same hundred people."""
    chance = random.Random(7)
    first = ["Anna", "Boris", "Clara", "David", "Elena", "Felix", "Greta", "Henry", "Irene", "Jacob"]
    last = ["Almeida", "Bergman", "Castillo", "Duval", "Eriksen", "Ferrari", "Grant", "Hoffmann", "Ivanov", "Jensen"]
    people = [f"{a} {b}" for a in first for b in last]
    deeds = ["met", "praised", "accused", "visited", "telephoned", "supported", "criticised"]
    places = ["Paris", "Berlin", "Tokyo", "London", "Madrid", "Oslo"]
    for number in range(count):
        lines = []
        for _ in range(8):
            one, two = chance.sample(people, 2)
            lines.append(f"{one} {chance.choice(deeds)} {two} in {chance.choice(places)} on Monday.")
            lines.append(f'"We will work with {two}," {one} said.')
        day = f"2024-{1 + number % 12:02}-{1 + number % 28:02}"
        yield {"id": f"article-{number}", "title": f"Article {number}", "published": day, "text": " ".join(lines)}


def run(words, folder):
    """Runs the program; gives the seconds, the peak memory in MB and the seconds of work on all cores."""
    start = time.monotonic()
    process = subprocess.Popen([BINARY] + words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"dossier {' '.join(words)}: {errors.decode()}")
    return time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with open(folder / "articles.jsonl", "w") as file:
            for document in documents(1000):
                file.write(json.dumps(document) + "\n")
        run(["load", "reports.dossier", "articles.jsonl"], folder)
        (folder / "person.md").write_text(NOTEBOOK)
        query = "Entities | where Type == 'PERSON' | top %d by Mentions | project person = Entity"
        found = subprocess.run(
            [BINARY, "query", "reports.dossier", query % REPORTS, "--format", "csv"],
            cwd=folder, check=True, capture_output=True, text=True,
        ).stdout
        people = [row["person"] for row in csv.DictReader(found.splitlines())]
        memory = {}
        for count in (REPORTS // 5, REPORTS):
            with open(folder / "people.csv", "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["person"])
                writer.writerows([p] for p in people[:count])
            seconds, memory[count], work = run(
                ["run", "person.md", "--each", "people.csv", "-o", f"out{count}/{{person}}.html"], folder
            )
        sizes = []
        for person in people:
            page = (folder / f"out{REPORTS}" / f"{person}.html").read_text()
            assert person in page and 'id="evidence"' in page, person
            sizes.append(len(page.encode()))
        assert max(sizes) < 1_000_000, max(sizes)
        print(f"{len(people)} reports in {seconds:.2f} s, largest {max(sizes) // 1024} kB")
        print(f"peak memory: {memory[REPORTS // 5]:.0f} MB for {REPORTS // 5} reports, {memory[REPORTS]:.0f} MB for {REPORTS}")
        print(f"HEADLINE milliseconds of a core a report = {1000 * work / len(people):.0f}")


main()
