import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct CorpusStoreTests {
  private let scratch = Scratch()

  @Test func everyTableIsThereAndReadsInSourceOrder() throws {
    let path = scratch.path("a.dossier")
    try load(
      [[sampleFacts("b", "Kim met Putin\nKim left", published: 5), sampleFacts("a", "Putin spoke")]],
      into: path)
    let store = try CorpusStore.open(path)
    #expect(Set(store.tables.keys) == Set(TableRegistry.tables.map(\.name)))
    #expect(store.batch == 1)
    #expect(try store.documentIDs() == ["a", "b"])
    #expect(
      try rows(store, "Sentences", ["DocId", "SentenceId", "Text", "Page"]) == [
        "a|0|Putin spoke|", "b|0|Kim met Putin|", "b|1|Kim left|",
      ])
    #expect(
      try rows(store, "Mentions", ["DocId", "Start", "EntityId", "Entity"]) == [
        "a|0|person/putin|PUTIN", "b|0|person/kim|KIM", "b|8|person/putin|PUTIN", "b|14|person/kim|KIM",
      ])
    #expect(
      try rows(store, "Relations", ["Subject", "SubjectId", "SubjectCountry", "Object", "ObjectId"])[0]
        == "PUTIN|person/putin|XX|thing|")
    #expect(
      try rows(store, "Relations", ["Arguments", "Speakers"])[1]
        == #"[{"role":"as","text":"Kim","entityId":"person/kim"},{"role":"in","text":"x","entityId":""}]|["KIM","nobody"]"#
    )
    #expect(
      try rows(store, "Documents", ["DocId", "Title", "Published", "Words", "Batch", "Text", "Meta"])[1]
        == "b|Title of b|0001-01-01T00:00:00.0000005Z|5|1|Kim met Putin\nKim left|{\"note\":\"é\\u0000\",\"n\":3}"
    )
    #expect(
      try rows(store, "Entities") == [
        "person/kim|KIM|PERSON|[\"Kim\"]|XX|2|1|0001-01-01T00:00:00.0000005Z|0001-01-01T00:00:00.0000005Z|0.3",
        "person/putin|PUTIN|PERSON|[\"Putin\"]|XX|2|2|0001-01-01T00:00:00.0000005Z|0001-01-01T00:00:00.0000005Z|0.5",
      ])
    #expect(try store.documentText("b") == "Kim met Putin\nKim left")
    #expect(try store.documentText("c") == nil)
  }

  /// Opening reads no rows that lie all over the file.
  @Test func countingRowsReadsIndexesAlone() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Putin spoke")]], into: path)
    let plan = try DatabaseQueue(path: path).read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + Snapshot.countingRows, arguments: ["commit": 1])
        .map { (row) -> String in row["detail"] }
    }
    #expect(plan.contains { $0.contains("directory USING COVERING INDEX directoryRows") }, "\(plan)")
  }

  @Test func partsOfTablesReadAsTheWhole() throws {
    let path = scratch.path("a.dossier")
    // Three groups whose documents interleave, and one document without any row.
    let documents = (0..<30).map {
      sampleFacts("d\($0 * 7 % 30)", $0 == 4 ? "" : "Ann and Bob\nword \($0) Cid")
    }
    try load(stride(from: 0, to: 30, by: 10).map { Array(documents[$0..<($0 + 10)]) }, into: path)
    let store = try CorpusStore.open(path)
    for table in TableRegistry.tables.map(\.name) {
      guard let provider = store.tables[table] else { continue }
      let columns = Array(provider.schema.fields.indices.reversed())
      let whole = try provider.read(columns: columns, rows: 0..<provider.rowCount)
      for start in stride(from: 0, to: provider.rowCount, by: 7) {
        let end = min(start + 7, provider.rowCount)
        let part = try provider.read(columns: columns, rows: start..<end)
        for (column, vector) in part.enumerated() {
          #expect(vector.count == end - start)
          for row in start..<end {
            #expect(vector.value(row - start).text == whole[column].value(row).text, "\(table) row \(row)")
          }
        }
      }
    }
  }

  /// What a mention's type is depends on its entity; all else is read for itself.
  @Test func columnsThatAreNotNamedAreNotRead() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Kim met Putin\nAnn left")]], into: path)
    let mentions = ["Kind", "Start", "Type"]
    let whole = try rows(try CorpusStore.open(path), "Mentions", mentions)
    let tokens = try rows(try CorpusStore.open(path), "Tokens", ["Lemma"])
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in
      try db.execute(
        sql: """
          UPDATE segments SET data = zeroblob(length(data)) WHERE columnId IN (
            SELECT c.id FROM columns c JOIN tables t ON t.id = c.tableId
            WHERE t.name = 'Mentions' AND c.name NOT IN ('Kind', 'Start', 'Type', 'EntityId')
              OR t.name = 'Tokens' AND c.name <> 'Lemma')
          """)
    }
    try queue.close()
    let store = try CorpusStore.open(path)
    #expect(try rows(store, "Mentions", mentions) == whole && whole.count == 3)
    #expect(try rows(store, "Tokens", ["Lemma"]) == tokens)
    for (table, column) in [("Mentions", "Text"), ("Mentions", "End"), ("Tokens", "Pos")] {
      #expect(errorCode { _ = try rows(store, table, [column]) } == "STO108", "\(table).\(column)")
    }
  }

  @Test func orderAndGroupingOfLoadsDoNotMatter() throws {
    let documents = (0..<12).map {
      sampleFacts("doc\($0)", "Ann saw Bob\(String(repeating: "!", count: $0)) Zoë\nyes")
    }
    let (one, many) = (scratch.path("one.dossier"), scratch.path("many.dossier"))
    try load([documents], into: one)
    for document in documents.reversed() { try load([[document]], into: many) }
    let (a, b) = (try CorpusStore.open(one), try CorpusStore.open(many))
    #expect(b.batch == 12)
    #expect(try a.contentHash() == b.contentHash())
    for table in TableRegistry.tables where table.name != "Documents" && table.name != "Imports" {
      #expect(try rows(a, table.name) == rows(b, table.name), "\(table.name)")
    }
    let columns = DocumentRow.table.schema.names.filter { $0 != "Batch" }
    #expect(try rows(a, "Documents", columns) == rows(b, "Documents", columns))
    let other = scratch.path("other.dossier")
    try load([Array(documents.dropLast()) + [sampleFacts("doc11", "else")]], into: other)
    #expect(try CorpusStore.open(other).contentHash() != a.contentHash())
  }

  @Test func changedDocumentsAreReplacedAndSnapshotsKeepWhatWas() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Ann met Bob"), sampleFacts("b", "Bob slept")]], into: path)
    let first = try CorpusStore.open(path)
    let before = try rows(first, "Entities")
    let early = try CorpusStore.open(path)
    try load([[sampleFacts("b", "Cid woke\nand Cid ran"), sampleFacts("c", "Dan")]], into: path)
    let writer = try StoreWriter(path)
    #expect(try writer.remove(["a", "nope"]) == 1)
    try writer.finish(resolve: resolveByName)

    let now = try CorpusStore.open(path)
    #expect(now.batch == 3)
    #expect(now.documentCount == 2)
    #expect(try rows(now, "Mentions", ["DocId", "Entity"]) == ["b|CID", "b|CID", "c|DAN"])
    #expect(now.tables["Sentences"]?.rowCount == 3)
    #expect(try rows(now, "Entities", ["EntityId", "Mentions"]) == ["person/cid|2", "person/dan|1"])
    #expect(try now.documentText("a") == nil)

    let second = try CorpusStore.open(path, snapshot: 2)
    #expect(
      try rows(second, "Mentions", ["DocId", "Entity"]) == ["a|ANN", "a|BOB", "b|CID", "b|CID", "c|DAN"])
    #expect(try rows(CorpusStore.open(path, snapshot: 1), "Entities") == before)
    // One that was open all along sees nothing of it, also in what it reads only now.
    #expect(try rows(early, "Entities") == before)
    #expect(try early.documentText("b") == "Bob slept")
    #expect(errorCode { _ = try CorpusStore.open(path, snapshot: 4) } == "STO109")
    #expect(errorCode { _ = try CorpusStore.open(path, snapshot: 0) } == "STO109")
  }

  @Test func clustersThatNoResolutionSawStandForThemselves() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Ann met Bob")]], into: path)
    // As a load that was killed leaves it: a group, and no end.
    var writer: StoreWriter? = try StoreWriter(path)
    try writer?.commit([sampleFacts("b", "Ann\nEve")], annotator: "a1")
    writer = nil
    let store = try CorpusStore.open(path)
    #expect(
      try rows(store, "Mentions", ["DocId", "EntityId", "Entity"]) == [
        "a|person/ann|ANN", "a|person/bob|BOB", "b|e0|Ann", "b|e1|Eve",
      ])
    #expect(
      try rows(store, "Entities", ["EntityId", "Mentions"]) == [
        "e0|1", "e1|1", "person/ann|1", "person/bob|1",
      ])
    let next = try StoreWriter(path)
    #expect(try next.needsResolution())
    try next.finish(resolve: resolveByName)
    #expect(
      try rows(CorpusStore.open(path), "Entities", ["EntityId", "Mentions"]) == [
        "person/ann|2", "person/bob|1", "person/eve|1",
      ])
  }

  @Test func aLoadThatBringsNothingLeavesTheStoreAsItWas() throws {
    let path = scratch.path("a.dossier")
    try load([[sampleFacts("a", "Ann")]], into: path)
    let before = try Data(contentsOf: URL(filePath: path))
    try load([], into: path)
    #expect(try CorpusStore.open(path).batches() == [1])
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func namesAndTextsOfAnyKindComeBack() throws {
    let path = scratch.path("a.dossier")
    let text = "NUL \u{0} here\r\n\u{FEFF}👩‍👩‍👧 e\u{301} \u{202E}rtl\nAnn"
    try load(
      [[sampleFacts("dir/ü \u{1F600}'\".txt", text), sampleFacts("dir/u\u{308}.txt", "x")]], into: path)
    let store = try CorpusStore.open(path)
    #expect(
      try store.documentIDs().map { Array($0.utf8) }
        == ["dir/u\u{308}.txt", "dir/ü \u{1F600}'\".txt"].map { Array($0.utf8) })
    let back = try #require(try store.documentText("dir/ü \u{1F600}'\".txt"))
    #expect(Array(back.utf8) == Array(text.utf8))
    let whole = try rows(store, "Documents", ["Text"])
    #expect(Array(whole[1].utf8) == Array(text.utf8))
  }
}
