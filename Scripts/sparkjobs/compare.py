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
    frame = spark.read.schema(tables.json_schema(types)).json(path).select(*tables.typed(types)).localCheckpoint()
    os.remove(path)
    return frame


def tables_differ(spark, corpus, store):
    """Compares every table; prints a line for each, and gives how many differ."""
    wrong = 0
    for name in [*tables.DOCUMENT_TABLES, "Entities"]:
        types = tables.schema(name)
        columns = [column for column, _ in types]
        spread = tables.read(spark, corpus, name).select(*columns)
        kept = stored(spark, store, f"{name} | project {', '.join(columns)}", types)
        # Rows of one that the other has not, as often.
        more, less = spread.exceptAll(kept), kept.exceptAll(spread)
        counts = (spread.count(), more.count(), less.count())
        print(f"{name}: {counts[0]} rows" + ("" if counts[1:] == (0, 0) else f", {counts[1]} not in the store, {counts[2]} only there"))
        if counts[1:] != (0, 0):
            wrong += 1
            more.show(3, truncate=60, vertical=True)
            less.show(3, truncate=60, vertical=True)
    # Imports tells of files here and of documents there: both name as many that failed.
    spread = tables.read(spark, corpus, "Imports").count()
    kept = stored(spark, store, 'Imports | where Status == "failed"', tables.schema("Imports")).count()
    print(f"Imports: {spread} failed" + ("" if spread == kept else f", {kept} in the store"))
    return wrong + (spread != kept)
