import Annotation
import ArgumentParser
import Columnar
import Facts
import Foundation
import Store

/// Makes a store of synthetic mentions, ten a document, as a load of that many documents would.
struct StoreBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Makes a store of synthetic mentions.")

  @Argument(help: "The store; it must not exist yet.") var path: String
  @Argument(help: "How many mentions.") var rows: Int
  @Option(help: "How many documents a commit has.") var group = 2000

  private static let perDocument = 10

  func run() throws {
    let mentions = MentionsGenerator.mentions(rows)
    let entities = MentionsGenerator.entities()
    let writer = try StoreWriter(path)
    let documents = (rows + Self.perDocument - 1) / Self.perDocument
    for first in stride(from: 0, to: documents, by: group) {
      let numbers = first..<min(documents, first + group)
      let facts = numbers.map { Self.facts(of: $0, mentions, entities) }
      try writer.commit(facts, annotator: "synthetic")
    }
    try writer.finish { EntityResolution.resolve($0) }
  }

  /// A document whose sentences are the texts of its mentions.
  private static func facts(of number: Int, _ table: Table, _ entities: Table) -> DocumentFacts {
    let rows = number * perDocument..<min(table.rowCount, (number + 1) * perDocument)
    guard case .strings(let names) = table.columns[2].storage else {
      return DocumentFacts(docID: "", document: DocumentRow())
    }
    let texts = rows.map { table.value(row: $0, column: 6).text + "." }
    var document = Document(
      docID: "d\(String(format: "%07d", number)).txt", text: texts.joined(separator: " "))
    if case .datetime(let date) = table.value(row: rows.lowerBound, column: 4) { document.published = date }
    var row = DocumentRow(published: document.published, text: document.text)
    row.format = "txt"
    row.hash = document.contentHash
    var facts = DocumentFacts(docID: document.docID, document: row)
    var start = 0
    for (position, mention) in rows.enumerated() {
      let text = texts[position]
      let end = start + text.utf8.count
      let code = names.code(mention)
      let name = names.pool[code]
      let type = ["Person": "PERSON", "Organization": "ORG", "Location": "GPE"][
        entities.value(row: code, column: 1).text, default: "PRODUCT"]
      let cluster = "\(type.lowercased())/\(code)"
      guard case .real(let score) = table.value(row: mention, column: 5) else { continue }
      facts.sentences.append(
        SentenceRow(sentenceID: position, start: start, end: end, text: text, sentiment: score))
      facts.mentions.append(
        MentionRow(
          sentenceID: position, mentionID: position, start: start, end: end, text: name, type: type,
          entityID: cluster, entity: name))
      facts.sentiments.append(
        SentimentRow(
          sentenceID: position, scope: "entity", mentionID: position, entityID: cluster, entity: name,
          score: score, label: score < -0.05 ? "negative" : score > 0.05 ? "positive" : "neutral",
          start: start, end: end))
      if facts.entity(cluster) == nil {
        let country = entities.value(row: code, column: 2).text
        facts.entities.append(
          EntityRow(entityID: cluster, entity: name, type: type, aliases: [name], country: country))
      }
      start = end + 1
    }
    facts.document.sentences = rows.count
    facts.document.words = 8 * rows.count
    return facts
  }
}
