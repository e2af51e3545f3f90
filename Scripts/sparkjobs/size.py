"""`Scripts/spark size`: what a large corpus takes on a cluster, computed from what small ones take here.

Runs the whole job on this machine over two numbers of documents. What the larger one takes more is the cost of its
documents; the rest is that of starting. Time is the processor time of all processes (Java, Python, dossier), so that
other load on the machine counts little. Disk is that of the corpus, and at its most with all scratch files.
"""

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "benchmarks")]

import check
import processes
import simulate

PR_SET_CHILD_SUBREAPER = 36
PARTITIONS = 4


def disk(folder):
    """Bytes of all files below a folder, of which some may go away meanwhile."""
    size = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.stat(os.path.join(path, name)).st_size
            except FileNotFoundError:
                pass
    return size


def job(folder, count, words):
    """Words read, seconds of processor time, bytes of annotations, of tables, and the most on disk, of a whole job."""
    path, out, scratch = (os.path.join(folder, f"{count}.{name}") for name in ("ndjson", "corpus", "scratch"))
    read = check.corpus(path, count, words)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, os.path.join(HERE, "job.py"), "--master", "local[2]", "--conf", f"spark.local.dir={scratch}",
         "--conf", f"spark.sql.shuffle.partitions={PARTITIONS}", "annotate", path, out, "--partitions", str(PARTITIONS)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended, most = threading.Event(), [0]

    def watch():
        while not ended.wait(0.5):
            most[0] = max(most[0], disk(out) + disk(scratch))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    ended.set()
    watcher.join()
    # Java and what it started outlive the driver by a moment; they are this process's children then.
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    if code != 2:  # two documents of the corpus can't be annotated
        sys.exit(f"the job ended with code {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return read, seconds, disk(f"{out}/annotations"), disk(f"{out}/tables"), most[0]


def annotator(path):
    """Words are read from a file of documents: seconds of processor time, and megabytes of memory at most."""
    with open(path, "rb") as file:
        process = subprocess.Popen(
            [processes.binary(), "annotate", "--clusters"], stdin=file, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        sys.exit(f"dossier annotate ended with code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(prog="Scripts/spark size", description=__doc__)
    parser.add_argument("--documents", type=int, default=1000, help="documents of the larger run")
    parser.add_argument("--words", type=int, default=400, help="words a document, here and there")
    parser.add_argument("--for", dest="target", type=int, default=100_000_000, help="documents of the corpus to be sized")
    parser.add_argument("--cores", type=int, default=200)
    arguments = parser.parse_args()
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("can't wait for what Spark leaves: no subreaper")
    with tempfile.TemporaryDirectory() as folder:
        small = job(folder, arguments.documents // 4, arguments.words)
        large = job(folder, arguments.documents, arguments.words)
        alone, memory = annotator(os.path.join(folder, f"{arguments.documents}.ndjson"))
    words, seconds, annotations, tables, most = (b - a for a, b in zip(small, large))
    # One block is one task's: its memory grows with its clusters.
    blocks, peaks = [], []
    for size in (100_000, 1_000_000):
        blocks.append(simulate.sizes(size)[0])
        peaks.append(simulate.measured(["resolve"], simulate.rows(size))[1])
    a_cluster = (peaks[1] - peaks[0]) / (blocks[1] - blocks[0]) * 1e6

    total = arguments.target * arguments.words
    hours = seconds / words * total / 3600
    print(f"Measured over {words:,} words, {arguments.documents * 3 // 4:,} documents: the job reads {words / seconds:,.0f} words a second of processor")
    print(f"time, `dossier annotate --clusters` alone {large[0] / alone:,.0f} in {memory:.0f} MB. Starting takes {small[1] - seconds / words * small[0]:.0f} s.")
    print(f"A cluster in a block takes {a_cluster:.0f} bytes of memory.")
    print()
    print(f"| {arguments.target / 1e6:,.0f} million documents of {arguments.words} words | from | is |")
    print("| --- | --- | ---: |")
    rate = words / seconds
    print(f"| processor time | {total / 1e6:,.0f} M ÷ {rate:,.0f} a second | {hours:,.0f} core hours |")
    print(f"| of it annotation | {total / 1e6:,.0f} M ÷ {large[0] / alone:,.0f} a second | {total / (large[0] / alone) / 3600:,.0f} core hours |")
    print(f"| time | {hours:,.0f} ÷ {arguments.cores} cores | {hours / arguments.cores:,.1f} hours |")
    print(f"| memory | {arguments.cores} × (1 GB of heap + {memory:.0f} MB) | {arguments.cores * (1 + memory / 1000):,.0f} GB |")
    for name, size in (("`annotations`", annotations), ("`tables`", tables), ("at its most, with scratch files", most)):
        print(f"| disk: {name} | {total / 1e6:,.0f} M × {size / words:.0f} bytes | {total * size / words / 1e12:,.1f} TB |")
    print(f"HEADLINE spark_core_hours = {hours:.0f}")


if __name__ == "__main__":
    main()
