import Columnar
import Diagnostics
import KQLEngine

extension DossierError.Code {
  /// An argument has a type that the function does not take.
  static let argumentType: Self = "BND401"
  /// An argument has a value that the function does not take.
  static let argumentValue: Self = "BND402"
  /// The number of arguments is wrong.
  static let argumentCount: Self = "BND403"
  /// A documented form that Dossier does not have.
  static let unsupported: Self = "BND404"
  /// A result would be too large to build.
  static let resultTooLarge: Self = "EXE301"
}

extension Example {
  /// `print v = expression`, and the value that it gives.
  static func of(_ expression: String, _ type: ScalarType, _ value: String) -> Example {
    Example("print v = \(expression)", "v:\(type.rawValue)\n\(value)")
  }
}

extension Parameter {
  /// A `string`.
  static func string(_ name: String, optional: Bool = false, constant: Bool = false) -> Parameter {
    Parameter(name, [.string], optional: optional, constant: constant)
  }
  /// A `long`.
  static func long(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.long], optional: optional)
  }
  /// A `real`.
  static func real(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.real], optional: optional)
  }
  /// A `bool`.
  static func bool(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.bool], optional: optional)
  }
  /// A `datetime`.
  static func datetime(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.datetime], optional: optional)
  }
  /// A `timespan`.
  static func timespan(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.timespan], optional: optional)
  }
  /// A `dynamic`.
  static func dynamic(_ name: String, optional: Bool = false) -> Parameter {
    Parameter(name, [.dynamic], optional: optional)
  }
}

extension ScalarFunction {
  /// A function of one argument whose nulls give null.
  static func unary<A: Cell, R: Cell>(
    _ name: String, aliases: [String] = [], _ a: Parameter, gives type: ScalarType, _ summary: String,
    _ example: (call: String, value: String), _ body: @escaping @Sendable (A) -> R?
  ) -> ScalarFunction {
    ScalarFunction(
      name, aliases: aliases, [a], summary: summary, examples: [.of(example.call, type, example.value)],
      result: { _ in type },
      evaluate: { (call) throws(DossierError) in try call.map(call.lane(0), body) })
  }

  /// A function of two arguments whose nulls give null.
  static func binary<A: Cell, B: Cell, R: Cell>(
    _ name: String, aliases: [String] = [], _ a: Parameter, _ b: Parameter, gives type: ScalarType,
    _ summary: String, _ example: (call: String, value: String), _ body: @escaping @Sendable (A, B) -> R?
  ) -> ScalarFunction {
    ScalarFunction(
      name, aliases: aliases, [a, b], summary: summary,
      examples: [.of(example.call, type, example.value)],
      result: { _ in type },
      evaluate: { (call) throws(DossierError) in try call.map(call.lane(0), call.lane(1), body) })
  }

  /// A function of three arguments whose nulls give null.
  static func ternary<A: Cell, B: Cell, C: Cell, R: Cell>(
    _ name: String, aliases: [String] = [], _ a: Parameter, _ b: Parameter, _ c: Parameter,
    gives type: ScalarType, _ summary: String, _ example: (call: String, value: String),
    _ body: @escaping @Sendable (A, B, C) -> R?
  ) -> ScalarFunction {
    ScalarFunction(
      name, aliases: aliases, [a, b, c], summary: summary,
      examples: [.of(example.call, type, example.value)],
      result: { _ in type },
      evaluate: { (call) throws(DossierError) in
        try call.map(call.lane(0), call.lane(1), call.lane(2), body)
      })
  }

  /// A function with a fixed result type and a kernel of its own.
  static func kernel(
    _ name: String, aliases: [String] = [], _ parameters: [Parameter], variadic: Bool = false,
    pure: Bool = true, gives type: ScalarType, _ summary: String, _ example: (call: String, value: String),
    _ body: @escaping Kernel
  ) -> ScalarFunction {
    ScalarFunction(
      name, aliases: aliases, parameters, variadic: variadic, pure: pure, summary: summary,
      examples: [.of(example.call, type, example.value)], result: { _ in type }, evaluate: body)
  }
}

extension ScalarFunction {
  /// The same function, which looks at its constant arguments before anything runs.
  func checking(
    _ check: @escaping @Sendable ([ArgumentInfo]) throws(DossierError) -> Void
  ) -> ScalarFunction {
    let inner = result
    return ScalarFunction(
      name, aliases: aliases, parameters, variadic: isVariadic, pure: isPure,
      needsSerialized: needsSerialized,
      reach: reach,
      summary: summary, examples: examples,
      result: { (arguments) throws(DossierError) in
        try check(arguments)
        return try inner(arguments)
      }, spread: spread, evaluate: evaluate)
  }

  /// The same function, whose argument at an index is a regular expression: one that can't be compiled is an error
  /// before anything runs, if it is constant.
  func checkingPattern(at index: Int) -> ScalarFunction {
    checking { (arguments) throws(DossierError) in
      guard index < arguments.count, case .string(let pattern)? = arguments[index].constant else { return }
      _ = try RegularExpression.compiled(pattern, at: arguments[index].span)
    }
  }
}

/// The one type that several arguments share: the type itself, or the widest of numbers. Null literals
/// (`dynamic(null)`) don't count.
///
/// - Errors: `BND401` when there is none.
func commonType(_ arguments: [ArgumentInfo], of name: String) throws(DossierError) -> ScalarType {
  var common: ScalarType?
  for argument in arguments {
    guard let known = common else {
      common = argument.type
      continue
    }
    if known == argument.type { continue }
    if let wider = widerNumber(known, argument.type) {
      common = wider
    } else if argument.type == .dynamic, argument.constant?.isNull == true {
      continue
    } else {
      throw DossierError(
        .argumentType,
        "\(name)() needs arguments of one type, found \(known.rawValue) and \(argument.type.rawValue)",
        at: argument.span, hint: "convert one of them, e.g. to\(known.rawValue)(...)")
    }
  }
  return common ?? .dynamic
}

/// The type that two numbers have together; nil if one is no number.
func widerNumber(_ a: ScalarType, _ b: ScalarType) -> ScalarType? {
  guard a.isNumeric, b.isNumeric else { return nil }
  let ranks: [ScalarType] = [.int, .long, .decimal, .real]
  guard let first = ranks.firstIndex(of: a), let second = ranks.firstIndex(of: b) else { return nil }
  return ranks[max(first, second)]
}

/// A value turned into the type, where that is a widening of numbers or a wrapping as dynamic.
func widened(_ value: Value, to type: ScalarType) -> Value {
  switch (type, value) {
  case (.real, .long), (.real, .decimal): realOf(value).map { .real($0) } ?? .null
  case (.decimal, .long(let number)): .decimal(.init(number))
  case (.dynamic, .dynamic): value
  case (.dynamic, _): value.isNull ? .null : .dynamic(value.asDynamic)
  case (.string, .dynamic(let inner)): .string(inner.text)
  case (_, .dynamic(let inner)): inner.scalar
  default: value
  }
}
