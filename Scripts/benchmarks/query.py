#!/usr/bin/env python3
"""Asks thirteen questions over synthetic mentions of Dossier, DuckDB and Polars, side by side: in memory, and of
Dossier and DuckDB also from a file of their own.

usage: Scripts/bench query [--rows 1000000,10000000] [--threads 1,2] [--runs 5] [--only q01,q05] [--no-polars]
                           [--no-memory] [--no-file] [--no-growth]

The tables come from DossierBench, as CSV for the others; every engine's answers are checked to be equal. Each figure
is the fastest of the runs. Prints the ratio to DuckDB by question, and at the end their geometric mean.

From the file, each question is asked by a fresh process. Two times are shown: from opening the file to the answer,
measured in the process in both cases, and the wall time of the whole process, in which DuckDB's has the start of
Python and its import. The ratio is that of the first. The file is in the system's cache.

Growth is our time in memory at 100,000, 1,000,000 and 10,000,000 rows by one thread; the last column is how often
longer ten million take than one. More than 11.7, which is n log n, is marked.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SQL = {
    "q01": "select count(*), round(sum(sentiment), 3) from m where entity = 'Kira Vaughn'",
    "q02": r"select count(*) from m where contains(text, 'kira') and regexp_matches(text, '\bkira\b')",
    "q03": "select count(*) from m where text like '%loba%'",
    "q04": "select type, count(*) c from m group by type order by c desc, type",
    "q05": "select entity, count(*) c from m group by entity order by c desc, entity limit 20",
    "q07": "select country, round(sum(sentiment * weight), 2), count(*) c from m join e using (entity) "
    "group by country order by country",
    "q08": "select a.entity x, b.entity y, count(*) c from m a join m b on a.doc_id = b.doc_id "
    "where a.doc_id % {part} = 0 and b.doc_id % {part} = 0 and a.entity < b.entity "
    "group by x, y order by c desc, x, y limit 20",
    "q09": "select type, count(distinct entity) c from m group by type order by type",
    "q10": "select type, quantile_disc(sentiment, 0.5), quantile_disc(sentiment, 0.95) from m group by type order by type",
    "q11": "select entity, date, sentiment, doc_id from m order by sentiment desc, date, doc_id limit 100",
    "q12": r"select count(*) from m where regexp_matches(text, '\bko(ri|te)\w* .*(rosa|kira)$')",
    "q13": "select entity, max(date), arg_max(doc_id, date) from m group by entity order by entity",
    "q14": "select count(*), round(sum(s), 1) from "
    "(select avg(sentiment) s from m group by entity, date_trunc('month', date))",
}


def check(name, rows):
    """The figure that must agree between engines: the sum of the last column, or the number of rows."""
    if name == "q11":
        return round(sum(float(row[2]) + int(row[3]) for row in rows), 2)
    if name == "q13":
        return len(rows)
    return round(sum(float(row[-1]) for row in rows), 2)


def database(rows, folder):
    """Makes DuckDB's file from the CSV files."""
    import duckdb

    connection = duckdb.connect(f"{folder}/mentions_{rows}.duckdb")
    make_tables(connection, rows, folder)
    connection.close()


def make_tables(connection, rows, folder):
    connection.execute(
        "create table m as select * replace (date::timestamp as date) "
        f"from read_csv('{folder}/mentions_{rows}.csv', header = true)")
    connection.execute(f"create table e as select * from read_csv('{folder}/entities.csv', header = true)")


def part_of(rows):
    """Co-occurrence is asked of one document in so many."""
    return 10 if rows <= 1_000_000 else 100


def file_peer(rows, threads, name, folder):
    """Asks DuckDB's file one question."""
    import duckdb

    start = time.perf_counter()
    connection = duckdb.connect(f"{folder}/mentions_{rows}.duckdb", read_only=True, config={"threads": threads})
    found = connection.execute(SQL[name].format(part=part_of(rows))).fetchall()
    ms = (time.perf_counter() - start) * 1000
    print(json.dumps({"q": name, "ms": ms, "check": check(name, found)}), flush=True)


def peer(engine, rows, threads, runs, only, folder):
    """Runs one of the others in this process and prints its figures as JSON lines."""
    import resource

    part = part_of(rows)
    mentions, entities = f"{folder}/mentions_{rows}.csv", f"{folder}/entities.csv"
    if engine == "duckdb":
        import duckdb

        connection = duckdb.connect(config={"threads": threads})
        make_tables(connection, rows, folder)

        def ask(name):
            return connection.execute(SQL[name].format(part=part)).fetchall()
    else:
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars as pl

        c = pl.col
        m = pl.read_csv(mentions).with_columns(c("date").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ")).lazy()
        e = pl.read_csv(entities).lazy()
        s = m.filter(c("doc_id") % part == 0).select("doc_id", "entity")
        questions = {
            "q01": m.filter(c("entity") == "Kira Vaughn").select(pl.len().alias("n"), c("sentiment").sum().round(3)),
            "q02": m.filter(c("text").str.contains(r"\bkira\b")).select(pl.len()),
            "q03": m.filter(c("text").str.contains("loba", literal=True)).select(pl.len()),
            "q04": m.group_by("type").len("c").sort(["c", "type"], descending=[True, False]),
            "q05": m.group_by("entity").len("c").sort(["c", "entity"], descending=[True, False]).head(20),
            "q07": m.join(e, on="entity").group_by("country").agg(
                (c("sentiment") * c("weight")).sum().round(2).alias("s"), pl.len().alias("c")).sort("country"),
            "q08": s.join(s, on="doc_id", suffix="_b").filter(c("entity") < c("entity_b")).group_by(
                "entity", "entity_b").len("c").sort(
                    ["c", "entity", "entity_b"], descending=[True, False, False]).head(20),
            "q09": m.group_by("type").agg(c("entity").n_unique()).sort("type"),
            "q10": m.group_by("type").agg(
                c("sentiment").quantile(0.5, "linear").alias("a"),
                c("sentiment").quantile(0.95, "linear").alias("b")).sort("type"),
            "q11": m.select("entity", "date", "sentiment", "doc_id").sort(
                ["sentiment", "date", "doc_id"], descending=[True, False, False]).head(100),
            "q12": m.filter(c("text").str.contains(r"\bko(ri|te)\w* .*(rosa|kira)$")).select(pl.len()),
            "q13": m.group_by("entity").agg(
                c("date").max(), c("doc_id").sort_by("date").last()).sort("entity"),
            "q14": m.group_by("entity", c("date").dt.truncate("1mo").alias("mo")).agg(c("sentiment").mean()).select(
                pl.len().alias("n"), c("sentiment").sum().round(1)),
        }

        def ask(name):
            return questions[name].collect().rows()

    for name in SQL:
        if only and name not in only:
            continue
        best, rows_found = math.inf, []
        for _ in range(runs):
            start = time.perf_counter()
            rows_found = ask(name)
            best = min(best, time.perf_counter() - start)
        print(json.dumps({"q": name, "ms": best * 1000, "check": check(name, rows_found)}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"q": "end", "peak_rss_mb": peak}), flush=True)


def figures(command):
    """The JSON lines that a command prints, by question."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {line["q"]: line for line in map(json.loads, done.stdout.splitlines())}


def python_with_peers():
    """A Python that has the peers; made once."""
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "dossier" / "query-peers"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True, stdout=sys.stderr)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "duckdb==2.0.1", "polars==2.1.0"],
            check=True, stdout=sys.stderr)
        (home / "complete").touch()
    return str(python)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", default="1000000")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    for part in ("polars", "memory", "file", "growth"):
        parser.add_argument(f"--no-{part}", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--question", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    sizes = [int(size) for size in options.rows.split(",")]
    threads = [int(count) for count in options.threads.split(",")]
    if options.peer == "database":
        return database(sizes[0], options.folder)
    if options.peer == "file":
        return file_peer(sizes[0], threads[0], options.question, options.folder)
    if options.peer:
        return peer(options.peer, sizes[0], threads[0], options.runs, only, options.folder)

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        in_memory, from_file = [], []
        for rows in sizes:
            bench.generate(rows)
            if not options.no_memory:
                for count in threads:
                    in_memory += bench.memory(rows, count)
            if not options.no_file:
                bench.make_files(rows)
                for count in threads:
                    from_file += bench.file(rows, count)
        if not options.no_growth:
            bench.growth()
    for line in bench.different:
        print(f"different answers: {line}")
    if from_file:
        print(f"\nfrom the file: geometric mean {geometric_mean(from_file):.3f}, largest {max(from_file):.2f}")
    if in_memory:
        print(f"in memory: geometric mean {geometric_mean(in_memory):.3f}, largest {max(in_memory):.2f}")
    if in_memory or from_file:
        print(f"HEADLINE query_ratio_to_duckdb = {geometric_mean(in_memory or from_file):.3f}")
    sys.exit(1 if bench.different else 0)


class Bench:
    """One run of the benchmark; its files are in `folder`."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.python = python_with_peers()
        self.dossier = os.environ["DOSSIER_BIN"]
        self.ours = str(pathlib.Path(self.dossier).with_name("DossierBench"))
        self.names = [name for name in SQL if not options.only or name in options.only.split(",")]
        self.different = []
        self.times = {}

    def generate(self, rows):
        subprocess.run([self.ours, "generate", self.folder, str(rows)], check=True)

    def peer(self, engine, rows, *more):
        return [self.python, __file__, "--peer", engine, "--rows", str(rows), "--folder", self.folder, *more]

    def compare(self, where, name, mine, others):
        """Notes where an answer differs from ours."""
        for engine, found in others.items():
            if abs(found["check"] - mine["check"]) > 0.02 + 1e-9 * abs(mine["check"]):
                self.different.append(f"{where} {name}: dossier {mine['check']}, {engine} {found['check']}")

    def memory(self, rows, count):
        """Prints the figures in memory; gives the ratios to DuckDB."""
        limits = ["--threads", str(count), "--runs", str(self.options.runs), "--only", self.options.only]
        ours = self.times[rows, count] = figures([self.ours, "query", str(rows), *limits])
        engines = ["duckdb"] + ([] if self.options.no_polars else ["polars"])
        others = {engine: figures(self.peer(engine, rows, *limits)) for engine in engines}
        print(f"\nin memory, {titled(rows, count)}; ms")
        print(f"{'':32}{'dossier':>10}" + "".join(f"{engine:>10}" for engine in engines) + f"{'ratio':>8}")
        ratios = []
        for name in self.names:
            mine, theirs = ours[name], {engine: others[engine][name] for engine in engines}
            ratios.append(mine["ms"] / theirs["duckdb"]["ms"])
            print(
                f"{name} {mine['name']:28}{mine['ms']:10.1f}"
                + "".join(f"{found['ms']:10.1f}" for found in theirs.values()) + f"{ratios[-1]:8.2f}")
            self.compare("in memory", name, mine, theirs)
        peaks = [ours["end"], *(others[engine]["end"] for engine in engines)]
        print(f"{'peak memory, MB':32}" + "".join(f"{peak['peak_rss_mb']:10}" for peak in peaks))
        print(f"geometric mean of the ratio to DuckDB {geometric_mean(ratios):.3f}, largest {max(ratios):.2f}")
        return ratios

    def make_files(self, rows):
        """Makes the store, as a user would, and DuckDB's file."""
        store, base = self.files(rows)
        tables = [f"m={self.folder}/mentions_{rows}.csv", f"e={self.folder}/entities.csv"]
        start = time.perf_counter()
        subprocess.run(
            [self.dossier, "load", store, *(word for table in tables for word in ("--table", table))],
            check=True, stdout=subprocess.DEVNULL)
        middle = time.perf_counter()
        subprocess.run(self.peer("database", rows), check=True)
        end = time.perf_counter()
        print(
            f"\nfiles of {rows:,} rows: dossier {middle - start:.1f} s, {os.path.getsize(store) / 1e6:.0f} MB; "
            f"duckdb {end - middle:.1f} s, {os.path.getsize(base) / 1e6:.0f} MB")

    def files(self, rows):
        return f"{self.folder}/mentions_{rows}.dossier", f"{self.folder}/mentions_{rows}.duckdb"

    def file(self, rows, count):
        """Prints the figures from the files, a process a question; gives the ratios to DuckDB."""
        store, _ = self.files(rows)
        print(f"\nfrom the file, a process a question, {titled(rows, count)}; ms")
        print(f"{'':32}{'':>10}{'':>10}{'':>8}{'whole process':>20}")
        print(f"{'':32}{'dossier':>10}{'duckdb':>10}{'ratio':>8}{'dossier':>10}{'duckdb':>10}")
        ratios = []
        for name in self.names:
            mine, my_wall = self.fastest(
                [self.ours, "file", store, str(rows), name, "--threads", str(count)], name)
            theirs, their_wall = self.fastest(
                self.peer("file", rows, "--question", name, "--threads", str(count)), name)
            ratios.append(mine["ms"] / theirs["ms"])
            print(
                f"{name} {mine['name']:28}{mine['ms']:10.1f}{theirs['ms']:10.1f}{ratios[-1]:8.2f}"
                f"{my_wall:10.1f}{their_wall:10.1f}")
            self.compare("from the file", name, mine, {"duckdb": theirs})
        print(f"geometric mean of the ratio to DuckDB {geometric_mean(ratios):.3f}, largest {max(ratios):.2f}")
        return ratios

    def fastest(self, command, name):
        """The run of a command that was fastest by its own figure, and the shortest wall time in ms."""
        runs, walls = [], []
        for _ in range(self.options.runs):
            start = time.perf_counter()
            runs.append(figures(command)[name])
            walls.append((time.perf_counter() - start) * 1000)
        return min(runs, key=lambda run: run["ms"]), min(walls)

    def growth(self):
        """Prints how our times in memory grow."""
        sizes = [100_000, 1_000_000, 10_000_000]
        for rows in sizes:
            if (rows, 1) not in self.times:
                limits = ["--runs", str(min(3, self.options.runs)), "--only", self.options.only]
                self.times[rows, 1] = figures([self.ours, "query", str(rows), *limits])
        print("\ngrowth in memory, 1 thread; ms")
        print(f"{'':32}" + "".join(f"{size:>12,}" for size in sizes) + f"{'times':>8}")
        for name in self.names:
            found = [self.times[rows, 1][name] for rows in sizes]
            factor = found[2]["ms"] / found[1]["ms"]
            # The documents that q08 looks at are the same number at one and at ten million.
            mark = "  more than n log n" if factor > 10 * math.log(10_000_000) / math.log(1_000_000) else ""
            print(
                f"{name} {found[0]['name']:28}" + "".join(f"{figure['ms']:12.1f}" for figure in found)
                + f"{factor:8.1f}{mark}")


def titled(rows, count):
    return f"{rows:,} rows, {count} thread{'s' if count > 1 else ''}"


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


main()
