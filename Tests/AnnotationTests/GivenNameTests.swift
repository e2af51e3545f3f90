import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Name spans that the caller gives: whole phrases, of which the name is a part. Every sentence is our own.
@Suite struct GivenNameTests {
  /// The clusters of phrases given, in the order of the text: "phrase=entity id".
  private func clusters(_ text: String, _ phrases: [String]) throws -> [String] {
    let parse = try RecordedParse.of(text, in: "entities")
    var options = AnnotationOptions()
    var spans: [GivenSpan] = []
    var from = text.startIndex
    for phrase in phrases {
      let range = try #require(text.range(of: phrase, range: from..<text.endIndex))
      let start = text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound)
      spans.append(GivenSpan(start: start, end: start + phrase.unicodeScalars.count))
      from = range.upperBound
    }
    options.mentions = spans
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    try EntityStage(resources: AnnotationResources()).annotate(
      AnnotationInput(document: Document(docID: "d", text: text), parse: parse, options: options),
      into: &facts)
    let names = facts.mentions.filter { $0.kind == .name }
    // Spans stay as they were given.
    #expect(names.map(\.text) == phrases)
    return names.map(\.entityID)
  }

  @Test func theNameInsideAPhraseCounts() throws {
    let ids = try clusters(
      "The Latvian airline Baltika hired Clare Moss, whom Baltika's rival had dismissed. The airline's chief executive Omar Reyes thanked Moss.",
      [
        "The Latvian airline Baltika", "Clare Moss, whom Baltika's rival had dismissed",
        "The airline's chief executive Omar Reyes", "Moss",
      ])
    #expect(ids[1] == "person/clare-moss" && ids[3] == ids[1])
    #expect(ids[0].hasSuffix("/baltika") && ids[2] == "person/omar-reyes")
  }

  @Test func officesMeanTheirHolder() throws {
    let ids = try clusters(
      "Emperor Joshua Weller died on Monday. Weller I had called himself Emperor of the Hills and Protector of the Coast.",
      ["Emperor Joshua Weller", "Weller I", "Emperor of the Hills", "Protector of the Coast"])
    #expect(Set(ids) == ["person/joshua-weller"])
  }

  @Test func anOfficeAgainMeansWhoWasSoCalled() throws {
    let ids = try clusters(
      "President Ana Petrova spoke first. The President of the Republic left, and the President did not return.",
      ["President Ana Petrova", "The President of the Republic", "the President"])
    #expect(Set(ids) == ["person/ana-petrova"])
  }

  @Test func aBodyIsShortenedBeforeOf() throws {
    let ids = try clusters(
      "The House of Deputies met. The House voted, and this House rose.",
      ["The House of Deputies", "The House", "this House"])
    #expect(Set(ids).count == 1)
  }

  @Test func aModelIsNotItsMaker() throws {
    let ids = try clusters(
      "Northern Motors Corp. built the Northern X9. Northern sold two X9s.",
      ["Northern Motors Corp.", "the Northern X9", "Northern", "X9s"])
    #expect(ids[0] == ids[2] && ids[1] == ids[3] && ids[0] != ids[1])
  }

  @Test func anOfficeOfABodyIsNotTheBody() throws {
    let ids = try clusters(
      "Lena Kovacs, Director of the Harbour Museum, opened the Harbour Museum. Kovacs smiled.",
      ["Lena Kovacs", "Director of the Harbour Museum", "the Harbour Museum", "Kovacs"])
    #expect(ids[0] == ids[1] && ids[0] == ids[3] && ids[0] != ids[2])
  }
}
