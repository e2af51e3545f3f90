import Diagnostics
import Facts
import Linguistics
import Synchronization
import TestSupport
import Testing

@testable import Annotation

@Suite struct AnnotatorTests {
  private struct Late: AnnotationStage {
    static let name = "late"
    static let version = 1
    static let requires: Set<Layer> = [.relations]
    static let assigns: Set<Layer> = [.sentiments]
    init(resources: AnnotationResources) {}
    func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) {}
  }

  @Test func aStageWithoutWhatItRequiresIsRefused() throws {
    #expect(throws: DossierError.self) {
      try Annotator(resources: AnnotationResources(), stages: [StageRegistry.entry(Late.self)]) {
        _, _ throws(DossierError) in Parse(text: "", tokens: [], sentences: [], entities: [])
      }
    }
  }

  @Test func registeredStagesHaveDifferentNames() {
    let names = StageRegistry.stages.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test func sentencesAndTokensCutToTheirText() throws {
    for parse in try RecordedParse.all("basics") {
      let document = Document(docID: "d", text: parse.text)
      let facts = Annotator.frame(of: AnnotationInput(document: document, parse: parse))
      #expect(facts.tokens.map(\.text) == parse.tokens.map(\.text))
      for row in facts.sentences { #expect(parse.text(row.start, row.end) == row.text) }
      for row in facts.tokens { #expect(parse.text(row.start, row.end) == row.text) }
      #expect(facts.document.sentences == facts.sentences.count { !$0.text.isEmpty })
    }
  }

  @Test(arguments: [("", 0), (" \n", 0), ("one", 1), (" two  words\n", 2)])
  func wordsAreRunsBetweenWhiteSpace(text: String, count: Int) {
    #expect(Annotator.words(in: text) == count)
  }

  /// Words between single spaces, each line a sentence whose first word is the head of the others, and a name.
  private static func parse(_ text: String) -> Parse {
    var tokens: [Token] = []
    var sentences: [Range<Int>] = []
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
      let first = tokens.count
      for word in line.split(separator: " ") {
        tokens.append(
          Token(text: String(word), start: offset, end: offset + word.count, spaceAfter: true, head: first))
        offset += word.count + 1
      }
      sentences.append(first..<tokens.count)
    }
    let names = sentences.map { EntitySpan(tokens: $0.lowerBound..<$0.lowerBound + 1, label: "PERSON") }
    return Parse(text: text, tokens: tokens, sentences: sentences, entities: names)
  }

  @Test func aLongTextIsParsedInPieces() throws {
    let text = String(repeating: "Ab cd efg\n", count: 230_000)
    let lengths = Mutex<[Int]>([])
    let annotator = try Annotator(resources: AnnotationResources(), stages: []) {
      text, _ throws(DossierError) in
      lengths.withLock { $0.append(text.unicodeScalars.count) }
      return Self.parse(text)
    }
    let facts = try annotator.annotate(Document(docID: "d", text: text))
    #expect(lengths.withLock { $0 } == [1_000_000, 1_000_000, 300_000])
    #expect(facts.sentences.count == 230_000 && facts.tokens.count == 690_000)
    let last = try #require(facts.tokens.last)
    #expect(last.text == "efg" && last.start == text.utf8.count - 4 && last.head == 0)
    let whole = Self.parse(text)
    let joined = Parse(
      text: text, pieces: TextPieces.cut(text, longest: 1_000_000).map { Self.parse(String($0)) })
    #expect(joined.tokens == whole.tokens && joined.sentences == whole.sentences)
    #expect(joined.entities == whole.entities && joined.sentenceOfToken == whole.sentenceOfToken)
    // Given tokens stand as they are.
    var options = AnnotationOptions()
    options.pretokenized = true
    _ = try annotator.annotate(Document(docID: "d", text: text), options: options)
    #expect(lengths.withLock { $0.last } == 2_300_000)
  }

  @Test func annotationCanBeStoppedBetweenPieces() throws {
    let pieces = Atomic(0)
    let annotator = try Annotator(resources: AnnotationResources(), stages: []) {
      text, _ throws(DossierError) in
      pieces.add(1, ordering: .relaxed)
      return Parse(text: text, tokens: [], sentences: [], entities: [])
    }
    var options = AnnotationOptions()
    options.isCancelled = { pieces.load(ordering: .relaxed) == 2 }
    let text = String(repeating: "word ", count: 1_000_000)
    let chosen = options
    let error = #expect(throws: DossierError.self) {
      try annotator.annotate(Document(docID: "d", text: text), options: chosen)
    }
    #expect(error?.code == .annotationCancelled)
    #expect(pieces.load(ordering: .relaxed) == 2)
  }
}
