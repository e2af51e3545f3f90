import Columnar
import Diagnostics
import KQLEngine

/// How often a kernel runs: once for constants, once a distinct value where one string column alone
/// varies, else once a row.
struct RowPlan {
  let steps: Int
  let codes: [UInt32]?
  let isConstant: Bool
  var byCode: Bool { codes != nil }

  init(_ shapes: [LaneShape], count: Int) {
    let varying = shapes.filter { !$0.isConstant }
    isConstant = varying.isEmpty
    if varying.isEmpty {
      steps = 1
      codes = nil
    } else if varying.count == 1, let spread = varying[0].codes {
      steps = varying[0].distinct
      codes = spread
    } else {
      steps = count
      codes = nil
    }
  }
}

extension FunctionCall {
  /// An argument column read as `T`.
  func lane<T: Cell>(_ index: Int, as type: T.Type = T.self) -> Lane<T> { T.lane(of: arguments[index]) }
  /// An argument column that may be left out.
  func lane<T: Cell>(_ index: Int, default value: T) -> Lane<T> {
    index < arguments.count ? T.lane(of: arguments[index]) : Lane(constant: value)
  }
  /// An argument's constant value; nil if it is missing or varies.
  func constant(_ index: Int) -> Value? {
    index < arguments.count ? arguments[index].constantValue : nil
  }

  /// Runs `body` a step and gathers what it gives; nil is null.
  func collect<R: Cell>(
    _ shapes: [LaneShape], pure: Bool = true, _ body: (Int, Bool) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector {
    let plan = RowPlan(shapes, count: count)
    if plan.isConstant, pure {
      let value = try body(0, false)
      return ColumnVector(
        constant: value.map { $0.value(type: resultType) } ?? .null, type: resultType, count: count)
    }
    let steps = plan.isConstant ? count : plan.steps
    var values: [R] = []
    values.reserveCapacity(steps)
    var validity: Validity?
    for step in 0..<steps {
      if let value = try body(step, plan.byCode) {
        values.append(value)
      } else {
        if validity == nil { validity = Validity(count: steps, allValid: true) }
        validity?.set(step, false)
        values.append(R.filler)
      }
    }
    let column = R.column(values, type: resultType, validity: validity)
    guard let codes = plan.codes else { return column }
    return column.gather(codes.map(Int.init))
  }

  /// Runs `body` on each value of an array, over bare memory; nil where the lane is of another form.
  @inline(__always)
  private func collectPlain<A: Cell, R: Cell>(
    _ lane: Lane<A>, _ body: (A) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector? {
    guard !lane.isConstant, lane.codes == nil, lane.values.count == count else { return nil }
    var values = [R](repeating: R.filler, count: count)
    var validity = lane.validity
    for row in 0..<count {
      if let known = lane.validity, !known.isValid(row) { continue }
      if let value = try body(lane.values[row]) {
        values[row] = value
      } else {
        if validity == nil { validity = Validity(count: count, allValid: true) }
        validity?.set(row, false)
      }
    }
    return R.column(values, type: resultType, validity: validity)
  }

  /// A function of one argument; null gives null.
  func map<A: Cell, R: Cell>(
    _ a: Lane<A>, _ body: (A) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector {
    if let column = try collectPlain(a, body) { return column }
    return try collect([a.shape]) { (step, byCode) throws(DossierError) -> R? in
      guard let x = a.at(step, byCode: byCode) else { return nil }
      return try body(x)
    }
  }

  /// A function of two arguments; null gives null.
  func map<A: Cell, B: Cell, R: Cell>(
    _ a: Lane<A>, _ b: Lane<B>, _ body: (A, B) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector {
    if b.isConstant, let y = b.values.first,
      let column = try collectPlain(a, { (x) throws(DossierError) in try body(x, y) })
    {
      return column
    }
    return try collect([a.shape, b.shape]) { (step, byCode) throws(DossierError) -> R? in
      guard let x = a.at(step, byCode: byCode), let y = b.at(step, byCode: byCode) else { return nil }
      return try body(x, y)
    }
  }

  /// A function of three arguments; null gives null.
  func map<A: Cell, B: Cell, C: Cell, R: Cell>(
    _ a: Lane<A>, _ b: Lane<B>, _ c: Lane<C>, _ body: (A, B, C) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector {
    try collect([a.shape, b.shape, c.shape]) { (step, byCode) throws(DossierError) -> R? in
      guard let x = a.at(step, byCode: byCode), let y = b.at(step, byCode: byCode),
        let z = c.at(step, byCode: byCode)
      else { return nil }
      return try body(x, y, z)
    }
  }

  /// A function of any number of arguments of one kind, which gets nulls as nil.
  func mapAll<A: Cell, R: Cell>(
    _ lanes: [Lane<A>], _ body: ([A?]) throws(DossierError) -> R?
  ) throws(DossierError) -> ColumnVector {
    try collect(lanes.map(\.shape)) { (step, byCode) throws(DossierError) -> R? in
      try body(lanes.map { $0.at(step, byCode: byCode) })
    }
  }

  /// A function of any number of arguments of any types, which gets nulls as `.null`.
  func mapValues<R: Cell>(_ body: ([Value]) throws(DossierError) -> R?) throws(DossierError) -> ColumnVector {
    let shapes = arguments.map {
      LaneShape(isConstant: $0.constantValue != nil, codes: nil, distinct: $0.count)
    }
    return try collect(shapes) { (step, _) throws(DossierError) -> R? in
      try body(arguments.map { $0.value(step) })
    }
  }
}
