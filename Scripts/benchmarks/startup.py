"""Start-up to first answer: a cold `dossier query` process on a store of one document.

Each run is a whole process, from its start to its exit, with the answer read and checked.
"""
import json, os, statistics, subprocess, sys, tempfile, time
from pathlib import Path

dossier = os.environ["DOSSIER_BIN"]
runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
document = sorted(Path("Notebooks/documents").glob("*.txt"))[0]

with tempfile.TemporaryDirectory() as folder:
    store = f"{folder}/one.dossier"
    subprocess.run([dossier, "load", store, document, "--published", "2024-10-08"],
                   check=True, stdout=subprocess.DEVNULL)
    queries = {
        "count": "Documents | count",
        "top": "Entities | top 3 by Mentions | project Entity, Mentions",
        "join": "Mentions | join kind=inner Entities on EntityId | summarize n = count() by Country",
    }
    medians = {}
    for name, query in queries.items():
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            out = subprocess.run([dossier, "query", store, query, "--format", "json"],
                                 check=True, capture_output=True).stdout
            times.append((time.perf_counter() - start) * 1000)
            answer = json.loads(out)
            assert answer["rows"], (name, answer)
            if name == "count":
                assert answer["rows"] == [[1]], answer
        medians[name] = statistics.median(times)
        print(f"{name:8} min {min(times):7.1f} ms   median {medians[name]:7.1f} ms   max {max(times):7.1f} ms")
print(f"HEADLINE startup_ms = {max(medians.values()):.1f}")
