"""`Scripts/spark check`: everything, on a cluster of two workers on this machine.

Annotates documents on a standalone master with two workers while one of them is killed, compares every table with
`dossier load` of the same documents, asks the queries of queries.kql of both, cuts a slice, annotates a second time
and a third time on a local-cluster of two workers and compares the files, and measures words per second beside
`dossier annotate` alone. Ends with a HEADLINE line.
"""

import argparse
import hashlib
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "benchmarks")]

import compare
import job
import processes
import tables


def corpus(path, count, words):
    """Documents as JSON lines: recombined sentences, or where those are not, the sample documents over and over."""
    texts = []
    try:
        import corpus as recombined

        texts = list(recombined.documents(count, words=words))
    except FileNotFoundError:
        folder = os.path.join(HERE, "..", "..", "Notebooks", "documents")
        samples = [open(os.path.join(folder, name), encoding="utf-8").read() for name in sorted(os.listdir(folder)) if name.endswith((".md", ".txt"))]
        texts = [samples[number % len(samples)] for number in range(count)]
    # Some are copies of others but for a few words.
    texts = texts[:count]
    texts += [text + " The agency said so again." for text in texts[::25]]
    with open(path, "w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            day = f"{2019 + number % 6}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            file.write(json.dumps({"id": f"doc-{number:06d}", "text": text, "published": day, "title": f"No. {number}"}) + "\n")
        # Two that can't be annotated: records, not failed jobs.
        file.write('{"id":"doc-broken","text":7}\nnot JSON\n')
    return sum(len(text.split()) for text in texts)


class Cluster:
    """A standalone master and workers on loopback, one core each."""

    def __init__(self, folder, workers):
        import pyspark

        self.home = os.path.dirname(pyspark.__file__)
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.master = self.start("Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        self.workers = []
        for _ in range(workers):
            self.add_worker()

    def add_worker(self):
        """One more worker."""
        self.workers.append(self.start("Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "2g", self.url))

    def start(self, role, *arguments):
        log = open(os.path.join(self.folder, f"{role}.log"), "ab")
        environment = dict(os.environ, SPARK_LOCAL_IP="127.0.0.1", SPARK_WORKER_DIR=os.path.join(self.folder, "work"))
        return subprocess.Popen(
            [os.path.join(self.home, "bin", "spark-class"), f"org.apache.spark.deploy.{role.lower()}.{role}", *arguments],
            stdout=log, stderr=log, env=environment, start_new_session=True)

    def kill(self, worker):
        """Kills a worker with its executors, by their ids."""
        children = subprocess.run(["pgrep", "-P", str(worker.pid)], capture_output=True, text=True).stdout.split()
        for pid in [str(worker.pid), *children]:
            os.kill(int(pid), signal.SIGKILL)
        worker.wait()

    def stop(self):
        for process in [*self.workers, self.master]:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()


def session(master, conf=()):
    settings = ["spark.sql.shuffle.partitions=4", "spark.driver.host=127.0.0.1", "spark.executor.memory=1g", *conf]
    return job.session(argparse.Namespace(master=master, conf=settings))


def queries():
    """The texts of queries.kql."""
    text = "".join(line for line in open(os.path.join(HERE, "queries.kql"), encoding="utf-8") if not line.startswith("//"))
    return [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]


def same(a, b):
    """Whether two cells say the same; a cluster adds floating-point numbers in an order of its own."""
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12)
    return a == b


def rows_of(spark, folder, query):
    """A query's rows from Spark, as `dossier query --format json` has them."""
    answer = job.ask(spark, folder, query)
    rows = []
    for row in answer.collect():
        cells = []
        for field, cell in zip(answer.schema.fields, row):
            kind = field.dataType.typeName()
            if cell is not None and kind == "timestamp":
                cell = f"{cell.year:04d}-" + cell.strftime("%m-%dT%H:%M:%S.%f0Z")
            elif cell is not None and kind.startswith("daytimeinterval") or kind == "interval day to second":
                cell = timespan(cell)
            cells.append(cell)
        rows.append(cells)
    return answer.columns, rows


def timespan(delta):
    seconds = abs(delta.days * 86400 + delta.seconds)
    text = f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    days = f"{seconds // 86400}." if seconds >= 86400 else ""
    return ("-" if delta.days < 0 else "") + days + text + (f".{delta.microseconds:06d}0" if delta.microseconds else "")


def ask_both(spark, folder, store):
    """How many queries give other rows; those without a sort may give theirs in any order."""
    wrong = 0
    for query in queries():
        columns, spread = rows_of(spark, folder, query)
        answer = json.loads(subprocess.run([processes.binary(), "query", store, query, "--format", "json"], check=True, capture_output=True, text=True).stdout)
        kept = answer["rows"]
        if not re.search(r"\| (sort|top|order)\b[^|]*(\| (project|take)\b[^|]*)*$", query):
            spread.sort(key=json.dumps)
            kept.sort(key=json.dumps)
        agrees = columns == [c["name"] for c in answer["columns"]] and len(spread) == len(kept) and all(
            all(map(same, a, b)) for a, b in zip(spread, kept))
        if not agrees:
            wrong += 1
            print(f"differs: {query}")
            for a, b in zip(spread, kept):
                if not all(map(same, a, b)):
                    print(f"  Spark {a}\n  store {b}")
                    break
            else:
                print(f"  {len(spread)} rows of {columns}, {len(kept)} of {answer['columns']}")
    return wrong


def files(folder):
    """The files of a corpus's tables: partition and number, whatever the files are called, with a hash of the bytes."""
    found = {}
    for path, _, names in os.walk(os.path.join(folder, "tables")):
        for name in names:
            if name.endswith(".parquet"):
                with open(os.path.join(path, name), "rb") as file:
                    key = f"{os.path.relpath(path, folder)}/{name.split('-')[1]}"
                    found[key] = found.get(key, "") + hashlib.sha256(file.read()).hexdigest()
    return found


def files_differ(what, folder, known):
    """Says whether two corpora have the same files, and which are not."""
    found, expected = files(folder), files(known)
    wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    print(f"{what} gives " + (f"other files: {len(wrong)}, {', '.join(wrong[:5])}" if wrong else f"the same {len(found)} files"))
    return bool(wrong)


def speed(spark, path, words):
    """Words a second and core of annotation within Spark, and of `dossier annotate` alone, on one core each, in turns."""
    def alone():
        with open(path, "rb") as file:
            subprocess.run([processes.binary(), "annotate", "--clusters"], stdin=file, stdout=subprocess.DEVNULL, check=True)

    lines = tables.read_documents(spark, path, "ndjson").repartition(1).persist()
    lines.count()

    def inside():
        lines.rdd.map(lambda row: row.line).mapPartitions(processes.annotate).map(tables.taken_apart).map(lambda row: len(row[4] or "")).sum()

    def timed(body):
        start = time.perf_counter()
        body()
        return words / (time.perf_counter() - start)

    inside()
    best = [max(timed(body) for _ in range(3)) for body in (inside, alone)]
    return best[0], best[1]


def local_cluster(home, path, folder, known):
    """Annotates once more on two workers that Spark starts by itself; gives whether the files differ."""
    os.environ["SPARK_HOME"] = home
    spark = session("local-cluster[2,1,1024]")
    out = os.path.join(folder, "local-cluster")
    job.annotate(spark, argparse.Namespace(input=path, kind="ndjson", corpus=out, partitions=8))
    spark.stop()
    return files_differ("a local-cluster of two workers", out, known)


def main():
    parser = argparse.ArgumentParser(prog="Scripts/spark check", description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--words", type=int, default=200, help="words a document")
    parser.add_argument("--small", action="store_true", help="one session of this machine, no cluster: what CI runs")
    arguments = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        path, out, store = (os.path.join(folder, name) for name in ("documents.ndjson", "corpus", "store.dossier"))
        words = corpus(path, arguments.documents, arguments.words)
        subprocess.run([processes.binary(), "load", store, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cluster = None if arguments.small else Cluster(folder, workers=2)
        try:
            spark = session(cluster.url) if cluster else session("local[2]", ["spark.sql.shuffle.partitions=2"])
            run = argparse.Namespace(input=path, kind="ndjson", corpus=out, partitions=2 if arguments.small else 8)
            if cluster:
                while len(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) < 3:
                    time.sleep(0.2)
                killer = threading.Timer(4, lambda: (cluster.kill(cluster.workers.pop()), print("killed a worker")))
                killer.start()
            start = time.perf_counter()
            job.annotate(spark, run)
            print(f"annotated {words:,} words in {time.perf_counter() - start:.1f} s")
            if cluster:
                killer.join()
                cluster.add_worker()
            if compare.tables_differ(spark, out, store):
                failed.append("tables differ from the store's")
            wrong = ask_both(spark, out, store)
            print(f"{len(queries())} queries, {wrong} differ")
            if wrong:
                failed.append("queries differ")
            slice_store = os.path.join(folder, "slice.dossier")
            query = "Documents | where Published >= datetime(2023-01-01)"
            if job.cut(spark, argparse.Namespace(corpus=out, query=query, output=slice_store)) != 0:
                failed.append("no slice")
            count = [json.loads(subprocess.run([processes.binary(), "query", s, query + " | count", "--format", "json"], check=True, capture_output=True, text=True).stdout)["rows"] for s in (store, slice_store)]
            print(f"slice: {count[1][0][0]} documents of {count[0][0][0]}")
            if count[0] != count[1]:
                failed.append("the slice has other documents")
            again = os.path.join(folder, "again")
            job.annotate(spark, argparse.Namespace(**{**vars(run), "corpus": again}))
            if files_differ("a second run", again, out):
                failed.append("a second run gives other files")
            if not arguments.small:
                inside, alone = speed(spark, path, words)
                print(f"words a second and core: {inside:,.0f} within Spark, {alone:,.0f} alone")
                if inside < 0.8 * alone:
                    failed.append("slower than 0.8 of dossier annotate")
            spark.stop()
        finally:
            if cluster:
                cluster.stop()
        if cluster and local_cluster(cluster.home, path, folder, out):
            failed.append("a local-cluster gives other files")
    for fault in failed:
        print(f"FAILED: {fault}", file=sys.stderr)
    print(f"HEADLINE spark_check = {'passed' if not failed else 'failed'}" if arguments.small else f"HEADLINE spark_to_annotate = {inside / alone:.2f}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
