import Columnar
import Diagnostics
import KQLEngine

extension Session {
  /// How a query is run, as text: its plans, or with `analyze` its operators after it has run, with rows and time.
  /// - Errors: `SYN…`, `BND…`; with `analyze` also `EXE…`.
  public func explain(_ source: String, analyze: Bool) throws(DossierError) -> String {
    let query = try compile(source)
    guard analyze else { return engine.explain(query, settings: executionSettings) }
    let start = ContinuousClock.now
    return try engine.analyze(query, settings: executionSettings) {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return seconds * Ticks.perSecond + attoseconds / 100_000_000_000
    }
  }
}
