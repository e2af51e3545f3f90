import Columnar
import Diagnostics
import Facts
import Foundation

@testable import Store

/// Facts as a stand-in for annotation makes them: a sentence a line, a token a word, a mention and a
/// relation for each capitalised word.
func sampleFacts(_ docID: String, _ text: String, published: Int64? = nil) -> DocumentFacts {
  var document = Document(docID: docID, text: text)
  document.title = "Title of \(docID)"
  document.published = published
  document.format = "txt"
  document.meta = ["note": .string("é\u{0}"), "n": .long(3)]
  var row = DocumentRow(
    title: document.title, published: published, format: document.format, hash: document.contentHash,
    text: text,
    meta: .bag(document.meta))
  var facts = DocumentFacts(docID: docID, document: row)
  var offset = 0
  for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
    let length = line.unicodeScalars.count
    facts.sentences.append(
      SentenceRow(sentenceID: number, start: offset, end: offset + length, text: String(line)))
    var start = offset
    for (index, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let end = start + word.unicodeScalars.count
      row.words += 1
      facts.tokens.append(
        TokenRow(
          sentenceID: number, tokenID: index, start: start, end: end, text: String(word),
          lemma: word.lowercased(), pos: "X", head: index))
      if word.first?.isUppercase == true { addMention(String(word), number, start, end, to: &facts) }
      start = end + 1
    }
    offset += length + 1
  }
  row.sentences = facts.sentences.count
  facts.document = row
  return facts
}

private func addMention(
  _ word: String, _ sentence: Int, _ start: Int, _ end: Int, to facts: inout DocumentFacts
) {
  let id =
    facts.entities.first { $0.entity == word }?.entityID
    ?? {
      let id = "e\(facts.entities.count)"
      facts.entities.append(EntityRow(entityID: id, entity: word, type: "PERSON"))
      return id
    }()
  facts.mentions.append(
    MentionRow(
      sentenceID: sentence, mentionID: facts.mentions.count, start: start, end: end, text: word, kind: .name,
      type: "PERSON", entityID: id, entity: word))
  facts.relations.append(
    RelationRow(
      sentenceID: sentence, relationID: facts.relations.count, subject: word, subjectText: word,
      subjectID: id, predicate: "be", object: "thing", objectText: "thing",
      arguments: [RelationArgument(role: "as", text: word, entityID: id), .init(role: "in", text: "x")],
      speakers: [word, "nobody"], start: start, end: end))
  facts.sentiments.append(
    SentimentRow(
      sentenceID: sentence, scope: "entity", mentionID: facts.mentions.count - 1, entityID: id, entity: word,
      score: Double(word.utf8.count) / 10, label: "positive",
      cues: [SentimentCue(text: word, start: start, end: end, score: 1)], start: start, end: end))
}

/// Clusters of one name are one entity, whose id says so.
@Sendable func resolveByName(_ records: ClusterList) -> Resolution {
  let ids = records.map { "person/" + $0.name.lowercased() }
  var entities: [String: ResolvedEntity] = [:]
  for (record, id) in zip(records, ids) where entities[id] == nil {
    entities[id] = ResolvedEntity(
      entityID: id, entity: record.name.uppercased(), type: record.type, country: "XX", aliases: [record.name]
    )
  }
  return Resolution(
    entityIDs: ids, entities: entities.values.sorted { scalarsPrecede($0.entityID, $1.entityID) })
}

/// A folder that goes with the test.
final class Scratch {
  let folder: URL
  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "dossier-test-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: folder) }
  func path(_ name: String) -> String { folder.appending(path: name).path }
}

/// One load of groups of documents.
func load(_ groups: [[DocumentFacts]], into path: String, annotator: String = "a1") throws(DossierError) {
  let writer = try StoreWriter(path)
  for group in groups { try writer.commit(group, annotator: annotator) }
  try writer.finish(resolve: resolveByName)
}

/// All rows of a table as text, cells parted by `|`.
func rows(
  _ store: CorpusStore, _ table: String, _ columns: [String]? = nil
) throws -> [String] {
  guard let provider = store.tables[table] else { return ["no table \(table)"] }
  let wanted = columns ?? provider.schema.names
  let indices = wanted.compactMap { provider.schema.index(of: $0) }
  let vectors = try provider.read(columns: indices, rows: 0..<provider.rowCount)
  return (0..<provider.rowCount).map { row in
    vectors.map { $0.value(row).text }.joined(separator: "|")
  }
}

/// The code of the error that `body` throws.
func errorCode(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "none"
  } catch let error as DossierError {
    return error.code.rawValue
  } catch { return "\(error)" }
}
