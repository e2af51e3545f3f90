import Diagnostics
import Foundation
import GRDB

/// A function of the reader's, as the store keeps it: its name, and its text in the query language.
public struct FunctionText: Sendable, Hashable {
  /// The name.
  public var name: String
  /// A comment, if there is one, and the function from its parameters on.
  public var text: String
  /// Makes a function's text.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

extension FunctionText {
  /// The functions that the file keeps now, by name; loads don't touch them.
  static func fetchAll(_ db: Database) throws -> [FunctionText] {
    try Row.fetchAll(
      db, sql: "SELECT CAST(name AS BLOB), CAST(body AS BLOB) FROM functions ORDER BY name"
    ).map { FunctionText(name: SQLText.string($0[0]), text: SQLText.string($0[1])) }
  }
}

extension StoreWriter {
  /// Keeps a function, in the place of one of the same name.
  public func save(_ function: FunctionText) throws(DossierError) {
    try change { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO functions(name, body) VALUES (CAST(? AS TEXT), CAST(? AS TEXT))",
        arguments: [Data(function.name.utf8), Data(function.text.utf8)])
    }
  }

  /// Takes a function away. Gives whether there was one.
  @discardableResult
  public func dropFunction(_ name: String) throws(DossierError) -> Bool {
    var isDropped = false
    try change { db in
      try db.execute(
        sql: "DELETE FROM functions WHERE name = CAST(? AS TEXT)", arguments: [Data(name.utf8)])
      isDropped = db.changesCount > 0
    }
    return isDropped
  }
}
