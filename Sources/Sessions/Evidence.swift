import Columnar
import Diagnostics
import KQLEngine

/// A passage that a result row rests on.
public struct Passage: Sendable, Hashable {
  /// The document.
  public var docID: String
  /// Its title.
  public var title: String
  /// First Unicode scalar of the passage in the document's text.
  public var start: Int
  /// After the last.
  public var end: Int
  /// The sentence, or the document's title where the row is a document.
  public var text: String
  /// Parts of `text` that the rows speak of, ascending.
  public var highlights: [Highlight]
  /// `DocId#Start-End`.
  public var cite: String { "\(docID)#\(start)-\(end)" }
}

/// A part of a passage that a row speaks of, and as what.
public struct Highlight: Sendable, Hashable {
  /// What the part is to the row.
  public enum Kind: String, Sendable {
    /// A person, organisation, place: who does it, whom it is done to, who is spoken of.
    case entity
    /// What is done.
    case predicate
    /// A date or an amount.
    case date
    /// A word that decided a sentiment.
    case cue
    /// All that the row covers, where none of its parts is known.
    case span
  }
  /// The part, in Unicode scalars of the passage's text.
  public var range: Range<Int>
  /// What it is.
  public var kind: Kind
  /// Makes a highlight.
  public init(_ range: Range<Int>, _ kind: Kind) {
    self.range = range
    self.kind = kind
  }
}

/// All that one result row rests on.
public struct Evidence: Sendable {
  /// Passages in source order, each once.
  public var passages: [Passage]
  /// How many source rows the result row rests on.
  public var sourceRows: Int
  /// Whether there are more than `passages` shows.
  public var isCut: Bool
  /// What the documents of the passages leave open.
  public var coverage = Coverage()
  /// The entities among those source rows, in their order: what is known of them rests on merges too.
  public var entityIDs: [String] = []
  /// What those source rows were read as, where a stage decided it: relations, dates, scores; the first few.
  public var findings: [Finding] = []
}

/// What documents leave open, over all their sentences: an answer that rests on them may lack as much.
public struct Coverage: Sendable, Hashable {
  /// How many documents.
  public var documents = 0
  /// Pronouns that no entity was found for.
  public var openPronouns = 0
  /// Dates whose interval is not known.
  public var unresolvedDates = 0
  /// Sentences without a relation.
  public var bareSentences = 0
}

/// Turns references to rows into the sentences that they stand in.
struct EvidenceFinder {
  let catalog: CorpusCatalog
  /// Table names by the numbers that lineage uses.
  let sources: [String]

  func evidence(for lineage: Lineage, limit: Int) throws(DossierError) -> Evidence {
    var found: [Key: Passage] = [:]
    var order: [Key] = []
    var isCut = lineage.total > lineage.rows.count
    var entityIDs: [String] = []
    var findings: [Finding] = []
    for reference in lineage.rows {
      if findings.count < Finding.most, let finding = try finding(of: reference),
        !findings.contains(finding)
      {
        findings.append(finding)
      }
      if entityIDs.count < limit, let id = try entityID(of: reference) { entityIDs.append(id) }
      if order.count >= limit {
        isCut = true
        break
      }
      for (key, passage) in try passages(of: reference) {
        if var known = found[key] {
          for highlight in passage.highlights where !known.highlights.contains(highlight) {
            known.highlights.append(highlight)
          }
          known.highlights.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
          }
          found[key] = known
        } else if order.count < limit {
          found[key] = passage
          order.append(key)
        } else {
          isCut = true
        }
      }
    }
    let passages = order.compactMap { found[$0] }
    return Evidence(
      passages: passages, sourceRows: lineage.total, isCut: isCut, coverage: try coverage(of: passages),
      entityIDs: entityIDs, findings: findings)
  }

  /// What a stage made of the words, for a row of Relations, Dates or Sentiments.
  private func finding(of reference: RowReference) throws(DossierError) -> Finding? {
    guard sources.indices.contains(Int(reference.source)),
      let table = catalog.table(sources[Int(reference.source)])?.provider
    else { return nil }
    return try Finding(Row(table: table, row: Int(reference.row)), in: sources[Int(reference.source)])
  }

  private func coverage(of passages: [Passage]) throws(DossierError) -> Coverage {
    var coverage = Coverage()
    var seen: Set<String> = []
    for passage in passages where seen.insert(passage.docID).inserted {
      let rows = try catalog.directory.documentRows(of: constant(.string(passage.docID), .string))
      func count(_ column: String) throws(DossierError) -> Int {
        let cell = try catalog.directory.documentColumn(column, rows: rows).value(0)
        if case .long(let number) = cell { return Int(number) }
        return 0
      }
      coverage.documents += 1
      coverage.openPronouns += try count("OpenPronouns")
      coverage.unresolvedDates += try count("UnresolvedDates")
      coverage.bareSentences += try count("BareSentences")
    }
    return coverage
  }

  /// The id in a row of Entities.
  private func entityID(of reference: RowReference) throws(DossierError) -> String? {
    guard sources.indices.contains(Int(reference.source)), sources[Int(reference.source)] == "Entities",
      let table = catalog.table("Entities")?.provider
    else { return nil }
    return try Row(table: table, row: Int(reference.row)).text("EntityId")
  }

  private struct Key: Hashable {
    let docID: String
    let start: Int
  }

  private func passages(of reference: RowReference) throws(DossierError) -> [(Key, Passage)] {
    guard sources.indices.contains(Int(reference.source)) else { return [] }
    let name = sources[Int(reference.source)]
    guard let table = catalog.table(name)?.provider else { return [] }
    let row = Int(reference.row)
    let cells = Row(table: table, row: row)
    guard let docID = try cells.text("DocId") else {
      // An entity rests on its mentions.
      guard let id = try cells.text("EntityId") else { return [] }
      return try mentions(of: id)
    }
    guard let sentence = try cells.integer("SentenceId") else {
      let title = try catalog.directory.documentColumn(
        "Title", rows: catalog.directory.documentRows(of: constant(.string(docID), .string)))
      let text = title.value(0).text
      return [
        (
          Key(docID: docID, start: 0),
          Passage(docID: docID, title: text, start: 0, end: 0, text: text, highlights: [])
        )
      ]
    }
    guard let passage = try self.sentence(docID, sentence) else { return [] }
    var marked = passage
    if let start = try cells.integer("Start"), let end = try cells.integer("End"),
      start >= passage.start, end <= passage.end, start < end
    {
      let span = (start - passage.start)..<(end - passage.start)
      marked.highlights = try PassageMarks(passage.text, span).highlights(of: cells, in: name)
    }
    return [(Key(docID: docID, start: passage.start), marked)]
  }

  private func sentence(_ docID: String, _ number: Int) throws(DossierError) -> Passage? {
    let directory = catalog.directory
    let ids = constant(.string(docID), .string)
    let rows = try directory.sentenceRows(of: ids, numbers: constant(.long(Int64(number)), .long))
    guard rows[0] >= 0 else { return nil }
    let title = try directory.documentColumn("Title", rows: directory.documentRows(of: ids)).value(0).text
    func integer(_ name: String) throws(DossierError) -> Int {
      if case .long(let value) = try directory.sentenceColumn(name, rows: rows).value(0) { return Int(value) }
      return 0
    }
    return Passage(
      docID: docID, title: title, start: try integer("Start"), end: try integer("End"),
      text: try directory.sentenceColumn("Text", rows: rows).value(0).text, highlights: [])
  }

  private func mentions(of entityID: String) throws(DossierError) -> [(Key, Passage)] {
    guard let table = catalog.table("Mentions")?.provider,
      let column = table.schema.index(of: "EntityId")
    else { return [] }
    let ids = try table.read(columns: [column], rows: 0..<table.rowCount)[0]
    guard case .strings(let strings) = ids.flattened().storage else { return [] }
    let wanted = Array(entityID.utf8)
    let isWanted = strings.mapDistinct { $0.elementsEqual(wanted) }
    let finder = EvidenceFinder(catalog: catalog, sources: ["Mentions"])
    var result: [(Key, Passage)] = []
    for row in isWanted.indices where isWanted[row] && result.count < Lineage.cap {
      result += try finder.passages(of: RowReference(source: 0, row: Int64(row)))
    }
    return result
  }

  private func constant(_ value: Value, _ type: ScalarType) -> ColumnVector {
    ColumnVector(constant: value, type: type, count: 1)
  }

  /// Cells of one row by column name.
  struct Row {
    let table: any TableProvider
    let row: Int

    func value(_ name: String) throws(DossierError) -> Value? {
      guard let index = table.schema.index(of: name), row < table.rowCount else { return nil }
      return try table.read(columns: [index], rows: row..<(row + 1))[0].value(0)
    }
    func text(_ name: String) throws(DossierError) -> String? {
      guard case .string(let text)? = try value(name) else { return nil }
      return text
    }
    func integer(_ name: String) throws(DossierError) -> Int? {
      guard case .long(let number)? = try value(name) else { return nil }
      return Int(number)
    }
    func texts(_ name: String) throws(DossierError) -> [String] {
      guard case .dynamic(.array(let items))? = try value(name) else { return [] }
      return items.map(\.text)
    }
  }
}
