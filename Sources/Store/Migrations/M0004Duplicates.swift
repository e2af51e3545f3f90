import GRDB

/// Which documents repeat others, and which loads can still be looked back at.
enum M0004Duplicates: StoreMigration {
  static let version = 4

  static func apply(_ db: Database) throws {
    try db.execute(
      sql: """
        -- `TextSketch` of each document, little-endian; empty for a text that is too short. Documents of an older format
        -- get theirs in the next load.
        CREATE TABLE sketches(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
        -- What the loads' last commits said: the document that another one repeats.
        CREATE TABLE duplicates(
          id INTEGER PRIMARY KEY,
          key INTEGER NOT NULL,
          added INTEGER NOT NULL,
          removed INTEGER,
          original TEXT NOT NULL
        );
        CREATE UNIQUE INDEX duplicatesLive ON duplicates(key) WHERE removed IS NULL;
        CREATE INDEX duplicatesKey ON duplicates(key);
        -- The first load whose result is still there, a single row; none if all are.
        CREATE TABLE history(oldestBatch INTEGER NOT NULL);
        """)
  }
}
