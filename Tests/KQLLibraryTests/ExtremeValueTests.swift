import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Testing

/// No function crashes, whatever it is given: it answers, or says what is wrong.
@Suite struct ExtremeValueTests {
  private static let values: [ScalarType: [String]] = [
    .bool: ["true", "false", "bool(null)"],
    .long: [
      "0", "1", "-1", "63", "64", "100000", "9223372036854775807", "(-9223372036854775807 - 1)", "long(null)",
    ],
    .int: ["int(2147483647)", "int(-2147483648)", "int(null)"],
    .real: [
      "0.0", "-0.5", "1e300", "-1e300", "5e-324", "real(nan)", "real(+inf)", "real(-inf)", "real(null)",
    ],
    .decimal: ["decimal(1.5)", "decimal(null)"],
    .string: [
      "''", "'a'", "'é한\u{1F1F0}\u{1F1F5}'", "'\\u0000x'", "'%d {0} [(*+?'", "'2024-02-30'", "'-1'",
      "'$.a[0]'",
      "strrep('x,', 500)", "'day'", "'year'", "'month'", "'YYYY-MM'", "'{\"a\":[1,null]}'", "'127.0.0.1/33'",
    ],
    .datetime: [
      "datetime(0001-01-01)", "datetime(9999-12-31 23:59:59.9999999)", "datetime(2024-02-29)",
      "datetime(null)",
    ],
    .timespan: [
      "0s", "-1tick", "9223372036854775807 * 1tick", "(-9223372036854775807 - 1) * 1tick", "timespan(null)",
    ],
    .guid: ["guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", "guid(null)"],
    .dynamic: [
      "dynamic(null)", "dynamic([])", "dynamic({})", "dynamic([1,\"a\",null,[2.5,{}],true])",
      "dynamic({\"a\":{\"b\":[1]},\"\":null})", "dynamic([9223372036854775807,-1e308,1e308])",
      "dynamic(\"a\")",
      "dynamic([[1,2],[3]])", "dynamic([\"2024-01-01\",\"x\"])", "dynamic([0,0,0,0])",
    ],
  ]

  private struct Random {
    var state: UInt64
    mutating func pick<T>(_ items: [T]) -> T? {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return items.isEmpty ? nil : items[Int(state % UInt64(items.count))]
    }
  }

  private static func argument(_ parameter: Parameter, _ random: inout Random) -> String {
    let types = parameter.types.isEmpty ? Array(ScalarType.allCases) : parameter.types
    // Now and then something of another type, as a user may write it.
    let wanted = random.pick([true, true, true, true, true, false]) == true
    let type = random.pick(wanted ? types : Array(ScalarType.allCases)) ?? .long
    return random.pick(values[type] ?? []) ?? "1"
  }

  private static func call(_ name: String, _ parameters: [Parameter], variadic: Bool, _ random: inout Random)
    -> String
  {
    var arguments: [String] = []
    for parameter in parameters {
      if parameter.isOptional, random.pick([true, false]) == true { break }
      arguments.append(argument(parameter, &random))
    }
    if variadic, let last = parameters.last {
      for _ in 0..<(random.pick([0, 1, 2]) ?? 0) { arguments.append(argument(last, &random)) }
    }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }

  @Test(arguments: FunctionRegistry.builtIn.scalars.map(\.name))
  func scalarFunctionsNeverCrash(_ name: String) throws {
    let function = try #require(FunctionRegistry.builtIn.scalar(name))
    var random = Random(state: 0x9E37_79B9_7F4A_7C15)
    let settings = ExecutionSettings(memoryLimit: 1_000_000_000)
    for _ in 0..<60 {
      let call = Self.call(name, function.parameters, variadic: function.isVariadic, &random)
      // As a constant, and over rows of which some have no value.
      for query in [
        "print r = \(call)",
        "range i from 1 to 3 step 1 | serialize | extend r = iff(i == 2, 1, 2), s = \(call)",
      ] {
        do throws(DossierError) { _ = try Engine.standard().run(query, settings: settings) } catch {
          #expect(!error.message.isEmpty)
          #expect(error.code != .internalFault, "\(query): \(error.message)")
        }
      }
    }
  }

  @Test(arguments: FunctionRegistry.builtIn.aggregates.map(\.name))
  func aggregatesNeverCrash(_ name: String) throws {
    let function = try #require(FunctionRegistry.builtIn.aggregate(name))
    var random = Random(state: 0xD1B5_4A32_D192_ED03)
    let settings = ExecutionSettings(memoryLimit: 1_000_000_000)
    for _ in 0..<40 {
      let call = Self.call(name, function.parameters, variadic: function.isVariadic, &random)
      for query in [
        "range i from 1 to 5 step 1 | summarize r = \(call)",
        "range i from 1 to 5 step 1 | where i > 9 | summarize r = \(call) by k = i % 2",
      ] {
        do throws(DossierError) { _ = try Engine.standard().run(query, settings: settings) } catch {
          #expect(error.code != .internalFault, "\(query): \(error.message)")
        }
      }
    }
  }
}
