import Columnar
import Diagnostics

/// A column that a table offers without storing it, such as the title of a row's document. It is
/// computed only where a query names it, and no `*` includes it.
public struct VirtualColumn: Sendable {
  /// Name and type.
  public let field: Field
  /// The columns of the table that it is computed from.
  public let inputs: [String]
  /// Computes a batch: the inputs' vectors and the number of rows give one vector of the field's type.
  public let compute: @Sendable ([ColumnVector], Int) throws(DossierError) -> ColumnVector

  /// Makes a virtual column.
  public init(
    _ field: Field, from inputs: [String],
    compute: @escaping @Sendable ([ColumnVector], Int) throws(DossierError) -> ColumnVector
  ) {
    self.field = field
    self.inputs = inputs
    self.compute = compute
  }
}

/// A table that queries can name.
public struct CatalogTable: Sendable {
  /// The name.
  public let name: String
  /// Its rows.
  public let provider: any TableProvider
  /// Columns computed on demand; one whose name the table has itself is ignored.
  public let virtualColumns: [VirtualColumn]

  /// Makes an entry.
  public init(name: String, provider: any TableProvider, virtualColumns: [VirtualColumn] = []) {
    self.name = name
    self.provider = provider
    self.virtualColumns = virtualColumns.filter { provider.schema.index(of: $0.field.name) == nil }
  }
}

/// What queries can name besides their own `let`s.
public protocol Catalog: Sendable {
  /// All tables, in the order that lists show them.
  var tableNames: [String] { get }
  /// A table by its exact name.
  func table(_ name: String) -> CatalogTable?
  /// Scalar functions bound to this catalog, such as `entity()`.
  var functions: [ScalarFunction] { get }
  /// Functions written in the query language.
  var storedFunctions: [StoredFunction] { get }
}

extension Catalog {
  /// None.
  public var functions: [ScalarFunction] { [] }
  /// None.
  public var storedFunctions: [StoredFunction] { [] }
}

/// A catalog of given tables; without any, for `print`, `datatable` and `range`.
public struct SimpleCatalog: Catalog {
  private let tables: [CatalogTable]
  /// Functions bound to this catalog.
  public let functions: [ScalarFunction]
  /// Functions written in the query language.
  public let storedFunctions: [StoredFunction]

  /// Wraps tables.
  public init(
    _ tables: [CatalogTable] = [], functions: [ScalarFunction] = [], storedFunctions: [StoredFunction] = []
  ) {
    self.tables = tables
    self.functions = functions
    self.storedFunctions = storedFunctions
  }
  /// The names in the order given.
  public var tableNames: [String] { tables.map(\.name) }
  /// A table by its exact name.
  public func table(_ name: String) -> CatalogTable? {
    tables.first { sameScalars($0.name, name) }
  }
}
