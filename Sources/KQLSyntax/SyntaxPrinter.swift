/// Writes a tree as canonical text, such that parsing the text gives an equal tree.
public struct SyntaxPrinter {
  /// The text so far.
  public private(set) var text = ""

  /// Starts with no text.
  public init() {}

  /// The canonical text of a query: a statement a line, then the query with a line for each step.
  public static func print(_ query: Query) -> String {
    var printer = SyntaxPrinter()
    for statement in query.statements {
      printer.statement(statement)
      printer.write(";\n")
    }
    if let body = query.body { printer.unwrapped(body, separator: "\n| ") }
    return printer.text
  }

  /// The canonical text of an expression.
  public static func print(_ expression: Expression) -> String {
    var printer = SyntaxPrinter()
    printer.expression(expression)
    return printer.text
  }

  /// Appends text as it is.
  public mutating func write(_ more: String) { text += more }

  /// Appends a name, as `['…']` where it isn't a plain word.
  public mutating func name(_ name: Name) { text += Self.quotedIfNeeded(name.text) }

  /// Appends a name or a pattern of names.
  public mutating func pattern(_ pattern: NamePattern) {
    text += pattern.isPattern ? pattern.name.text : Self.quotedIfNeeded(pattern.name.text)
  }

  /// Words that mean something else where a value stands.
  private static let reserved: Set<String> = {
    var words: Set<String> = [
      "true", "false", "null", "True", "False", "TRUE", "FALSE", "dynamic", "typeof", "in", "between", "let",
      "declare", "matches", "in~", "has_any", "has_all", "by", "on", "to", "step", "with", "asc", "desc",
      "nulls", "from", "of", "set", "alias", "restrict",
    ]
    for value in BinaryOperator.allCases { words.insert(value.rawValue) }
    for word in Lexer.literalTypes.keys { words.insert(word) }
    return words
  }()

  /// The name as it must be written: itself when it is a plain word, else `['…']`.
  public static func quotedIfNeeded(_ name: String) -> String {
    let bytes = Array(name.utf8)
    let plain =
      !bytes.isEmpty && !(bytes[0] >= 0x30 && bytes[0] <= 0x39)
      && bytes.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || $0 == 0x5F
          || $0 == 0x24
      }
    return plain && !reserved.contains(name) ? name : "[\(quoted(name))]"
  }

  /// A string literal of the text, in double quotes.
  public static func quoted(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          result += "\\x" + (digits.count < 2 ? "0" : "") + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// Appends items with `, ` between them.
  public mutating func list<Item>(_ items: [Item], _ item: (inout SyntaxPrinter, Item) -> Void) {
    for (index, value) in items.enumerated() {
      if index > 0 { text += ", " }
      item(&self, value)
    }
  }

  /// Appends `name=value ` for each, a blank after every one.
  public mutating func parameters(_ parameters: [StepParameter]) {
    for parameter in parameters {
      text += parameter.name.text + "="
      if case .name(let word) = parameter.value.kind {
        text += word.text
      } else {
        expression(parameter.value)
      }
      text += " "
    }
  }

  /// Appends `name = value`, `(a, b) = value` or the value.
  public mutating func named(_ item: NamedExpression) {
    if item.isTuple {
      text += "("
      list(item.names) { $0.name($1) }
      text += ") = "
    } else if let only = item.names.first {
      name(only)
      text += " = "
    }
    expression(item.value)
  }

  /// Appends `(a:long, b)`.
  public mutating func columns(_ columns: [ColumnDeclaration], star: Bool = false) {
    text += star ? columns.isEmpty ? "(*" : "(*, " : "("
    list(columns) { printer, column in
      printer.name(column.name)
      if let type = column.type { printer.write(":" + type.text) }
    }
    text += ")"
  }

  /// Appends a pipeline, steps parted by `separator`.
  public mutating func pipeline(_ pipeline: Pipeline, separator: String = " | ") {
    if let source = pipeline.source {
      if case .name = source.kind { expression(source) } else { expression(source) }
    }
    for (index, step) in pipeline.steps.enumerated() {
      if index > 0 || pipeline.source != nil { text += separator }
      step.print(to: &self)
    }
  }

  private mutating func unwrapped(_ value: Expression, separator: String = " | ") {
    if case .tabular(let pipeline) = value.kind {
      self.pipeline(pipeline, separator: separator)
    } else {
      expression(value)
    }
  }

  private mutating func statement(_ statement: Statement) {
    switch statement {
    case .letValue(let name, let value):
      text += "let "
      self.name(name)
      text += " = "
      unwrapped(value)
    case .letFunction(let name, let function):
      text += "let "
      self.name(name)
      text += function.isView ? " = view " : " = "
      parameters(function.parameters)
      text += " { "
      for item in function.body {
        self.statement(item)
        text += "; "
      }
      unwrapped(function.result)
      text += " }"
    case .queryParameters(let items):
      text += "declare query_parameters"
      parameters(items)
    case .setProperty(let name, let value):
      text += "set "
      self.name(name)
      text += " = "
      unwrapped(value)
    }
  }

  private mutating func parameters(_ items: [FunctionParameter]) {
    text += "("
    list(items) { printer, item in
      printer.name(item.name)
      printer.write(":")
      switch item.kind {
      case .scalar(let type): printer.write(type.text)
      case .table(let columns) where columns.isEmpty: printer.write("(*)")
      case .table(let columns): printer.columns(columns)
      }
      if let value = item.defaultValue {
        printer.write(" = ")
        printer.expression(value)
      }
    }
    text += ")"
  }

  // MARK: Expressions

  /// Appends an expression.
  public mutating func expression(_ value: Expression) { expression(value, minimum: 0) }

  private mutating func expression(_ value: Expression, minimum: Int) {
    let own = Self.precedence(value)
    if own < minimum { text += "(" }
    switch value.kind {
    case .literal(let literal): self.literal(literal)
    case .name(let name): self.name(name)
    case .star: text += "*"
    case .wildcard(let pattern): text += pattern
    case .member(let base, let member):
      expression(base, minimum: 9)
      let written = Self.quotedIfNeeded(member.text)
      text += written.hasPrefix("[") && !Self.isWord(member.text) ? written : "." + member.text
    case .index(let base, let index):
      expression(base, minimum: 9)
      text += "["
      expression(index)
      text += "]"
    case .call(let call):
      name(call.name)
      text += "("
      list(call.arguments) { printer, argument in
        if let name = argument.name {
          printer.name(name)
          printer.write("=")
        }
        printer.expression(argument.value)
      }
      text += ")"
    case .unary(let sign, let operand):
      text += sign.rawValue
      expression(operand, minimum: 8)
    case .binary(let infix, let left, let right):
      expression(left, minimum: infix.precedence)
      text += " \(infix.rawValue) "
      expression(right, minimum: infix.precedence + 1)
    case .list(let infix, let left, let items):
      expression(left, minimum: 3)
      text += " \(infix.rawValue) ("
      list(items) { $0.expression($1) }
      text += ")"
    case .between(let operand, let lower, let upper, let negated):
      expression(operand, minimum: 3)
      text += negated ? " !between (" : " between ("
      expression(lower)
      text += " .. "
      expression(upper)
      text += ")"
    case .tabular(let pipeline):
      text += "("
      self.pipeline(pipeline)
      text += ")"
    case .typeOf(let type): text += "typeof(\(type))"
    }
    if own < minimum { text += ")" }
  }

  private static func isWord(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return !bytes.isEmpty && !(bytes[0] >= 0x30 && bytes[0] <= 0x39) && !name.hasSuffix("~")
      && bytes.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || $0 == 0x5F
          || $0 == 0x24
      }
  }

  private static func precedence(_ value: Expression) -> Int {
    switch value.kind {
    case .binary(let infix, _, _): infix.precedence
    case .list, .between: 3
    case .unary: 8
    case .literal(.typed("long", "-9223372036854775808")): 10
    default: 10
    }
  }

  private mutating func literal(_ literal: Literal) {
    switch literal {
    case .string(let value): text += Self.quoted(value)
    case .long(let value): text += value < 0 ? "long(\(value))" : "\(value)"
    case .real(let value): text += Self.real(value)
    case .bool(let value): text += value ? "true" : "false"
    case .timespan(let ticks): text += Self.timespan(ticks)
    case .typed(let type, let raw): text += "\(type)(\(raw))"
    case .dynamic(let value):
      text += "dynamic("
      dynamic(value)
      text += ")"
    case .null: text += "null"
    }
  }

  private static func real(_ value: Double) -> String {
    if !value.isFinite { return value.isNaN ? "real(nan)" : (value > 0 ? "real(+inf)" : "real(-inf)") }
    let shortest = "\(value)"
    return shortest
  }

  private static func timespan(_ ticks: Int64) -> String {
    let units: [(Int64, String)] = [
      (864_000_000_000, "d"), (36_000_000_000, "h"), (600_000_000, "m"), (10_000_000, "s"), (10_000, "ms"),
      (10, "microsecond"),
    ]
    for (size, unit) in units where ticks != 0 && ticks % size == 0 { return "\(ticks / size)\(unit)" }
    return "\(ticks)tick"
  }

  private mutating func dynamic(_ value: DynamicLiteral) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .long(let value): text += "\(value)"
    case .real(let value): text += Self.real(value)
    case .string(let value): text += Self.quoted(value)
    case .scalar(.timespan(let ticks)):
      text += ticks < 0 ? "-" + Self.timespan(0 &- ticks) : Self.timespan(ticks)
    case .scalar(let value): literal(value)
    case .array(let items):
      text += "["
      list(items) { $0.dynamic($1) }
      text += "]"
    case .bag(let entries):
      text += "{"
      list(entries) { printer, entry in
        printer.write(Self.quoted(entry.key) + ": ")
        printer.dynamic(entry.value)
      }
      text += "}"
    }
  }
}
