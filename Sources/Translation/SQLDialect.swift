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
  /// A text as a constant.
  func text(_ value: String) -> String
  /// A whole number as a constant.
  func whole(_ number: Int64) -> String
  /// A finite number as a constant.
  func real(_ number: Double) -> String
  /// A dynamic value as a constant, from its JSON.
  func dynamic(_ json: String) -> String
  /// A template for a scalar operation or function, by its key.
  func scalar(_ key: String) -> String?
  /// A template for an aggregate, by its key. `$F` is where a filter goes, `$O` where an order goes within the call.
  func aggregate(_ key: String) -> String?
  /// A template that turns a stored column into the form in which values are held.
  func read(_ type: ScalarType, _ times: TimeForm) -> String
  /// A template that turns a value into the form that results show.
  func shown(_ type: ScalarType, _ times: TimeForm) -> String
  /// Statements that the meaning of all others rests on.
  var prelude: [String] { get }
  /// What stands before a table that is read more than once, so that it is computed once; empty, or a word and a space.
  var sharedTable: String { get }
  /// Whether an aggregate can say in which order it takes its rows (`$O`); otherwise `$P` is a column that numbers them.
  var ordersWithinAggregates: Bool { get }
  /// Whether regular expressions are RE2's, so that they need no translation and may be computed.
  var hasRE2: Bool { get }
  /// The regular expression that finds what RE2 finds with `text`; nil if there is none. Asked only without RE2.
  func pattern(_ text: String) -> String?
  /// The functions that templates may call besides the database's own, those that others need first.
  var helpers: [SQLHelper] { get }
  /// The statement that defines a helper.
  func definition(of helper: SQLHelper) -> String
}

extension SQLDialect {
  /// None.
  public var prelude: [String] { [] }
  /// SQL's own word.
  public var sharedTable: String { "MATERIALIZED " }
  /// Most can.
  public var ordersWithinAggregates: Bool { true }
  /// Not every engine is.
  public var hasRE2: Bool { false }
  /// The same, where the engine is RE2.
  public func pattern(_ text: String) -> String? { hasRE2 ? text : nil }

  /// A constant; nil if there is no way to write it. Ticks have what they mean in a comment.
  func literal(_ value: Value, _ type: ScalarType) -> String? {
    guard let storage = storage(type) else { return nil }
    if value.isNull { return "CAST(NULL AS \(storage))" }
    switch value {
    case .bool(let flag): return flag ? "TRUE" : "FALSE"
    case .long(let number): return wholeLiteral(number)
    case .datetime(let ticks): return "\(wholeLiteral(ticks)) /* \(Ticks.datetimeText(ticks)) */"
    case .timespan(let ticks): return "\(wholeLiteral(ticks)) /* \(Ticks.timespanText(ticks)) */"
    case .real(let number):
      return number.isFinite ? real(number) : "CAST('\(realText(number))' AS DOUBLE)"
    case .string(let value): return text(value)
    case .guid(let value): return "CAST('\(value)' AS \(storage))"
    case .dynamic(let value): return dynamic(value.json)
    case .decimal, .null: return nil
    }
  }

  /// The smallest number has no literal: its digits are those of a number that is too large.
  private func wholeLiteral(_ number: Int64) -> String {
    number == .min ? "CAST('\(number)' AS BIGINT)" : whole(number)
  }
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
  /// The type of what it gives, where the database wants to know; parameters have theirs behind their names then.
  public let returns: String
  /// The expression.
  public let body: String

  /// Declares a helper: `kql_add(a, b)`.
  public init(_ signature: String, returns: String = "", _ body: String) {
    self.returns = returns
    let open = signature.firstIndex(of: "(") ?? signature.endIndex
    name = String(signature[..<open])
    parameters = signature[open...].dropFirst().dropLast().split(separator: ", ").map(String.init)
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
