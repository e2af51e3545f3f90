import Diagnostics
import Facts
import Store

/// Makes the facts of a store anew from the documents that it holds.
public enum StoreRebuilder {
  /// What a rebuild did.
  public struct Summary: Sendable {
    /// Documents whose facts were made.
    public var documents = 0
    /// What could not be made again, a line each.
    public var problems: [String] = []
  }

  /// Annotates every document of a store again, as a load of its own, and vacuums what was there before.
  ///
  /// What the files told and only the facts held (pages, quoted parts, participants) is kept where it still reads. A
  /// document that can't be annotated stays as it is. DocIds, hashes and the reader's own tables, marks and corrections
  /// stay; `Batch` is that of the rebuild.
  ///
  /// - Errors: the store's, where SQLite itself can't read the file.
  public static func rebuild(
    _ writer: StoreWriter, annotator: String, threads: Int, annotate: @escaping CorpusLoader.Annotate,
    resolve: Resolver, isCancelled: () -> Bool = { false }
  ) throws(DossierError) -> Summary {
    let documents = try writer.documentsToRebuild()
    var summary = Summary()
    for start in stride(from: 0, to: documents.count, by: 128) {
      try checkStop(isCancelled)
      var group: [(document: Document, hash: String)] = []
      for index in start..<min(start + 128, documents.count) {
        do throws(DossierError) {
          let (document, hash, isWhole) = try documents.document(index)
          group.append((document, hash))
          if !isWhole {
            summary.problems.append(
              "\(document.docID): what its file said of pages, quotes or participants is lost; load it again")
          }
        } catch {
          guard error.code == .storeDamaged else { throw error }
          summary.problems.append(error.message)
        }
      }
      let results = parallelMap(group, threads: threads) { item -> Result<DocumentFacts, DossierError> in
        do throws(DossierError) {
          var facts = try annotate(item.document)
          facts.document.hash = item.hash
          return .success(facts)
        } catch { return .failure(error) }
      }
      try checkStop(isCancelled)
      var ready: [DocumentFacts] = []
      for (item, result) in zip(group, results) {
        switch result {
        case .success(let facts): ready.append(facts)
        case .failure(let error): summary.problems.append("\(item.document.docID): \(error.message)")
        }
      }
      try writer.commit(ready, annotator: annotator)
      summary.documents += ready.count
    }
    try writer.finish(resolve: resolve)
    _ = try writer.vacuum()
    return summary
  }

  private static func checkStop(_ isCancelled: () -> Bool) throws(DossierError) {
    if isCancelled() { throw DossierError(.loadCancelled, "the rebuild was stopped; run it again") }
  }
}
