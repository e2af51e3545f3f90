import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Arithmetic, powers, angles, probability and bits.
enum MathFunctions {
  static let all: [ScalarFunction] =
    [abs, sign, ceiling, round, bin, binAt, pow, sqrt]
    + [exp, exp2, exp10, log, log2, log10, gamma, logGamma, erf, erfc, pi]
    + [sin, cos, tan, cot, asin, acos, atan, atan2, degrees, radians]
    + [isNaN, isInf, isFinite, rand, betaCDF, betaPDF, betaInverse, welchTest]
    + [bitAnd, bitOr, bitXor, bitNot, shiftLeft, shiftRight, bitCount]

  /// A function of a real.
  private static func real(
    _ name: String, aliases: [String] = [], _ summary: String, _ example: (String, String),
    _ body: @escaping @Sendable (Double) -> Double?
  ) -> ScalarFunction {
    .unary(name, aliases: aliases, .real("x"), gives: .real, summary, example, body)
  }

  /// A function whose result has the type of its number; an int stays an int.
  private static func sameType(
    _ name: String, _ types: [ScalarType], _ summary: String, _ example: Example,
    whole: @escaping @Sendable (Int64) -> Int64?, real: @escaping @Sendable (Double) -> Double,
    decimal: @escaping @Sendable (Decimal) -> Decimal
  ) -> ScalarFunction {
    ScalarFunction(
      name, [Parameter("x", types)], summary: summary, examples: [example],
      result: { $0.first?.type ?? .real },
      evaluate: { (call) throws(DossierError) in
        switch call.resultType {
        case .real: try call.map(call.lane(0)) { (x: Double) in real(x) }
        case .decimal: try call.map(call.lane(0)) { (x: Decimal) in decimal(x) }
        default: try call.map(call.lane(0)) { (x: Int64) in whole(x) }
        }
      })
  }

  static let abs = sameType(
    "abs", [.long, .int, .real, .decimal, .timespan], "The value without its sign.",
    .of("abs(-5)", .long, "5"), whole: { $0 == .min ? nil : Swift.abs($0) }, real: { Swift.abs($0) },
    decimal: { Swift.abs($0) })

  static let sign = ScalarFunction.unary(
    "sign", .real("x"), gives: .real, "-1, 0 or 1, as the number is below, at or above zero.",
    ("sign(-42)", "-1.0")
  ) { (x: Double) -> Double? in x > 0 ? 1 : x < 0 ? -1 : x }

  static let ceiling = sameType(
    "ceiling", [.real, .long, .int, .decimal], "The smallest whole number that is not below the number.",
    .of("ceiling(1.1)", .real, "2.0"), whole: { $0 }, real: { $0.rounded(.up) },
    decimal: { roundedDecimal($0, 0, .up) })

  static func roundedDecimal(_ value: Decimal, _ digits: Int, _ mode: NSDecimalNumber.RoundingMode) -> Decimal
  {
    var (exact, result) = (value, Decimal())
    NSDecimalRound(&result, &exact, digits, mode)
    return result
  }

  static let round = ScalarFunction(
    "round", [Parameter("number", [.real, .long, .int, .decimal]), .long("precision", optional: true)],
    summary: "The number rounded to a number of decimals; below zero, to tens and hundreds.",
    examples: [.of("round(2.98765, 3)", .real, "2.988"), .of("round(-50.55, -2)", .real, "-100.0")],
    result: { $0.first.map { $0.type == .int ? .long : $0.type } ?? .real },
    evaluate: { (call) throws(DossierError) in
      let digits = call.lane(1, default: Int64(0))
      switch call.resultType {
      case .real:
        return try call.map(call.lane(0), digits) { (x: Double, p: Int64) in rounded(x, digits: p) }
      case .decimal:
        return try call.map(call.lane(0), digits) { (x: Decimal, p: Int64) in
          roundedDecimal(x, Int(max(-28, min(p, 28))), .plain)
        }
      default:
        return try call.map(call.lane(0), digits) { (x: Int64, p: Int64) in
          guard p < 0 else { return x }
          guard p > -19 else { return 0 }
          let scale = (0..<Int(-p)).reduce(Int64(1)) { power, _ in power * 10 }
          let (quotient, rest) = x.quotientAndRemainder(dividingBy: scale)
          let up: Int64 = rest.magnitude >= (scale.magnitude + 1) / 2 ? (x < 0 ? -1 : 1) : 0
          let (result, overflow) = (quotient + up).multipliedReportingOverflow(by: scale)
          return overflow ? nil : result
        }
      }
    })

  static let bin = ScalarFunction(
    "bin", aliases: ["floor"], [.any("value"), .any("size")],
    summary: "The value rounded down to a multiple of a size; without size, to a whole number.",
    examples: [
      .of("bin(4.5, 1)", .real, "4.0"), .of("bin(-3, 4)", .long, "-4"),
      .of("bin(datetime(1970-05-11 13:45:07), 1d)", .datetime, "1970-05-11T00:00:00.0000000Z"),
    ],
    result: { (arguments) throws(DossierError) in try binType(arguments, of: "bin") },
    evaluate: { (call) throws(DossierError) in try binned(call, origin: nil) })

  static let binAt = ScalarFunction(
    "bin_at", [.any("value"), .any("size"), .any("origin")],
    summary: "The value rounded down on a grid of a size that goes through an origin.",
    examples: [
      .of("bin_at(6.5, 2.5, 7)", .real, "4.5"), .of("bin_at(time(1h), 1d, 12h)", .timespan, "-12:00:00"),
    ],
    result: { (arguments) throws(DossierError) in try binType(arguments, of: "bin_at") },
    evaluate: { (call) throws(DossierError) in try binned(call, origin: 2) })

  private static func binType(_ arguments: [ArgumentInfo], of name: String) throws(DossierError) -> ScalarType
  {
    guard arguments.count >= 2 else {
      throw DossierError(.argumentCount, "\(name)() needs a value and a size", at: arguments.first?.span)
    }
    let (value, size) = (arguments[0].type, arguments[1].type)
    switch value {
    case .datetime, .timespan:
      if size == .timespan || value == .timespan && size.isNumeric { return value }
    case .int, .long, .real, .decimal:
      if let wider = widerNumber(value, size) { return wider == .int ? .long : wider }
      if size == .dynamic, arguments[1].constant?.isNull == true { return value }
    case .dynamic:
      if size.isNumeric { return size == .int ? .long : size }
      if size == .timespan { return .datetime }
    default: break
    }
    throw DossierError(
      .argumentType,
      "\(name)() rounds numbers by numbers, datetimes and timespans by timespans; "
        + "found \(value.rawValue) by \(size.rawValue)", at: arguments[0].span.union(arguments[1].span))
  }

  private static func binned(_ call: FunctionCall, origin: Int?) throws(DossierError) -> ColumnVector {
    let arguments = call.arguments.map { column in
      column.type == .dynamic ? convert(column, to: call.resultType) : column
    }
    let call = FunctionCall(
      arguments: arguments, count: call.count, resultType: call.resultType, span: call.span,
      context: call.context)
    switch call.resultType {
    case .real:
      let origins: Lane<Double> = origin.map { call.lane($0) } ?? Lane(constant: 0)
      return try call.map(call.lane(0), call.lane(1), origins) { (x: Double, size: Double, origin: Double) in
        size > 0 ? ((x - origin) / size).rounded(.down) * size + origin : nil as Double?
      }
    case .decimal:
      let origins: Lane<Decimal> = origin.map { call.lane($0) } ?? Lane(constant: 0)
      return try call.map(call.lane(0), call.lane(1), origins) {
        (x: Decimal, size: Decimal, origin: Decimal) in
        size > 0 ? roundedDecimal((x - origin) / size, 0, .down) * size + origin : nil as Decimal?
      }
    default:
      let origins: Lane<Int64> = origin.map { call.lane($0) } ?? Lane(constant: 0)
      let isTime = call.resultType == .datetime
      return try call.map(call.lane(0), call.lane(1), origins) { (x: Int64, size: Int64, origin: Int64) in
        guard size > 0 else { return nil as Int64? }
        let (offset, overflow) = x.subtractingReportingOverflow(origin)
        guard !overflow else { return nil }
        let (start, tooFar) = Ticks.floorDivide(offset, size).multipliedReportingOverflow(by: size)
        guard !tooFar else { return nil }
        let (result, over) = start.addingReportingOverflow(origin)
        return over || isTime && !Ticks.isDatetime(result) ? nil : result
      }
    }
  }

  static let pow = ScalarFunction.binary(
    "pow", .real("base"), .real("exponent"), gives: .real, "A base to the power of an exponent.",
    ("pow(2, 3)", "8.0")
  ) { (base: Double, exponent: Double) -> Double? in Foundation.pow(base, exponent) }
  static let sqrt = real("sqrt", "The square root; null below zero.", ("sqrt(9)", "3.0")) {
    $0 < 0 ? nil : $0.squareRoot()
  }
  static let exp = real("exp", "e to the power of x.", ("exp(0)", "1.0")) { Foundation.exp($0) }
  static let exp2 = real("exp2", "2 to the power of x.", ("exp2(3)", "8.0")) { Foundation.exp2($0) }
  static let exp10 = real("exp10", "10 to the power of x.", ("exp10(2)", "100.0")) { Foundation.pow(10, $0) }
  static let log = real("log", "The natural logarithm; null below zero.", ("log(1)", "0.0")) {
    $0 < 0 ? nil : Foundation.log($0)
  }
  static let log2 = real("log2", "The logarithm to base 2; null below zero.", ("log2(8)", "3.0")) {
    $0 < 0 ? nil : Foundation.log2($0)
  }
  static let log10 = real("log10", "The logarithm to base 10; null below zero.", ("log10(1000)", "3.0")) {
    $0 < 0 ? nil : Foundation.log10($0)
  }
  static let gamma = real("gamma", "The gamma function: gamma(n + 1) is n factorial.", ("gamma(5)", "24.0")) {
    x in
    // The factorials that a real holds exactly; the library's function is off by an ulp or two there.
    if x >= 1, x <= 23, x == x.rounded() { return stride(from: 2, to: x, by: 1).reduce(1, *) }
    return Foundation.tgamma(x)
  }
  static let logGamma = real(
    "loggamma", "The natural logarithm of the gamma function's absolute value.", ("loggamma(1)", "0.0")
  ) { Foundation.lgamma($0) }
  static let erf = real("erf", "The error function.", ("erf(0)", "0.0")) { Foundation.erf($0) }
  static let erfc = real("erfc", "One minus the error function.", ("erfc(0)", "1.0")) { Foundation.erfc($0) }
  static let sin = real("sin", "The sine of an angle in radians.", ("sin(0)", "0.0")) { Foundation.sin($0) }
  static let cos = real("cos", "The cosine of an angle in radians.", ("cos(0)", "1.0")) { Foundation.cos($0) }
  static let tan = real("tan", "The tangent of an angle in radians.", ("tan(0)", "0.0")) {
    Foundation.tan($0)
  }
  static let cot = real("cot", "The cotangent of an angle in radians.", ("round(cot(0.5), 6)", "1.830488")) {
    1 / Foundation.tan($0)
  }
  static let asin = real("asin", "The angle whose sine is x; null outside -1…1.", ("asin(0)", "0.0")) {
    Swift.abs($0) > 1 ? nil : Foundation.asin($0)
  }
  static let acos = real("acos", "The angle whose cosine is x; null outside -1…1.", ("acos(1)", "0.0")) {
    Swift.abs($0) > 1 ? nil : Foundation.acos($0)
  }
  static let atan = real("atan", "The angle whose tangent is x.", ("atan(0)", "0.0")) { Foundation.atan($0) }
  static let atan2 = ScalarFunction.binary(
    "atan2", .real("y"), .real("x"), gives: .real, "The angle between the x axis and the ray to (x, y).",
    ("atan2(0, 1)", "0.0")
  ) { (y: Double, x: Double) -> Double? in Foundation.atan2(y, x) }
  static let degrees = real("degrees", "Radians in degrees.", ("degrees(pi())", "180.0")) { $0 * 180 / .pi }
  static let radians = real("radians", "Degrees in radians.", ("radians(0)", "0.0")) { $0 * .pi / 180 }
  static let pi = ScalarFunction.kernel(
    "pi", [], gives: .real, "The number pi.", ("round(pi(), 4)", "3.1416")
  ) { call in ColumnVector(constant: .real(.pi), type: .real, count: call.count) }

  private static func test(
    _ name: String, _ summary: String, _ example: (String, String),
    _ body: @escaping @Sendable (Double) -> Bool
  ) -> ScalarFunction {
    .unary(name, .real("number"), gives: .bool, summary, example) { (x: Double) -> Bool? in body(x) }
  }
  static let isNaN = test("isnan", "Whether a real is not a number.", ("isnan(0.0 / 0)", "true")) { $0.isNaN }
  static let isInf = test("isinf", "Whether a real is infinite.", ("isinf(1.0 / 0)", "true")) {
    $0.isInfinite
  }
  static let isFinite = test(
    "isfinite", "Whether a real is neither infinite nor not a number.", ("isfinite(1.5)", "true")
  ) { $0.isFinite }

  static let rand = ScalarFunction(
    "rand", [.long("n", optional: true)], pure: false,
    summary: "A random real below 1, or a whole number below n; the same for the same seed and row.",
    examples: [.of("rand() < 1", .bool, "true")],
    result: { _ in .real },
    evaluate: { (call) throws(DossierError) in
      let limits: Lane<Int64> = call.lane(0, default: 1)
      let reals = (0..<call.count).map { row -> Double in
        let unit =
          Double(
            mixBits(
              mixBits(call.context.seed &+ 0x9E37_79B9_7F4A_7C15)
                ^ UInt64(truncatingIfNeeded: call.context.firstRow + row &+ 1)
                &* 0xD1B5_4A32_D192_ED03) >> 11) * 0x1p-53
        guard call.arguments.count > 0, let limit = limits[row], limit > 1 else { return unit }
        return (unit * Double(limit)).rounded(.down)
      }
      return ColumnVector(reals: reals)
    })

  private static func bits(
    _ name: String, _ summary: String, _ example: (String, String),
    _ body: @escaping @Sendable (Int64, Int64) -> Int64?
  ) -> ScalarFunction {
    .binary(name, .long("a"), .long("b"), gives: .long, summary, example, body)
  }
  static let bitAnd = bits("binary_and", "The bits that both numbers have.", ("binary_and(6, 3)", "2")) {
    $0 & $1
  }
  static let bitOr = bits("binary_or", "The bits that either number has.", ("binary_or(6, 3)", "7")) {
    $0 | $1
  }
  static let bitXor = bits(
    "binary_xor", "The bits that only one of the numbers has.", ("binary_xor(6, 3)", "5")
  ) { $0 ^ $1 }
  static let bitNot = ScalarFunction.unary(
    "binary_not", .long("a"), gives: .long, "The number with every bit turned.", ("binary_not(100)", "-101")
  ) { (a: Int64) -> Int64? in ~a }
  static let shiftLeft = bits(
    "binary_shift_left", "The bits moved up, by the count modulo 64.", ("binary_shift_left(1, 3)", "8")
  ) { $1 < 0 ? nil : $0 << ($1 % 64) }
  static let shiftRight = bits(
    "binary_shift_right", "The bits moved down, by the count modulo 64.", ("binary_shift_right(8, 2)", "2")
  ) { $1 < 0 ? nil : $0 >> ($1 % 64) }
  static let bitCount = ScalarFunction.unary(
    "bitset_count_ones", .long("a"), gives: .long, "How many bits of a number are set.",
    ("bitset_count_ones(42)", "3")
  ) { (a: Int64) -> Int64? in Int64(a.nonzeroBitCount) }

  static let betaCDF = ScalarFunction.ternary(
    "beta_cdf", .real("x"), .real("alpha"), .real("beta"), gives: .real,
    "The cumulative beta distribution at x.", ("round(beta_cdf(0.2, 10.0, 50.0), 6)", "0.76842")
  ) { (x: Double, a: Double, b: Double) -> Double? in
    x < 0 || x > 1 || a <= 0 || a > 10_000 || b <= 0 || b > 10_000 ? .nan : incompleteBeta(x, a, b)
  }
  static let betaPDF = ScalarFunction.ternary(
    "beta_pdf", .real("x"), .real("alpha"), .real("beta"), gives: .real,
    "The density of the beta distribution at x.", ("round(beta_pdf(0.5, 2.0, 2.0), 6)", "1.5")
  ) { (x: Double, a: Double, b: Double) -> Double? in
    guard x >= 0, x <= 1, a > 0, b > 0 else { return .nan }
    let scale = Foundation.lgamma(a + b) - Foundation.lgamma(a) - Foundation.lgamma(b)
    return Foundation.exp(scale) * Foundation.pow(x, a - 1) * Foundation.pow(1 - x, b - 1)
  }
  static let betaInverse = ScalarFunction.ternary(
    "beta_inv", .real("probability"), .real("alpha"), .real("beta"), gives: .real,
    "The x at which the cumulative beta distribution reaches a probability.",
    ("round(beta_inv(0.5, 2.0, 2.0), 6)", "0.5")
  ) { (probability: Double, a: Double, b: Double) -> Double? in
    guard probability > 0, probability < 1, a > 0, b > 0 else { return .nan }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if incompleteBeta(middle, a, b) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  static let welchTest = ScalarFunction.kernel(
    "welch_test",
    [
      .real("mean1"), .real("variance1"), .real("count1"), .real("mean2"), .real("variance2"),
      .real("count2"),
    ], gives: .real, "How probable it is that two samples with equal means differ as much: Welch's t-test.",
    ("round(welch_test(20.5, 4.0, 10, 22.5, 9.0, 12), 4)", "0.0775")
  ) { (call) throws(DossierError) in
    let lanes: [Lane<Double>] = (0..<6).map { call.lane($0) }
    return try call.mapAll(lanes) { values -> Double? in
      let known = values.compactMap { $0 }
      guard known.count == 6, known[2] > 1, known[5] > 1 else { return nil }
      let (first, second) = (known[1] / known[2], known[4] / known[5])
      let spread = first + second
      guard spread > 0 else { return nil }
      let t = (known[0] - known[3]) * (known[0] - known[3]) / spread
      let degrees =
        spread * spread / (first * first / (known[2] - 1) + second * second / (known[5] - 1))
      return incompleteBeta(degrees / (degrees + t), degrees / 2, 0.5)
    }
  }

  /// The regularised incomplete beta function, by its continued fraction (Lentz's method).
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let scale = Foundation.lgamma(a + b) - Foundation.lgamma(a) - Foundation.lgamma(b)
    let front = Foundation.exp(scale + a * Foundation.log(x) + b * Foundation.log(1 - x)) / a
    let tiny = 1e-300
    var (f, c, d) = (1.0, 1.0, 0.0)
    for step in 0...1000 {
      let m = Double(step / 2)
      let numerator: Double
      if step == 0 {
        numerator = 1
      } else if step % 2 == 0 {
        numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      } else {
        numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      }
      d = 1 + numerator * d
      d = 1 / (Swift.abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if Swift.abs(c) < tiny { c = tiny }
      f *= c * d
      if Swift.abs(1 - c * d) < 1e-15 { break }
    }
    return front * (f - 1)
  }
}
