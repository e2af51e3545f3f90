import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Testing

/// Calls functions and aggregates without a query: on constants, on columns, on coded strings.
enum Harness {
  static let span = SourceSpan(0, 1)
  static let now: Int64 = 638_000_000_000_000_000

  static func type(of value: Value) -> ScalarType {
    switch value {
    case .null: .long
    case .bool: .bool
    case .long: .long
    case .real: .real
    case .decimal: .decimal
    case .string: .string
    case .datetime: .datetime
    case .timespan: .timespan
    case .guid: .guid
    case .dynamic: .dynamic
    }
  }

  /// A value as the binder would convert it for a parameter.
  private static func fitted(_ value: Value, _ type: ScalarType, _ parameter: Parameter?) -> (
    Value, ScalarType
  ) {
    guard let parameter, let first = parameter.types.first, !parameter.types.contains(type) else {
      return (value, type)
    }
    if value.isNull { return (.null, first) }
    if type == .long, parameter.types.contains(.real), case .long(let number) = value {
      return (.real(Double(number)), .real)
    }
    if case .dynamic(let inner) = value, first == .string { return (.string(inner.text), .string) }
    if first == .dynamic { return (.dynamic(value.asDynamic), .dynamic) }
    return (value, type)
  }

  /// The result on constants; also checks that columns give the same.
  static func call(_ name: String, _ values: [Value], types: [ScalarType]? = nil) throws -> Value {
    let function = try #require(FunctionRegistry.builtIn.scalar(name), "no function \(name)")
    var arguments: [ColumnVector] = []
    var infos: [ArgumentInfo] = []
    for (index, value) in values.enumerated() {
      let parameter =
        index < function.parameters.count ? function.parameters[index] : function.parameters.last
      let given = types.map { $0[index] } ?? type(of: value)
      let (value, type) = fitted(value, given, parameter)
      arguments.append(ColumnVector(constant: value, type: type, count: 3))
      infos.append(ArgumentInfo(type: type, constant: value, span: span))
    }
    let result = try function.result(infos)
    func evaluate(_ arguments: [ColumnVector]) throws -> ColumnVector {
      try function.evaluate(
        FunctionCall(
          arguments: arguments, count: 3, resultType: result, span: span,
          context: FunctionContext(now: now, seed: 1, firstRow: 0)))
    }
    let constant = try evaluate(arguments)
    #expect(constant.type == result, "\(name) gives \(constant.type), declared \(result)")
    #expect(constant.count == 3)
    if function.isPure, !function.needsSerialized {
      let flat = try evaluate(arguments.map { $0.flattened() })
      #expect(flat.count == 3 && flat.type == result)
      for row in 0..<3 {
        #expect(describe(flat.value(row)) == describe(constant.value(row)), "\(name), row \(row) of columns")
      }
    }
    return constant.value(0)
  }

  /// Text with the kind of null kept apart from empty text.
  static func describe(_ value: Value) -> String {
    if value.isNull { return "null" }
    if case .dynamic(let inner) = value { return inner.json }
    return value.text
  }

  /// An aggregate over groups, with all rows at once, and as three runs that are merged; both must agree.
  static func aggregate(
    _ name: String, _ columns: [ColumnVector], groups: [Int], groupCount: Int, constants: [Int: Value] = [:]
  ) throws -> [[String]] {
    let function = try #require(FunctionRegistry.builtIn.aggregate(name), "no aggregate \(name)")
    let infos = columns.enumerated().map { index, column in
      ArgumentInfo(type: column.type, constant: constants[index], span: span, columnName: "x\(index)")
    }
    let fields = try function.outputs(infos)
    func texts(_ columns: [ColumnVector]) -> [[String]] {
      #expect(columns.count == fields.count)
      for (column, field) in zip(columns, fields) {
        #expect(column.type == field.type && column.count == groupCount, "\(name): \(field)")
      }
      return (0..<groupCount).map { row in columns.map { describe($0.value(row)) } }
    }
    func whole<S: AggregateState>(_ empty: S) throws -> [[String]] {
      var state = empty
      try state.update(columns, groups: groups, groupCount: groupCount)
      let once = texts(try state.finish(groupCount: groupCount))
      var merged = empty
      let cuts = [0, groups.count / 3, groups.count * 2 / 3, groups.count]
      for (from, to) in zip(cuts, cuts.dropFirst()) {
        var part = empty
        try part.update(
          columns.map { $0.slice(from..<to) }, groups: Array(groups[from..<to]), groupCount: groupCount)
        try merged.merge(part, mapping: Array(0..<groupCount), groupCount: groupCount)
      }
      #expect(texts(try merged.finish(groupCount: groupCount)) == once, "\(name) merged")
      return once
    }
    let state = try function.makeState(infos)
    return try whole(state)
  }
}

/// A JSON text as a value.
func json(_ text: String) -> Value { .dynamic(DynamicValue(json: text) ?? .null) }
