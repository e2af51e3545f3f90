import Facts

/// The words that steps use in their own text besides columns and functions.
enum StepWords {
  private static let conditions: [(String, String)] = [
    ("and", "both"), ("or", "either"), ("not", "the contrary"), ("in", "one of a list"),
    ("has", "contains the word"), ("contains", "contains the text"), ("startswith", "begins with"),
    ("endswith", "ends with"), ("between", "in a range"), ("matches", "matches regex \"…\""),
  ]

  /// The words of an operator with their meanings.
  static func words(of step: String) -> [(String, String)] {
    switch step {
    case "where", "filter": conditions
    case "summarize", "make-series", "top-nested": [("by", "groups by what follows")]
    case "sort", "order", "top": [("by", "the key"), ("asc", "smallest first"), ("desc", "largest first")]
    case "join":
      [
        ("kind=", "inner, leftouter, leftanti, leftsemi, innerunique…"), ("on", "the keys"),
        ("$left.", "a column of the left side"), ("$right.", "a column of the right side"),
      ]
    case "lookup": [("kind=", "leftouter or inner"), ("on", "the keys")]
    case "union": [("kind=", "outer or inner"), ("withsource=", "a column with the table's name")]
    case "mv-expand": [("to typeof", "the type of the elements"), ("limit", "at most so many")]
    case "render":
      [
        ("barchart", "horizontal bars"), ("columnchart", "upright bars"), ("timechart", "lines over time"),
        ("linechart", "lines over numbers"), ("areachart", "areas"), ("piechart", "shares"),
        ("scatterchart", "points"), ("treemap", "shares as areas"), ("graph", "who is tied to whom"),
        ("card", "one row, large"), ("table", "no chart"), ("with", "properties: title=\"…\""),
      ]
    case "parse", "parse-where": [("with", "the pattern")]
    default: []
    }
  }
}

/// What tables and columns of facts say.
enum TableMeanings {
  static func column(_ name: String, of table: String) -> String? {
    guard let known = TableRegistry.table(named: table), let index = known.schema.index(of: name),
      known.columnSummaries.indices.contains(index)
    else { return nil }
    return known.columnSummaries[index]
  }
}
