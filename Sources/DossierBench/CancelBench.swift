import ArgumentParser
import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import Synchronization

/// Cancels heavy queries at several moments and times how long each takes to notice.
struct CancelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Times how soon heavy operators end once they are cancelled; one JSON object a line.")

  @Argument(help: "How many mentions.") var rows: Int
  @Option(help: "How many threads may work at once.") var threads = 1
  @Option(help: "Names of the queries, with commas between; all without it.") var only = ""

  /// A query for each operator that can be long at work; all but the last few see each mention.
  private static let queries: [(name: String, kql: String)] = [
    ("sort", "m | sort by date desc, sentiment asc | summarize take_any(text)"),
    ("sort strings", "m | sort by text asc | summarize take_any(text)"),
    ("join", "m | join kind=inner m on doc_id | summarize count(), max(sentiment1) by text"),
    ("join, outer", "m | join kind=fullouter (m | extend doc_id = doc_id * 2) on doc_id, entity | count"),
    ("cross join", "m | extend k = 1 | join kind=inner (m | extend k = 1) on k | count"),
    ("summarize", "m | summarize avg(sentiment), max(date) by entity, text"),
    ("make_set", "m | summarize make_set(text), make_list(entity) by type"),
    ("distinct", "m | distinct text"),
    ("percentiles", "m | summarize percentiles(sentiment, 5, 50, 95), percentile(date, 20) by entity"),
    ("make-series", "m | make-series n = count(), s = avg(sentiment) on date step 1h by type"),
    (
      "window",
      "m | sort by date asc | extend d = date - prev(date), s = row_cumsum(sentiment) | summarize max(s)"
    ),
    (
      "scan",
      "m | sort by date asc | scan declare (s: real = 0.0) with (step a: true => s = a.s + sentiment;) | count"
    ),
    ("regex", #"m | where text matches regex @"(.*a){6}.*(rosa|kira) x" | count"#),
    ("extract_all", #"m | mv-expand w = extract_all(@"(\w+)", text) | summarize count() by tostring(w)"#),
    (
      "regex, long strings",
      #"range i from 1 to 1000000 step 1 | extend s = strcat(i, strrep(strrep("ab ", 300), 100)) | where s matches regex @"(a|b)+c" | count"#
    ),
    ("range", "range x from 1 to 1000000000000 step 1 | summarize sum(x)"),
    (
      "mv-expand",
      "range x from 1 to 1000000000 step 1 | mv-expand y = range(1, 1000) | summarize sum(tolong(y))"
    ),
    (
      "graph-match",
      "range a from 1 to 3000 step 1 | extend b = (a * 7 + 1) % 3000, c = (a * 13 + 5) % 3000 | mv-expand t = pack_array(b, c) "
        + "| extend t = tolong(t) | make-graph a --> t with_node_id=id | graph-match (x)-[e*1..20]->(y) project x.id, y.id | count"
    ),
  ]

  private static let moments: [Duration] = [30, 100, 200, 300, 450, 600, 900, 1200, 1600, 2500].map {
    .milliseconds($0)
  }

  func run() throws {
    let engine = Engine.standard(
      over: SimpleCatalog([CatalogTable(name: "m", provider: MentionsGenerator.mentions(rows))]))
    let wanted = Set(only.split(separator: ",").map(String.init))
    for (name, kql) in Self.queries where wanted.isEmpty || wanted.contains(name) {
      let settings = ExecutionSettings(threads: threads)
      let query = try engine.compile(kql, settings: settings)
      var delays: [Double] = []
      for moment in Self.moments {
        guard let delay = try Self.delay(of: query, engine, settings, after: moment) else { break }
        delays.append(delay)
      }
      Measured.say(
        #"{"q":"\#(name)","ms":\#(delays.max() ?? 0),"cancelled":\#(delays.count),"of":\#(Self.moments.count)}"#
      )
    }
  }

  /// Milliseconds from the cancellation to the error; nil if the query was done before.
  private static func delay(
    of query: CompiledQuery, _ engine: Engine, _ settings: ExecutionSettings, after moment: Duration
  ) throws -> Double? {
    let context = ExecutionContext(settings)
    let clock = ContinuousClock()
    let asked = Mutex<ContinuousClock.Instant?>(nil)
    let ended = DispatchSemaphore(value: 0)
    let helper = Thread {
      if ended.wait(timeout: .now() + .nanoseconds(Int(moment / .nanoseconds(1)))) == .success { return }
      asked.withLock { $0 = clock.now }
      context.cancel()
    }
    helper.start()
    do throws(DossierError) {
      _ = try engine.run(query, context)
      ended.signal()
      return nil
    } catch {
      guard error.code == .cancelled else { throw error }
      return asked.withLock { $0 }.map { (clock.now - $0) / .milliseconds(1) }
    }
  }
}
