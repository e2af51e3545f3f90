import Columnar
import Diagnostics
import KQLEngine

/// Making, cutting, moving and searching dynamic arrays. What is no array gives null.
enum ArrayFunctions {
  static let all: [ScalarFunction] =
    [packArray, concat, length, reverse, slice, split, sum, indexOf, choose, zip, range, repeated]
    + [rotateLeft, rotateRight, shiftLeft, shiftRight, sortAscending, sortDescending]

  /// The most elements that a function makes.
  static let mostElements = 1_048_576

  static func elements(_ value: DynamicValue?) -> [DynamicValue]? {
    if case .array(let items) = value { return items }
    return nil
  }

  static let packArray = ScalarFunction.kernel(
    "pack_array", aliases: ["packarray"], [.any("value", optional: true)], variadic: true, gives: .dynamic,
    "An array of the arguments.", ("pack_array(1, 'a', dynamic(null))", "[1,\"a\",null]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in .array(values.map(\.asDynamic)) }
  }

  static let concat = ScalarFunction.kernel(
    "array_concat", aliases: ["arrayconcat"], [.dynamic("array")], variadic: true, gives: .dynamic,
    "The elements of several arrays in one array.", ("array_concat(dynamic([1]), dynamic([2, 3]))", "[1,2,3]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      let arrays = values.compactMap { elements($0.asDynamic) }
      return arrays.isEmpty ? nil : .array(arrays.flatMap { $0 })
    }
  }

  static let length = ScalarFunction.unary(
    "array_length", aliases: ["arraylength"], .dynamic("array"), gives: .long,
    "How many elements an array has.",
    ("array_length(dynamic([1, 2, 3]))", "3")
  ) { (array: DynamicValue) -> Int64? in elements(array).map { Int64($0.count) } }

  static let reverse = ScalarFunction.unary(
    "array_reverse", .dynamic("array"), gives: .dynamic, "The elements in reverse order.",
    ("array_reverse(dynamic([1, 2, 3]))", "[3,2,1]")
  ) { (array: DynamicValue) -> DynamicValue? in elements(array).map { .array($0.reversed()) } }

  static let slice = ScalarFunction.kernel(
    "array_slice", [.dynamic("array"), .long("start"), .long("end")], gives: .dynamic,
    "The elements from one index to another, both included; negative ones count from the end.",
    ("array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)", "[3,4]")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (array: DynamicValue, start: Int64, end: Int64) -> DynamicValue? in
      guard let items = elements(array) else { return nil }
      let count = Int64(items.count)
      let first = max(0, start < 0 ? count + max(start, -count) : start)
      let last = min(count - 1, end < 0 ? count + max(end, -count - 1) : end)
      return .array(first > last ? [] : Array(items[Int(first)...Int(last)]))
    }
  }

  static let split = ScalarFunction.kernel(
    "array_split", [.dynamic("array"), .any("indices")], gives: .dynamic,
    "The array cut before the given indices, as an array of arrays.",
    ("array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3]))", "[[1],[2,3],[4,5]]")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1)) { (array: DynamicValue, cuts: DynamicValue) -> DynamicValue? in
      guard let items = elements(array) else { return nil }
      var parts: [DynamicValue] = []
      var start = 0
      for cut in elements(cuts) ?? [cuts] {
        guard case .long(let number) = cut else { return nil }
        let index = number < 0 ? items.count + Int(max(number, Int64(-items.count))) : Int(clamping: number)
        let end = min(max(start, index), items.count)
        parts.append(.array(Array(items[start..<end])))
        start = end
      }
      parts.append(.array(Array(items[start...])))
      return .array(parts)
    }
  }

  static let sum = ScalarFunction.unary(
    "array_sum", .dynamic("array"), gives: .real, "The sum of an array's numbers; null if one is no number.",
    ("array_sum(dynamic([1, 2, 3.5]))", "6.5")
  ) { (array: DynamicValue) -> Double? in
    guard let items = elements(array) else { return nil }
    var total = 0.0
    for item in items where item != .null {
      guard let number = realOf(item.scalar) else { return nil }
      total += number
    }
    return total
  }

  static let indexOf = ScalarFunction.kernel(
    "array_index_of",
    [
      .dynamic("array"), .any("value"), .long("start", optional: true), .long("length", optional: true),
      .long("occurrence", optional: true),
    ], gives: .long, "The index of the n-th element that equals a value, -1 if there is none.",
    ("array_index_of(dynamic(['a', 'b', 'a']), 'b')", "1")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> Int64? in
      guard let items = elements(values[0].asDynamic) else { return nil }
      func option(_ index: Int, _ fallback: Int64) -> Int64? {
        guard index < values.count else { return fallback }
        if case .long(let number) = values[index] { return number }
        return nil
      }
      guard let start = option(2, 0), let size = option(3, -1), let occurrence = option(4, 1), occurrence > 0,
        size >= -1, let range = StringFunctions.searchRange(items.count, start, size)
      else { return -1 }
      let key = ValueKey(values[1])
      var left = occurrence
      for index in range where ValueKey(items[index]) == key {
        left -= 1
        if left == 0 { return Int64(index) }
      }
      return -1
    }
  }

  static let choose = ScalarFunction.kernel(
    "array_iff", aliases: ["array_iif"], [.any("condition"), .any("ifTrue"), .any("ifFalse")],
    gives: .dynamic,
    "An element of the second array where the condition's is true, of the third where it isn't.",
    ("array_iff(dynamic([true, false, true]), dynamic([1, 2, 3]), dynamic([4, 5, 6]))", "[1,5,3]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      guard let conditions = elements(values[0].asDynamic) else { return nil }
      func pick(_ value: Value, _ index: Int) -> DynamicValue {
        guard let items = elements(value.asDynamic) else { return value.asDynamic }
        return index < items.count ? items[index] : .null
      }
      return .array(
        conditions.enumerated().map { index, condition in
          switch condition {
          case .bool(let flag): return pick(values[flag ? 1 : 2], index)
          default:
            guard let number = realOf(condition.scalar) else { return .null }
            return pick(values[number != 0 ? 1 : 2], index)
          }
        })
    }
  }

  static let zip = ScalarFunction.kernel(
    "zip", [.dynamic("array")], variadic: true, gives: .dynamic,
    "An array of arrays, each with the elements of one index; short arrays are filled with null.",
    ("zip(dynamic([1, 2]), dynamic(['a', 'b']))", "[[1,\"a\"],[2,\"b\"]]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      let arrays = values.map { elements($0.asDynamic) ?? ($0.isNull ? [] : [$0.asDynamic]) }
      let longest = arrays.map(\.count).max() ?? 0
      return .array(
        (0..<longest).map { index in .array(arrays.map { index < $0.count ? $0[index] : .null }) })
    }
  }

  static let range = ScalarFunction(
    "range", [.any("start"), .any("stop"), .any("step", optional: true)],
    summary: "An array of equally spaced numbers, datetimes or timespans from a start up to a stop.",
    examples: [.of("range(1, 8, 3)", .dynamic, "[1,4,7]")], result: { _ in .dynamic },
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values throws(DossierError) -> DynamicValue? in
        try series(values, at: call)
      }
    })

  private static func series(_ values: [Value], at call: FunctionCall) throws(DossierError) -> DynamicValue? {
    let values = values.map { value -> Value in
      if case .dynamic(let inner) = value { inner.scalar } else { value }
    }
    if values.contains(where: \.isNull) { return nil }
    func whole(_ start: Int64, _ stop: Int64, _ step: Int64, _ wrap: (Int64) -> DynamicValue) -> DynamicValue?
    {
      guard step != 0 else { return nil }
      var items: [DynamicValue] = []
      var current = start
      while step > 0 ? current <= stop : current >= stop, items.count < mostElements {
        items.append(wrap(current))
        let (next, overflow) = current.addingReportingOverflow(step)
        if overflow { break }
        current = next
      }
      return .array(items)
    }
    let step = values.count > 2 ? values[2] : nil
    switch (values[0], values[1], step ?? defaultStep(values[0])) {
    case (.long(let start), .long(let stop), .long(let step)):
      return whole(start, stop, step) { .long($0) }
    case (.datetime(let start), .datetime(let stop), .timespan(let step)):
      return whole(start, stop, step) { .datetime($0) }
    case (.timespan(let start), .timespan(let stop), .timespan(let step)):
      return whole(start, stop, step) { .timespan($0) }
    default:
      guard let start = realOf(values[0]), let stop = realOf(values[1]),
        let step = values.count > 2 ? realOf(values[2]) : 1
      else {
        throw DossierError(
          .argumentType, "range() needs numbers, timespans, or datetimes with a timespan as step",
          at: call.span)
      }
      guard step != 0, start.isFinite, stop.isFinite, step.isFinite else { return nil }
      var items: [DynamicValue] = []
      // Multiplied, not added up, so that rounding errors don't pile up.
      var index = 0.0
      while step > 0 ? start + index * step <= stop : start + index * step >= stop, items.count < mostElements
      {
        items.append(.real(start + index * step))
        index += 1
      }
      return .array(items)
    }
  }

  private static func defaultStep(_ start: Value) -> Value {
    switch start {
    case .datetime, .timespan: .timespan(Ticks.perHour)
    default: .long(1)
    }
  }

  static let repeated = ScalarFunction.kernel(
    "repeat", [.any("value"), .long("count")], gives: .dynamic, "An array with a value a number of times.",
    ("repeat(1, 3)", "[1,1,1]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      guard case .long(let count) = values[1] else { return nil }
      return .array(
        Array(repeating: values[0].asDynamic, count: Int(max(0, min(count, Int64(mostElements))))))
    }
  }

  private static func rotation(_ name: String, aliases: [String], sign: Int64, _ value: String)
    -> ScalarFunction
  {
    .kernel(
      name, aliases: aliases, [.dynamic("array"), .long("count")], gives: .dynamic,
      "The elements moved by a number of places; what falls off one end comes back at the other.",
      ("\(name)(dynamic([1, 2, 3, 4, 5]), 2)", value)
    ) { (call) throws(DossierError) in
      try call.map(call.lane(0), call.lane(1)) { (array: DynamicValue, count: Int64) -> DynamicValue? in
        guard let items = elements(array) else { return nil }
        guard !items.isEmpty else { return .array([]) }
        let size = Int64(items.count)
        let offset = Int(((sign * (count % size)) % size + size) % size)
        return .array(Array(items[offset...] + items[..<offset]))
      }
    }
  }
  static let rotateLeft = rotation("array_rotate_left", aliases: [], sign: 1, "[3,4,5,1,2]")
  static let rotateRight = rotation("array_rotate_right", aliases: [], sign: -1, "[4,5,1,2,3]")

  private static func shift(_ name: String, sign: Int64, _ value: String) -> ScalarFunction {
    .kernel(
      name, [.dynamic("array"), .long("count"), .any("default", optional: true)], gives: .dynamic,
      "The elements moved by a number of places; free places get a default, null if not given.",
      ("\(name)(dynamic([1, 2, 3, 4, 5]), 2)", value)
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        guard let items = elements(values[0].asDynamic), case .long(let count) = values[1] else { return nil }
        let filler = values.count > 2 ? values[2].asDynamic : .null
        let size = Int64(items.count)
        let offset = Int(sign * max(-size, min(count, size)))
        return .array(
          items.indices.map { index in
            items.indices.contains(index + offset) ? items[index + offset] : filler
          })
      }
    }
  }
  static let shiftLeft = shift("array_shift_left", sign: 1, "[3,4,5,null,null]")
  static let shiftRight = shift("array_shift_right", sign: -1, "[null,null,1,2,3]")

  private static func sorting(_ name: String, sign: Int, _ value: String) -> ScalarFunction {
    ScalarFunction(
      name, [.dynamic("array"), .any("more", optional: true)], variadic: true,
      summary:
        "The array in order, nulls last unless a last argument says false; further arrays are put in the "
        + "order of the first, a column each.",
      examples: [.of("\(name)(dynamic([1, 3, null, 2]))", .dynamic, value)], result: { _ in .dynamic },
      spread: { (arguments) throws(DossierError) in
        let arrays = arguments.filter { $0.type != .bool }
        if arrays.count < 2 { return nil }
        return arrays.indices.map { Field("array\($0 + 1)_sorted", .dynamic) }
      },
      evaluate: { (call) throws(DossierError) in
        try call.mapValues { values -> DynamicValue? in sorted(values, sign: sign) }
      })
  }
  static let sortAscending = sorting("array_sort_asc", sign: 1, "[1,2,3,null]")
  static let sortDescending = sorting("array_sort_desc", sign: -1, "[3,2,1,null]")

  private static func sorted(_ values: [Value], sign: Int) -> DynamicValue? {
    var values = values
    var nullsLast = true
    if case .bool(let flag) = values.last {
      nullsLast = flag
      values.removeLast()
    }
    guard let first = elements(values.first?.asDynamic) else { return nil }
    let order = first.indices.sorted { a, b in
      let (x, y) = (first[a], first[b])
      if x == .null || y == .null {
        if x == .null, y == .null { return a < b }
        return (y == .null) == nullsLast
      }
      let comparison = compareValues(.dynamic(x), .dynamic(y)) * sign
      return comparison != 0 ? comparison < 0 : a < b
    }
    let results = values.map { value -> DynamicValue in
      // An array of another length can't follow the first one's order.
      guard let items = elements(value.asDynamic), items.count == first.count else { return .null }
      return .array(order.map { items[$0] })
    }
    return results.count == 1 ? results[0] : .array(results)
  }
}
