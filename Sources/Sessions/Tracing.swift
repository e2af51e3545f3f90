import Columnar
import Diagnostics
import KQLEngine

/// What each row of a result rests on: rows of the store's tables.
struct Trace: Sendable {
  /// One entry a row.
  let lineage: [Lineage]
  /// Table names by the numbers that `lineage` uses.
  let sources: [String]
}

extension Session {
  /// What one row of a result rests on: the query is run again with lineage, and so are the earlier results
  /// that it read, down to the documents.
  ///
  /// - `row`: from 0.
  /// - Errors: `CMD110` for a row that isn't there; `EXE…`.
  public func evidence(
    forRow row: Int, of evaluation: Evaluation, limit: Int = 20
  ) throws(DossierError) -> Evidence {
    guard row >= 0, row < evaluation.table.rowCount else {
      throw DossierError(
        "CMD110",
        "the last result has \(counted(evaluation.table.rowCount, "row")); there is no row \(row + 1)")
    }
    let trace = try trace(evaluation)
    return try EvidenceFinder(catalog: catalog, sources: trace.sources)
      .evidence(for: row < trace.lineage.count ? trace.lineage[row] : Lineage(), limit: limit)
  }

  private func trace(_ evaluation: Evaluation) throws(DossierError) -> Trace {
    // Row numbers of a store that the session has left name nothing any more.
    guard evaluation.generation == generation else { return Trace(lineage: [], sources: []) }
    if let known = traces[evaluation.serial] { return known }
    var settings = executionSettings
    settings.wantsLineage = true
    let traced = try engine.run(evaluation.query, ExecutionContext(settings)).lineage ?? []
    let trace = try grounded(traced, in: evaluation)
    traces[evaluation.serial] = trace
    return trace
  }

  /// Lineage with the rows of earlier results replaced by what these rest on.
  private func grounded(_ lineage: [Lineage], in evaluation: Evaluation) throws(DossierError) -> Trace {
    let names = evaluation.query.sources
    if evaluation.inputs.isEmpty { return Trace(lineage: lineage, sources: names) }
    var sources = names
    // For each source that is an earlier result: its trace, with numbers of this query's sources.
    var below: [Int: [Lineage]] = [:]
    let inputs = names.map { name in evaluation.inputs.last { sameScalars($0.name, name) } }
    for (number, input) in inputs.enumerated() {
      guard let input else { continue }
      let trace = try trace(input.evaluation)
      let numbers = trace.sources.map { name -> Int32 in
        let known = sources.indices.first {
          sameScalars(sources[$0], name) && ($0 >= inputs.count || inputs[$0] == nil)
        }
        if known == nil { sources.append(name) }
        return Int32(known ?? sources.count - 1)
      }
      below[number] = trace.lineage.map { $0.renumbered(numbers) }
    }
    let grounded = lineage.map { row in
      var result = Lineage()
      for reference in row.rows {
        guard let rows = below[Int(reference.source)] else {
          result.formUnion(Lineage(reference))
          continue
        }
        if rows.indices.contains(Int(reference.row)) { result.formUnion(rows[Int(reference.row)]) }
      }
      result.addUnlisted(row.total - row.rows.count)
      return result
    }
    return Trace(lineage: grounded, sources: sources)
  }
}
