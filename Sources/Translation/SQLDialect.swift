import Columnar
import KQLEngine

/// One way to write SQL: all that differs between databases. What a plan means is the translator's.
///
/// Most of a dialect is tables of templates. A key is a name and the types of its operands, `strlen(string)`; `int`
/// falls back to `long`, and `*` stands for any type. A template holds `$0`, `$1`… for the operands, which get
/// parentheses where they need them. `?` in front says that it may give NULL for operands that are none, `!` that
/// it never gives NULL.
///
/// Values are held so that nothing is lost: texts are never NULL, datetimes and timespans are whole ticks of 100 ns,
/// dynamic values are JSON, and an `int` is as wide as a `long`.
public protocol SQLDialect: Sendable {
  /// What `--to` calls it.
  var name: String { get }
  /// What messages call it.
  var title: String { get }
  /// An identifier, quoted.
  func identifier(_ name: String) -> String
  /// The SQL type in which values of a KQL type are held; nil if there is none that holds them all.
  func storage(_ type: ScalarType) -> String?
  /// A constant; nil if there is no way to write it.
  func literal(_ value: Value, _ type: ScalarType) -> String?
  /// A template for a scalar operation or function, by its key.
  func scalar(_ key: String) -> String?
  /// A template for an aggregate, by its key. `$F` is where a filter goes, `$O` where an order goes within the call.
  func aggregate(_ key: String) -> String?
  /// A template that turns a stored column into the form in which values are held.
  func read(_ type: ScalarType, _ times: TimeForm) -> String
  /// A template that turns a value into the form that results show.
  func shown(_ type: ScalarType, _ times: TimeForm) -> String
  /// The functions that templates may call besides the database's own, those that others need first.
  var helpers: [SQLHelper] { get }
  /// The statement that defines a helper.
  func definition(of helper: SQLHelper) -> String
}

/// How datetimes and timespans look in tables and results.
public enum TimeForm: String, Sendable, CaseIterable {
  /// The database's own types, to the microsecond.
  case native
  /// Whole numbers of 100 ns since year 1, so that nothing is lost.
  case ticks
}

/// A function that a translation brings along.
public struct SQLHelper: Sendable {
  /// The name, `kql_…`.
  public let name: String
  /// Names of the parameters.
  public let parameters: [String]
  /// The expression.
  public let body: String

  /// Declares a helper: `kql_add(a, b)`.
  public init(_ signature: String, _ body: String) {
    let open = signature.firstIndex(of: "(") ?? signature.endIndex
    name = String(signature[..<open])
    parameters = signature[open...].dropFirst().dropLast().split(separator: ",").map {
      String($0.drop { $0 == " " })
    }
    self.body = body
  }
}

/// An SQL expression and what is known of it.
struct SQLExpression {
  /// The text.
  var text: String
  /// The KQL type of its values.
  var type: ScalarType
  /// Whether it may be NULL.
  var mayBeNull: Bool
  /// Whether it can stand beside any operator without parentheses.
  var isAtom: Bool
  /// The value, when it is a constant.
  var constant: Value?
  /// Whether it is a comparison, which AND and OR hold without parentheses.
  var isComparison = false
  /// Whether it is a dynamic value that may hold a datetime or a timespan somewhere: as JSON it is a text there.
  var mayHoldTimes = false

  /// The text as an operand.
  var operand: String { isAtom ? text : "(\(text))" }
  /// The text as a part of AND or OR.
  var testOperand: String { isAtom || isComparison ? text : "(\(text))" }
}

extension SQLExpression {
  /// Whether a dynamic value made of this one may hold a datetime or a timespan.
  var bringsTimes: Bool { mayHoldTimes || type == .datetime || type == .timespan }

  /// Fills a template.
  init(_ template: String, _ operands: [SQLExpression], type: ScalarType, extra: [Character: String] = [:]) {
    var mayBeNull = operands.contains(where: \.mayBeNull)
    var pattern = Array(template)
    if pattern.first == "?" || pattern.first == "!" { mayBeNull = pattern.removeFirst() == "?" }
    var text = ""
    var index = 0
    while index < pattern.count {
      let next: Character? = index + 1 < pattern.count ? pattern[index + 1] : nil
      guard pattern[index] == "$", let next else {
        text.append(pattern[index])
        index += 1
        continue
      }
      if let place = next.wholeNumberValue, place < operands.count {
        // Between commas and parentheses nothing can bind more tightly.
        let opens = text.isEmpty || text.hasSuffix("(") || text.hasSuffix(", ")
        let after = index + 2 < pattern.count ? pattern[index + 2] : nil
        let isAlone = opens && (after == nil || after == ")" || after == ",")
        text += isAlone ? operands[place].text : operands[place].operand
      } else if next == "$" {
        text += "$"
      } else if next == "*" {
        text += operands.map(\.text).joined(separator: ", ")
      } else {
        text += extra[next] ?? ""
      }
      index += 2
    }
    self.init(text: text, type: type, mayBeNull: mayBeNull, isAtom: Self.isCall(text))
    mayHoldTimes = type == .dynamic && operands.contains(where: \.bringsTimes)
  }

  /// Whether a text is one name, number or call as a whole.
  private static func isCall(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var index = 0
    func isWord(_ byte: UInt8) -> Bool {
      (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
    }
    while index < bytes.count, isWord(bytes[index]) { index += 1 }
    if index == bytes.count { return index > 0 }
    guard bytes[index] == UInt8(ascii: "(") else { return false }
    var level = 0
    var quote: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
        quote = byte
      } else if byte == UInt8(ascii: "(") {
        level += 1
      } else if byte == UInt8(ascii: ")") {
        level -= 1
        if level == 0 { return index == bytes.count - 1 }
      }
      index += 1
    }
    return false
  }
}
