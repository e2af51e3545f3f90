import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Functions of a row's place among the rows; they need a serialized input and see all rows at once.
enum WindowFunctions {
  static let all: [ScalarFunction] = [
    previous, next, rowNumber, cumulativeSum, denseRank, minimalRank, session,
  ]

  private static func window(
    _ name: String, _ parameters: [Parameter], reach: WindowReach = .ownRow, _ summary: String,
    _ example: Example,
    result: @escaping ScalarFunction.ResultRule, evaluate: @escaping ScalarFunction.Kernel
  ) -> ScalarFunction {
    ScalarFunction(
      name, parameters, pure: false, needsSerialized: true, reach: reach, summary: summary,
      examples: [example],
      result: result,
      evaluate: evaluate)
  }

  private static let sameType: ScalarFunction.ResultRule = { arguments in arguments.first?.type ?? .dynamic }

  private static func neighbour(_ name: String, sign: Int, _ summary: String, _ rows: String)
    -> ScalarFunction
  {
    window(
      name, [.any("column"), .long("offset", optional: true), .any("default", optional: true)],
      reach: .neighbour(sign), summary,
      Example("range x from 1 to 3 step 1 | extend y = \(name)(x)", "x:long  y:long\n\(rows)"),
      result: sameType,
      evaluate: { (call) throws(DossierError) in
        let column = call.arguments[0]
        let offsets: Lane<Int64> = call.lane(1, default: 1)
        let sources = (0..<call.count).map { row -> Int in
          let step = Int(clamping: offsets[row] ?? 0)
          guard step.magnitude < call.count else { return -1 }
          let place = row + sign * step
          return (0..<call.count).contains(place) ? place : -1
        }
        guard call.arguments.count > 2 else { return column.flattened().gather(sources) }
        let fallback = ConditionalFunctions.widen(call.arguments[2], to: column.type)
        let stacked = ColumnVector.concatenate([column, fallback], type: column.type)
        return stacked.gather(sources.enumerated().map { $1 < 0 ? call.count + $0 : $1 })
      })
  }
  static let previous = neighbour(
    "prev", sign: -1, "The value of a column some rows before, or a default.", "1  null\n2  1\n3  2")
  static let next = neighbour(
    "next", sign: 1, "The value of a column some rows after, or a default.", "1  2\n2  3\n3  null")

  static let rowNumber = window(
    "row_number", [.long("start", optional: true), .bool("restart", optional: true)],
    "The number of the row, from 1 or a given start; it starts again where restart is true.",
    Example("range x from 5 to 6 step 1 | extend n = row_number()", "x:long  n:long\n5  1\n6  2"),
    result: { _ in .long },
    evaluate: { (call) throws(DossierError) in
      let start: Lane<Int64> = call.lane(0, default: 1)
      let restart: Lane<Bool> = call.lane(1, default: false)
      var number: Int64 = 0
      return ColumnVector(
        integers: (0..<call.count).map { row in
          number = row == 0 || restart[row] == true ? start[row] ?? 1 : number &+ 1
          return number
        })
    })

  static let cumulativeSum = window(
    "row_cumsum",
    [Parameter("term", [.long, .int, .real, .decimal, .timespan]), .bool("restart", optional: true)],
    reach: .run(restart: 1),
    "The sum of a column over this and all earlier rows; it starts again where restart is true.",
    Example("range x from 1 to 3 step 1 | extend s = row_cumsum(x)", "x:long  s:long\n1  1\n2  3\n3  6"),
    result: { arguments in arguments.first.map { $0.type == .int ? .long : $0.type } ?? .long },
    evaluate: { (call) throws(DossierError) in
      let restart: Lane<Bool> = call.lane(1, default: false)
      /// A null term leaves the sum as it is.
      func run<T: Cell>(_ zero: T, _ add: (T, T) -> T) -> ColumnVector {
        let lane: Lane<T> = call.lane(0)
        var sum = zero
        let sums = (0..<call.count).map { row in
          if restart[row] == true { sum = zero }
          if let term = lane[row] { sum = add(sum, term) }
          return sum
        }
        return T.column(sums, type: call.resultType, validity: nil)
      }
      switch call.resultType {
      case .real: return run(0.0, +)
      case .decimal: return run(Decimal(0), +)
      default: return run(Int64(0), &+)
      }
    })

  private static func rank(_ name: String, isDense: Bool, _ rows: String) -> ScalarFunction {
    window(
      name, [.any("term"), .bool("restart", optional: true)],
      "The rank of the row among rows in order: equal neighbours share a rank, "
        + (isDense ? "the next has the next number." : "the next has its row's number."),
      Example(
        "datatable(x:long)[1, 1, 2] | serialize | extend r = \(name)(x)", "x:long  r:long\n\(rows)"),
      result: { _ in .long },
      evaluate: { (call) throws(DossierError) in
        let restart: Lane<Bool> = call.lane(1, default: false)
        let column = call.arguments[0]
        var (rank, place): (Int64, Int64) = (0, 0)
        return ColumnVector(
          integers: (0..<call.count).map { row in
            let isFresh = row == 0 || restart[row] == true
            if isFresh { (rank, place) = (0, 0) }
            place += 1
            if isFresh || compareValues(column.value(row), column.value(row - 1)) != 0 {
              rank = isDense ? rank + 1 : place
            }
            return rank
          })
      })
  }
  static let denseRank = rank("row_rank_dense", isDense: true, "1  1\n1  1\n2  2")
  static let minimalRank = rank("row_rank_min", isDense: false, "1  1\n1  1\n2  3")

  static let session = window(
    "row_window_session",
    [
      .datetime("time"), .timespan("maxFromFirst"), .timespan("maxBetween"), .bool("restart", optional: true),
    ], reach: .sameValue,
    "The first time of the row's session: a run of rows near the first and each near the one before.",
    Example(
      "datatable(t:datetime)[datetime(2020-01-01), datetime(2020-01-01 00:05), datetime(2020-01-01 03:00)] | "
        + "serialize | project s = row_window_session(t, 1h, 10m)",
      "s:datetime\n2020-01-01T00:00:00.0000000Z\n2020-01-01T00:00:00.0000000Z\n2020-01-01T03:00:00.0000000Z"),
    result: { _ in .datetime },
    evaluate: { (call) throws(DossierError) in
      let times: Lane<Int64> = call.lane(0)
      let (fromFirst, between): (Lane<Int64>, Lane<Int64>) = (call.lane(1), call.lane(2))
      let restart: Lane<Bool> = call.lane(3, default: false)
      var (first, last): (Int64?, Int64?) = (nil, nil)
      let starts = (0..<call.count).map { row -> Value in
        guard let time = times[row] else { return .null }
        let isSame =
          if let start = first, let before = last, restart[row] != true {
            time - start <= fromFirst[row] ?? 0 && time - before <= between[row] ?? 0 && time >= before
          } else {
            false
          }
        if !isSame { first = time }
        last = time
        return first.map { .datetime($0) } ?? .null
      }
      return ColumnVector(starts, type: .datetime)
    })
}
