import Columnar
import Foundation
import RandomQueries

/// Makes random queries, and feeds broken ones to the query language. See `Scripts/fuzz`.
@main struct QueryFuzzer {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: UInt64) -> UInt64 {
      guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else { return standard }
      return UInt64(words[place + 1]) ?? standard
    }
    func number(_ name: String, _ standard: Double) -> Double {
      guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else { return standard }
      return Double(words[place + 1]) ?? standard
    }
    switch words.first {
    case "generate":
      generate(
        count: Int(option("count", 100)), seed: option("seed", 1),
        dialect: words.contains("--full") ? .full : .portable)
    case "mutate": BrokenQueries.mutate(minutes: number("minutes", 1), seed: option("seed", 1))
    case "worker" where words.count > 1:
      BrokenQueries.work(
        file: words[1], seconds: number("seconds", 60), seed: option("seed", 1), from: Int(option("from", 0)))
    case "try" where words.count > 1: BrokenQueries.attempt(file: words[1])
    default:
      let usage = """
        usage: QueryFuzzer generate [--count N] [--seed S] [--full]
               QueryFuzzer mutate [--minutes N] [--seed S]

        """
      FileHandle.standardError.write(Data(usage.utf8))
      exit(64)
    }
  }

  /// A query a line, as JSON: whole, and in the parts that it can be cut down by.
  private static func generate(count: Int, seed: UInt64, dialect: Dialect) {
    var maker = QueryMaker(seed: seed, dialect: dialect)
    for id in 0..<count {
      let query = maker.next()
      let tables = query.tables.map { table in
        DynamicValue.bag([
          "name": .string(table.name),
          "columns": .array(table.columns.map { .string("\($0.written):\($0.type.rawValue)") }),
          "rows": .array(table.rows.map { .array($0.map { .string($0) }) }),
        ])
      }
      let line = DynamicValue.bag([
        "id": .long(Int64(id)), "query": .string(query.text), "tables": .array(tables),
        "statements": .array(query.statements.map { .string($0) }),
        "steps": .array(query.steps.map { .string($0) }),
      ])
      print(line.json)
    }
  }
}
