"""Whether the tables of a corpus and those of a store hold the same rows."""

import os
import subprocess
import tempfile

import processes
import tables


def stored(spark, store, query, types):
    """The rows of a query on a store, as a DataFrame."""
    handle, path = tempfile.mkstemp(suffix=".ndjson")
    with os.fdopen(handle, "wb") as file:
        subprocess.run([processes.binary(), "query", store, query, "--format", "ndjson"], check=True, stdout=file)
    frame = spark.read.schema(tables.json_schema(types)).json(path).select(*tables.typed([], None, types)).localCheckpoint()
    os.remove(path)
    return frame


def differences(ours, theirs):
    """Rows of one that the other has not, as often."""
    return ours.exceptAll(theirs), theirs.exceptAll(ours)


def tables_differ(spark, corpus, store, without=()):
    """Compares every table; prints a line for each, and gives how many differ."""
    wrong = 0
    for name in [*tables.DOCUMENT_TABLES, "Entities", "Imports"]:
        types = [(column, kind) for column, kind in tables.schema(name) if (name, column) not in without]
        columns = [column for column, _ in types]
        path = f"{corpus}/tables/{name}"
        if not os.path.isdir(path) or not any(e.endswith(".parquet") for _, _, f in os.walk(path) for e in f):
            count = stored(spark, store, name, types).count()
            print(f"{name}: 0 rows, {count} in the store")
            wrong += count > 0
            continue
        spread = spark.read.parquet(path).select(*columns)
        kept = stored(spark, store, f"{name} | project {', '.join(columns)}", types)
        more, less = differences(spread, kept)
        counts = (spread.count(), more.count(), less.count())
        print(f"{name}: {counts[0]} rows" + ("" if counts[1:] == (0, 0) else f", {counts[1]} not in the store, {counts[2]} only there"))
        if counts[1:] != (0, 0):
            wrong += 1
            more.show(3, truncate=60, vertical=True)
            less.show(3, truncate=60, vertical=True)
    return wrong
