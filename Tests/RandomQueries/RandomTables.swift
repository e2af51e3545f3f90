import Columnar

/// A column as random queries know it.
public struct RandomColumn: Sendable {
  /// The name, without quotes.
  public var name: String
  /// The type.
  public var type: ScalarType
  /// Whether its numbers are small multiples of a quarter, so that sums don't depend on their order.
  public var isTame = false

  /// The name as a query writes it.
  public var written: String {
    let isPlain = name.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F
    }
    return isPlain ? name : "['\(name)']"
  }
}

/// A small table whose cells are literals of the query language.
public struct RandomTable: Sendable {
  /// The name that the query gives it.
  public var name: String
  /// The columns.
  public var columns: [RandomColumn]
  /// A literal a cell.
  public var rows: [[String]]

  /// The table as a `let`, without the semicolon.
  public var statement: String {
    let header = columns.map { "\($0.written):\($0.type.rawValue)" }.joined(separator: ", ")
    let lines = rows.map { $0.joined(separator: ", ") }
    return "let \(name) = datatable(\(header))[\(lines.joined(separator: ",\n  "))]"
  }
}

/// Random literals; every third or so is one at the edge of its type.
extension Randomness {
  static let words = [
    "", "a", "A", "abc", "Abc-def", "disk full", "Disk-Full error", "é", "É", "straße", "STRASSE", "Ω ω",
    "日本語",
    "😀", "a😀b", "e\u{301}a", "x_y", "a.b*c", "10", "-7", "1.5", "0x1F", " 12 ", "true", "null", "nan",
    "a,b,,c",
    "foo bar foo", "FOO", "%_", "tab\\tend", "quote\\'s", "back\\\\slash", "line\\nend", "ёлка Ёлка",
  ]
  static let longs = [
    "0", "1", "-1", "2", "3", "7", "-13", "100", "255", "1000", "2147483647", "-2147483648", "2147483648",
    "9007199254740993", "4611686018427387904", "9223372036854775807", "long(-9223372036854775808)",
  ]
  static let reals = [
    "0.0", "1.0", "-1.5", "0.1", "2.5", "-2.5", "3.999", "1e-5", "123456.789", "1e15", "1e16",
    "9007199254740994.0",
    "1e20", "-1e20", "1e308", "-1e308", "5e-324", "real(nan)", "real(+inf)", "real(-inf)",
  ]
  static let datetimes = [
    "0001-01-01", "9999-12-31T23:59:59.9999999Z", "1970-01-01", "1969-12-31T23:59:59.9999999Z", "2000-02-29",
    "2024-02-29T12:34:56.7890123Z", "2023-12-31T23:59:59Z", "2024-01-01", "1900-02-28T23:00:00Z",
    "2021-01-03",
  ]
  static let timespans = [
    "0s", "1tick", "1s", "-1s", "1m", "90m", "1h", "1d", "-1d", "7d", "365d", "1234567tick", "36500d",
    "time(10675199.02:48:05.4775807)",
  ]
  static let dynamics = [
    "null", "1", "1.5", "'text'", "true", "[]", "[1, 2, 3]", "['a', 'b', 'a']", "[1, 'x', null, 2.5]", "{}",
    "{'a': 1}", "{'a': 'x', 'b': [1, 2]}", "{'a': {'b': 5}}", "[[1], [2, 3]]", "[true, false]",
    "{'my key': 1, 'é': 'ü'}",
  ]

  /// A literal of a type; null now and then. A tame number is a small multiple of a quarter.
  public mutating func literal(_ type: ScalarType, tame: Bool = false, nulls: Int = 12) -> String {
    if type != .string, chance(nulls) { return type == .dynamic ? "dynamic(null)" : "\(type.rawValue)(null)" }
    switch type {
    case .bool: return chance(50) ? "true" : "false"
    case .int: return "int(\(chance(30) ? pick(["2147483647", "-2147483648", "0"]) : "\(below(40) - 20)"))"
    case .long: return !tame && chance(30) ? pick(Self.longs) : "\(below(40) - 15)"
    case .real:
      if !tame, chance(40) { return pick(Self.reals) }
      let quarters = below(4000) - 2000
      return "\(Double(quarters) / 4)"
    case .decimal: return "decimal(\(below(2000) - 1000).\(below(100)))"
    case .string: return "'\(pick(Self.words))'"
    case .datetime:
      if chance(60) { return "datetime(\(pick(Self.datetimes)))" }
      return
        "datetime(\(1800 + below(400))-\(two(1 + below(12)))-\(two(1 + below(28))) \(two(below(24))):\(two(below(60))):00)"
    case .timespan:
      return chance(60) ? pick(Self.timespans) : "\(below(200) - 100)\(pick(["d", "h", "m", "s", "ms"]))"
    case .guid:
      return
        "guid(\(pick(["00000000-0000-0000-0000-000000000000", "70fc66f7-8279-44fc-9092-d364d70fce44", "f0fc66f7-8279-44fc-9092-d364d70fce44"])))"
    case .dynamic: return "dynamic(\(pick(Self.dynamics)))"
    }
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Names that are easily mixed up, and some that need quotes.
  static let names = ["a", "b", "c", "k", "x", "y", "A", "count_", "my col", "ключ", "Column1", "order", "é"]

  /// A table of up to 12 rows; every eighth is empty.
  public mutating func table(named name: String, types: [ScalarType]) -> RandomTable {
    let names = sample(Self.names, 2 + below(5))
    let columns = names.map { name in
      let type = pick(types)
      return RandomColumn(name: name, type: type, isTame: type == .real || type == .long ? chance(60) : false)
    }
    let count = chance(12) ? 0 : 1 + below(12)
    // A few different values a column, so that groups and joins meet.
    let pools = columns.map { column in
      (0..<(1 + below(8))).map { _ in literal(column.type, tame: column.isTame) }
    }
    let rows = (0..<count).map { _ in pools.map { pick($0) } }
    return RandomTable(name: name, columns: columns, rows: rows)
  }
}
