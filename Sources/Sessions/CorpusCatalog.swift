import Columnar
import Diagnostics
import KQLEngine

/// A store's tables as queries see them: with virtual columns and `entity()`.
public struct CorpusCatalog: Catalog {
  /// All tables, in the order of the registry of facts.
  public let tableNames: [String]
  /// `entity()`.
  public let functions: [ScalarFunction]
  /// The reader's own functions.
  public let storedFunctions: [StoredFunction]
  let directory: DocumentDirectory
  let entityNames: EntityNames
  private let tables: [String: CatalogTable]

  /// Wraps a store's tables, given in the order in which lists show them. Tables that the extra columns
  /// rest on (`Documents`, `Sentences`, `Entities`) may be missing; their columns are then empty.
  public init(
    _ stored: [(name: String, provider: any TableProvider)], storedFunctions: [StoredFunction] = []
  ) {
    self.storedFunctions = storedFunctions
    let none = Table(schema: Schema(), rows: [])
    func provider(_ name: String) -> any TableProvider { stored.first { $0.name == name }?.provider ?? none }
    let directory = DocumentDirectory(documents: provider("Documents"), sentences: provider("Sentences"))
    let entityNames = EntityNames(entities: provider("Entities"))
    self.directory = directory
    self.entityNames = entityNames
    tableNames = stored.map(\.name)
    tables = Dictionary(
      stored.map { name, provider in
        let extra = virtualColumns(for: provider.schema, directory: directory)
        return (name, CatalogTable(name: name, provider: provider, virtualColumns: extra))
      }, uniquingKeysWith: { first, _ in first })
    functions = [
      ScalarFunction(
        "entity", [Parameter("name", [.string], constant: true)],
        summary: "The EntityId of the entity that bears a name; an error if none does, or several.",
        examples: [],
        result: { _ throws(DossierError) in .string },
        evaluate: { call throws(DossierError) in
          let id = try entityNames.resolve(call.arguments[0].value(0).text, at: call.span)
          return ColumnVector(constant: .string(id), type: .string, count: call.count)
        })
    ]
  }

  /// A table by its exact name.
  public func table(_ name: String) -> CatalogTable? { tables[name] }
}
