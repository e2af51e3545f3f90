import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB
import Linguistics

extension Snapshot {
  /// Documents as their rows have them, without what only facts tell; those without a text are left out.
  func plainDocuments(
    _ keys: some Sequence<Int64>
  ) throws(DossierError) -> [(key: Int64, document: Document, hash: String)] {
    try read { db in
      let statement = try db.makeStatement(
        sql: """
          SELECT CAST(d.docId AS BLOB), d.hash, CAST(t.text AS BLOB), CAST(d.title AS BLOB), d.published,
            CAST(d.source AS BLOB), CAST(d.author AS BLOB), CAST(d.collection AS BLOB), CAST(d.language AS BLOB),
            d.format, CAST(d.parentId AS BLOB), CAST(d.threadId AS BLOB), CAST(d.meta AS BLOB)
          FROM documents d JOIN texts t ON t.key = d.key WHERE d.key = ?
          """)
      var found: [(Int64, Document, String)] = []
      for key in keys {
        guard let row = try Row.fetchOne(statement, arguments: [key]) else { continue }
        var document = Document(docID: SQLText.string(row[0]), text: SQLText.string(row[2]))
        document.title = SQLText.string(row[3])
        document.published = Int64.fromDatabaseValue(row[4])
        document.source = SQLText.string(row[5])
        document.author = SQLText.string(row[6])
        document.collection = SQLText.string(row[7])
        document.language = SQLText.string(row[8])
        document.format = try row.cell(9)
        document.parentID = SQLText.string(row[10])
        document.threadID = SQLText.string(row[11])
        if case .bag(let meta)? = DynamicValue(json: SQLText.string(row[12])) { document.meta = meta }
        found.append((key, document, try row.cell(1)))
      }
      return found
    }
  }
}

/// The documents of a store as they were imported, for making their facts anew.
public struct StoredDocuments {
  /// How many there are.
  public let count: Int
  private let snapshot: Snapshot
  private let live: LiveDocuments

  init(_ snapshot: Snapshot) throws(DossierError) {
    self.snapshot = snapshot
    live = try snapshot.live()
    count = live.count
  }

  /// A document with the hash that it was stored with.
  ///
  /// What is kept among the facts alone is read from them as far as they are sound: who wrote and got a mail, what it
  /// repeats, the pages of a PDF document. `isWhole` says whether all of that could be read.
  ///
  /// - Errors: `STO108` if it has no text, or if its annotations came with it and are damaged: only its file has them.
  public func document(
    _ index: Int
  ) throws(DossierError) -> (document: Document, hash: String, isWhole: Bool) {
    guard let found = try snapshot.plainDocuments([live.keys[index]]).first else {
      throw StoreFailure.damaged(snapshot.path, "there is a document without a text")
    }
    var document = found.document
    if document.format == "conllu" {
      document.parse = try parse(of: document, index)
      return (document, found.hash, true)
    }
    do throws(DossierError) {
      document.participants = try snapshot.rows(
        like: ParticipantRow(), ["Role", "Address", "Name"], ofDocument: index)
      let sentences = try snapshot.rows(
        like: SentenceRow(), ["Start", "End", "Page", "Quoted"], ofDocument: index)
      document.quoted = sentences.quotedParts
      for sentence in sentences {
        // A page without a sentence starts where the next one does.
        while let page = sentence.page, document.pages.count < page {
          document.pages.append(document.pages.isEmpty ? 0 : sentence.start)
        }
      }
      return (document, found.hash, true)
    } catch {
      guard error.code == .storeDamaged else { throw error }
      let isPlain = StoreCheck.plainFormats.contains(document.format)
      return (document, found.hash, isPlain)
    }
  }

  private func parse(of document: Document, _ index: Int) throws(DossierError) -> Parse {
    let rows = try snapshot.rows(
      like: TokenRow(), TokenRow.columns.map(\.field.name), ofDocument: index)
    var tokens: [Token] = []
    var sentences: [Range<Int>] = []
    var start = 0
    let scalars = Array(document.text.unicodeScalars)
    for row in rows {
      if row.tokenID == 0, !tokens.isEmpty {
        sentences.append(start..<tokens.count)
        start = tokens.count
      }
      guard row.head >= 0, start + row.head < rows.count else {
        throw StoreFailure.damaged(snapshot.path, "a token has no head")
      }
      tokens.append(
        Token(
          text: row.text, start: row.start, end: row.end,
          spaceAfter: scalars.indices.contains(row.end) && scalars[row.end] == " ", lemma: row.lemma,
          pos: row.pos, tag: row.tag,
          dep: row.dep, head: start + row.head))
    }
    if start < tokens.count { sentences.append(start..<tokens.count) }
    return Parse(text: document.text, tokens: tokens, sentences: sentences, entities: [])
  }
}

extension StoreWriter {
  /// The documents that are there now. What they are replaced by may be damaged.
  public func documentsToRebuild() throws(DossierError) -> StoredDocuments {
    isRebuilding = true
    return try StoredDocuments(try Snapshot(queue, path: path, batch: nil))
  }

  /// `StoreVacuum` on the store that is open here.
  public func vacuum() throws(DossierError) -> StoreVacuum { try StoreVacuum(self) }
}
