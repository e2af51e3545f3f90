import Collections
import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Functions of series: arrays of numbers, as `make-series` makes them.
enum SeriesFunctions {
  static let all: [ScalarFunction] =
    pairs + comparisons + singles
    + [
      fillForward, fillBackward, fillConstant, fillLinear, dotProduct, magnitude, product, sumOf, cosine,
      pearson,
    ]
    + [fir, iir, stats, statsDynamic, fitLine, fitLineDynamic, seasonal]

  /// The numbers of a series, nil where an element is none.
  static func numbers(_ value: DynamicValue) -> [Double?]? {
    guard case .array(let items) = value else { return nil }
    return items.map { item in
      if case .bool(let flag) = item { return flag ? 1 : 0 }
      return realOf(item.scalar)
    }
  }

  static func series(_ values: [Double?]) -> DynamicValue {
    .array(values.map { $0.map { .real($0) } ?? .null })
  }

  /// Two arguments as arrays of one length; a number stands for an array of it.
  private static func aligned(_ a: DynamicValue, _ b: DynamicValue) -> ([DynamicValue], [DynamicValue])? {
    func isNumber(_ value: DynamicValue) -> Bool { realOf(value.scalar) != nil }
    switch (a, b) {
    case (.array(let x), .array(let y)):
      let count = max(x.count, y.count)
      func filled(_ items: [DynamicValue]) -> [DynamicValue] {
        items + Array(repeating: .null, count: count - items.count)
      }
      return (filled(x), filled(y))
    case (.array(let x), let y) where isNumber(y): return (x, Array(repeating: y, count: x.count))
    case (let x, .array(let y)) where isNumber(x): return (Array(repeating: x, count: y.count), y)
    default: return nil
    }
  }

  private static func pair(
    _ name: String, _ words: String, _ value: String, whole: (@Sendable (Int64, Int64) -> Int64?)?,
    real: @escaping @Sendable (Double, Double) -> Double
  ) -> ScalarFunction {
    .kernel(
      name, [.any("series1"), .any("series2")], gives: .dynamic,
      "\(words) of two series, element by element.",
      ("\(name)(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", value)
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        guard let (a, b) = aligned(values[0].asDynamic, values[1].asDynamic) else { return nil }
        return .array(
          zip(a, b).map { x, y in
            if case .long(let x) = x, case .long(let y) = y, let result = whole?(x, y) {
              return .long(result)
            }
            guard let x = realOf(x.scalar), let y = realOf(y.scalar) else { return .null }
            return .real(real(x, y))
          })
      }
    }
  }
  private static let pairs: [ScalarFunction] = [
    pair("series_add", "The sum", "[5,4,5]", whole: { $0.addingReportingOverflow($1).partialValue }, real: +),
    pair(
      "series_subtract", "The difference", "[-3,0,3]",
      whole: { $0.subtractingReportingOverflow($1).partialValue },
      real: -),
    pair(
      "series_multiply", "The product", "[4,4,4]",
      whole: { $0.multipliedReportingOverflow(by: $1).partialValue },
      real: *),
    pair("series_divide", "The quotient", "[0.25,1.0,4.0]", whole: nil, real: /),
    pair("series_pow", "The power", "[1.0,4.0,4.0]", whole: nil, real: { Foundation.pow($0, $1) }),
  ]

  private static func comparison(
    _ name: String, _ words: String, _ value: String, _ test: @escaping @Sendable (Double, Double) -> Bool
  ) -> ScalarFunction {
    .kernel(
      name, [.any("series1"), .any("series2")], gives: .dynamic,
      "Whether the elements of one series are \(words) those of another.",
      ("\(name)(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", value)
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        guard let (a, b) = aligned(values[0].asDynamic, values[1].asDynamic) else { return nil }
        return .array(
          zip(a, b).map { x, y in
            guard let x = realOf(x.scalar), let y = realOf(y.scalar) else { return .null }
            return .bool(test(x, y))
          })
      }
    }
  }
  private static let comparisons: [ScalarFunction] = [
    comparison("series_equals", "equal to", "[false,true,false]") { $0 == $1 },
    comparison("series_not_equals", "not equal to", "[true,false,true]") { $0 != $1 },
    comparison("series_less", "less than", "[true,false,false]") { $0 < $1 },
    comparison("series_less_equals", "at most", "[true,true,false]") { $0 <= $1 },
    comparison("series_greater", "greater than", "[false,false,true]") { $0 > $1 },
    comparison("series_greater_equals", "at least", "[false,true,true]") { $0 >= $1 },
  ]

  private static func single(
    _ name: String, _ words: String, _ value: String, whole: (@Sendable (Int64) -> Int64)? = nil,
    _ body: @escaping @Sendable (Double) -> Double
  ) -> ScalarFunction {
    .unary(
      "series_\(name)", .dynamic("series"), gives: .dynamic, "\(words) of each element of a series.",
      ("series_\(name)(dynamic([-1, 0, 1]))", value)
    ) { (series: DynamicValue) -> DynamicValue? in
      guard case .array(let items) = series else { return nil }
      return .array(
        items.map { item in
          if case .long(let number) = item, let whole { return .long(whole(number)) }
          return realOf(item.scalar).map { .real(body($0)) } ?? .null
        })
    }
  }
  private static let singles: [ScalarFunction] = [
    single("abs", "The absolute value", "[1,0,1]", whole: { $0 == .min ? .max : Swift.abs($0) }) {
      Swift.abs($0)
    },
    single("sign", "The sign", "[-1,0,1]", whole: { $0.signum() }) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    single("ceiling", "The next whole number", "[-1.0,0.0,1.0]") { $0.rounded(.up) },
    single("floor", "The last whole number", "[-1.0,0.0,1.0]") { $0.rounded(.down) },
    single("exp", "The exponential", "[\(Foundation.exp(-1.0)),1.0,\(Foundation.exp(1.0))]") {
      Foundation.exp($0)
    },
    single("log", "The natural logarithm", "[\"NaN\",\"-Infinity\",0.0]") {
      $0 < 0 ? .nan : Foundation.log($0)
    },
    single("sin", "The sine", "[\(Foundation.sin(-1.0)),0.0,\(Foundation.sin(1.0))]") { Foundation.sin($0) },
    single("cos", "The cosine", "[\(Foundation.cos(-1.0)),1.0,\(Foundation.cos(1.0))]") {
      Foundation.cos($0)
    },
    single("tan", "The tangent", "[\(Foundation.tan(-1.0)),0.0,\(Foundation.tan(1.0))]") {
      Foundation.tan($0)
    },
    single("asin", "The arcsine", "[\(Foundation.asin(-1.0)),0.0,\(Foundation.asin(1.0))]") {
      Foundation.asin($0)
    },
    single("acos", "The arccosine", "[\(Foundation.acos(-1.0)),\(Foundation.acos(0.0)),0.0]") {
      Foundation.acos($0)
    },
    single("atan", "The arctangent", "[\(Foundation.atan(-1.0)),0.0,\(Foundation.atan(1.0))]") {
      Foundation.atan($0)
    },
  ]

  /// Fills gaps; a gap is a null, or an element equal to the placeholder.
  private static func fill(
    _ name: String, _ parameters: [Parameter], placeholder: Int, _ summary: String,
    _ example: (String, String),
    _ body: @escaping @Sendable ([DynamicValue], (DynamicValue) -> Bool, [Value]) -> [DynamicValue]
  ) -> ScalarFunction {
    .kernel(name, [.dynamic("series")] + parameters, gives: .dynamic, summary, example) {
      (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        guard case .array(let items) = values[0].asDynamic else { return nil }
        let mark = placeholder < values.count ? ValueKey(values[placeholder]) : ValueKey(Value.null)
        return .array(body(items, { $0 == .null || ValueKey($0) == mark }, values))
      }
    }
  }

  static let fillForward = fill(
    "series_fill_forward", [.any("placeholder", optional: true)], placeholder: 1,
    "A series with gaps filled by the value before.",
    ("series_fill_forward(dynamic([null, 1, null, 2]))", "[null,1,1,2]")
  ) { items, isGap, _ in
    var last: DynamicValue?
    return items.map { item in
      if !isGap(item) { last = item }
      return isGap(item) ? last ?? item : item
    }
  }
  static let fillBackward = fill(
    "series_fill_backward", [.any("placeholder", optional: true)], placeholder: 1,
    "A series with gaps filled by the value after.",
    ("series_fill_backward(dynamic([null, 1, null, 2]))", "[1,1,2,2]")
  ) { items, isGap, _ in
    var last: DynamicValue?
    return items.reversed().map { item in
      if !isGap(item) { last = item }
      return isGap(item) ? last ?? item : item
    }.reversed()
  }
  static let fillConstant = fill(
    "series_fill_const", [.any("constant"), .any("placeholder", optional: true)], placeholder: 2,
    "A series with gaps filled by a constant.", ("series_fill_const(dynamic([null, 1, null]), 0)", "[0,1,0]")
  ) { items, isGap, values in items.map { isGap($0) ? values[1].asDynamic : $0 } }

  static let fillLinear = fill(
    "series_fill_linear",
    [
      .any("placeholder", optional: true), .bool("fillEdges", optional: true),
      .any("constant", optional: true),
    ],
    placeholder: 1, "A series with gaps filled by straight lines between the values around them.",
    ("series_fill_linear(dynamic([1, null, 3]))", "[1,2.0,3]")
  ) { items, isGap, values in
    var edges = true
    if values.count > 2, case .bool(let flag) = values[2] { edges = flag }
    let known = items.indices.filter { !isGap(items[$0]) }
    guard let first = known.first, let last = known.last else {
      let constant = values.count > 3 ? values[3].asDynamic : .long(0)
      return items.map { _ in constant }
    }
    var output = items
    if edges {
      for index in items.indices.prefix(first) { output[index] = items[first] }
      for index in items.indices.dropFirst(last + 1) { output[index] = items[last] }
    }
    for (from, to) in zip(known, known.dropFirst()) where to > from + 1 {
      guard let a = realOf(items[from].scalar), let b = realOf(items[to].scalar) else { continue }
      for index in (from + 1)..<to {
        output[index] = .real(a + (b - a) * Double(index - from) / Double(to - from))
      }
    }
    return output
  }

  private static func summary(
    _ name: String, _ words: String, _ example: (String, String),
    _ body: @escaping @Sendable ([Double]) -> Double
  ) -> ScalarFunction {
    .unary(name, .dynamic("series"), gives: .real, words, example) { (series: DynamicValue) -> Double? in
      guard let values = numbers(series) else { return nil }
      let known = values.compactMap { $0 }
      return known.count == values.count ? body(known) : nil
    }
  }
  static let magnitude = summary(
    "series_magnitude", "The length of a series as a vector.", ("series_magnitude(dynamic([3, 4]))", "5.0")
  ) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  static let product = summary(
    "series_product", "The product of a series.", ("series_product(dynamic([1, 2, 3, 4]))", "24.0")
  ) { $0.reduce(1, *) }
  static let sumOf = summary("series_sum", "The sum of a series.", ("series_sum(dynamic([1, 2, 3]))", "6.0"))
  {
    $0.reduce(0, +)
  }

  /// Two series' numbers in step; nil when one is no series or a number is missing.
  private static func vectors(_ a: DynamicValue, _ b: DynamicValue) -> [(Double, Double)]? {
    guard let (x, y) = aligned(a, b) else { return nil }
    var result: [(Double, Double)] = []
    for (x, y) in zip(x, y) {
      guard let x = realOf(x.scalar), let y = realOf(y.scalar) else { return nil }
      result.append((x, y))
    }
    return result
  }

  private static func pairSummary(
    _ name: String, _ words: String, _ example: (String, String),
    _ body: @escaping @Sendable ([(Double, Double)]) -> Double
  ) -> ScalarFunction {
    .kernel(name, [.any("series1"), .any("series2")], gives: .real, words, example) {
      (call) throws(DossierError) in
      try call.mapValues { values -> Double? in
        vectors(values[0].asDynamic, values[1].asDynamic).map(body)
      }
    }
  }
  static let dotProduct = pairSummary(
    "series_dot_product", "The dot product of two series.",
    ("series_dot_product(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", "12.0")
  ) { $0.reduce(0) { $0 + $1.0 * $1.1 } }

  static let cosine = ScalarFunction.kernel(
    "series_cosine_similarity",
    [
      .dynamic("series1"), .dynamic("series2"), .real("magnitude1", optional: true),
      .real("magnitude2", optional: true),
    ],
    gives: .real, "The cosine of the angle between two series as vectors.",
    ("series_cosine_similarity(dynamic([1, 0]), dynamic([1, 0]))", "1.0")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> Double? in
      guard let pairs = vectors(values[0].asDynamic, values[1].asDynamic) else { return nil }
      func length(_ given: Int, _ side: (Double, Double) -> Double) -> Double {
        if given < values.count, let length = realOf(values[given]) { return length }
        return pairs.reduce(0) { $0 + side($1.0, $1.1) * side($1.0, $1.1) }.squareRoot()
      }
      return pairs.reduce(0) { $0 + $1.0 * $1.1 } / (length(2) { x, _ in x } * length(3) { _, y in y })
    }
  }

  static let pearson = pairSummary(
    "series_pearson_correlation", "Pearson's correlation of two series.",
    ("series_pearson_correlation(dynamic([1, 2, 3]), dynamic([2, 4, 6]))", "1.0")
  ) { pairs in
    var (both, x, y) = (Moments(), Moments(), Moments())
    for pair in pairs {
      both.add(pair.0, pair.1)
      x.add(pair.0, pair.0)
      y.add(pair.1, pair.1)
    }
    return both.products / (x.products * y.products).squareRoot()
  }

  static let fir = ScalarFunction.kernel(
    "series_fir",
    [
      .dynamic("series"), .dynamic("filter"), .bool("normalize", optional: true),
      .bool("center", optional: true),
    ],
    gives: .dynamic, "A series through a finite impulse response filter.",
    ("series_fir(dynamic([2, 4, 6]), dynamic([1, 1]))", "[1.0,3.0,5.0]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      guard let input = numbers(values[0].asDynamic), let filter = numbers(values[1].asDynamic) else {
        return nil
      }
      var taps = filter.map { $0 ?? 0 }
      var (normalize, center) = (!taps.contains { $0 < 0 }, false)
      if values.count > 2, case .bool(let flag) = values[2] { normalize = flag }
      if values.count > 3, case .bool(let flag) = values[3] { center = flag }
      let total = taps.reduce(0, +)
      if normalize, total != 0 { taps = taps.map { $0 / total } }
      let shift = center ? taps.count / 2 : 0
      return series(
        input.indices.map { index in
          taps.indices.reduce(0) { sum, tap in
            let place = index + shift - tap
            return sum + (input.indices.contains(place) ? taps[tap] * (input[place] ?? 0) : 0)
          }
        })
    }
  }

  static let iir = ScalarFunction.ternary(
    "series_iir", .dynamic("series"), .dynamic("numerators"), .dynamic("denominators"), gives: .dynamic,
    "A series through an infinite impulse response filter.",
    ("series_iir(dynamic([1, 2, 3]), dynamic([1]), dynamic([1, -1]))", "[1.0,3.0,6.0]")
  ) { (input: DynamicValue, numerators: DynamicValue, denominators: DynamicValue) -> DynamicValue? in
    guard let x = numbers(input), let b = numbers(numerators), let a = numbers(denominators),
      let scale = a.first.flatMap({ $0 }), scale != 0
    else { return nil }
    var output: [Double] = []
    for index in x.indices {
      var value = 0.0
      for tap in b.indices where tap <= index { value += (b[tap] ?? 0) * (x[index - tap] ?? 0) }
      for tap in a.indices where tap > 0 && tap <= index { value -= (a[tap] ?? 0) * output[index - tap] }
      output.append(value / scale)
    }
    return series(output)
  }

  /// Names and values of what `series_stats` finds.
  private static func statistics(_ value: DynamicValue, ignoresNonFinite: Bool) -> [(String, DynamicValue)]? {
    guard let all = numbers(value) else { return nil }
    var moments = Moments()
    var (least, most): (Int?, Int?) = (nil, nil)
    var sum = 0.0
    for (index, number) in all.enumerated() {
      guard let number, number.isFinite || !ignoresNonFinite else { continue }
      moments.add(number, number)
      sum += number
      if least.flatMap({ all[$0] }).map({ number < $0 }) ?? true { least = index }
      if most.flatMap({ all[$0] }).map({ number > $0 }) ?? true { most = index }
    }
    guard let least, let most, let low = all[least], let high = all[most] else { return nil }
    let variance = moments.covariance(isSample: true)
    return [
      ("min", .real(low)), ("min_idx", .long(Int64(least))), ("max", .real(high)),
      ("max_idx", .long(Int64(most))),
      ("avg", .real(sum / moments.count)), ("stdev", .real(variance.squareRoot())),
      ("variance", .real(variance)),
      ("sum", .real(sum)), ("len", .long(Int64(all.count))),
    ]
  }

  private static func flag(_ values: [Value]) -> Bool {
    if values.count > 1, case .bool(let flag) = values[1] { return flag }
    return false
  }

  /// Columns named after the call and its argument: `series_stats_x_min`.
  static func columns(
    _ function: String, _ names: [(String, ScalarType)]
  ) -> ScalarFunction.SpreadRule {
    { (arguments) throws(DossierError) in
      let prefix = arguments.first?.columnName.map { "\(function)_\($0)_" } ?? "\(function)_"
      return names.map { Field(prefix + $0.0, $0.1) }
    }
  }

  static let stats = ScalarFunction(
    "series_stats", [.dynamic("series"), .bool("ignoreNonFinite", optional: true)],
    summary:
      "Smallest and largest element with their places, average, standard deviation and variance, a column each.",
    examples: [
      Example(
        "print x = dynamic([1, 3, 2]) | project series_stats(x)",
        "series_stats_x_min:real  series_stats_x_min_idx:long  series_stats_x_max:real  series_stats_x_max_idx:long  "
          + "series_stats_x_avg:real  series_stats_x_stdev:real  series_stats_x_variance:real\n1.0  0  3.0  1  2.0  1.0  1.0"
      )
    ],
    result: { _ in .dynamic },
    spread: columns(
      "series_stats",
      [
        ("min", .real), ("min_idx", .long), ("max", .real), ("max_idx", .long), ("avg", .real),
        ("stdev", .real),
        ("variance", .real),
      ]),
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        statistics(values[0].asDynamic, ignoresNonFinite: flag(values)).map { .array($0.prefix(7).map(\.1)) }
      }
    })

  static let statsDynamic = ScalarFunction.kernel(
    "series_stats_dynamic", [.dynamic("series"), .bool("ignoreNonFinite", optional: true)], gives: .dynamic,
    "What series_stats finds, and sum and length, in a bag.",
    ("series_stats_dynamic(dynamic([1, 3, 2])).max_idx", "1")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      statistics(values[0].asDynamic, ignoresNonFinite: flag(values))
        .map { .bag(OrderedDictionary(uniqueKeysWithValues: $0)) }
    }
  }

  /// A straight line through a series by least squares.
  static func line(_ value: DynamicValue) -> [(String, DynamicValue)]? {
    guard let all = numbers(value) else { return nil }
    var moments = Moments()
    for (index, number) in all.enumerated() { if let number { moments.add(Double(index), number) } }
    guard moments.count > 0 else { return nil }
    var (squaresX, squaresY) = (0.0, 0.0)
    for (index, number) in all.enumerated() {
      guard let number else { continue }
      squaresX += (Double(index) - moments.meanX) * (Double(index) - moments.meanX)
      squaresY += (number - moments.meanY) * (number - moments.meanY)
    }
    let slope = squaresX > 0 ? moments.products / squaresX : 0
    let start = moments.meanY - slope * moments.meanX
    let fit = all.indices.map { start + slope * Double($0) }
    let rest = zip(all, fit).reduce(0.0) { sum, pair in
      pair.0.map { sum + ($0 - pair.1) * ($0 - pair.1) } ?? sum
    }
    let degrees = max(1, moments.count - 1)
    return [
      ("rsquare", .real(squaresY > 0 ? 1 - rest / squaresY : 1)), ("slope", .real(slope)),
      ("variance", .real(squaresY / degrees)), ("rvariance", .real(rest / degrees)),
      ("interception", .real(start)),
      ("line_fit", series(fit)),
    ]
  }

  static let fitLine = ScalarFunction(
    "series_fit_line", [.dynamic("series")],
    summary:
      "The straight line nearest to a series: rsquare, slope, variance, rvariance, interception, line_fit, "
      + "a column each.",
    examples: [.of("series_fit_line(dynamic([1, 3, 5]))[1]", .dynamic, "2.0")], result: { _ in .dynamic },
    spread: columns(
      "series_fit_line",
      [
        ("rsquare", .real), ("slope", .real), ("variance", .real), ("rvariance", .real),
        ("interception", .real),
        ("line_fit", .dynamic),
      ]),
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in line(values[0].asDynamic).map { .array($0.map(\.1)) } }
    })

  static let fitLineDynamic = ScalarFunction.unary(
    "series_fit_line_dynamic", .dynamic("series"), gives: .dynamic, "What series_fit_line finds, in a bag.",
    ("series_fit_line_dynamic(dynamic([1, 3, 5])).slope", "2.0")
  ) { (series: DynamicValue) -> DynamicValue? in
    line(series).map { .bag(OrderedDictionary(uniqueKeysWithValues: $0)) }
  }

  static let seasonal = ScalarFunction.kernel(
    "series_seasonal", [.dynamic("series"), .long("period", optional: true)], gives: .dynamic,
    "The part of a series that repeats: the median of each place in the period, which is found if not given.",
    ("series_seasonal(dynamic([1, 2, 1, 2, 1, 5]), 2)", "[1.0,2.0,1.0,2.0,1.0,2.0]")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      guard let all = numbers(values[0].asDynamic) else { return nil }
      let input = all.map { $0 ?? 0 }
      var period = -1
      if values.count > 1, case .long(let given) = values[1] { period = Int(clamping: given) }
      if period <= 0 { period = detectedPeriod(input, above: 0.7) ?? 0 }
      guard period > 0, period <= input.count else { return series(input.map { _ in 0 }) }
      let medians = medians(of: input, period: period)
      return series(input.indices.map { medians[$0 % period] })
    }
  }

  /// The median of each place in a period.
  static func medians(of input: [Double], period: Int) -> [Double] {
    (0..<period).map { place in
      let season = stride(from: place, to: input.count, by: period).map { input[$0] }.sorted()
      let middle = season.count / 2
      return season.count % 2 == 1 ? season[middle] : (season[middle - 1] + season[middle]) / 2
    }
  }

  /// The period of at least four elements with the strongest autocorrelation, if that is above a threshold and
  /// the period fits four times.
  static func detectedPeriod(_ input: [Double], above threshold: Double) -> Int? {
    let mean = input.reduce(0, +) / Double(max(1, input.count))
    let centered = input.map { $0 - mean }
    let power = centered.reduce(0) { $0 + $1 * $1 }
    guard power > 0, input.count >= 16 else { return nil }
    var best: (period: Int, score: Double)?
    for period in 4...(input.count / 4) {
      let overlap = input.count - period
      let sum = (0..<overlap).reduce(0.0) { $0 + centered[$1] * centered[$1 + period] }
      let score = sum / power * Double(input.count) / Double(overlap)
      if score > threshold, score > best?.score ?? 0 { best = (period, score) }
    }
    return best?.period
  }
}
