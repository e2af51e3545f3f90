"""Dossier on Spark: the jobs behind `Scripts/spark`, also for spark-submit (see Notebooks/guide/spark.md)."""

import argparse
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import processes
import tables
from pyspark.errors import AnalysisException, PySparkRuntimeError
from pyspark.sql import SparkSession


def session(arguments):
    """A session whose clock is UTC, and whose tasks run the same program and write the same bytes in any process."""
    builder = SparkSession.builder.appName("dossier").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    builder = builder.config("spark.sql.parquet.compression.codec", "zstd")
    # Parquet's writer puts a column's encodings into the footer in the order of a hash set of enumerators, whose hashes
    # are other ones in each process: here they are all the same, and the order is that in which they were put in.
    for role in ("driver", "executor"):
        builder = builder.config(f"spark.{role}.extraJavaOptions", "-XX:+UnlockExperimentalVMOptions -XX:hashCode=2")
    if arguments.master:
        builder = builder.master(arguments.master)
    for name in ("DOSSIER_BIN", "DOSSIER_MODELS", "XDG_DATA_HOME"):
        if name in os.environ:
            builder = builder.config(f"spark.executorEnv.{name}", os.environ[name])
    for setting in arguments.conf:
        builder = builder.config(*setting.split("=", 1))
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for name in ("processes.py", "tables.py"):
        spark.sparkContext.addPyFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), name))
    return spark


def annotate(spark, arguments):
    """Documents into the tables of a corpus."""
    partitions = arguments.partitions or 4 * spark.sparkContext.defaultParallelism
    documents = tables.read_documents(spark, arguments.input, arguments.kind)
    tables.annotate(spark, documents, arguments.corpus, partitions)
    tables.resolve(spark, arguments.corpus)
    tables.place(spark, arguments.corpus, partitions)
    counts = {name: spark.read.parquet(f"{arguments.corpus}/tables/{name}").count() for name in ("Documents", "Entities", "Imports")}
    print(f"{counts['Documents']} documents · {counts['Entities']} entities · {counts['Imports']} failed")
    return 2 if counts["Imports"] else 0


def open_tables(spark, corpus):
    """Makes the corpus's tables known by their names."""
    for name in [*tables.DOCUMENT_TABLES, "Entities", "Imports"]:
        columns = [column for column, _ in tables.schema(name)]
        tables.read(spark, corpus, name).select(*columns).createOrReplaceTempView(name)


def translated(query):
    """A KQL query as Spark SQL: the statements before it, and itself."""
    answer = subprocess.run(
        [processes.binary(), "translate", "--to", "spark", "--batch", "-"],
        input=json.dumps({"id": 0, "query": query}) + "\n", capture_output=True, text=True,
    )
    if answer.returncode != 0:
        sys.exit(answer.stderr.strip() or f"dossier translate ended with code {answer.returncode}")
    made = json.loads(answer.stdout)
    if "error" in made:
        error = made["error"]
        print(f"{error['code']}: {error['message']} (line {error['line']}, column {error['column']})", file=sys.stderr)
        sys.exit(2)
    return made["definitions"], made["sql"]


def ask(spark, corpus, query):
    """The rows of a KQL query over a corpus, as a DataFrame."""
    definitions, sql = translated(query)
    open_tables(spark, corpus)
    for statement in definitions:
        spark.sql(statement)
    return spark.sql(sql)


def query(spark, arguments):
    """One query, its rows as JSON lines."""
    for row in ask(spark, arguments.corpus, arguments.query).toJSON().toLocalIterator():
        print(row)
    return 0


def cut(spark, arguments):
    """The documents that a filter keeps, annotated as they are, into a store."""
    kept = ask(spark, arguments.corpus, f"{arguments.query} | distinct DocId")
    answers = spark.read.parquet(f"{arguments.corpus}/annotations").filter("answer IS NOT NULL")
    chosen = answers.join(kept, "DocId", "left_semi").sort("DocId").select("answer")
    load = subprocess.Popen([processes.binary(), "load", arguments.output, "--annotated", "-"], stdin=subprocess.PIPE)
    for row in chosen.toLocalIterator():
        load.stdin.write(row.answer.encode("utf-8") + b"\n")
    load.stdin.close()
    return load.wait()


def main():
    parser = argparse.ArgumentParser(prog="Scripts/spark", description=__doc__)
    parser.add_argument("--master", help="spark://host:7077, local[4], …; left out, what spark-submit or the settings say")
    parser.add_argument("--conf", action="append", default=[], metavar="NAME=VALUE", help="a setting of Spark")
    jobs = parser.add_subparsers(dest="job", required=True)
    job = jobs.add_parser("annotate", help="documents into the tables of a corpus")
    job.add_argument("input", help="NDJSON, a table in Parquet (id, text, published, …), or a folder of text files")
    job.add_argument("corpus", help="the folder that is made")
    job.add_argument("--kind", choices=["ndjson", "parquet", "folder"], default="ndjson")
    job.add_argument("--partitions", type=int, help="tasks; left out, four a core")
    job.set_defaults(run=annotate)
    job = jobs.add_parser("query", help="a KQL query over a corpus")
    job.add_argument("corpus")
    job.add_argument("query", help="KQL")
    job.set_defaults(run=query)
    job = jobs.add_parser("slice", help="the documents that a KQL filter keeps, as a store")
    job.add_argument("corpus")
    job.add_argument("query", help="KQL over Documents: Documents | where Published > datetime(2024-01-01)")
    job.add_argument("-o", "--output", required=True, help="the store")
    job.set_defaults(run=cut)
    arguments = parser.parse_args()
    spark = session(arguments)
    try:
        code = arguments.run(spark, arguments)
    except (AnalysisException, PySparkRuntimeError) as error:
        print(f"Spark: {str(error).splitlines()[0]}", file=sys.stderr)
        code = 2
    finally:
        spark.stop()
    sys.exit(code)


if __name__ == "__main__":
    main()
