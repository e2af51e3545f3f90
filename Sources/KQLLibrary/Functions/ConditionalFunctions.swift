import Columnar
import Diagnostics
import KQLEngine

/// Choosing between values, and asking whether there is one.
enum ConditionalFunctions {
  static let all: [ScalarFunction] = [iff, caseOf, coalesce, isNull, isNotNull, maxOf, minOf, not, assert]

  static let assert = ScalarFunction(
    "assert", [Parameter("condition", [.bool], constant: true), .string("message", constant: true)],
    summary:
      "True where a constant condition is; else the query fails with the message before anything runs.",
    examples: [.of("assert(2 > 1, 'two is more')", .bool, "true")],
    result: { _ in .bool },
    evaluate: { (call) throws(DossierError) in
      let condition: Lane<Bool> = call.lane(0)
      for row in 0..<call.count where condition[row] != true {
        throw DossierError(
          .failedAssertion,
          "assert() has failed with message: '\(call.constant(1)?.text ?? "")'", at: call.span)
      }
      return ColumnVector(constant: .bool(true), type: .bool, count: call.count)
    })

  static let iff = ScalarFunction(
    "iff", aliases: ["iif"], [.bool("if"), .any("then"), .any("else")],
    summary: "The second argument where the first is true, else the third.",
    examples: [.of("iff(2 > 1, 'yes', 'no')", .string, "yes")],
    result: { (arguments) throws(DossierError) in try commonType(Array(arguments.dropFirst()), of: "iff") },
    evaluate: { (call) throws(DossierError) in
      let condition: Lane<Bool> = call.lane(0)
      return choose(call, from: [1, 2]) { row in condition[row] == true ? 0 : 1 }
    })

  static let caseOf = ScalarFunction(
    "case", [.any("predicate"), .any("then"), .any("more")], variadic: true,
    summary: "The value behind the first predicate that is true, else the last argument.",
    examples: [.of("case(1 > 2, 'a', 2 > 1, 'b', 'c')", .string, "b")],
    result: { (arguments) throws(DossierError) in
      guard arguments.count % 2 == 1 else {
        throw DossierError(
          .argumentCount, "case() needs pairs of a predicate and a value, then one value for all else",
          at: arguments.last?.span)
      }
      for index in stride(from: 0, to: arguments.count - 1, by: 2) {
        guard arguments[index].type == .bool || arguments[index].type == .dynamic else {
          throw DossierError(
            .argumentType, "case() needs a bool here; found \(arguments[index].type.rawValue)",
            at: arguments[index].span)
        }
      }
      let values = arguments.indices.filter { $0 % 2 == 1 || $0 == arguments.count - 1 }.map { arguments[$0] }
      return try commonType(values, of: "case")
    },
    evaluate: { (call) throws(DossierError) in
      let last = call.arguments.count - 1
      let predicates = stride(from: 0, to: last, by: 2).map { Bool.lane(of: call.arguments[$0]) }
      let values = Array(stride(from: 1, to: last, by: 2)) + [last]
      return choose(call, from: values) { row in
        predicates.firstIndex { $0[row] == true } ?? predicates.count
      }
    })

  static let coalesce = ScalarFunction(
    "coalesce", [.any("value"), .any("other")], variadic: true,
    summary: "The first argument that is not null (for texts: not empty).",
    examples: [.of("coalesce(tolong('x'), tolong('42'), 33)", .long, "42")],
    result: { (arguments) throws(DossierError) in try commonType(arguments, of: "coalesce") },
    evaluate: { (call) throws(DossierError) in
      let emptiness = call.arguments.map { column -> Lane<Bool> in
        guard column.type == .string else {
          if let constant = column.constantValue { return Lane(constant: constant.isNull) }
          return Lane(values: (0..<column.count).map { column.isNull($0) })
        }
        let texts = String.lane(of: column)
        if texts.isConstant { return Lane(constant: texts.values.first?.isEmpty ?? true) }
        return Lane(values: texts.values.map(\.isEmpty), codes: texts.codes)
      }
      return choose(call, from: Array(call.arguments.indices)) { row in
        emptiness.firstIndex { $0[row] == false } ?? emptiness.count - 1
      }
    })

  /// Picks, a row, one of the arguments in `from`, widened to the result's type.
  private static func choose(_ call: FunctionCall, from: [Int], _ pick: (Int) -> Int) -> ColumnVector {
    let sources = from.map { index -> ColumnVector in
      let column = call.arguments[index]
      return column.type == call.resultType ? column : widen(column, to: call.resultType)
    }
    // All from one column is the common case for constants and for predicates that never hold.
    let picks = (0..<call.count).map(pick)
    if call.count == 0 { return ColumnVector([], type: call.resultType) }
    if let first = picks.first, picks.allSatisfy({ $0 == first }) { return sources[first] }
    let stacked = ColumnVector.concatenate(sources, type: call.resultType)
    return stacked.gather(picks.enumerated().map { $1 * call.count + $0 })
  }

  /// A column in a wider type.
  static func widen(_ column: ColumnVector, to type: ScalarType) -> ColumnVector {
    if let constant = column.constantValue {
      return ColumnVector(constant: widened(constant, to: type), type: type, count: column.count)
    }
    if case .integers(let values) = column.storage, type.isIntegerStored {
      return ColumnVector(integers: values, type: type, validity: column.validity)
    }
    var builder = ColumnBuilder(type: type)
    for row in 0..<column.count { builder.append(widened(column.value(row), to: type)) }
    return builder.finish()
  }

  static let isNull = ScalarFunction(
    "isnull", [.any("value")], summary: "Whether there is no value; never for texts.",
    examples: [.of("isnull(tolong('x'))", .bool, "true"), .of("isnull('')", .bool, "false")],
    result: { _ in .bool },
    evaluate: { (call) throws(DossierError) in nullness(call, expected: true) })

  static let isNotNull = ScalarFunction(
    "isnotnull", aliases: ["notnull"], [.any("value")],
    summary: "Whether there is a value; always for texts.",
    examples: [.of("isnotnull(1)", .bool, "true")],
    result: { _ in .bool },
    evaluate: { (call) throws(DossierError) in nullness(call, expected: false) })

  private static func nullness(_ call: FunctionCall, expected: Bool) -> ColumnVector {
    let column = call.arguments[0]
    if let constant = column.constantValue {
      return ColumnVector(constant: .bool(constant.isNull == expected), type: .bool, count: call.count)
    }
    return ColumnVector(bools: (0..<call.count).map { column.isNull($0) == expected })
  }

  static let maxOf = extreme(
    "max_of", ("max_of(10, 1, -3, 17)", "17"), "The largest of the arguments; null only if all are.",
    wanted: 1)
  static let minOf = extreme(
    "min_of", ("min_of(10, 1, -3, 17)", "-3"), "The smallest of the arguments; null only if all are.",
    wanted: -1)

  private static func extreme(
    _ name: String, _ example: (String, String), _ summary: String, wanted: Int
  ) -> ScalarFunction {
    ScalarFunction(
      name, [.any("value"), .any("other", optional: true)], variadic: true, summary: summary,
      examples: [.of(example.0, .long, example.1)],
      result: { (arguments) throws(DossierError) in try commonType(arguments, of: name) },
      evaluate: { (call) throws(DossierError) in
        let type = call.resultType
        return try call.mapValues { values -> AnyCell? in
          var best: Value?
          for value in values where !value.isNull {
            let value = widened(value, to: type)
            if let known = best, compareValues(value, known).signum() != wanted { continue }
            best = value
          }
          return best.map { AnyCell(value: $0) }
        }
      })
  }

  static let not = ScalarFunction.unary(
    "not", .bool("value"), gives: .bool, "The opposite of a bool.", ("not(1 == 2)", "true")
  ) { (value: Bool) -> Bool? in !value }
}

extension DossierError.Code {
  /// A condition that `assert` needs is not true.
  static let failedAssertion: Self = "BND407"
}
