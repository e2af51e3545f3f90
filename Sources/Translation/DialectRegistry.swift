/// All dialects: one line each.
public enum DialectRegistry {
  /// In the order in which help names them.
  public static let dialects: [any SQLDialect] = [
    DuckDBDialect(),
    SparkDialect(),
  ]

  /// The names for `--to`.
  public static let names: [String] = dialects.map(\.name)

  /// A dialect by name.
  public static func dialect(named name: String) -> (any SQLDialect)? { dialects.first { $0.name == name } }
}
