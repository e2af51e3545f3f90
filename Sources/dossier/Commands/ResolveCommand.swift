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
      table that has rows, as readers of a store see them.
      """)

  @Argument(help: "A JSONL file, or - for standard input.") var file = "-"
  @Flag(help: "Adds to each cluster the keys that decide what is looked at together.") var keys = false
  @Flag(help: "Puts entities into the facts of documents.") var place = false

  func validate() throws {
    if keys, place { throw ValidationError("--keys and --place are two different things; give one.") }
  }

  func run() throws {
    try reportingErrors {
      if place { return try forEachLine(of: file) { line throws(DossierError) in try Self.place(line) } }
      if keys { return try forEachLine(of: file) { line throws(DossierError) in try Self.addKeys(line) } }
      var block: DynamicValue?
      var records: [ClusterRecord] = []
      try forEachLine(of: file) { line throws(DossierError) in
        let row = try Self.row(line)
        if let block, row["Block"] != block {
          Self.resolve(records)
          records = []
        }
        block = row["Block"]
        records.append(try ClusterRecord(json: row))
      }
      Self.resolve(records)
    }
  }

  private static func row(_ line: String) throws(DossierError) -> DynamicValue {
    guard let row = DynamicValue(json: line), case .bag = row else {
      throw DossierError(.brokenFacts, "a line is not a JSON object: \(line.prefix(80))")
    }
    return row
  }

  private static func resolve(_ records: [ClusterRecord]) {
    if records.isEmpty { return }
    let resolution = EntityResolution.resolve(records)
    for (place, record) in records.enumerated() {
      let reason = resolution.reasons[place]
      printOutput(
        DynamicValue.bag([
          "DocId": .string(record.docID), "ClusterId": .string(record.clusterID),
          "EntityId": .string(resolution.entityIDs[place]), "Reason": .string(reason.text),
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
  }
}
