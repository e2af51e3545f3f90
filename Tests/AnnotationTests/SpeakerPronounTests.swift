import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

@Suite struct SpeakerPronounTests {
  private func facts(_ text: String) throws -> DocumentFacts {
    let input = AnnotationInput(
      document: Document(docID: "d", text: text), parse: try RecordedParse.of(text, in: "entities"))
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    let resources = AnnotationResources()
    try EntityStage(resources: resources).annotate(input, into: &facts)
    try QuoteStage(resources: resources).annotate(input, into: &facts)
    try SpeakerPronounStage(resources: resources).annotate(input, into: &facts)
    return facts
  }

  @Test func iIsWhoSpeaksInsideTheMarksOnly() throws {
    let found = try facts("“I trust my captain, but we sail alone,” said Clare Moss. I doubt it.")
    let pronouns = found.mentions.filter { $0.kind == .pronoun && $0.entityID == "person/clare-moss" }
    #expect(pronouns.map(\.text) == ["I", "my"])
    #expect(found.mentions.map(\.mentionID) == Array(found.mentions.indices))
    #expect(found.entities.first { $0.entityID == "person/clare-moss" }?.mentions == 3)
  }

  @Test func weIsABodyThatSpeaks() throws {
    let found = try facts("“We kept our word,” the Harbour Museum said.")
    let museum = try #require(found.mentions.first { $0.kind == .name })
    #expect(
      found.mentions.filter { $0.kind == .pronoun }.map(\.text)
        == (museum.type == "ORG" ? ["We", "our"] : []))
  }
}
