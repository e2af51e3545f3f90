import Collections
import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Models of series: spectra, fitted lines and polynomials, seasons, trends and outliers.
enum SeriesAnalysisFunctions {
  static let all: [ScalarFunction] = [
    fft, ifft, fit2Lines, fit2LinesDynamic, fitPoly, outliers, decompose, anomalies, forecast,
  ]

  private static func column(_ values: [Double]) -> DynamicValue { .array(values.map { .real($0) }) }

  // MARK: Spectra

  private static func spectrum(
    _ name: String, inverse: Bool, _ summary: String, _ example: Example
  ) -> ScalarFunction {
    ScalarFunction(
      name, [.dynamic("real"), .dynamic("imaginary", optional: true)], summary: summary, examples: [example],
      result: { _ in .dynamic },
      spread: SeriesFunctions.columns(name, [("real", .dynamic), ("imag", .dynamic)]),
      evaluate: { (call) throws(DossierError) in
        try call.mapValues { values -> DynamicValue? in
          guard let real = SeriesFunctions.numbers(values[0].asDynamic) else { return nil }
          let other = values.count > 1 ? SeriesFunctions.numbers(values[1].asDynamic) : []
          let signal = real.indices.map { index in
            Complex(real[index] ?? 0, other.flatMap { index < $0.count ? $0[index] : nil } ?? 0)
          }
          let result = transform(signal, inverse: inverse)
          return .array([column(result.map(\.real)), column(result.map(\.imaginary))])
        }
      })
  }
  static let fft = spectrum(
    "series_fft", inverse: false,
    "The discrete Fourier transform of a series: real and imaginary parts, a column each.",
    Example(
      "print x = dynamic([1, 0, 0, 0]) | project (re, im) = series_fft(x)",
      "re:dynamic  im:dynamic\n[1.0,1.0,1.0,1.0]  [0.0,0.0,0.0,0.0]"))
  static let ifft = spectrum(
    "series_ifft", inverse: true,
    "The series that has a Fourier transform: real and imaginary parts, a column each.",
    Example(
      "print re = dynamic([4, 0, 0, 0]) | project (x, y) = series_ifft(re)",
      "x:dynamic  y:dynamic\n[1.0,1.0,1.0,1.0]  [0.0,0.0,0.0,0.0]"))

  private struct Complex {
    var real: Double
    var imaginary: Double
    init(_ real: Double, _ imaginary: Double) {
      self.real = real
      self.imaginary = imaginary
    }
    static func + (a: Complex, b: Complex) -> Complex {
      Complex(a.real + b.real, a.imaginary + b.imaginary)
    }
    static func - (a: Complex, b: Complex) -> Complex {
      Complex(a.real - b.real, a.imaginary - b.imaginary)
    }
    static func * (a: Complex, b: Complex) -> Complex {
      Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    var conjugate: Complex { Complex(real, -imaginary) }
    /// e^(i·angle).
    static func turn(_ angle: Double) -> Complex { Complex(Foundation.cos(angle), Foundation.sin(angle)) }
  }

  /// The discrete Fourier transform of any length: of powers of two by halving, of others by Bluestein's way over
  /// one of those.
  private static func transform(_ signal: [Complex], inverse: Bool) -> [Complex] {
    let count = signal.count
    if count < 2 { return signal }
    if inverse {
      return transform(signal.map(\.conjugate), inverse: false).map {
        Complex($0.real / Double(count), 0 - $0.imaginary / Double(count))
      }
    }
    if count & (count - 1) == 0 { return powerOfTwo(signal) }
    var size = 1
    while size < 2 * count - 1 { size *= 2 }
    // The chirp's exponent is taken modulo twice the length, so that its angle stays exact.
    let chirp = (0..<count).map { index in
      Complex.turn(-.pi * Double(index * index % (2 * count)) / Double(count))
    }
    let zero = Complex(0, 0)
    var padded = zip(signal, chirp).map { $0 * $1 } + Array(repeating: zero, count: size - count)
    var kernel = [Complex](repeating: zero, count: size)
    for index in 0..<count {
      kernel[index] = chirp[index].conjugate
      if index > 0 { kernel[size - index] = chirp[index].conjugate }
    }
    padded = zip(powerOfTwo(padded), powerOfTwo(kernel)).map { $0 * $1 }
    let folded = transform(padded, inverse: true)
    return (0..<count).map { folded[$0] * chirp[$0] }
  }

  private static func powerOfTwo(_ signal: [Complex]) -> [Complex] {
    let count = signal.count
    if count == 1 { return signal }
    let even = powerOfTwo(stride(from: 0, to: count, by: 2).map { signal[$0] })
    let odd = powerOfTwo(stride(from: 1, to: count, by: 2).map { signal[$0] })
    var result = signal
    for index in 0..<(count / 2) {
      let turned = Complex.turn(-2 * .pi * Double(index) / Double(count)) * odd[index]
      result[index] = even[index] + turned
      result[index + count / 2] = even[index] - turned
    }
    return result
  }

  // MARK: Fits

  private static let twoLineNames: [(String, ScalarType)] = [
    ("rsquare", .real), ("split_idx", .long), ("variance", .real), ("rvariance", .real),
    ("line_fit", .dynamic),
    ("right_rsquare", .real), ("right_slope", .real), ("right_interception", .real),
    ("right_variance", .real), ("right_rvariance", .real), ("left_rsquare", .real), ("left_slope", .real),
    ("left_interception", .real), ("left_variance", .real), ("left_rvariance", .real),
  ]

  /// What the best pair of lines gives, in the order of `twoLineNames`. The split is the first element of the
  /// right part; each part's line counts from its own first element.
  private static func twoLines(_ value: DynamicValue) -> [DynamicValue]? {
    guard let all = SeriesFunctions.numbers(value), all.count >= 4, !all.contains(where: { $0 == nil }) else {
      return nil
    }
    let y = all.compactMap { $0 }
    let mean = y.reduce(0, +) / Double(y.count)
    /// Squares left over by the best line through the first elements, for each number of them.
    func rests(_ values: [Double]) -> [Double] {
      var (sumX, sumY, sumXX, sumXY, sumYY) = (0.0, 0.0, 0.0, 0.0, 0.0)
      return [0]
        + values.enumerated().map { index, value in
          let x = Double(index)
          let centered = value - mean
          sumX += x
          sumY += centered
          sumXX += x * x
          sumXY += x * centered
          sumYY += centered * centered
          let n = x + 1
          let spread = sumXX - sumX * sumX / n
          let joint = sumXY - sumX * sumY / n
          return max(0, sumYY - sumY * sumY / n - (spread > 0 ? joint * joint / spread : 0))
        }
    }
    let left = rests(y)
    let right = rests(y.reversed())
    var split = 2
    for index in 2...(y.count - 2)
    where left[index] + right[y.count - index] < left[split] + right[y.count - split] {
      split = index
    }
    func line(_ part: ArraySlice<Double>) -> [String: DynamicValue] {
      let found = SeriesFunctions.line(column(Array(part))) ?? []
      return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
    let (first, second) = (line(y[..<split]), line(y[split...]))
    var fit: [DynamicValue] = []
    for case .array(let part)? in [first["line_fit"], second["line_fit"]] { fit += part }
    let squares = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let rest = zip(y, fit).reduce(0.0) { sum, pair in
      let gap = pair.0 - (realOf(pair.1.scalar) ?? 0)
      return sum + gap * gap
    }
    let degrees = Double(y.count - 1)
    let parts = ["rsquare", "slope", "interception", "variance", "rvariance"]
    return [
      .real(squares > 0 ? 1 - rest / squares : 1), .long(Int64(split)), .real(squares / degrees),
      .real(rest / degrees), .array(fit),
    ] + parts.map { second[$0] ?? .null } + parts.map { first[$0] ?? .null }
  }

  static let fit2Lines = ScalarFunction(
    "series_fit_2lines", [.dynamic("series")],
    summary:
      "The two straight lines, one after the other, nearest to a series: quality, place of the split, and both lines, "
      + "a column each.",
    examples: [
      Example(
        "print x = dynamic([0, 1, 2, 9, 8, 7]) | project (rsquare, split) = series_fit_2lines(x)",
        "rsquare:real  split:long\n1.0  3")
    ],
    result: { _ in .dynamic }, spread: SeriesFunctions.columns("series_fit_2lines", twoLineNames),
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in twoLines(values[0].asDynamic).map { .array($0) } }
    })

  static let fit2LinesDynamic = ScalarFunction.unary(
    "series_fit_2lines_dynamic", .dynamic("series"), gives: .dynamic,
    "What series_fit_2lines finds, in a bag.",
    ("series_fit_2lines_dynamic(dynamic([0, 1, 2, 9, 8, 7])).right_slope", "-1.0")
  ) { (series: DynamicValue) -> DynamicValue? in
    twoLines(series).map { values in
      .bag(OrderedDictionary(uniqueKeysWithValues: zip(twoLineNames.map(\.0), values)))
    }
  }

  static let fitPoly = ScalarFunction(
    "series_fit_poly", [.dynamic("y"), .dynamic("x", optional: true), .long("degree", optional: true)],
    summary:
      "The polynomial nearest to a series: rsquare, coefficients (highest power first), variance, rvariance and "
      + "poly_fit, a column each.",
    examples: [
      Example(
        "print y = dynamic([1, 4, 9, 16]) | project (rsquare, coefficients) = series_fit_poly(y, dynamic(null), 2)"
          + " | project degree = array_length(coefficients) - 1, exact = rsquare > 0.999999",
        "degree:long  exact:bool\n2  true")
    ],
    result: { _ in .dynamic },
    spread: SeriesFunctions.columns(
      "series_fit_poly",
      [
        ("rsquare", .real), ("coefficients", .dynamic), ("variance", .real), ("rvariance", .real),
        ("poly_fit", .dynamic),
      ]),
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        guard let y = SeriesFunctions.numbers(values[0].asDynamic) else { return nil }
        var x = (1...max(1, y.count)).map { Double?(Double($0)) }
        if values.count > 1, let given = SeriesFunctions.numbers(values[1].asDynamic) { x = given }
        var degree = 1
        if values.count > 2, case .long(let number) = values[2] { degree = Int(clamping: number) }
        return polynomial(y, x, degree: degree)
      }
    })

  private static func polynomial(_ ys: [Double?], _ xs: [Double?], degree: Int) -> DynamicValue? {
    let points = zip(xs, ys).compactMap { x, y in x.flatMap { x in y.map { (x: x, y: $0) } } }
    guard degree >= 0, degree <= 50, points.count > degree, xs.count == ys.count,
      let coefficients = leastSquares(points, degree: degree)
    else { return nil }
    func value(_ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
    let mean = points.reduce(0) { $0 + $1.y } / Double(points.count)
    let squares = points.reduce(0) { $0 + ($1.y - mean) * ($1.y - mean) }
    let rest = points.reduce(0) { $0 + ($1.y - value($1.x)) * ($1.y - value($1.x)) }
    let degrees = Double(max(1, points.count - 1))
    return .array([
      .real(squares > 0 ? 1 - rest / squares : 1), column(coefficients), .real(squares / degrees),
      .real(rest / degrees), SeriesFunctions.series(xs.map { $0.map(value) }),
    ])
  }

  /// Coefficients, highest power first, by Householder reflections of the Vandermonde matrix; nil where the
  /// points don't determine them.
  private static func leastSquares(_ points: [(x: Double, y: Double)], degree: Int) -> [Double]? {
    let width = degree + 1
    var rows = points.map { point -> [Double] in
      var powers = [1.0]
      for _ in 0..<degree { powers.append(powers[powers.count - 1] * point.x) }
      return powers.reversed()
    }
    var target = points.map(\.y)
    for pivot in 0..<width {
      var norm = 0.0
      for row in pivot..<rows.count { norm += rows[row][pivot] * rows[row][pivot] }
      norm = norm.squareRoot()
      guard norm > 0 else { return nil }
      if rows[pivot][pivot] > 0 { norm = -norm }
      var reflector = (pivot..<rows.count).map { rows[$0][pivot] }
      reflector[0] -= norm
      let length = reflector.reduce(0) { $0 + $1 * $1 }
      guard length > 0 else { continue }
      for column in pivot..<width {
        var dot = 0.0
        for (offset, part) in reflector.enumerated() { dot += part * rows[pivot + offset][column] }
        for (offset, part) in reflector.enumerated() {
          rows[pivot + offset][column] -= 2 * dot / length * part
        }
      }
      var dot = 0.0
      for (offset, part) in reflector.enumerated() { dot += part * target[pivot + offset] }
      for (offset, part) in reflector.enumerated() { target[pivot + offset] -= 2 * dot / length * part }
    }
    var coefficients = [Double](repeating: 0, count: width)
    for row in (0..<width).reversed() {
      var value = target[row]
      for column in (row + 1)..<max(width, row + 1) { value -= rows[row][column] * coefficients[column] }
      guard abs(rows[row][row]) > 1e-300 else { return nil }
      coefficients[row] = value / rows[row][row]
    }
    return coefficients
  }

  // MARK: Outliers and seasons

  /// How far each value lies outside of a range of quantiles, in widths of the range; 0 within it, and for values
  /// that are missing. Quantiles between two values are taken on the line between them.
  private static func scores(_ values: [Double?], low: Double, high: Double, ignoring: Double? = nil)
    -> [Double]
  {
    let sorted = values.compactMap { $0 }.filter { $0 != ignoring && $0.isFinite }.sorted()
    guard !sorted.isEmpty else { return values.map { _ in 0 } }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place.rounded(.down))
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    let (bottom, top) = (quantile(low), quantile(high))
    let width = top - bottom
    return values.map { value in
      guard let value, value != ignoring else { return 0 }
      if value > top { return width > 0 ? (value - top) / width : .infinity }
      if value < bottom { return width > 0 ? (value - bottom) / width : -.infinity }
      return 0
    }
  }

  static let outliers = ScalarFunction.kernel(
    "series_outliers",
    [
      .dynamic("series"), .string("kind", optional: true), .real("ignore_val", optional: true),
      .real("min_percentile", optional: true), .real("max_percentile", optional: true),
    ],
    gives: .dynamic,
    "How far each element lies outside of the usual range, in widths of it (Tukey's fences; above 1.5 is an outlier). "
      + "Kusto's own scale isn't documented.",
    ("series_outliers(dynamic([1, 2, 3, 2, 30]), 'tukey')", "[-1.0,0.0,0.0,0.0,27.0]")
  ) { (call) throws(DossierError) in
    if case .string(let kind)? = call.constant(1), kind != "tukey", kind != "ctukey" {
      throw DossierError(
        .argumentValue, "series_outliers() has no kind '\(kind)'", at: call.span, hint: "tukey or ctukey")
    }
    return try call.mapValues { values -> DynamicValue? in
      guard let series = SeriesFunctions.numbers(values[0].asDynamic) else { return nil }
      func share(_ index: Int, _ standard: Double) -> Double {
        (index < values.count ? realOf(values[index]) : nil).map { $0 / 100 } ?? standard
      }
      let isPlain = values.count > 1 && values[1].text == "tukey"
      let low = isPlain ? 0.25 : share(3, 0.1)
      let high = isPlain ? 0.75 : share(4, 0.9)
      guard low >= 0.02, high <= 0.98, low < high else { return nil }
      return column(
        scores(series, low: low, high: high, ignoring: values.count > 2 ? realOf(values[2]) : nil))
    }
  }

  private struct Decomposition {
    var baseline: [Double]
    var seasonal: [Double]
    var trend: [Double]
    var residual: [Double]
  }

  /// What a series is made of. `arguments`: seasonality, trend, points at the end to leave out, threshold.
  private static func decompose(
    _ value: DynamicValue, seasonality: Value?, trend: Value?, points: Value?, threshold: Value?
  ) -> Decomposition? {
    guard let all = SeriesFunctions.numbers(value), !all.isEmpty else { return nil }
    let series = all.map { $0 ?? 0 }
    var left = 0
    if case .long(let number)? = points { left = Int(clamping: max(0, number)) }
    let known = Array(series.prefix(max(0, series.count - left)))
    guard !known.isEmpty else { return nil }
    var period = -1
    if case .long(let number)? = seasonality { period = Int(clamping: number) }
    if period < 0 {
      let least = threshold.flatMap { realOf($0) } ?? 0.6
      period = SeriesFunctions.detectedPeriod(known, above: least) ?? 0
    }
    var seasonal = [Double](repeating: 0, count: series.count)
    if period > 0, period <= known.count {
      let medians = SeriesFunctions.medians(of: known, period: period)
      seasonal = series.indices.map { medians[$0 % period] }
    }
    let rest = zip(known, seasonal).map { $0 - $1 }
    let line: [Double]
    switch trend?.text ?? "avg" {
    case "none": line = series.map { _ in 0 }
    case "linefit":
      let found = SeriesFunctions.line(column(rest)) ?? []
      let slope = found.first { $0.0 == "slope" }.flatMap { realOf($0.1.scalar) } ?? 0
      let start = found.first { $0.0 == "interception" }.flatMap { realOf($0.1.scalar) } ?? 0
      line = series.indices.map { start + slope * Double($0) }
    default:
      let mean = rest.reduce(0, +) / Double(rest.count)
      line = series.map { _ in mean }
    }
    let baseline = zip(seasonal, line).map { $0 + $1 }
    return Decomposition(
      baseline: baseline, seasonal: seasonal, trend: line, residual: zip(series, baseline).map { $0 - $1 })
  }

  private static func checkTrend(_ call: FunctionCall, at index: Int) throws(DossierError) {
    guard case .string(let trend)? = call.constant(index), !["avg", "linefit", "none"].contains(trend) else {
      return
    }
    throw DossierError(
      .argumentValue, "there is no trend '\(trend)'", at: call.span, hint: "avg, linefit or none")
  }

  private static func at(_ values: [Value], _ index: Int) -> Value? {
    index < values.count ? values[index] : nil
  }

  static let decompose = ScalarFunction(
    "series_decompose",
    [
      .dynamic("series"), .long("seasonality", optional: true), .string("trend", optional: true),
      .long("test_points", optional: true), .real("threshold", optional: true),
    ],
    summary:
      "A series as season plus trend plus rest: baseline, seasonal, trend and residual, a column each. Without a "
      + "seasonality, the period is found by autocorrelation.",
    examples: [
      Example(
        "print x = dynamic([1, 3, 1, 3, 1, 4]) | project (baseline, seasonal, trend, residual) = series_decompose(x, 2, 'none')",
        "baseline:dynamic  seasonal:dynamic  trend:dynamic  residual:dynamic\n"
          + "[1.0,3.0,1.0,3.0,1.0,3.0]  [1.0,3.0,1.0,3.0,1.0,3.0]  [0.0,0.0,0.0,0.0,0.0,0.0]  [0.0,0.0,0.0,0.0,0.0,1.0]"
      )
    ],
    result: { _ in .dynamic },
    spread: SeriesFunctions.columns(
      "series_decompose",
      [("baseline", .dynamic), ("seasonal", .dynamic), ("trend", .dynamic), ("residual", .dynamic)]),
    evaluate: { (call) throws(DossierError) in
      try checkTrend(call, at: 2)
      return try call.mapValues { values -> DynamicValue? in
        decompose(
          values[0].asDynamic, seasonality: at(values, 1), trend: at(values, 2), points: at(values, 3),
          threshold: at(values, 4)
        ).map {
          .array([column($0.baseline), column($0.seasonal), column($0.trend), column($0.residual)])
        }
      }
    })

  static let anomalies = ScalarFunction(
    "series_decompose_anomalies",
    [
      .dynamic("series"), .real("threshold", optional: true), .long("seasonality", optional: true),
      .string("trend", optional: true), .long("test_points", optional: true),
      .string("method", optional: true), .real("seasonality_threshold", optional: true),
    ],
    summary:
      "The elements of a series that its season and trend don't explain: ad_flag (1, −1 or 0), ad_score and baseline, "
      + "a column each.",
    examples: [
      Example(
        "print x = dynamic([1, 3, 1, 3, 1, 3, 1, 9]) | project (flag) = series_decompose_anomalies(x, 1.5, 2, 'none')",
        "flag:dynamic\n[0,0,0,0,0,0,0,1]")
    ],
    result: { _ in .dynamic },
    spread: SeriesFunctions.columns(
      "series_decompose_anomalies", [("ad_flag", .dynamic), ("ad_score", .dynamic), ("baseline", .dynamic)]),
    evaluate: { (call) throws(DossierError) in
      try checkTrend(call, at: 3)
      return try call.mapValues { values -> DynamicValue? in
        let parts = decompose(
          values[0].asDynamic, seasonality: at(values, 2), trend: at(values, 3), points: at(values, 4),
          threshold: at(values, 6))
        guard let parts else { return nil }
        let limit = at(values, 1).flatMap { realOf($0) } ?? 1.5
        let isPlain = at(values, 5)?.text == "tukey"
        let scored = scores(
          parts.residual, low: isPlain ? 0.25 : 0.1, high: isPlain ? 0.75 : 0.9)
        let flags = scored.map { DynamicValue.long($0 >= limit ? 1 : $0 <= -limit ? -1 : 0) }
        return .array([.array(flags), column(scored), column(parts.baseline)])
      }
    })

  static let forecast = ScalarFunction.kernel(
    "series_decompose_forecast",
    [
      .dynamic("series"), .long("points"), .long("seasonality", optional: true),
      .string("trend", optional: true), .real("threshold", optional: true),
    ],
    gives: .dynamic, "A series whose last points are predicted from the season and trend of those before.",
    ("series_decompose_forecast(dynamic([1, 3, 1, 3, 0, 0]), 2, 2, 'none')", "[1.0,3.0,1.0,3.0,1.0,3.0]")
  ) { (call) throws(DossierError) in
    try checkTrend(call, at: 3)
    return try call.mapValues { values -> DynamicValue? in
      decompose(
        values[0].asDynamic, seasonality: at(values, 2), trend: at(values, 3), points: values[1],
        threshold: at(values, 4)
      ).map { column($0.baseline) }
    }
  }
}
