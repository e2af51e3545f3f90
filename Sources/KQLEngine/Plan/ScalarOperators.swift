/// The operators between two values, as the parser reads them and the binder gives them meaning.
public let scalarOperators: [ReferenceEntry] = [
  operation(
    ["and", "or"], "a and b, a or b", "Both, or either; null where that can't be known.",
    Example(
      "print a = true and false, b = false or bool(null), c = true or bool(null)",
      "a:bool  b:bool  c:bool\nfalse  null  true")),
  operation(
    ["==", "!=", "<>"], "a == b, a != b", "Equal or not, case and all; a null equals nothing.",
    Example("print a = 'x' == 'X', b = long(null) == 1", "a:bool  b:bool\nfalse  false")),
  operation(
    ["<", "<=", ">", ">="], "a < b, a <= b, a > b, a >= b", "Smaller or greater; null where either is null.",
    Example("print a = 1 < 2, b = 2d >= 48h", "a:bool  b:bool\ntrue  true")),
  operation(
    ["=~", "!~"], "a =~ b, a !~ b", "Equal or not, whatever the case.",
    Example("print a = 'x' =~ 'X', b = 'x' !~ 'X'", "a:bool  b:bool\ntrue  false")),
  operation(
    ["+", "-", "*", "/", "%"], "a + b, a - b, a * b, a / b, a % b",
    "Arithmetic; whole numbers stay whole, a remainder is never negative, datetimes and timespans add up.",
    Example(
      "print a = 7 / 2, b = 7 / 2.0, c = -5 % 3, d = datetime(2024-01-02) - datetime(2024-01-01)",
      "a:long  b:real  c:long  d:timespan\n3  3.5  1  1.00:00:00")),
  operation(
    ["has", "!has", "has_cs", "!has_cs"], "text has term",
    "Whether a term stands in a text: a whole word, or a run of them. `_cs` minds case, `!` negates.",
    Example(
      "print a = 'North Korea' has 'korea', b = 'Koreans' has 'korea', c = 'North Korea' has_cs 'korea'",
      "a:bool  b:bool  c:bool\ntrue  false  false")),
  operation(
    ["hasprefix", "!hasprefix", "hasprefix_cs", "!hasprefix_cs"], "text hasprefix start",
    "Whether a term of a text starts so. `_cs` minds case, `!` negates.",
    Example("print a = 'North Koreans' hasprefix 'kor'", "a:bool\ntrue")),
  operation(
    ["hassuffix", "!hassuffix", "hassuffix_cs", "!hassuffix_cs"], "text hassuffix end",
    "Whether a term of a text ends so. `_cs` minds case, `!` negates.",
    Example("print a = 'North Koreans' hassuffix 'ns'", "a:bool\ntrue")),
  operation(
    ["has_any", "has_all"], "text has_any (term, …), text has_all (term, …)",
    "Whether any or all of some terms stand in a text; a dynamic array stands for its elements.",
    Example(
      "print a = 'North Korea' has_any ('south', 'korea'), b = 'North Korea' has_all ('south', 'korea')",
      "a:bool  b:bool\ntrue  false")),
  operation(
    ["contains", "!contains", "contains_cs", "!contains_cs"], "text contains part",
    "Whether a part stands anywhere in a text, within words too. `_cs` minds case, `!` negates.",
    Example(
      "print a = 'Koreans' contains 'rea', b = 'Koreans' !contains 'rea'", "a:bool  b:bool\ntrue  false")),
  operation(
    ["startswith", "!startswith", "startswith_cs", "!startswith_cs"], "text startswith start",
    "Whether a text starts so. `_cs` minds case, `!` negates.",
    Example(
      "print a = 'Koreans' startswith 'korea', b = 'Koreans' startswith_cs 'korea'",
      "a:bool  b:bool\ntrue  false")
  ),
  operation(
    ["endswith", "!endswith", "endswith_cs", "!endswith_cs"], "text endswith end",
    "Whether a text ends so. `_cs` minds case, `!` negates.",
    Example(
      "print a = 'Koreans' endswith 'ANS', b = 'Koreans' !endswith 'ANS'", "a:bool  b:bool\ntrue  false")),
  operation(
    ["matches regex", "!matches regex"], "text matches regex pattern",
    "Whether a regular expression (RE2) is found anywhere in a text.",
    Example("print a = 'call 555-0100' matches regex @'\\d{3}-\\d{4}'", "a:bool\ntrue")),
  operation(
    ["in", "!in", "in~", "!in~"], "value in (a, b, …), value in (table)",
    "Whether a value is one of a list, of a dynamic array, or of a table's first column. `~` ignores case.",
    Example(
      "print a = 2 in (1, 2), b = 'x' in~ ('X'), c = 3 !in ((range n from 1 to 2 step 1))",
      "a:bool  b:bool  c:bool\ntrue  true  true")),
  operation(
    ["between", "!between"], "value between (a .. b)",
    "Whether a value lies from a to b, both included; a timespan as b counts from a.",
    Example(
      "print a = 3 between (1 .. 3), b = datetime(2024-01-05) between (datetime(2024-01-01) .. 2d)",
      "a:bool  b:bool\ntrue  false")),
  operation(
    [".", "[ ]"], "bag.key, bag['key'], array[n]",
    "A member of a bag or an element of an array; null where there is none. −1 is the last element.",
    Example(
      "print d = dynamic({'a': [1, 2]}) | project a = d.a[0], b = d['a'][-1], c = d.x",
      "a:dynamic  b:dynamic  c:dynamic\n1  2  null")),
]

/// What may stand before a query.
public let statements: [ReferenceEntry] = [
  statement(
    "let", "let name = value; let name = (table); let name = (a:long, T:(*)) { … };",
    "Gives a name to a value, a table or a function for the rest of the text.",
    Example(
      "let least = 2; let twice = (n:long) { n * 2 }; range x from 1 to 3 step 1 | where x >= least | extend y = twice(x)",
      "x:long  y:long\n2  4\n3  6")),
  statement(
    "declare query_parameters", "declare query_parameters(name:type = default, …);",
    "Names values that come from outside: -p name=value, or a notebook's params.",
    Example("declare query_parameters(least:long = 2); print v = least + 1", "v:long\n3")),
]

private func operation(
  _ names: [String], _ syntax: String, _ summary: String, _ example: Example
) -> ReferenceEntry {
  ReferenceEntry(
    .scalarOperator, group: "Operators between values", names: names, syntax: syntax, summary: summary,
    examples: [example])
}

private func statement(
  _ name: String, _ syntax: String, _ summary: String, _ example: Example
) -> ReferenceEntry {
  ReferenceEntry(
    .statement, group: "Statements", names: [name], syntax: syntax, summary: summary, examples: [example])
}
