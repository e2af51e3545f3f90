import GRDB

/// Entities that the reader watches, and the last load whose news they have seen.
enum M0003Watches: StoreMigration {
  static let version = 3

  static func apply(_ db: Database) throws {
    try db.execute(
      sql: "CREATE TABLE watches(entityId TEXT PRIMARY KEY, batch INTEGER NOT NULL) WITHOUT ROWID")
  }
}
