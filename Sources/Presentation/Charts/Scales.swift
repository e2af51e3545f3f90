import Columnar
import Diagnostics

/// An axis of numbers: round ticks around the data, at equal steps of 1, 2, 2.5 or 5 times a power of
/// ten.
struct NumberScale {
  let low: Double
  let high: Double
  let ticks: [Double]
  private let decimals: Int

  /// Covers all values, with about `count` steps.
  init(_ values: some Sequence<Double>, count: Int, includesZero: Bool) {
    var low = Double.infinity
    var high = -Double.infinity
    var areWhole = true
    for value in values {
      low = min(low, value)
      high = max(high, value)
      areWhole = areWhole && value == value.rounded()
    }
    if low > high { (low, high) = (0, 1) }
    // A line far from zero may leave it out; one near it shows it.
    if includesZero || (low > 0 && low <= 0.6 * high) { low = min(low, 0) }
    if includesZero || (high < 0 && high >= 0.6 * low) { high = max(high, 0) }
    if low == high {
      let margin = low == 0 ? 1 : abs(low) * 0.1
      if low >= 0 { high += margin } else { low -= margin }
      if low > 0, !includesZero { low -= margin }
    }
    // Between things that are counted there is nothing to mark.
    let (step, decimals) = Self.step(for: (high - low) / Double(max(1, count)), isWhole: areWhole)
    self.decimals = decimals
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    self.low = first * step
    self.high = max(last, first + 1) * step
    ticks = stride(from: 0, through: max(last, first + 1) - first, by: 1).map { (first + $0) * step }
  }

  private static func step(for rough: Double, isWhole: Bool) -> (step: Double, decimals: Int) {
    let rough = isWhole ? max(1, rough) : rough
    var power = 1.0
    var exponent = 0
    while power * 10 <= rough, exponent < 300 {
      power *= 10
      exponent += 1
    }
    while power > rough, exponent > -300 {
      power /= 10
      exponent -= 1
    }
    let factor = rough / power
    let (nice, extra) =
      factor <= 1
      ? (1.0, 0)
      : factor <= 2
        ? (2, 0) : factor <= 2.5 && !(isWhole && power == 1) ? (2.5, 1) : factor <= 5 ? (5, 0) : (10, -1)
    return (nice * power, max(0, min(12, -exponent + extra)))
  }

  /// Where a value lies between low (0) and high (1).
  func fraction(_ value: Double) -> Double { (value - low) / (high - low) }

  /// A tick's label: as many decimals as the step needs, groups of three, `k M G T` from 100 000 on.
  func label(_ tick: Double) -> String {
    let most = max(abs(low), abs(high))
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : most
    for (size, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] {
      // Only where the letter keeps the ticks apart in at most two decimals.
      guard most >= (size > 1e3 ? size : 100 * size), step >= size / 100 else { continue }
      return tick == 0 ? "0" : Self.text(tick / size) + " " + letter
    }
    return Self.text(tick, decimals: decimals)
  }

  /// A number for a label: at most three decimals, or four significant digits where it is small; groups
  /// of three.
  static func text(_ value: Double) -> String {
    let size = abs(value)
    if size >= 1e15 || (size > 0 && size < 1e-6) { return realText(value) }
    var decimals = size >= 1000 ? 1 : 3
    var small = size
    while small > 0, small < 0.1, decimals < 9 {
      small *= 10
      decimals += 1
    }
    var text = text(value, decimals: decimals)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }

  /// A number with exactly so many decimals, rounded half away from zero.
  static func text(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e18 else { return realText(value) }
    let digits = Int(scaled)
    let unit = Int(scale)
    var text = grouped(digits / unit)
    if decimals > 0 {
      let rest = String(digits % unit)
      text += "." + String(repeating: "0", count: decimals - rest.count) + rest
    }
    return value < 0 && digits != 0 ? "−" + text : text
  }
}

/// An axis of time: ticks at whole seconds, minutes, hours, days, weeks, months or years.
struct TimeScale {
  struct Tick {
    let ticks: Int64
    let label: String
    /// The larger unit, where it begins: a year under months, a day under hours.
    let context: String
  }

  let low: Int64
  let high: Int64
  let marks: [Tick]

  /// Covers all moments, with at most `count` ticks.
  init(_ moments: some Sequence<Int64>, count: Int) {
    var low = Int64.max
    var high = Int64.min
    for moment in moments where Ticks.isDatetime(moment) {
      low = min(low, moment)
      high = max(high, moment)
    }
    if low > high { (low, high) = (0, Ticks.perDay) }
    if low == high {
      low = max(0, low - Ticks.perDay / 2)
      high = min(Ticks.lastDatetime, high + Ticks.perDay / 2)
    }
    self.low = low
    self.high = high
    marks = Self.marks(low, high, count: max(2, count))
  }

  func fraction(_ ticks: Int64) -> Double { Double(ticks - low) / Double(high - low) }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func marks(_ low: Int64, _ high: Int64, count: Int) -> [Tick] {
    let span = high - low
    let minute = Ticks.perMinute
    let even: [Int64] =
      [1, 5, 15, 30].map { $0 * Ticks.perSecond } + [1, 5, 15, 30].map { $0 * minute }
      + [1, 3, 6, 12].map { $0 * Ticks.perHour } + [1, 2, 7, 14].map { $0 * Ticks.perDay }
    if let step = even.first(where: { span / $0 < Int64(count) }) {
      // Weeks begin on Mondays, as 0001-01-01 did.
      var tick = Ticks.floorDivide(low + step - 1, step) * step
      var marks: [Tick] = []
      var shown: CivilDate?
      while tick <= high {
        let date = CivilDate(ticks: tick)
        let day = "\(date.day) \(months[date.month - 1])"
        if step < Ticks.perDay {
          let clock = Ticks.datetimeText(tick).dropFirst(11).prefix(step < minute ? 8 : 5)
          marks.append(
            Tick(ticks: tick, label: String(clock), context: shown == date ? "" : "\(day) \(date.year)"))
        } else {
          marks.append(Tick(ticks: tick, label: day, context: shown?.year == date.year ? "" : "\(date.year)"))
        }
        shown = date
        tick += step
      }
      return marks
    }
    let first = CivilDate(ticks: low)
    let last = CivilDate(ticks: high)
    let spanned = (last.year - first.year) * 12 + last.month - first.month
    if let step = [1, 2, 3, 6].first(where: { spanned / $0 < count }) {
      var month = (first.year * 12 + first.month - 1 + step - 1) / step * step
      var marks: [Tick] = []
      var shown: Int?
      while true {
        let date = CivilDate(month / 12, month % 12 + 1, 1)
        if date.ticks > high || date.year > 9999 { break }
        if date.ticks >= low {
          marks.append(
            Tick(
              ticks: date.ticks, label: months[date.month - 1],
              context: shown == date.year ? "" : "\(date.year)"))
          shown = date.year
        }
        month += step
      }
      return marks
    }
    let years = last.year - first.year
    let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { years / $0 < count } ?? 2000
    return stride(from: (first.year + step - 1) / step * step, through: last.year, by: step).compactMap {
      let tick = CivilDate(max(1, $0), 1, 1).ticks
      return tick >= low && tick <= high ? Tick(ticks: tick, label: "\(max(1, $0))", context: "") : nil
    }
  }
}
