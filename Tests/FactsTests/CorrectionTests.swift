import Diagnostics
import Facts
import Testing

struct CorrectionTests {
  private let records: ClusterList = [
    ClusterRecord(
      docID: "a", clusterID: "c1", type: "PERSON", name: "John Smith", forms: [NameForm("John Smith")]),
    ClusterRecord(docID: "a", clusterID: "c2", type: "ORG", name: "Amazon", forms: [NameForm("Amazon")]),
    ClusterRecord(
      docID: "b", clusterID: "c1", type: "PERSON", name: "Jane Smith", forms: [NameForm("Jane Smith")]),
    ClusterRecord(docID: "b", clusterID: "c2", type: "PERSON", name: "Smith", forms: [NameForm("Smith")]),
  ]
  private var resolution: Resolution {
    Resolution(
      entityIDs: ["person/smith", "org/amazon", "person/smith", "person/smith-2"],
      entities: [
        ResolvedEntity(entityID: "org/amazon", entity: "Amazon", type: "ORG", aliases: ["Amazon"]),
        ResolvedEntity(
          entityID: "person/smith", entity: "John Smith", type: "PERSON",
          aliases: ["John Smith", "Jane Smith"]),
        ResolvedEntity(entityID: "person/smith-2", entity: "Smith", type: "PERSON", aliases: ["Smith"]),
      ])
  }

  @Test(arguments: [
    "alias \"Rocket Man\" person/kim", "merge person/a person/b",
    "split person/smith \"Jane \\\"J\\\" Smith\"",
    "split person/smith in \"two words.txt\"", "retype org/amazon LOC", "alias \"#1\" person/x",
  ])
  func aLineReadsBack(line: String) throws { #expect(try Correction(line).text == line) }

  @Test func aTextIsReadLineByLine() throws {
    let list = try Correction.list("# mine\n\nmerge a b\n  retype c LOC  \n")
    #expect(list == [.merge(entityID: "a", into: "b"), .retype(entityID: "c", type: "LOC")])
    #expect(throws: DossierError.self) { _ = try Correction.list("merge a b\nmerge a\n") }
    let error = #expect(throws: DossierError.self) { _ = try Correction.list("merge a b\nmarry a b\n") }
    #expect(error?.message.hasPrefix("line 2: ") == true)
  }

  @Test func mergeMovesClustersAndNames() {
    let merged = resolution.corrected(by: [.merge(entityID: "person/smith-2", into: "person/smith")], records)
    #expect(merged.entityIDs == ["person/smith", "org/amazon", "person/smith", "person/smith"])
    #expect(merged.entities.map(\.entityID) == ["org/amazon", "person/smith"])
    #expect(merged.entities[1].aliases == ["John Smith", "Jane Smith", "Smith"])
  }

  @Test func aliasMovesWhatIsCalledSo() {
    let aliased = resolution.corrected(by: [.alias(name: "SMITH", entityID: "person/smith")], records)
    #expect(aliased.entityIDs[3] == "person/smith")
    #expect(aliased.entities.map(\.entityID) == ["org/amazon", "person/smith"])
    // A name that no document has is still one of the entity's.
    let other = resolution.corrected(by: [.alias(name: "Smithy", entityID: "person/smith")], records)
    #expect(other.entityIDs == resolution.entityIDs)
    #expect(other.entities[1].aliases.last == "Smithy")
  }

  @Test func splitTakesANameOrADocumentOut() {
    let byName = resolution.corrected(by: [.splitName(entityID: "person/smith", name: "Jane-Smith")], records)
    #expect(byName.entityIDs[2] == "person/jane-smith")
    #expect(byName.entities.first { $0.entityID == "person/smith" }?.aliases == ["John Smith"])
    let byDocument = resolution.corrected(
      by: [.splitDocument(entityID: "person/smith", docID: "b")], records)
    #expect(byDocument.entityIDs == ["person/smith", "org/amazon", "person/jane-smith", "person/smith-2"])
    // Nothing would be left, so nothing is done.
    #expect(
      resolution.corrected(by: [.splitName(entityID: "org/amazon", name: "Amazon")], records) == resolution)
  }

  @Test func aFreshIdIsNotAnothersAndUnknownIdsChangeNothing() {
    let split = resolution.corrected(
      by: [
        .retype(entityID: "org/amazon", type: "LOC"), .merge(entityID: "person/nobody", into: "org/amazon"),
      ],
      records)
    #expect(split.entities[0].type == "LOC")
    #expect(split.entityIDs == resolution.entityIDs)
    let records: ClusterList = [
      ClusterRecord(docID: "a", clusterID: "x", name: "Ann"),
      ClusterRecord(docID: "a", clusterID: "y", name: "Bob"),
      ClusterRecord(docID: "b", clusterID: "z", name: "Bob"),
    ]
    let bobs = Resolution(
      entityIDs: ["person/ann", "person/ann", "person/bob"],
      entities: [
        ResolvedEntity(entityID: "person/ann", entity: "Ann"),
        ResolvedEntity(entityID: "person/bob", entity: "Bob"),
      ])
    #expect(
      bobs.corrected(by: [.splitName(entityID: "person/ann", name: "Bob")], records).entityIDs
        == ["person/ann", "person/bob-2", "person/bob"])
  }
}
