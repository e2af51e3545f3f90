import Columnar
import Diagnostics
import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Every sentence is our own, and so is this lexicon: the published one is not needed here.
@Suite struct SentimentStageTests {
  private static let ratings = """
    good\t1.9
    excellent\t2.7
    brilliant\t2.8
    praised\t2.2
    condemned\t-1.9
    accused\t-1.8
    fraud\t-2.8
    helped\t1.8
    helpful\t1.8
    courage\t2.2
    disaster\t-3.1
    war\t-2.9
    hope\t1.9
    party\t1.7
    """

  private func annotate(_ text: String, targets: [GivenSpan] = [], explains: Bool = false) throws
    -> DocumentFacts
  {
    let parse = try RecordedParse.of(text, in: "sentiment")
    var options = AnnotationOptions()
    options.targets = targets
    options.explainsTargets = explains
    let stages = [
      StageRegistry.entry(EntityStage.self), StageRegistry.entry(QuoteStage.self),
      StageRegistry.entry(SentimentStage.self),
    ]
    let resources = AnnotationResources(sentimentLexicon: try SentimentLexicon(text: Self.ratings))
    let annotator = try Annotator(resources: resources, stages: stages) { _, _ throws(DossierError) in parse }
    return try annotator.annotate(Document(docID: "d", text: text), options: options)
  }

  private func sentence(_ text: String) throws -> Double {
    try #require(try annotate(text).sentiments.first { $0.scope == "sentence" }).score
  }

  private func toward(_ entity: String, _ text: String) throws -> SentimentRow {
    try #require(try annotate(text).sentiments.first { $0.scope == "entity" && $0.entity == entity })
  }

  @Test func degreeAndNegationChangeAWord() throws {
    let plain = try sentence("The bridge is good.")
    #expect(plain > 0.1)
    #expect(try sentence("The bridge is very good.") > plain)
    #expect(try sentence("The bridge is not good.") < 0)
    #expect(try sentence("Nobody helped the victims.") < 0)
    #expect(try sentence("The council lacks courage.") < 0)
    #expect(try sentence("The engineers prevented a disaster.") > 0)
    #expect(try sentence("The bridge is unhelpful.") < 0)
    #expect(try sentence("The bridge crosses the river.") == 0)
  }

  @Test func whatComesAfterButWeighsMore() throws {
    #expect(
      try sentence("The bridge is old but excellent.") > sentence("The bridge is excellent but old."))
  }

  @Test func namesCarryNoTone() throws {
    let facts = try annotate("The Good Hope Party met in Oslo.")
    #expect(facts.sentiments.allSatisfy { $0.label == "neutral" })
    #expect(facts.sentiments.flatMap(\.cues).allSatisfy { !["Good", "Hope", "Party"].contains($0.text) })
  }

  @Test func aJudgementIsTowardsItsObjectAndItsSubjects() throws {
    let praise = try toward("Paul Reed", "Anna Berg praised Paul Reed.")
    #expect(praise.label == "positive")
    #expect(praise.speaker == "Anna Berg")
    #expect(praise.speakerID == "person/anna-berg")
    #expect(praise.cues.map(\.text).contains("praised"))
    let blame = try toward("Paul Reed", "Anna Berg condemned Paul Reed.")
    #expect(blame.label == "negative")
    let judge = try toward("Anna Berg", "Anna Berg condemned Paul Reed.")
    #expect(judge.score > blame.score)
  }

  @Test func anAccusationIsItsSubjectsAttitude() throws {
    let rows = try annotate("Anna Berg accused Paul Reed of fraud.").sentiments
    let toward = try #require(rows.first { $0.scope == "entity" && $0.entity == "Paul Reed" })
    #expect(toward.label == "negative")
    #expect(toward.speaker == "Anna Berg")
  }

  @Test func aWordIsOfThoseWhomTheTreeGivesIt() throws {
    #expect(try toward("Paul Reed", "Paul Reed, a brilliant engineer, met Anna Berg.").label == "positive")
    let clauses = "Norway is a disaster, and Paul Reed lives in Oslo."
    #expect(try toward("Norway", clauses).label == "negative")
    #expect(try toward("Paul Reed", clauses).label == "neutral")
    #expect(try toward("Oslo", clauses).label == "neutral")
  }

  @Test func featuresNameNobodyAndAreShownWhenAsked() throws {
    let text = "Anna Berg condemned Paul Reed."
    let plain = try annotate(text, targets: [GivenSpan(start: 20, end: 29)])
    #expect(plain.targets[0].features.isEmpty)
    let explained = try annotate(text, targets: [GivenSpan(start: 20, end: 29)], explains: true)
    let names = explained.targets[0].features.map(\.name)
    #expect(names.contains("under:dobj:condemn"))
    #expect(!names.contains { $0.lowercased().contains("berg") || $0.lowercased().contains("reed") })
    #expect(Set(names).count == names.count)
    #expect(explained.targets[0].score == plain.targets[0].score)
  }

  @Test func whoSpeaksIsNotSpokenOf() throws {
    let text = "“Paul Reed is a brilliant engineer,” said Anna Berg."
    let speaker = try toward("Anna Berg", text)
    #expect(speaker.label == "neutral")
    let target = try toward("Paul Reed", text)
    #expect(target.label == "positive")
    #expect(target.speaker == "Anna Berg")
    let facts = try annotate(text)
    #expect(facts.sentiments.first { $0.scope == "sentence" }?.speaker == "Anna Berg")
  }

  @Test func aTopicHardlyColoursThoseBesideIt() throws {
    let text = "Paul Reed wrote about the war in Norway."
    #expect(try sentence(text) < -0.1)
    #expect(try toward("Paul Reed", text).label == "neutral")
  }

  @Test func entitiesTakeTheMeanOfTheirMentions() throws {
    let facts = try annotate("Anna Berg praised Paul Reed.")
    for entity in facts.entities {
      let scores = facts.sentiments.filter { $0.scope == "entity" && $0.entityID == entity.entityID }.map(
        \.score)
      #expect(entity.sentiment == scores.reduce(0, +) / Double(scores.count))
    }
  }

  @Test func targetsAreScoredLikeMentions() throws {
    let text = "Anna Berg condemned Paul Reed."
    let facts = try annotate(
      text,
      targets: [GivenSpan(start: 20, end: 29), GivenSpan(start: 0, end: 9), GivenSpan(start: 0, end: 1)])
    #expect(facts.targets.map(\.label) == ["negative", facts.targets[1].label, facts.targets[2].label])
    #expect(facts.targets[0].score == (try toward("Paul Reed", text)).score)
    #expect(facts.targets[1].score == (try toward("Anna Berg", text)).score)
  }

  @Test func rowsAreInTextOrderAndCueTheirWords() throws {
    for parse in try RecordedParse.all("sentiment") {
      let rows = try annotate(parse.text).sentiments
      #expect(rows.first?.scope == "document")
      #expect(rows.map(\.start) == rows.map(\.start).sorted())
      for row in rows {
        #expect((-1...1).contains(row.score))
        #expect(row.label == Tone.label(row.score))
        for cue in row.cues { #expect(parse.text(cue.start, cue.end) == cue.text) }
      }
    }
  }

  @Test func anEmptyDocumentHasNoTone() throws {
    let resources = AnnotationResources(sentimentLexicon: try SentimentLexicon(text: Self.ratings))
    let annotator = try Annotator(resources: resources) { text, _ throws(DossierError) in
      Parse(text: text, tokens: [], sentences: [], entities: [])
    }
    let facts = try annotator.annotate(
      Document(docID: "d", text: ""), options: AnnotationOptions())
    #expect(facts.sentiments.isEmpty)
  }

  @Test func withoutALexiconTheStageSaysHowToGetOne() {
    let error = #expect(throws: DossierError.self) {
      try SentimentStage(resources: AnnotationResources())
    }
    #expect(error?.message.contains("dossier model install") == true)
    #expect(error?.message.contains("\n") == false)
  }
}
