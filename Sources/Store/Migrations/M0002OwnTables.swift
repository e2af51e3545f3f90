import GRDB

/// Tables of the reader's own.
///
/// A table is a load of its own: it is there from the commit that ends it up to the one that replaces or drops it.
/// While `added` is null it is still being written, and nobody sees it.
enum M0002OwnTables: StoreMigration {
  static let version = 2

  static func apply(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE ownTables(
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          added INTEGER REFERENCES commits(id),
          removed INTEGER,
          -- The file's name, and the SHA-256 of its bytes.
          source TEXT NOT NULL, hash TEXT NOT NULL,
          -- Rows of each group, varints; a group's columns are written and read by themselves.
          groups BLOB NOT NULL
        );
        CREATE TABLE ownColumns(
          id INTEGER PRIMARY KEY,
          tableId INTEGER NOT NULL REFERENCES ownTables(id),
          place INTEGER NOT NULL,
          name TEXT NOT NULL, type TEXT NOT NULL,
          UNIQUE(tableId, place)
        );
        -- One column of one group, in parts of at most 1 MiB; group -1 has the strings that codes stand for.
        CREATE TABLE ownSegments(
          id INTEGER PRIMARY KEY,
          columnId INTEGER NOT NULL REFERENCES ownColumns(id),
          groupNumber INTEGER NOT NULL,
          part INTEGER NOT NULL,
          data BLOB NOT NULL,
          UNIQUE(columnId, groupNumber, part)
        );
        """)
  }
}
