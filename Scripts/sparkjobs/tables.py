"""The tables of a corpus on a Spark cluster: documents in, Parquet out.

A corpus is a folder: `annotations` (what annotate says of each document), `resolution` (which cluster is which entity),
`tables/NAME` (the tables of a store, a partition for each year of publication).
"""

import functools
import json
import subprocess

import processes
from pyspark.sql import functions as F
from pyspark.sql import types as T

YEAR = "PublishedYear"
DOCUMENT_TABLES = [
    "Documents", "Sentences", "Tokens", "Mentions", "Relations", "Dates", "Amounts", "Sentiments", "Quotes",
    "Participants",
]
# What tells the rows of a document apart, in their order.
ORDER = {
    "Documents": [], "Sentences": ["SentenceId"], "Tokens": ["SentenceId", "TokenId"], "Mentions": ["MentionId"],
    "Relations": ["RelationId"], "Dates": ["DateId"], "Amounts": ["Start", "End", "Type"],
    "Sentiments": ["Start", "End", "Scope", "EntityId", "Speaker"], "Quotes": ["QuoteId"],
    "Participants": ["Role", "Address"],
}
SPARK_TYPES = {
    "string": T.StringType(), "long": T.LongType(), "real": T.DoubleType(), "bool": T.BooleanType(),
    "datetime": T.TimestampType(), "dynamic": T.StringType(),
}


@functools.lru_cache(maxsize=None)
def schema(table):
    """Names and KQL types of a table's columns, from the program itself."""
    answer = subprocess.run(
        [processes.binary(), "query", f"{table} | getschema | project ColumnName, ColumnType", "--format", "json"],
        check=True, capture_output=True, text=True,
    )
    return [(name, kind) for name, kind in json.loads(answer.stdout)["rows"]]


def read(spark, out, table):
    """A table of a corpus; one without rows has no file that could tell its columns."""
    fields = [T.StructField(name, SPARK_TYPES[kind]) for name, kind in schema(table)]
    return spark.read.schema(T.StructType(fields)).parquet(f"{out}/tables/{table}")


def typed(types, source=None):
    """Columns that came from JSON, of a struct or their own, in their own types."""
    made = []
    for name, kind in types:
        column = F.col(f"{source}.{name}") if source else F.col(name)
        if kind == "datetime":
            column = F.to_timestamp(column)
        made.append(column.alias(name))
    return made


def json_schema(types):
    """How JSON rows are read: moments as text, dynamic values as they are written."""
    kinds = {"datetime": T.StringType()}
    return T.StructType([T.StructField(name, kinds.get(kind, SPARK_TYPES[kind])) for name, kind in types])


# Reading documents.


def read_documents(spark, path, kind):
    """One JSON object a line, as annotate takes it, from NDJSON, a table in Parquet (id, text, published, …), or a
    folder of text files."""
    if kind == "ndjson":
        return spark.read.text(path).filter(F.trim("value") != "").select(F.col("value").alias("line"))
    if kind == "parquet":
        table = spark.read.parquet(path)
        columns = [
            F.date_format(name, "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX").alias(name)
            if isinstance(table.schema[name].dataType, (T.TimestampType, T.DateType)) else F.col(name)
            for name in table.columns
        ]
        return table.select(F.to_json(F.struct(*columns)).alias("line"))
    root = spark._jvm.org.apache.hadoop.fs.Path(path)
    root = root.getFileSystem(spark._jsc.hadoopConfiguration()).makeQualified(root).toString().rstrip("/") + "/"
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(path)
    name = F.expr(f"substring(path, {len(root) + 1})")
    text = F.decode("content", "UTF-8")
    return files.select(F.to_json(F.struct(name.alias("id"), text.alias("text"))).alias("line"))


# Annotation.


def taken_apart(answer):
    """DocId, error code and message, clusters and the whole of an answer. It is cut, not parsed: most goes through."""
    name = json.JSONDecoder().raw_decode(answer, len('{"id":'))[0]
    name = "" if name is None else str(name)
    start = answer.rfind(',"Clusters":[')
    if start >= 0:
        return name, None, None, answer[start + len(',"Clusters":') : -len("}}")], answer
    error = json.loads(answer)["error"]
    return name, error["code"], error["message"], None, None


def annotate(spark, documents, out, partitions):
    """Annotates documents, `line`, into `out/annotations`: id, year, answer, clusters, or error."""
    lines = documents.withColumn("key", F.xxhash64("line"))
    # A task's documents are mixed, and come in one order whatever the input's files.
    lines = lines.repartition(partitions, "key").sortWithinPartitions("key", "line").select("line")
    answers = lines.rdd.map(lambda row: row.line).mapPartitions(processes.annotate)
    frame = spark.createDataFrame(
        answers.map(taken_apart), "DocId string, code string, message string, clusters string, answer string")
    frame.write.mode("overwrite").parquet(f"{out}/annotations")


# Resolution.


def with_member(column, name, value):
    """A JSON object with one more member, itself JSON."""
    return F.concat(F.expr(f"substring({column}, 1, length({column}) - 1)"), F.lit(f',"{name}":'), value, F.lit("}"))


def connected(sets):
    """The least key that each key is connected with, over sets of keys (`keys`), by passing the least on until none
    changes; as many rounds as the longest chain of names needs, three or four for people's names."""
    sets = sets.distinct().withColumn("least", F.array_min("keys"))
    members = sets.select(F.explode("keys").alias("key"), F.col("least").alias("with")).filter("key <> with").distinct()
    edges = members.select("key", "with").union(members.select(F.col("with").alias("key"), F.col("key").alias("with")))
    edges = edges.distinct().localCheckpoint()
    labels = sets.select(F.explode("keys").alias("key")).distinct().withColumn("block", F.col("key")).localCheckpoint()
    while True:
        offered = edges.join(labels.withColumnRenamed("key", "with"), "with").groupBy("key").agg(F.min("block").alias("new"))
        passed = labels.join(offered, "key", "left").select("key", F.least("block", "new").alias("block"), F.col("block").alias("old"))
        # The label's own label, so that chains get short twice as fast.
        over = passed.select(F.col("key").alias("block"), F.col("block").alias("beyond"))
        jumped = passed.join(over, "block", "left").select("key", F.least("block", "beyond").alias("block"), "old").localCheckpoint()
        changed = jumped.filter("block <> old").limit(1).count()
        labels = jumped.select("key", "block")
        if not changed:
            return labels


def resolve(spark, out):
    """Clusters of all documents into `out/resolution/clusters` and `out/resolution/entities`: a reduce by blocks of
    names."""
    annotations = spark.read.parquet(f"{out}/annotations").filter("clusters IS NOT NULL")
    rows = annotations.select(F.explode(F.from_json("clusters", "array<string>")).alias("row"))
    lines = rows.rdd.map(lambda row: row.row).mapPartitions(processes.pipe(["resolve", "--keys"]))
    clusters = spark.createDataFrame(lines.map(lambda line: (line,)), "line string").select(
        "line",
        F.from_json(F.get_json_object("line", "$.Keys"), "array<string>").alias("keys"),
    ).persist()
    blocks = connected(clusters.select("keys"))
    placed = clusters.withColumn("key", F.col("keys")[0]).join(blocks, "key")
    # {"block": …} is as good a name of a block as its text alone.
    line = with_member("line", "Block", F.to_json(F.struct("block")))
    together = placed.select("block", line.alias("line")).repartition("block").sortWithinPartitions("block", "line")
    answers = together.rdd.map(lambda row: row.line).mapPartitions(processes.pipe(["resolve"]))
    kind = "DocId string, ClusterId string, EntityId string, Reason string, Trust double, Entity string, Type string, " \
        "Country string, Aliases string"
    parsed = spark.createDataFrame(answers.map(lambda line: (line,)), "line string").select(
        F.from_json("line", kind).alias("r")).select("r.*").persist()
    parsed.filter("ClusterId IS NOT NULL").select("DocId", "ClusterId", "EntityId", "Reason", "Trust") \
        .write.mode("overwrite").parquet(f"{out}/resolution/clusters")
    parsed.filter("ClusterId IS NULL").select("EntityId", "Entity", "Type", "Country", "Aliases") \
        .write.mode("overwrite").parquet(f"{out}/resolution/entities")
    parsed.unpersist()
    clusters.unpersist()


# Duplicates.


def duplicates(spark, placed):
    """Which documents repeat others: a reduce by blocks of documents that are tied by a word of their sketches."""
    kind = T.StructType([T.StructField("Rows", T.ArrayType(T.StringType()))])
    rows = placed.filter(F.col("name") == "Sketches").select(F.explode(F.from_json("line", kind).getField("Rows")).alias("row"))
    rows = rows.select("row", F.get_json_object("row", "$.DocId").alias("DocId"), F.get_json_object("row", "$.Sketch").alias("sketch"))
    word = "transform(sequence(0, length(sketch) div 16 - 1), i -> concat(i, ' ', substring(sketch, 16 * i + 1, 16)))"
    words = rows.select("DocId", F.explode(F.expr(word)).alias("word"))
    shared = words.groupBy("word").agg(F.count("*").alias("n")).filter("n > 1").select("word")
    sets = words.join(shared, "word").groupBy("DocId").agg(F.sort_array(F.collect_list("word")).alias("keys")).persist()
    blocks = connected(sets.select("keys"))
    tied = sets.select("DocId", F.col("keys")[0].alias("key")).join(blocks, "key").join(rows, "DocId")
    lines = tied.select("block", with_member("row", "Block", F.to_json(F.struct("block"))).alias("line"))
    together = lines.repartition("block").sortWithinPartitions("block", "line")
    answers = together.rdd.map(lambda row: row.line).mapPartitions(processes.pipe(["resolve", "--duplicates"]))
    found = spark.createDataFrame(answers.map(lambda line: (line,)), "line string").select(
        F.from_json("line", "DocId string, DuplicateOf string").alias("r")).select("r.*").localCheckpoint()
    sets.unpersist()
    return found


# Tables.


def place(spark, out, partitions):
    """The tables of a store into `out/tables`."""
    annotations = spark.read.parquet(f"{out}/annotations")
    assigned = spark.read.parquet(f"{out}/resolution/clusters")
    entities = spark.read.parquet(f"{out}/resolution/entities")
    told = assigned.join(entities, "EntityId").groupBy("DocId").agg(
        F.to_json(F.sort_array(F.collect_list(F.struct("ClusterId", "EntityId", "Entity", "Type", "Country")))).alias("entities"))
    whole = annotations.filter("answer IS NOT NULL").join(told, "DocId", "left")
    line = with_member("answer", "entities", F.coalesce("entities", F.lit("[]")))
    lines = whole.select("DocId", line.alias("line")).repartition(partitions, "DocId").sortWithinPartitions("DocId")
    answers = lines.rdd.map(lambda row: row.line).mapPartitions(processes.pipe(["resolve", "--place"]))
    pairs = answers.map(lambda answer: (answer[10 : answer.index('"', 10)], answer))
    spark.createDataFrame(pairs, "name string, line string").write.mode("overwrite").partitionBy("name").parquet(f"{out}/placed")

    placed = spark.read.schema("line string, name string").parquet(f"{out}/placed")
    # Documents come first: theirs are the years of all that follows.
    for table in DOCUMENT_TABLES:
        types = schema(table)
        rows = placed.filter(F.col("name") == table).select(
            F.explode(F.from_json("line", T.StructType([T.StructField("Rows", T.ArrayType(json_schema(types)))])).getField("Rows")).alias("r"))
        frame = rows.select(*typed(types, "r"))
        if table == "Documents":
            columns = frame.columns
            frame = frame.drop("DuplicateOf").join(duplicates(spark, placed), "DocId", "left") \
                .withColumn("DuplicateOf", F.coalesce("DuplicateOf", F.lit(""))).select(*columns)
            frame = frame.withColumn("Batch", F.lit(1).cast("long"))
            frame = frame.withColumn(YEAR, F.coalesce(F.year("Published"), F.lit(0)))
        else:
            years = spark.read.parquet(f"{out}/tables/Documents").select("DocId", YEAR)
            frame = frame.join(years, "DocId")
        write(frame, f"{out}/tables/{table}", ["DocId", *ORDER[table]], partitions)
    remove(spark, f"{out}/placed")
    write_entities(spark, out, partitions)
    failed = annotations.filter("code IS NOT NULL").select(
        F.col("DocId").alias("Path"), F.lit("failed").alias("Status"), F.col("code").alias("Code"),
        F.col("message").alias("Message"), F.lit("").alias("DocId"), F.lit(1).cast("long").alias("Batch"))
    failed.coalesce(1).sortWithinPartitions("Path").write.mode("overwrite").parquet(f"{out}/tables/Imports")


def write(frame, path, order, partitions):
    """A table by year of publication; the same rows give the same files: no two that differ are left in any order."""
    rest = [name for name in frame.columns if name not in order and name != YEAR]
    frame.repartition(partitions, "DocId").sortWithinPartitions(YEAR, *order, *rest) \
        .write.mode("overwrite").partitionBy(YEAR).parquet(path)


def remove(spark, folder):
    """Takes away a folder of the cluster's file system."""
    path = spark._jvm.org.apache.hadoop.fs.Path(folder)
    path.getFileSystem(spark._jsc.hadoopConfiguration()).delete(path, True)


def write_entities(spark, out, partitions):
    """Entities with what all documents say of them; tones are added in source order, so that sums are the same."""
    annotations = spark.read.parquet(f"{out}/annotations").filter("clusters IS NOT NULL")
    kind = "array<struct<ClusterId: string, Mentions: bigint, Sentiments: bigint, SentimentSum: double>>"
    clusters = annotations.select("DocId", F.posexplode(F.from_json("clusters", kind)).alias("place", "c")).select("DocId", "place", "c.*")
    published = spark.read.parquet(f"{out}/tables/Documents").select("DocId", "Published")
    known = clusters.join(spark.read.parquet(f"{out}/resolution/clusters"), ["DocId", "ClusterId"]).join(published, "DocId")
    counted = known.groupBy("EntityId").agg(
        F.sum("Mentions").alias("Mentions"), F.countDistinct("DocId").alias("Documents"),
        F.min("Published").alias("FirstSeen"), F.max("Published").alias("LastSeen"),
        F.sum("Sentiments").alias("tones"),
        F.aggregate(
            F.sort_array(F.collect_list(F.struct("DocId", "place", "SentimentSum"))), F.lit(0.0),
            lambda sum, item: sum + item["SentimentSum"]).alias("sum"))
    entities = spark.read.parquet(f"{out}/resolution/entities").join(counted, "EntityId").withColumn(
        "Sentiment", F.when(F.col("tones") > 0, F.col("sum") / F.col("tones")))
    columns = [name for name, _ in schema("Entities")]
    entities.select(*columns).repartition(partitions, "EntityId").sortWithinPartitions("EntityId") \
        .write.mode("overwrite").parquet(f"{out}/tables/Entities")
