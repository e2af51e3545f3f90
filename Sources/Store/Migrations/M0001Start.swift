import GRDB

/// The first format.
///
/// All that a reader may see carries the number of the commit that added it and, once it is gone, of the
/// commit that removed it. A reader keeps the number of the last commit that it saw, so that nothing it
/// reads later changes under it; `snapshot: N` is the last commit of batch `N`.
enum M0001Start: StoreMigration {
  static let version = 1

  static func apply(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE batches(
          id INTEGER PRIMARY KEY,
          -- Whether the load came to its end, resolution included.
          finished INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE commits(
          id INTEGER PRIMARY KEY,
          batch INTEGER NOT NULL REFERENCES batches(id),
          -- How many documents the commit brought; they are numbered from 0 in the order of their DocIds.
          documents INTEGER NOT NULL DEFAULT 0,
          -- How many earlier documents it replaced or took away.
          removed INTEGER NOT NULL DEFAULT 0,
          -- Whether resolution ran over all documents in this commit.
          resolved INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE documents(
          key INTEGER PRIMARY KEY,
          docId TEXT NOT NULL,
          added INTEGER NOT NULL REFERENCES commits(id),
          place INTEGER NOT NULL,
          removed INTEGER,
          batch INTEGER NOT NULL,
          hash TEXT NOT NULL,
          -- Hash of all rows of facts, before resolution.
          factsHash TEXT NOT NULL,
          -- Model and settings that the facts were made with.
          annotator TEXT NOT NULL,
          title TEXT NOT NULL, published INTEGER, source TEXT NOT NULL, author TEXT NOT NULL,
          collection TEXT NOT NULL, language TEXT NOT NULL, format TEXT NOT NULL,
          parentId TEXT NOT NULL, threadId TEXT NOT NULL, duplicateOf TEXT NOT NULL,
          words INTEGER NOT NULL, sentences INTEGER NOT NULL, unresolvedDates INTEGER NOT NULL,
          openPronouns INTEGER NOT NULL, bareSentences INTEGER NOT NULL, meta TEXT NOT NULL
        );
        CREATE UNIQUE INDEX documentsLive ON documents(docId) WHERE removed IS NULL;
        CREATE INDEX documentsRemoved ON documents(removed) WHERE removed IS NOT NULL;
        CREATE INDEX documentsAdded ON documents(added);
        -- Apart from their rows, so that a scan of titles does not wade through texts.
        CREATE TABLE texts(key INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL);
        CREATE VIRTUAL TABLE search USING fts5(
          title, text, content = 'texts', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
        );

        CREATE TABLE tables(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE columns(
          id INTEGER PRIMARY KEY,
          tableId INTEGER NOT NULL REFERENCES tables(id),
          name TEXT NOT NULL,
          UNIQUE(tableId, name)
        );
        -- How many rows of a table each document of a commit has.
        CREATE TABLE directory(
          commitId INTEGER NOT NULL REFERENCES commits(id),
          tableId INTEGER NOT NULL REFERENCES tables(id),
          rows INTEGER NOT NULL,
          counts BLOB NOT NULL,
          UNIQUE(commitId, tableId)
        );
        -- Counting the rows of a table reads this index alone.
        CREATE INDEX directoryRows ON directory(tableId, commitId, rows);
        -- How many rows of a table went with the documents that a commit removed.
        CREATE TABLE removals(
          commitId INTEGER NOT NULL REFERENCES commits(id),
          tableId INTEGER NOT NULL REFERENCES tables(id),
          rows INTEGER NOT NULL,
          PRIMARY KEY(commitId, tableId)
        ) WITHOUT ROWID;
        -- One column of a table for the documents of one commit, in parts of at most 1 MiB.
        CREATE TABLE segments(
          id INTEGER PRIMARY KEY,
          commitId INTEGER NOT NULL REFERENCES commits(id),
          columnId INTEGER NOT NULL REFERENCES columns(id),
          part INTEGER NOT NULL,
          data BLOB NOT NULL,
          UNIQUE(commitId, columnId, part)
        );

        CREATE TABLE entityIds(key INTEGER PRIMARY KEY, entityId TEXT NOT NULL UNIQUE);
        CREATE TABLE entities(
          id INTEGER PRIMARY KEY,
          key INTEGER NOT NULL REFERENCES entityIds(key),
          added INTEGER NOT NULL,
          removed INTEGER,
          entity TEXT NOT NULL, type TEXT NOT NULL, country TEXT NOT NULL, aliases TEXT NOT NULL
        );
        CREATE UNIQUE INDEX entitiesLive ON entities(key) WHERE removed IS NULL;
        -- The entity of each cluster of a commit, as said by resolution in commit `version`.
        CREATE TABLE resolutions(
          id INTEGER PRIMARY KEY,
          commitId INTEGER NOT NULL REFERENCES commits(id),
          version INTEGER NOT NULL,
          part INTEGER NOT NULL,
          data BLOB NOT NULL,
          UNIQUE(commitId, version, part)
        );

        CREATE TABLE imports(
          id INTEGER PRIMARY KEY,
          commitId INTEGER NOT NULL, batch INTEGER NOT NULL,
          path TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
          docId TEXT NOT NULL
        );

        -- The reader's own: corrections of entities, in the order in which they were made, marks, functions.
        CREATE TABLE corrections(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE marks(
          id INTEGER PRIMARY KEY,
          docId TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
          tag TEXT NOT NULL, note TEXT NOT NULL
        );
        CREATE TABLE functions(name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        """)
  }
}
