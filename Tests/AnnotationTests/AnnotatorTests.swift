import Diagnostics
import Facts
import Linguistics
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
}
