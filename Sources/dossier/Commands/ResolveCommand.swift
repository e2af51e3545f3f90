import Annotation
import ArgumentParser
import Columnar
import Diagnostics
import Facts

/// `dossier resolve`: clusters in, entities out, one JSON object a line.
struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Finds out which clusters of many documents mean one entity.",
    discussion: """
      Reads rows of the table Clusters as 'dossier annotate --clusters' writes them, one a line, and writes \
      {"DocId", "ClusterId", "EntityId", "Reason", "Trust"} for each, and {"EntityId", "Entity", "Type", "Country", \
      "Aliases"} for each entity. Nothing depends on the order of lines.

      Clusters that can have nothing in common may be resolved apart, by many machines: --keys adds to each row its \
      "Keys", and rows that share none, not even through others, are apart. A row's "Block" says so: lines with one \
      Block stand together and are resolved by themselves, with only one block in memory.

      --place reads {"tables": …, "entities": [{"ClusterId", "EntityId", "Entity", "Type", "Country"}, …]} a line, \
      which is an answer of annotate and what resolution says of its clusters, and writes {"Table", "Rows"} for each \
      table that has rows, as readers of a store see them; "Sketches" besides, a row {"DocId", "Published", "Sketch"} \
      of what the text is like, if it is long enough.

      --duplicates reads such rows of Sketches and writes {"DocId", "DuplicateOf"} for each document that repeats \
      another. Documents can only repeat each other if 16 digits of their sketches agree, counted from a multiple of \
      16: those that are not so tied, not even through others, may be looked at apart, in blocks as above.
      """)

  @Argument(help: "A JSONL file, or - for standard input.") var file = "-"
  @Flag(help: "Adds to each cluster the keys that decide what is looked at together.") var keys = false
  @Flag(help: "Puts entities into the facts of documents.") var place = false
  @Flag(help: "Finds documents that repeat others.") var duplicates = false

  func validate() throws {
    if [keys, place, duplicates].count(where: { $0 }) > 1 {
      throw ValidationError("--keys, --place and --duplicates are different things; give one.")
    }
  }

  func run() throws {
    try reportingErrors {
      if place { return try forEachLine(of: file) { line throws(DossierError) in try Self.place(line) } }
      if keys { return try forEachLine(of: file) { line throws(DossierError) in try Self.addKeys(line) } }
      if duplicates { return try forEachBlock(SketchedDocument.init(json:), Self.findDuplicates) }
      try forEachBlock(ClusterRecord.init(json:), Self.resolve)
    }
  }

  /// Hands on the records of each block.
  private func forEachBlock<Record>(
    _ record: (DynamicValue) throws(DossierError) -> Record, _ body: ([Record]) -> Void
  ) throws(DossierError) {
    var block: DynamicValue?
    var records: [Record] = []
    try forEachLine(of: file) { line throws(DossierError) in
      let row = try Self.row(line)
      if let block, row["Block"] != block {
        body(records)
        records = []
      }
      block = row["Block"]
      records.append(try record(row))
    }
    body(records)
  }

  private static func row(_ line: String) throws(DossierError) -> DynamicValue {
    guard let row = DynamicValue(json: line), case .bag = row else {
      throw DossierError(.brokenFacts, "a line is not a JSON object: \(line.prefix(80))")
    }
    return row
  }

  private static func resolve(_ records: [ClusterRecord]) {
    if records.isEmpty { return }
    let resolution = EntityResolution.resolve(ClusterList(records))
    for (place, record) in records.enumerated() {
      let reason = resolution.reasons[place]
      printOutput(
        DynamicValue.bag([
          "DocId": .string(record.docID), "ClusterId": .string(record.clusterID),
          "EntityId": .string(resolution.entityID(ofCluster: place)), "Reason": .string(reason.text),
          "Trust": .real(reason.score),
        ]).json + "\n")
    }
    for entity in resolution.entities {
      printOutput(
        DynamicValue.bag([
          "EntityId": .string(entity.entityID), "Entity": .string(entity.entity),
          "Type": .string(entity.type),
          "Country": .string(entity.country), "Aliases": .array(entity.aliases.map { .string($0) }),
        ]).json + "\n")
    }
  }

  private static func addKeys(_ line: String) throws(DossierError) {
    guard case .bag(var row) = try row(line) else { return }
    let record = try ClusterRecord(json: .bag(row))
    row["Keys"] = .array(EntityResolution.blockKeys(of: record).map { .string($0) })
    printOutput(DynamicValue.bag(row).json + "\n")
  }

  private static func place(_ line: String) throws(DossierError) {
    let row = try row(line)
    let facts = try DocumentFacts(docID: row["id"].text, tables: row["tables"])
    var entities: [String: ResolvedEntity] = [:]
    if case .array(let items) = row["entities"] {
      for item in items {
        entities[item["ClusterId"].text] = ResolvedEntity(
          entityID: item["EntityId"].text, entity: item["Entity"].text, type: item["Type"].text,
          country: item["Country"].text)
      }
    }
    for table in facts.placing(entities).tableLines() { printOutput(table + "\n") }
    guard let sketch = TextSketch(of: facts.document.text, omitting: facts.sentences.quotedParts) else {
      return
    }
    let known = SketchedDocument(docID: facts.docID, published: facts.document.published, sketch: sketch)
    printOutput(DynamicValue.bag(["Table": .string("Sketches"), "Rows": .array([known.json])]).json + "\n")
  }

  private static func findDuplicates(_ documents: [SketchedDocument]) {
    let sorted = documents.sorted { $0.precedes($1) }
    for (place, original) in TextSketch.originals(sorted.flatMap(\.sketch.words)).enumerated() {
      guard let original else { continue }
      let found = DynamicValue.bag([
        "DocId": .string(sorted[place].docID), "DuplicateOf": .string(sorted[original].docID),
      ])
      printOutput(found.json + "\n")
    }
  }
}

/// What tells whether a document repeats another.
private struct SketchedDocument {
  let docID: String
  /// Ticks.
  let published: Int64?
  let sketch: TextSketch

  init(docID: String, published: Int64?, sketch: TextSketch) {
    (self.docID, self.published, self.sketch) = (docID, published, sketch)
  }

  init(json row: DynamicValue) throws(DossierError) {
    guard let sketch = TextSketch(hexadecimal: row["Sketch"].text) else {
      throw DossierError(.brokenFacts, "a line is no row of Sketches")
    }
    var published: Int64?
    if case .long(let ticks) = row["Published"] { published = ticks }
    self.init(docID: row["DocId"].text, published: published, sketch: sketch)
  }

  var json: DynamicValue {
    .bag([
      "DocId": .string(docID), "Published": published.map { .long($0) } ?? .null,
      "Sketch": .string(sketch.hexadecimal),
    ])
  }

  /// The order of precedence of `Documents.DuplicateOf`: the first published, documents without a date last.
  func precedes(_ other: SketchedDocument) -> Bool {
    if published != other.published { return (published ?? .max) < (other.published ?? .max) }
    return scalarsPrecede(docID, other.docID)
  }
}
