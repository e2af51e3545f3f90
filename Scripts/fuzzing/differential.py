#!/usr/bin/env python3
"""Asks random queries of Dossier and, translated, of DuckDB; prints each difference cut down to what matters.

usage: Scripts/fuzz differential [--queries N] [--seed S] [--show N] [--file QUERIES.jsonl]
  --queries N   how many queries (1000)
  --seed S      which ones (1)
  --show N      how many differences are cut down and printed (5)
  --file F      queries of your own, {"id", "query"} a line, instead of random ones

Values and types are compared; rows in order where the query says one, else as a set with repetitions. The counts at the
end say how many of the queries that both answered use an operator, a function or a type. Ends with exit code 1 if there
is a difference.
"""
import argparse
import collections
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import duckdb

TYPES = {
    "bool": "BOOLEAN", "int": "INTEGER", "long": "BIGINT", "real": "DOUBLE", "string": "VARCHAR", "datetime": "BIGINT",
    "timespan": "BIGINT", "guid": "UUID", "dynamic": "JSON",
}
DAY = 864_000_000_000


class Process:
    """One process of the program that answers a line with a line."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [os.environ["DOSSIER_BIN"], *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8", bufsize=1)

    def ask(self, query):
        self.process.stdin.write(json.dumps({"id": 0, "query": query}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"dossier died on:\n{query}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def datetime_ticks(text):
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{7})Z", text)
    year, month, day, hour, minute, second, rest = map(int, match.groups())
    import datetime
    days = datetime.date(year, month, day).toordinal() - 1
    return ((days * 24 + hour) * 60 + minute) * 600_000_000 + second * 10_000_000 + rest


def timespan_ticks(text):
    match = re.fullmatch(r"(-?)(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)(?:\.(\d{7}))?", text)
    sign, days, hour, minute, second, rest = match.groups()
    ticks = int(days or 0) * DAY + ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 10_000_000 + int(rest or 0)
    return -ticks if sign else ticks


def real(value):
    if isinstance(value, str):
        return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value]
    return float(value)


def ours(value, kind):
    """A cell of Dossier's answer in the form in which both sides are compared."""
    if value is None:
        return None
    if kind == "datetime":
        return datetime_ticks(value)
    if kind == "timespan":
        return timespan_ticks(value)
    return real(value) if kind == "real" else value


def theirs(value, kind):
    """A cell of DuckDB's answer."""
    if value is None:
        return None
    if kind == "guid":
        return str(value)
    return json.loads(value) if kind == "dynamic" else value


def equal(a, b):
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if isinstance(a, float) or isinstance(b, float):
            if math.isnan(a) or math.isnan(b):
                return math.isnan(a) and math.isnan(b)
            if math.isinf(a) or math.isinf(b):
                return a == b
            return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-300)
        return a == b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


def sort_key(row):
    def key(cell):
        if isinstance(cell, float):
            return "%.6g" % cell if cell else "0"
        return json.dumps(cell, sort_keys=True)
    return [key(cell) for cell in row]


class Database:
    """DuckDB, with the helpers of translations defined once."""

    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self.defined = set()

    def answer(self, translation):
        for definition in translation["definitions"]:
            if definition not in self.defined:
                self.connection.execute(definition)
                self.defined.add(definition)
        result = self.connection.execute(translation["sql"])
        return [(name, str(kind)) for name, kind, *_ in result.description], result.fetchall()


def difference(answer, translation, database):
    """What differs, as text; None if nothing does, False if there is nothing to compare."""
    refused = translation.get("error")
    failed = answer.get("error")
    if refused:
        return False
    try:
        columns, rows = database.answer(translation)
    except duckdb.Error as error:
        return None if failed else f"DuckDB fails: {error}"
    if failed:
        return f"Dossier fails: {failed['code']} {failed['message']}"
    wanted = [(column["name"], TYPES[column["type"]]) for column in answer["columns"]]
    if wanted != columns:
        return f"columns: Dossier {wanted}, DuckDB {columns}"
    kinds = [column["type"] for column in answer["columns"]]
    a = [[ours(cell, kind) for cell, kind in zip(row, kinds)] for row in answer["rows"]]
    b = [[theirs(cell, kind) for cell, kind in zip(row, kinds)] for row in rows]
    if not translation["ordered"]:
        a.sort(key=sort_key)
        b.sort(key=sort_key)
    if len(a) == len(b) and all(map(equal, a, b)):
        return None
    if len(a) != len(b):
        return f"Dossier gives {len(a)} rows, DuckDB {len(b)}\n  Dossier: {a[:5]}\n  DuckDB:  {b[:5]}"
    for x, y in zip(a, b):
        if not equal(x, y):
            return f"rows differ\n  Dossier: {x}\n  DuckDB:  {y}"
    return "rows differ"


def text_of(parts):
    lets = []
    for table in parts["tables"]:
        rows = ",\n  ".join(", ".join(row) for row in table["rows"])
        lets.append(f"let {table['name']} = datatable({', '.join(table['columns'])})[{rows}]")
    return "".join(let + ";\n" for let in lets + parts["statements"]) + "\n| ".join(parts["steps"])


class Cutter:
    """Cuts a query down as long as the difference stays."""

    def __init__(self, query, translate, database):
        self.query, self.translate, self.database = query, translate, database

    def differs(self, parts):
        text = text_of(parts)
        return bool(difference(self.query.ask(text), self.translate.ask(text), self.database))

    def attempt(self, parts, change):
        copy = json.loads(json.dumps(parts))
        if change(copy) is False or not self.differs(copy):
            return None
        return copy

    def changes(self, parts):
        """Smaller queries, those that cut most first."""
        steps = parts["steps"]
        for count in range(1, len(steps)):
            yield lambda copy, count=count: copy.update(steps=copy["steps"][:count])
        for index in range(1, len(steps)):
            yield lambda copy, index=index: copy["steps"].pop(index)
        for index in range(len(parts["statements"])):
            yield lambda copy, index=index: copy["statements"].pop(index)
        for index in range(len(parts["tables"])):
            yield lambda copy, index=index: copy["tables"].pop(index)
        for index, table in enumerate(parts["tables"]):
            size = len(table["rows"])
            for row in range(size):
                yield lambda copy, index=index, row=row: copy["tables"][index]["rows"].pop(row)
            for column in range(len(table["columns"])):
                yield lambda copy, index=index, column=column: self.drop_column(copy["tables"][index], column)
        for index, step in enumerate(steps):
            for shorter in self.shorter(step):
                yield lambda copy, index=index, shorter=shorter: copy["steps"].__setitem__(index, shorter)
        for index, table in enumerate(parts["tables"]):
            for row in range(len(table["rows"])):
                for column, cell in enumerate(table["rows"][row]):
                    kind = table["columns"][column].rsplit(":", 1)[1]
                    plain = {"string": "''"}.get(kind, f"{kind}(null)")
                    if cell != plain:
                        yield lambda copy, index=index, row=row, column=column, plain=plain: (
                            copy["tables"][index]["rows"][row].__setitem__(column, plain))

    @staticmethod
    def drop_column(table, column):
        if len(table["columns"]) < 2:
            return False
        table["columns"].pop(column)
        for row in table["rows"]:
            row.pop(column)

    @staticmethod
    def shorter(step):
        """The step with parts left out: what stands in a pair of parentheses, an argument, a side of a sign."""
        spans = []
        stack = []
        quote = None
        for place, sign in enumerate(step):
            if quote:
                quote = None if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            elif sign in "([":
                stack.append(place)
            elif sign in ")]" and stack:
                spans.append((stack.pop(), place))
        for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
            name = re.search(r"[\w$]*$", step[:start]).start()
            inner = step[start + 1:end]
            pieces = [inner] + split(inner, ",")
            for sign in [" and ", " or ", " + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " > "]:
                pieces += split(inner, sign)
            for piece in pieces:
                yield step[:name] + piece.strip() + step[end + 1:]
        head, _, rest = step.partition(" ")
        items = split(rest, ",")
        for index in range(len(items)):
            if len(items) > 1:
                yield head + " " + ",".join(items[:index] + items[index + 1:])
        if head == "where":
            for sign in [" and ", " or "]:
                for piece in split(rest.strip("()"), sign):
                    yield f"where {piece}"
        if " by " in step:
            yield step.rpartition(" by ")[0]

    def cut(self, parts):
        budget = 600
        again = True
        while again and budget > 0:
            again = False
            for change in self.changes(parts):
                budget -= 1
                if budget <= 0:
                    break
                try:
                    smaller = self.attempt(parts, change)
                except (IndexError, KeyError):
                    continue
                if smaller and len(text_of(smaller)) < len(text_of(parts)):
                    parts = smaller
                    again = True
                    break
        return parts


def split(text, sign):
    """The parts of a text between signs that stand outside of brackets and quotes."""
    parts = [""]
    level = 0
    quote = None
    place = 0
    while place < len(text):
        letter = text[place]
        if quote:
            quote = None if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            level += 1
        elif letter in ")]}":
            level -= 1
        elif level == 0 and text.startswith(sign, place):
            parts.append("")
            place += len(sign)
            continue
        parts[-1] += letter
        place += 1
    return parts if len(parts) > 1 else []


OPERATORS = re.compile(
    r"(?<![\w.])(and|or|!?(?:has|contains|startswith|endswith|hasprefix|hassuffix)(?:_cs)?|has_any|has_all|matches regex|"
    r"!?in~?|!?between|[=!]~|[=!<>]=|[-+*/%<>])(?=[\s(])")


STEPS = re.compile(
    r"(?:^|\| |\()(where|extend|project(?:-away|-keep|-rename|-reorder)?|summarize|distinct|count|sort|order|top|take|join|"
    r"lookup|union|mv-expand|serialize|as|range|print)(?= |$|\))", re.M)


class Coverage:
    """How many queries use what."""

    def __init__(self):
        self.counts = {kind: collections.Counter() for kind in ["steps", "operators", "functions", "types"]}
        self.shapes = collections.Counter()

    def add(self, case, answer):
        if "steps" not in case:
            return
        text = "\n".join([line for line in case["statements"] if not line.startswith("let sum_of")] + case["steps"])
        # What stands in quotes is no part of the language.
        text = re.sub(r"@?'(?:[^'\\]|\\.)*'", "''", text)
        self.counts["steps"].update(set(STEPS.findall(text)))
        self.counts["operators"].update(set(OPERATORS.findall(text)))
        called = set(re.findall(r"([a-z][a-z_0-9]*)\(", text))
        self.counts["functions"].update(called - {"in", "has_any", "has_all", "between", "typeof", *TYPES})
        self.counts["types"].update({column.rsplit(":", 1)[1] for table in case["tables"] for column in table["columns"]})
        cells = [cell for table in case["tables"] for row in table["rows"] for cell in row]
        self.shapes["an empty table"] += any(not table["rows"] for table in case["tables"])
        self.shapes["nulls"] += any("(null)" in cell for cell in cells)
        self.shapes["letters beyond ASCII"] += any(not cell.isascii() for cell in cells)
        self.shapes["numbers at the edge of their type"] += any(
            re.search(r"922337203685477580|2147483648|1e308|5e-324|nan|inf\b", cell) for cell in cells)
        self.shapes["dates of the first or last day"] += any("0001-01-01" in cell or "9999-12-31" in cell for cell in cells)
        self.shapes["no row in the answer"] += not answer.get("rows")

    def show(self):
        for kind, counter in [*self.counts.items(), ("queries with", self.shapes)]:
            print(f"{kind} ({len(counter)}): " + ", ".join(f"{name} {count}" for name, count in counter.most_common()))


def batch(command, path, *options):
    """The answers to all queries of a file, one by one."""
    process = subprocess.Popen(
        [os.environ["DOSSIER_BIN"], command, "--batch", path, *options], stdout=subprocess.PIPE, text=True,
        encoding="utf-8")
    for line in process.stdout:
        yield json.loads(line)
    if process.wait() != 0:
        raise SystemExit(f"dossier {command} ended with {process.returncode}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--file")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file or os.path.join(folder, "queries.jsonl")
        if not arguments.file:
            with open(path, "wb") as file:
                subprocess.run(
                    [os.environ["FUZZER_BIN"], "generate", "--count", str(arguments.queries), "--seed",
                     str(arguments.seed)], stdout=file, check=True)
        database = Database()
        counts = collections.Counter()
        reasons = collections.Counter()
        found = []
        coverage = Coverage()
        answers = batch("query", path)
        translations = batch("translate", path, "--to", "duckdb", "--ticks")
        with open(path, encoding="utf-8") as file:
            for line, answer, translation in zip(file, answers, translations):
                case = json.loads(line)
                what = difference(answer, translation, database)
                if what is False:
                    error = translation["error"]
                    kind = "untranslated" if error["code"].startswith("TRA") else "not valid"
                    reasons[f"{kind}: {error['message']}"] += 1
                    counts[kind] += 1
                elif what is None:
                    coverage.add(case, answer)
                    counts["equal, with rows" if answer.get("rows") else "equal"] += 1
                else:
                    counts["different"] += 1
                    found.append((case, what))
    total = sum(counts.values())
    print(f"{total} queries, seed {arguments.seed}: "
          + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    for reason, count in reasons.most_common(12):
        print(f"  {count:6} {reason}")

    coverage.show()
    translated = total - counts["untranslated"] - counts["not valid"]
    print(f"{100 * translated / max(1, total):.1f} % of the queries were translated")

    query = Process("query", "--batch", "-")
    translate = Process("translate", "--batch", "-", "--to", "duckdb", "--ticks")
    for case, what in found[:arguments.show]:
        if "steps" in case:
            parts = Cutter(query, translate, database).cut(case)
            text = text_of(parts)
            translation = translate.ask(text)
            what = difference(query.ask(text), translation, database)
        else:
            text, translation = case["query"], translate.ask(case["query"])
        print(f"\n--- query {case['id']}\n{text}\n{what}\nSQL:\n{translation.get('sql')}")
    for process in (query, translate):
        process.close()
    print(f"HEADLINE differences = {counts['different']} of {total} queries")
    sys.exit(1 if found else 0)


main()
