#!/usr/bin/env python3
"""Asks thirteen questions over synthetic mentions of Dossier, DuckDB and Polars, in memory and side by side.

usage: Scripts/bench query [--rows 1000000,10000000] [--threads 1,2] [--runs 5] [--only q01,q05] [--no-polars]

The tables come from DossierBench, as CSV for the others; every engine's answers are checked to be equal. Each figure
is the fastest of the runs. Prints the ratio to DuckDB by question, and at the end their geometric mean.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

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


def peer(engine, rows, threads, runs, only, folder):
    """Runs one of the others in this process and prints its figures as JSON lines."""
    import resource
    import time

    part = 10 if rows <= 1_000_000 else 100
    mentions, entities = f"{folder}/mentions_{rows}.csv", f"{folder}/entities.csv"
    if engine == "duckdb":
        import duckdb

        connection = duckdb.connect(config={"threads": threads})
        connection.execute(
            f"create table m as select * replace (date::timestamp as date) from read_csv('{mentions}', header = true)")
        connection.execute(f"create table e as select * from read_csv('{entities}', header = true)")

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
    parser.add_argument("--no-polars", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    sizes = [int(size) for size in options.rows.split(",")]
    threads = [int(count) for count in options.threads.split(",")]
    if options.peer:
        peer(options.peer, sizes[0], threads[0], options.runs, only, options.folder)
        return

    python = python_with_peers()
    bench = str(pathlib.Path(os.environ["DOSSIER_BIN"]).with_name("DossierBench"))
    ratios, different = [], []
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            subprocess.run([bench, "generate", folder, str(rows)], check=True)
            for count in threads:
                limits = ["--threads", str(count), "--runs", str(options.runs), "--only", options.only]
                ours = figures([bench, "query", str(rows), *limits])
                engines = ["duckdb"] + ([] if options.no_polars else ["polars"])
                others = {
                    engine: figures(
                        [python, __file__, "--peer", engine, "--rows", str(rows), "--folder", folder, *limits])
                    for engine in engines
                }
                print(f"\n{rows:,} rows, {count} thread{'s' if count > 1 else ''}; ms")
                print(f"{'':32}{'dossier':>10}" + "".join(f"{engine:>10}" for engine in engines) + f"{'ratio':>8}")
                here = []
                for name in SQL:
                    if name not in ours:
                        continue
                    mine, theirs = ours[name], [others[engine][name] for engine in engines]
                    ratio = mine["ms"] / theirs[0]["ms"]
                    here.append(ratio)
                    print(
                        f"{name} {mine['name']:28}{mine['ms']:10.1f}" + "".join(f"{t['ms']:10.1f}" for t in theirs)
                        + f"{ratio:8.2f}")
                    for engine, found in zip(engines, theirs):
                        if abs(found["check"] - mine["check"]) > 0.02 + 1e-9 * abs(mine["check"]):
                            different.append(f"{name}: dossier {mine['check']}, {engine} {found['check']}")
                peaks = [ours["end"], *(others[engine]["end"] for engine in engines)]
                print(f"{'peak memory, MB':32}" + "".join(f"{peak['peak_rss_mb']:10}" for peak in peaks))
                print(f"geometric mean of the ratio to DuckDB {geometric_mean(here):.3f}, largest {max(here):.2f}")
                ratios += here
    for line in different:
        print(f"different answers: {line}")
    print(f"HEADLINE query_ratio_to_duckdb = {geometric_mean(ratios):.3f}")
    sys.exit(1 if different else 0)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


main()
