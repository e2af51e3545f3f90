import Columnar
import Diagnostics
import KQLEngine

extension AggregateFunction {
  /// The name of an aggregate's column when the query gives none: `avg_Score`, `avg_` for an expression.
  static func defaultName(_ prefix: String, _ argument: ArgumentInfo?) -> String {
    prefix + "_" + (argument?.columnName ?? "")
  }

  /// An aggregate of one value, with one output.
  ///
  /// - Parameter ifName: also makes a variant with a predicate at the end, under this name.
  static func family<S: AggregateState & SendableMetatype>(
    _ name: String, aliases: [String] = [], ifName: String? = nil, ifAliases: [String] = [],
    _ parameters: [Parameter], prefix: String? = nil, summary: String, example: Example,
    ifExample: Example? = nil,
    gives: @escaping @Sendable ([ArgumentInfo]) throws(DossierError) -> ScalarType,
    state: @escaping @Sendable ([ArgumentInfo]) throws(DossierError) -> S
  ) -> [AggregateFunction] {
    let plain = AggregateFunction(
      name, aliases: aliases, parameters, summary: summary, examples: [example],
      outputs: { (arguments) throws(DossierError) in
        [Field(defaultName(prefix ?? name, arguments.first), try gives(arguments))]
      },
      makeState: { (arguments) throws(DossierError) in try state(arguments) })
    guard let ifName else { return [plain] }
    // The predicate stands behind the required parameters, before the optional ones.
    let required = parameters.firstIndex { $0.isOptional } ?? parameters.count
    var withPredicate = parameters
    withPredicate.insert(.bool("predicate"), at: required)
    let conditional = AggregateFunction(
      ifName, aliases: ifAliases, withPredicate,
      summary: summary + " Only rows where the predicate is true count.",
      examples: ifExample.map { [$0] } ?? [],
      outputs: { (arguments) throws(DossierError) in
        [
          Field(
            defaultName(prefix ?? ifName, arguments.first), try gives(removing(required, from: arguments)))
        ]
      },
      makeState: { (arguments) throws(DossierError) in
        FilteredState(base: try state(removing(required, from: arguments)), predicate: required)
      })
    return [plain, conditional]
  }
}

private func removing(_ index: Int, from arguments: [ArgumentInfo]) -> [ArgumentInfo] {
  var arguments = arguments
  if index < arguments.count { arguments.remove(at: index) }
  return arguments
}

extension Example {
  /// `range x from 1 to 4 step 1 | summarize v = call`, and the value that it gives.
  static func aggregate(_ call: String, _ type: ScalarType, _ value: String) -> Example {
    Example("range x from 1 to 4 step 1 | summarize v = \(call)", "v:\(type.rawValue)\n\(value)")
  }
}

/// An aggregate that sees only the rows where a predicate is true.
struct FilteredState<Base: AggregateState>: AggregateState {
  var base: Base
  /// The predicate's place among the arguments.
  let predicate: Int

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    let condition = Bool.lane(of: arguments[predicate])
    var rest = arguments
    rest.remove(at: predicate)
    let rows = groups.indices.filter { condition[$0] == true }
    if rows.count == groups.count {
      try base.update(rest, groups: groups, groupCount: groupCount)
    } else {
      try base.update(rest.map { $0.gather(rows) }, groups: rows.map { groups[$0] }, groupCount: groupCount)
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    try base.merge(next.base, mapping: mapping, groupCount: groupCount)
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    try base.finish(groupCount: groupCount)
  }

  mutating func finish(
    groupCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> [ColumnVector] {
    try base.finish(groupCount: groupCount, context)
  }

  var isOrderFree: Bool { base.isOrderFree }
  var heldBytes: Int { base.heldBytes }
}

/// An aggregate that folds values one after the other into one accumulator a group.
struct FoldState<Accumulator: Sendable, Input: Cell>: AggregateState {
  let empty: Accumulator
  let type: ScalarType
  let add: @Sendable (inout Accumulator, Input) -> Void
  let combine: @Sendable (inout Accumulator, Accumulator) -> Void
  let result: @Sendable (Accumulator) -> Value
  private var groups: [Accumulator] = []

  init(
    _ empty: Accumulator, _ type: ScalarType, of input: Input.Type = Input.self,
    add: @escaping @Sendable (inout Accumulator, Input) -> Void,
    combine: @escaping @Sendable (inout Accumulator, Accumulator) -> Void,
    result: @escaping @Sendable (Accumulator) -> Value
  ) {
    self.empty = empty
    self.type = type
    self.add = add
    self.combine = combine
    self.result = result
  }

  mutating func update(_ arguments: [ColumnVector], groups rows: [Int], groupCount: Int) throws(DossierError)
  {
    groups.grow(to: groupCount, with: empty)
    groups.fold(Input.lane(of: arguments[0]), rows, add)
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    groups.grow(to: groupCount, with: empty)
    for (group, accumulator) in next.groups.enumerated() { combine(&groups[mapping[group]], accumulator) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    groups.grow(to: groupCount, with: empty)
    return [ColumnVector(groups.map(result), type: type)]
  }
}

extension Array {
  /// Folds the values of rows into the elements that their groups number; rows without a value are left out.
  ///
  /// The loops run over bare memory: `groups` must hold numbers below `count`.
  @inline(__always)
  mutating func fold<T>(_ lane: Lane<T>, _ groups: [Int], _ body: (inout Element, T) -> Void) {
    withUnsafeMutableBufferPointer { elements in
      groups.withUnsafeBufferPointer { groups in
        if lane.isConstant {
          guard let value = lane.values.first else { return }
          for group in groups { body(&elements[group], value) }
          return
        }
        lane.values.withUnsafeBufferPointer { values in
          if let codes = lane.codes {
            codes.withUnsafeBufferPointer { codes in
              for row in groups.indices { body(&elements[groups[row]], values[Int(codes[row])]) }
            }
          } else if let validity = lane.validity {
            for row in groups.indices where validity.isValid(row) {
              body(&elements[groups[row]], values[row])
            }
          } else if let base = elements.baseAddress, elements.count * MemoryLayout<Element>.stride > 1 << 20 {
            // Too many for the processor's cache: what is needed soon is fetched ahead.
            for row in groups.indices {
              prefetchMemory(base + groups[Swift.min(row + 16, groups.count - 1)])
              body(&elements[groups[row]], values[row])
            }
          } else {
            for row in groups.indices { body(&elements[groups[row]], values[row]) }
          }
        }
      }
    }
  }

  /// Makes the array at least `count` long.
  mutating func grow(to count: Int, with element: Element) {
    if self.count < count { append(contentsOf: repeatElement(element, count: count - self.count)) }
  }
}

/// The error of an argument whose type an aggregate does not take.
func aggregateTypeError(_ name: String, _ takes: String, _ argument: ArgumentInfo) -> DossierError {
  let found = argument.columnName.map { "'\($0)' is" } ?? "the argument is"
  return DossierError(
    .argumentType, "\(name)() takes \(takes); \(found) \(argument.type.rawValue)", at: argument.span)
}
