import ArgumentParser
import Diagnostics
import Store

/// `dossier vacuum`: makes a store as small as what it says now.
struct VacuumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum", abstract: "Takes out of a store what only looks back.",
    discussion: """
      Documents that later loads have replaced or removed go, with their facts, and the file gets smaller. What the store \
      says stays the same; 'snapshot: N' of an earlier load can't be opened any more. Nobody else may have the store open \
      meanwhile, and the disk needs room for a second copy.
      """)

  @Argument(help: "The store.") var store: String

  func run() throws {
    let vacuum = try reportingErrors { () throws(DossierError) in try StoreVacuum(store) }
    print(
      "\(counted(vacuum.documents, "earlier document")) removed · \(grouped(vacuum.bytesBefore)) → "
        + counted(vacuum.bytesAfter, "byte"))
  }
}
