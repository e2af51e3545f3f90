import Diagnostics
import Facts
import Store

extension Session {
  /// What other corrections in the place of the store's would change; nothing is written.
  /// - Errors: `CMD942` without a store.
  public func effect(
    of corrections: [Correction], resolve: Resolver
  ) throws(DossierError) -> CorrectionEffect {
    let store = try requireStore()
    return try CorrectionEffect(from: store, to: store.corrected(by: corrections, resolve: resolve))
  }

  /// Puts corrections in the place of the store's, and goes on with the store as it is then.
  /// - Errors: `CMD942` without a store; `STO104` while a load is running.
  public func correct(_ corrections: [Correction], resolve: Resolver) throws(DossierError) {
    let path = try requireStore().path
    try StoreWriter(path).correct(corrections, resolve: resolve)
    use(try CorpusStore.open(path))
  }

  /// Keeps marks in the store; gives their numbers there.
  /// - Errors: `CMD942` without a store; `STO104` while a load is running.
  public func mark(_ marks: [(docID: String, mark: MarkRow)]) throws(DossierError) -> [Int64] {
    let path = try requireStore().path
    let numbers = try StoreWriter(path).add(marks)
    refresh(try CorpusStore.open(path))
    return numbers
  }

  /// Takes marks away again.
  public func unmark(_ numbers: [Int64]) throws(DossierError) {
    let path = try requireStore().path
    try StoreWriter(path).removeMarks(numbers)
    refresh(try CorpusStore.open(path))
  }

  /// Notes up to which load the reader has seen what is said of an entity; nil ends the watch.
  public func watch(_ entityID: String, seen batch: Int?) throws(DossierError) {
    try StoreWriter(try requireStore().path).watch(entityID, seen: batch)
  }

  private func requireStore() throws(DossierError) -> CorpusStore {
    guard let store else {
      throw DossierError(
        .nothingToKeepIn, "there is no store to keep this in", hint: "open one: dossier STORE, or .load PATH…"
      )
    }
    return store
  }
}
