import Columnar
import Diagnostics
import KQLEngine

/// Spread, covariance and percentiles.
enum StatisticsAggregates {
  static let all: [AggregateFunction] =
    spreads + covariances + [percentile, percentiles, percentilesArray]
    + [weightedPercentile, weightedPercentiles, weightedPercentilesArray]

  private static let spreads: [AggregateFunction] = [
    ("stdev", "sample standard deviation", "round(stdev(x), 6)", "1.290994", true, true),
    ("stdevp", "population standard deviation", "round(stdevp(x), 6)", "1.118034", false, true),
    ("variance", "sample variance", "round(variance(x), 6)", "1.666667", true, false),
    ("variancep", "population variance", "variancep(x)", "1.25", false, false),
  ].flatMap { name, words, call, value, isSample, isRoot in
    AggregateFunction.family(
      name, aliases: ["stdev", "variance"].contains(name) ? [name + "_samp"] : [], ifName: name + "if",
      [.real("value")], summary: "The \(words) of the values; 0 without two values.",
      example: .aggregate(call, .real, value),
      ifExample: .aggregate("\(name)if(x, x == 1)", .real, "0.0"),
      gives: { _ in .real },
      state: { _ in
        FoldState<Moments, Double>(
          Moments(), .real, add: { $0.add($1, $1) }, combine: { $0.merge($1) },
          result: {
            let variance = $0.covariance(isSample: isSample)
            return .real(isRoot ? variance.squareRoot() : variance)
          })
      })
  }

  private static let covariances: [AggregateFunction] = [
    ("covariance", "sample covariance", "round(covariance(x, x), 6)", "1.666667", true),
    ("covariancep", "population covariance", "covariancep(x, x)", "1.25", false),
  ].flatMap { name, words, call, value, isSample -> [AggregateFunction] in
    @Sendable func outputs(_ function: String, _ arguments: [ArgumentInfo]) -> [Field] {
      let names = arguments.prefix(2).compactMap(\.columnName)
      return [Field(function + "_" + names.joined(separator: "_"), .real)]
    }
    return [
      AggregateFunction(
        name, [.real("x"), .real("y")], summary: "The \(words) of two columns.",
        examples: [.aggregate(call, .real, value)], outputs: { outputs(name, $0) },
        makeState: { _ in CovarianceState(isSample: isSample) }),
      AggregateFunction(
        name + "if", [.real("x"), .real("y"), .bool("predicate")],
        summary: "The \(words) of two columns over the rows where the predicate is true.",
        examples: [.aggregate("\(name)if(x, x, x == 1)", .real, "0.0")],
        outputs: { outputs(name + "if", $0) },
        makeState: { _ in FilteredState(base: CovarianceState(isSample: isSample), predicate: 2) }),
    ]
  }

  /// The percentages among the constant arguments from `start` on: numbers, or one array of numbers.
  private static func shares(
    _ arguments: [ArgumentInfo], from start: Int, of name: String
  ) throws(DossierError) -> [Double] {
    var shares: [Double] = []
    for argument in arguments.dropFirst(start) {
      guard let constant = argument.constant else {
        throw DossierError(.argumentValue, "\(name)() needs constant percentages", at: argument.span)
      }
      if case .dynamic(.array(let items)) = constant {
        shares += items.compactMap { realOf($0.scalar) }
      } else if let share = realOf(constant) {
        shares.append(share)
      }
    }
    guard shares.count > 0, shares.allSatisfy({ $0 >= 0 && $0 <= 100 }) else {
      throw DossierError(
        .argumentValue, "\(name)() needs percentages from 0 to 100",
        at: arguments.dropFirst(start).first?.span)
    }
    return shares
  }

  private static func make(
    _ name: String, aliases: [String] = [], weighted: Bool, array: Bool, _ summary: String, _ example: Example
  ) -> AggregateFunction {
    let first = weighted ? 2 : 1
    var parameters: [Parameter] = [.any("value")]
    if weighted { parameters.append(.long("weight")) }
    parameters.append(Parameter("percentage", [], constant: true))
    return AggregateFunction(
      name, aliases: aliases, parameters, variadic: true, summary: summary, examples: [example],
      outputs: { (arguments) throws(DossierError) in
        let shares = try shares(arguments, from: first, of: name)
        let column = arguments.first?.columnName ?? ""
        if array { return [Field("percentile_\(column)", .dynamic)] }
        let type = arguments.first.map { $0.type == .int ? .long : $0.type } ?? .long
        return shares.map { share in
          let digits =
            Int64(exactly: share).map { "\($0)" } ?? "\(share)".map { $0 == "." ? "_" : "\($0)" }.joined()
          return Field("percentile_\(column)_\(digits)", type)
        }
      },
      makeState: { (arguments) throws(DossierError) in
        let type = arguments.first?.type ?? .long
        let shares = try shares(arguments, from: first, of: name)
        if !weighted, type.isIntegerStored || type == .real {
          return NumericPercentileState(type: type, shares: shares, asArray: array)
        }
        return PercentileState(type: type, shares: shares, isWeighted: weighted, asArray: array)
      })
  }

  static let percentile = make(
    "percentile", weighted: false, array: false,
    "The value below or at which a percentage of the values lies (nearest rank).",
    .aggregate("percentile(x, 50)", .long, "2"))
  static let percentiles = make(
    "percentiles", weighted: false, array: false, "Several percentiles, a column each.",
    Example(
      "range x from 1 to 4 step 1 | summarize percentiles(x, 25, 75)",
      "percentile_x_25:long  percentile_x_75:long\n1  3"))
  static let percentilesArray = make(
    "percentiles_array", weighted: false, array: true, "Several percentiles in one array.",
    .aggregate("percentiles_array(x, 25, 75)", .dynamic, "[1,3]"))
  static let weightedPercentile = make(
    "percentilew", weighted: true, array: false,
    "A percentile of values that count as often as a weight says.",
    .aggregate("percentilew(x, x, 50)", .long, "3"))
  static let weightedPercentiles = make(
    "percentilesw", weighted: true, array: false, "Several weighted percentiles, a column each.",
    Example(
      "range x from 1 to 4 step 1 | summarize percentilesw(x, x, 10, 50)",
      "percentile_x_10:long  percentile_x_50:long\n1  3"))
  static let weightedPercentilesArray = make(
    "percentilesw_array", weighted: true, array: true, "Several weighted percentiles in one array.",
    .aggregate("percentilesw_array(x, x, 10, 50)", .dynamic, "[1,3]"))
}

/// Count, means and the sum of products of deviations, which can be merged without loss.
/// - Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm".
struct Moments: Sendable {
  var count = 0.0
  var meanX = 0.0
  var meanY = 0.0
  var products = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let before = x - meanX
    meanX += before / count
    meanY += (y - meanY) / count
    products += before * (y - meanY)
  }

  mutating func merge(_ next: Moments) {
    guard next.count > 0 else { return }
    guard count > 0 else {
      self = next
      return
    }
    let total = count + next.count
    let (dx, dy) = (next.meanX - meanX, next.meanY - meanY)
    products += next.products + dx * dy * count * next.count / total
    meanX += dx * next.count / total
    meanY += dy * next.count / total
    count = total
  }

  func covariance(isSample: Bool) -> Double {
    let divisor = isSample ? count - 1 : count
    return divisor > 0 ? products / divisor : 0
  }
}

/// Covariance of rows in which both columns have a value.
struct CovarianceState: AggregateState {
  let isSample: Bool
  private var groups: [Moments] = []

  init(isSample: Bool) { self.isSample = isSample }

  mutating func update(_ arguments: [ColumnVector], groups rows: [Int], groupCount: Int) throws(DossierError)
  {
    groups.grow(to: groupCount, with: Moments())
    let (x, y): (Lane<Double>, Lane<Double>) = (Double.lane(of: arguments[0]), Double.lane(of: arguments[1]))
    for (row, group) in rows.enumerated() {
      if let x = x[row], let y = y[row] { groups[group].add(x, y) }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    groups.grow(to: groupCount, with: Moments())
    for (group, moments) in next.groups.enumerated() { groups[mapping[group]].merge(moments) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    groups.grow(to: groupCount, with: Moments())
    return [ColumnVector(reals: groups.map { $0.covariance(isSample: isSample) })]
  }
}

/// Percentiles of numbers: keeps all with their groups, run by run, and selects at the end.
struct NumericPercentileState: AggregateState {
  /// Some numbers and the group of each; groups stand under the numbers that `mapping` gives, if there is one.
  private struct Run: Sendable {
    var numbers: [Int64] = []
    var groups: [UInt32] = []
    var mapping: [Int]?

    @inline(__always) func group(_ place: Int) -> Int {
      mapping.map { $0[Int(groups[place])] } ?? Int(groups[place])
    }
  }

  let type: ScalarType
  let shares: [Double]
  let asArray: Bool
  /// Reals as numbers of the same order.
  private var runs: [Run] = []
  private(set) var heldBytes = 0

  init(type: ScalarType, shares: [Double], asArray: Bool) {
    self.type = type
    self.shares = shares
    self.asArray = asArray
  }

  var isOrderFree: Bool { true }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    if type == .real {
      take(Double.lane(of: arguments[0]), groups) { orderedBits($0) }
    } else {
      take(Int64.lane(of: arguments[0]), groups) { $0 }
    }
  }

  @inline(__always)
  private mutating func take<T>(_ lane: Lane<T>, _ groups: [Int], _ number: (T) -> Int64) {
    var run = Run()
    if lane.validity == nil, lane.codes == nil, !lane.isConstant {
      run.numbers = lane.values.map(number)
      run.groups = groups.map { UInt32(truncatingIfNeeded: $0) }
    } else {
      for row in groups.indices {
        guard let value = lane[row] else { continue }
        run.numbers.append(number(value))
        run.groups.append(UInt32(truncatingIfNeeded: groups[row]))
      }
    }
    guard !run.numbers.isEmpty else { return }
    heldBytes += 12 * run.numbers.count
    runs.append(run)
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    heldBytes += next.heldBytes
    for run in next.runs {
      var moved = run
      moved.mapping = run.mapping.map { inner in inner.map { mapping[$0] } } ?? mapping
      runs.append(moved)
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    try finish(groupCount: groupCount, ExecutionContext())
  }

  mutating func finish(
    groupCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> [ColumnVector] {
    var members = try membersByGroup(groupCount, context)
    let runLengths = members.starts
    // Large groups first, so that none is left for the end.
    let order = (0..<groupCount).sorted {
      let (a, b) = (runLengths[$0 + 1] - runLengths[$0], runLengths[$1 + 1] - runLengths[$1])
      return a != b ? a > b : $0 < $1
    }
    let shares = shares
    var chosen = [Int64](repeating: 0, count: groupCount * shares.count)
    var failure: DossierError?
    chosen.withUnsafeMutableBufferPointer { chosen in
      members.numbers.withUnsafeMutableBufferPointer { numbers in
        // Each thread has groups of its own, and writes where no other does.
        nonisolated(unsafe) let (chosen, numbers) = (chosen, numbers)
        let piece = max(1, groupCount / 256)
        do throws(DossierError) {
          try context.concurrently((groupCount + piece - 1) / piece) { number throws(DossierError) in
            for group in order[number * piece..<min(groupCount, (number + 1) * piece)] {
              let own = UnsafeMutableBufferPointer(
                rebasing: numbers[runLengths[group]..<runLengths[group + 1]])
              guard !own.isEmpty else { continue }
              for (position, share) in shares.enumerated() {
                let rank = (share / 100 * Double(own.count) * (1 - 1e-12)).rounded(.up)
                chosen[group * shares.count + position] = select(
                  max(0, min(own.count - 1, Int(rank) - 1)), own)
              }
            }
          }
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
    let columns = shares.indices.map { position in
      (0..<groupCount).map { group -> Value in
        guard runLengths[group + 1] > runLengths[group] else { return .null }
        let number = chosen[group * shares.count + position]
        return type == .real ? .real(realOfOrderedBits(number)) : number.value(type: type)
      }
    }
    if asArray {
      return [
        ColumnVector(
          dynamics: (0..<groupCount).map { group in
            let row = columns.map { $0[group] }
            return row.allSatisfy(\.isNull) ? .null : .array(row.map(\.asDynamic))
          })
      ]
    }
    let output: ScalarType = type == .int ? .long : type
    return columns.map { ColumnVector($0, type: output) }
  }

  /// The numbers of each group together, by counting: those of group `g` are `numbers[starts[g]..<starts[g + 1]]`.
  private mutating func membersByGroup(
    _ groupCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> (numbers: [Int64], starts: [Int]) {
    let runs = runs
    self.runs = []
    // Each of a few parts of the runs counts for itself, so that all can write at once; many groups make counting dear.
    let wanted = groupCount > 4096 ? 1 : context.settings.threads
    let size = max(1, (runs.count + wanted - 1) / wanted)
    let partCount = (runs.count + size - 1) / size
    var next = [Int](repeating: 0, count: partCount * groupCount)
    var failure: DossierError?
    func each(_ body: @Sendable (Int) throws(DossierError) -> Void) {
      guard failure == nil else { return }
      do throws(DossierError) { try context.concurrently(partCount, body) } catch { failure = error }
    }
    next.withUnsafeMutableBufferPointer { next in
      nonisolated(unsafe) let next = next
      each { part throws(DossierError) in
        for run in runs[part * size..<min(runs.count, (part + 1) * size)] {
          try context.checkpoint()
          for place in run.groups.indices { next[part * groupCount + run.group(place)] += 1 }
        }
      }
    }
    var starts = [Int](repeating: 0, count: groupCount + 1)
    var sum = 0
    for group in 0..<groupCount {
      starts[group] = sum
      for part in 0..<partCount {
        let count = next[part * groupCount + group]
        next[part * groupCount + group] = sum
        sum += count
      }
    }
    starts[groupCount] = sum
    try context.charge(bytes: 8 * sum)
    let sorted = [Int64](unsafeUninitializedCapacity: sum) { sorted, count in
      count = sum
      sorted.useHugePages()
      next.withUnsafeMutableBufferPointer { next in
        nonisolated(unsafe) let (sorted, next) = (sorted, next)
        each { part throws(DossierError) in
          for run in runs[part * size..<min(runs.count, (part + 1) * size)] {
            try context.checkpoint()
            run.numbers.withUnsafeBufferPointer { numbers in
              for place in numbers.indices {
                let slot = part * groupCount + run.group(place)
                sorted[next[slot]] = numbers[place]
                next[slot] += 1
              }
            }
          }
        }
        if failure != nil { sorted.initialize(repeating: 0) }
      }
    }
    if let failure { throw failure }
    return (sorted, starts)
  }
}

/// The number that stands at `rank` once all are in order; moves numbers about.
///
/// Of many numbers, an evenly taken sample tells an interval that the wanted one is likely to be in; the few numbers
/// in it are looked at alone.
/// - Source: Floyd and Rivest, "Expected time bounds for selection".
/// - Complexity: linear on average, n log n at worst.
func select(_ rank: Int, _ numbers: UnsafeMutableBufferPointer<Int64>) -> Int64 {
  let sampleSize = 1024
  guard numbers.count >= 16 * sampleSize else { return quickSelect(rank, numbers) }
  let step = numbers.count / sampleSize
  let sample = (0..<sampleSize).map { numbers[$0 * step] }.sorted()
  let middle = Int(Double(rank) / Double(numbers.count) * Double(sampleSize))
  let low = middle < 64 ? Int64.min : sample[middle - 64]
  let high = middle + 64 >= sampleSize ? Int64.max : sample[middle + 64]
  var below = 0
  var inside = 0
  for number in numbers {
    below += number < low ? 1 : 0
    inside += number >= low && number <= high ? 1 : 0
  }
  // A sample that misleads, or many equal numbers, make it no easier.
  guard rank >= below, rank < below + inside, inside < numbers.count / 2 else {
    return quickSelect(rank, numbers)
  }
  return withUnsafeTemporaryAllocation(of: Int64.self, capacity: inside + 1) { few in
    var place = 0
    for number in numbers {
      // Written always, kept if it is inside: a branch would be guessed wrong too often.
      few[place] = number
      place += number >= low && number <= high ? 1 : 0
    }
    return quickSelect(rank - below, UnsafeMutableBufferPointer(rebasing: few[..<inside]))
  }
}

/// The same by looking at all of them.
/// - Source: Hoare's selection with the median of three; a run that does not shrink is sorted.
private func quickSelect(_ rank: Int, _ numbers: UnsafeMutableBufferPointer<Int64>) -> Int64 {
  var low = 0
  var high = numbers.count - 1
  var patience = 64
  while high - low > 16 {
    patience -= 1
    if patience < 0 { break }
    let middle = low + (high - low) / 2
    let (a, b, c) = (numbers[low], numbers[middle], numbers[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (left, right) = (low, high)
    while left <= right {
      while numbers[left] < pivot { left += 1 }
      while numbers[right] > pivot { right -= 1 }
      if left <= right {
        numbers.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if rank <= right {
      high = right
    } else if rank >= left {
      low = left
    } else {
      return numbers[rank]
    }
  }
  var rest = UnsafeMutableBufferPointer(rebasing: numbers[low...high])
  rest.sort()
  return numbers[rank]
}

/// Keeps all values of a group; sorts them at the end.
struct PercentileState: AggregateState {
  let type: ScalarType
  let shares: [Double]
  let isWeighted: Bool
  let asArray: Bool
  private var integers: [[Int64]] = []
  private var values: [[Value]] = []
  private var weights: [[Int64]] = []
  private(set) var heldBytes = 0

  init(type: ScalarType, shares: [Double], isWeighted: Bool, asArray: Bool) {
    self.type = type
    self.shares = shares
    self.isWeighted = isWeighted
    self.asArray = asArray
  }

  private mutating func grow(_ count: Int) {
    integers.grow(to: count, with: [])
    values.grow(to: count, with: [])
    weights.grow(to: count, with: [])
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    let weight: Lane<Int64> = isWeighted ? Int64.lane(of: arguments[1]) : Lane(constant: 1)
    let lane: Lane<Int64>? = type.isIntegerStored ? Int64.lane(of: arguments[0]) : nil
    for (row, group) in groups.enumerated() {
      guard let times = weight[row], times > 0 else { continue }
      if let lane {
        guard let value = lane[row] else { continue }
        integers[group].append(value)
        heldBytes += 16
      } else {
        let value = arguments[0].value(row)
        if value.isNull { continue }
        values[group].append(value)
        heldBytes += value.asDynamic.heldBytes
      }
      if isWeighted {
        weights[group].append(times)
        heldBytes += 16
      }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    heldBytes += next.heldBytes
    for group in next.integers.indices {
      integers[mapping[group]] += next.integers[group]
      values[mapping[group]] += next.values[group]
      weights[mapping[group]] += next.weights[group]
    }
  }

  private func percentiles(_ group: Int) -> [Value] {
    let isWhole = type.isIntegerStored
    let count = isWhole ? integers[group].count : values[group].count
    guard count > 0 else { return shares.map { _ in .null } }
    let order = (0..<count).sorted { a, b in
      let sign =
        isWhole
        ? (integers[group][a] < integers[group][b] ? -1 : integers[group][a] > integers[group][b] ? 1 : 0)
        : compareValues(values[group][a], values[group][b])
      return sign < 0 || sign == 0 && a < b
    }
    let total = isWeighted ? weights[group].reduce(0.0) { $0 + Double($1) } : Double(count)
    return shares.map { share in
      let wanted = share / 100 * total
      var chosen = order[count - 1]
      if isWeighted {
        var sum = 0.0
        for item in order {
          sum += Double(weights[group][item])
          // A sum that misses the share by a rounding error has reached it.
          if sum >= wanted * (1 - 1e-12) {
            chosen = item
            break
          }
        }
      } else {
        let rank = (wanted * (1 - 1e-12)).rounded(.up)
        chosen = order[max(0, min(count - 1, Int(rank) - 1))]
      }
      return isWhole ? integers[group][chosen].value(type: type) : values[group][chosen]
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    grow(groupCount)
    let found = (0..<groupCount).map { percentiles($0) }
    if asArray {
      return [
        ColumnVector(
          dynamics: found.map { row in
            row.allSatisfy(\.isNull) ? .null : .array(row.map(\.asDynamic))
          })
      ]
    }
    let output: ScalarType = type == .int ? .long : type
    return shares.indices.map { index in ColumnVector(found.map { $0[index] }, type: output) }
  }
}
