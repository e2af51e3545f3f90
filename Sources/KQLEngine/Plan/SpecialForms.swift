import Columnar

/// Calls whose arguments are more than values: tables, or columns by name. The binder knows them by name; this
/// list says the rest of what there is to know.
public let specialForms: [ReferenceEntry] = [
  form(
    "toscalar", "toscalar(table)", "The first cell of a table's first row, as a constant of the query.",
    Example("print v = toscalar(range x from 1 to 5 step 1 | summarize max(x))", "v:long\n5")),
  form(
    "materialize", "materialize(table)", "The table, computed once however often the query reads it.",
    Example(
      "let T = materialize(range x from 1 to 3 step 1); T | extend share = 1.0 * x / toscalar(T | summarize sum(x)) | take 1",
      "x:long  share:real\n1  0.16666666666666666")),
  form(
    "table", "table(name)", "The table of a constant name.",
    Example("let T = range x from 1 to 2 step 1; table('T') | count", "Count:long\n2")),
  form(
    "view", "view (parameters) { table }", "A function of let that union and search find by pattern.",
    Example(
      "let A1 = view () { print x = 1 }; let A2 = view () { print x = 2 }; union A*", "x:long\n1\n2")),
  form(
    "column_ifexists", aliases: ["columnifexists"], "column_ifexists(name, default)",
    "The column of that name where the input has one, else the default.",
    Example("print a = 1 | project v = column_ifexists('b', 'none')", "v:string\nnone")),
  form(
    "bin_auto", "bin_auto(value)",
    "The value rounded down to a multiple of query_bin_auto_size, on a grid through query_bin_auto_at.",
    Example(
      "set query_bin_auto_size = 10; print v = bin_auto(27)", "v:long\n20")),
  form(
    "column_names_of", "column_names_of(table)", "The names of a table's columns, as an array.",
    Example("let T = print a = 1, b = 'x'; print v = column_names_of(T)", "v:dynamic\n[\"a\",\"b\"]")),
  form(
    "pack_all", "pack_all([ignore_null_empty])", "A bag of all columns of the row.",
    Example("print a = 1, b = '' | project v = pack_all(true)", "v:dynamic\n{\"a\":1}")),
  form(
    "bag_pack_columns", "bag_pack_columns(column, ...)",
    "A bag of some columns of the row, under their names.",
    Example(
      "print a = 1, b = 'x', c = 2 | project v = bag_pack_columns(a, b)", "v:dynamic\n{\"a\":1,\"b\":\"x\"}")
  ),
  form(
    "typeof", "typeof(type)", "A type by name: what mv-expand and mv-apply convert elements to.",
    Example("print a = dynamic([1]) | mv-expand a to typeof(real)", "a:real\n1.0")),
]

private func form(
  _ name: String, aliases: [String] = [], _ syntax: String, _ summary: String, _ example: Example
) -> ReferenceEntry {
  ReferenceEntry(
    .function, group: "Functions over tables and columns", names: [name] + aliases, syntax: syntax,
    summary: summary, examples: [example])
}
