import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

@Suite struct ParticipantStageTests {
  private func facts(_ participants: [ParticipantRow]) throws -> DocumentFacts {
    let text =
      "Lena Kovacs, Director of the Harbour Museum, opened the Harbour Museum. Kovacs smiled."
    let input = AnnotationInput(
      document: Document(docID: "d", text: text), parse: try RecordedParse.of(text, in: "entities"))
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    facts.participants = participants
    try EntityStage(resources: AnnotationResources()).annotate(input, into: &facts)
    try ParticipantStage(resources: AnnotationResources()).annotate(input, into: &facts)
    return facts
  }

  @Test func whoIsNamedInTheTextIsThatPerson() throws {
    let found = try facts([
      ParticipantRow(role: "from", address: "lena@museum.test", name: "Kovacs, Lena"),
      ParticipantRow(role: "to", address: "omar@museum.test", name: "Omar Reyes"),
      ParticipantRow(role: "cc", address: "lena@museum.test"),
      ParticipantRow(role: "cc", address: "desk@museum.test"),
    ])
    let ids = found.participants.map(\.entityID)
    #expect(ids[0] == "person/lena-kovacs" && ids[2] == ids[0])
    #expect(ids[1] == "person/omar-reyes" && found.participants[1].entity == "Omar Reyes")
    #expect(found.participants[3].entity == "desk@museum.test")
    #expect(found.entities.first { $0.entityID == ids[0] }?.aliases.contains("lena@museum.test") == true)
    #expect(Set(found.entities.map(\.entityID)).count == found.entities.count)
    #expect(found.clusters.map(\.clusterID) == found.entities.map(\.entityID))
  }

  @Test func noParticipantsChangeNothing() throws {
    let found = try facts([])
    #expect(found.participants.isEmpty && found.entities.map(\.entityID).contains("person/lena-kovacs"))
    #expect(ParticipantStage.name(of: ParticipantRow()).isEmpty)
  }
}
