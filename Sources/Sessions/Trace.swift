import Columnar
import Diagnostics
import KQLEngine

/// What each row of a result rests on: rows of tables, by number.
public struct Trace: Sendable {
  /// One entry a row.
  public let lineage: [Lineage]
  /// Table names by the numbers that `lineage` uses.
  public let sources: [String]
}

extension Session {
  /// Runs a query again, with lineage, for all rows at once.
  /// - Errors: `EXE…`.
  public func trace(_ evaluation: Evaluation) throws(DossierError) -> Trace {
    var settings = executionSettings
    settings.wantsLineage = true
    let traced = try engine.run(evaluation.query, ExecutionContext(settings))
    return Trace(lineage: traced.lineage ?? [], sources: evaluation.query.sources)
  }

  /// The sentences behind rows of tables; `sources` has the tables' names by number. Rows of tables that
  /// the store doesn't have give none.
  public func evidence(
    for lineage: Lineage, sources: [String], limit: Int
  ) throws(DossierError) -> Evidence {
    try EvidenceFinder(catalog: catalog, sources: sources).evidence(for: lineage, limit: limit)
  }
}
