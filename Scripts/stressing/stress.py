"""Ends loads in every way there is, and looks at what they leave; see Scripts/stress."""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOSSIER, PROBE = os.environ["DOSSIER_BIN"], os.environ["PROBE_BIN"]
# The probe's groups are of as many documents as wait for its threads; with two, a group is stored beside the next one.
DOCUMENTS, THREADS = 320, 2
GROUP = 16 * THREADS
parser = argparse.ArgumentParser()
parser.add_argument("--kills", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="kill,wal,faults,disk")
options = parser.parse_args()
rng = random.Random(options.seed)
scratch = Path(tempfile.mkdtemp(prefix="dossier-stress-"))
folder = scratch / "docs"
folder.mkdir()
# As long as texts are, so that a group takes several pages.
texts = {f"d{n:04}.txt": f"text of {n} " + "word " * rng.randrange(10, 2000) for n in range(DOCUMENTS)}
for name, text in texts.items():
    (folder / name).write_text(text)
names = sorted(texts)
failures = []


def query(store, kql):
    result = subprocess.run([DOSSIER, "query", store, kql, "--format", "json"], capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise AssertionError(f"the store does not open: {result.stderr.strip()}")
    return json.loads(result.stdout)["rows"]


def check(store, what):
    """How many documents a store holds; what is wrong with it goes into `failures`."""
    if not os.path.exists(store):
        return 0
    try:
        documents = query(store, "Documents | project DocId, Text")
        sentences = query(store, "Sentences | project DocId, Text")
        held = [row[0] for row in documents]
        assert held == names[:len(held)], "the documents are no prefix of those that were loaded"
        assert len(held) % GROUP == 0 or len(held) == len(names), f"{len(held)} documents are no whole groups"
        assert all(text == texts[name] for name, text in documents), "a document is not what was loaded"
        assert sentences == documents, "the facts are not those of the documents"
        return len(held)
    except AssertionError as error:
        failures.append(f"{what}: {error}")
        return 0


def fresh(number):
    path = scratch / f"s{number}.dossier"
    for file in scratch.glob(f"s{number}.dossier*"):
        file.unlink()
    return str(path)


def load(store, pause="0", **environment):
    return subprocess.Popen(
        [PROBE, store, str(folder), pause, str(THREADS)], env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)


def killed(store, most):
    """Starts a load and kills it after a random part of `most` seconds."""
    process = load(store)
    time.sleep(rng.random() * most)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()


def finish(store, what):
    """The next load of the same files makes the store whole."""
    process = load(store)
    _, errors = process.communicate(timeout=120)
    if process.returncode != 0 or check(store, what) != len(names):
        failures.append(f"{what}: the next load does not complete the store {errors[-200:]}")


start = time.monotonic()
whole = fresh("whole")
load(whole).communicate(timeout=120)
duration = time.monotonic() - start
assert check(whole, "a load that nothing ends") == len(names), failures
wanted = options.only.split(",")

if "kill" in wanted:
    counts = []
    for number in range(options.kills):
        store = fresh("kill")
        killed(store, duration * 1.1)
        counts.append(check(store, f"kill {number}"))
        if number % 20 == 0:
            finish(store, f"after kill {number}")
    print(f"kill -9: {len(counts)} times, after {min(counts)} to {max(counts)} of {len(names)} documents, "
          f"{len(set(counts))} different numbers")

if "wal" in wanted:
    cut = 0
    for number in range(options.kills // 4):
        store = fresh("wal")
        killed(store, duration)
        log = Path(store + "-wal")
        if not log.exists() or log.stat().st_size == 0:
            continue
        cut += 1
        with log.open("r+b") as file:
            file.truncate(rng.randrange(log.stat().st_size))
        Path(store + "-shm").unlink(missing_ok=True)
        check(store, f"cut log {number}")
        if number % 10 == 0:
            finish(store, f"after cut log {number}")
    print(f"truncated log: {cut} times")

if "faults" in wanted:
    library = scratch / "faults.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(Path(__file__).with_name("faults.c")), "-ldl"],
        check=True)
    for kind in ["full", "error", "short", "once"]:
        codes = {}
        for at in [*range(1, 12), *sorted(rng.sample(range(12, 600), 20))]:
            store = fresh("fault")
            process = load(store, LD_PRELOAD=str(library), FAULT_KIND=kind, FAULT_AT=str(at))
            _, errors = process.communicate(timeout=120)
            what = f"{kind} at write {at}"
            if process.returncode < 0:
                failures.append(f"{what}: ended by signal {-process.returncode}")
            code = "done" if process.returncode == 0 else next(
                (word for word in ["STO105", "STO106", "STO107", "STO108", "STO110"] if word in errors), "other")
            codes[code] = codes.get(code, 0) + 1
            if code == "other":
                failures.append(f"{what}: {errors[-300:]}")
            if kind == "short" and code != "done":
                failures.append(f"{what}: a short write is no failure")
            check(store, what)
            if at % 5 == 0:
                finish(store, f"after {what}")
        print(f"writes that fail ({kind}): " + ", ".join(f"{code} {count}" for code, count in sorted(codes.items())))

if "disk" in wanted:
    mount = scratch / "disk"
    mount.mkdir()
    ran = 0
    for size in range(200, 2200, 100):
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(mount)], capture_output=True).returncode:
            break
        ran += 1
        try:
            store = str(mount / "s.dossier")
            process = load(store)
            _, errors = process.communicate(timeout=120)
            if process.returncode != 0 and "STO105" not in errors:
                failures.append(f"disk of {size} kB: {errors[-300:]}")
            copy = fresh("disk")
            for end in ["", "-wal"]:
                if os.path.exists(store + end):
                    shutil.copy(store + end, copy + end)
            check(copy, f"disk of {size} kB")
        finally:
            subprocess.run(["umount", str(mount)], check=True)
    print(f"full disk: {ran} sizes" if ran else "full disk: skipped, as nothing may be mounted here")

shutil.rmtree(scratch)
for failure in failures:
    print("FAILED", failure)
print(f"{len(failures)} failures in {time.monotonic() - start:.0f} s")
sys.exit(1 if failures else 0)
