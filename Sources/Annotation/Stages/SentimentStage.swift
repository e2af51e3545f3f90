import Diagnostics
import Facts
import Linguistics

/// How things are spoken of: the tone of the document, of each sentence, and towards each mention of an entity.
///
/// - Rows: the document first, then in text order, a sentence before the mentions that start with it. Every sentence with words and every
///   mention has its row; a score of 0 with no cues is one that says nothing good or bad.
/// - Documents and sentences are scored by rule: their words' valences as negation, degree and contrast leave them. Towards
///   an entity a small model decides, which looks at the same words and at how the tree leads from the name to them; its
///   `Score` is how much likelier positive is than negative, at 0.1 or beyond only where neutral isn't likeliest.
/// - `Cues` are the words that decided the score, with what they count: their valence (about −4 to 4), or what they say for
///   positive and against negative.
/// - `Speaker` is whose words the cues are: of the quotation or report that most of them stand in, or who judges by a verb
///   of judgement ("condemned the launch"); empty: the document's own.
/// - Source: C.J. Hutto and E.E. Gilbert, "VADER", ICWSM 2014, for the ratings and the idea of degree and contrast.
public struct SentimentStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "sentiment"
  /// Names carry no tone, quotations tell whose it is.
  public static let requires: Set<Layer> = [.sentences, .mentions, .entities, .quotes]
  /// The rows of Sentiments, and the columns of that name elsewhere.
  public static let assigns: Set<Layer> = [.sentiments]
  /// Raised when rows change.
  public static let version = 1

  private let finder: CueFinder

  /// Needs the sentiment lexicon.
  ///
  /// - Errors: `NLP302`, on one line with what to run, if there is none.
  public init(resources: AnnotationResources) throws(DossierError) {
    guard let lexicon = resources.sentimentLexicon else {
      throw DossierError(
        .missingLexicon, "the sentiment lexicon is not installed; run: dossier model install")
    }
    finder = CueFinder(lexicon: ToneLexicon(lexicon))
  }

  /// Adds the rows of Sentiments, and the tone of sentences, of the document's clusters and of the spans asked for.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let parse = input.parse
    let cues = SentenceCues(finder.cues(in: parse, mentions: facts.mentions), in: parse)
    let features = TargetFeatures(parse: parse, cues: cues, facts: facts)
    let opinions = OpinionHolders(parse: parse, facts: facts)
    var rows: [SentimentRow] = []
    var scores: [Double] = []
    for (number, sentence) in facts.sentences.enumerated() where !sentence.text.isEmpty {
      let score = Tone.ofText(cues[sentence.sentenceID])
      scores.append(score)
      facts.sentences[number].sentiment = score
      let shares = cues[sentence.sentenceID].map { Share(token: $0.token, value: $0.valence) }
      rows.append(
        row(
          "sentence", score, Tone.label(score), shares, opinions, parse, start: sentence.start,
          end: sentence.end, sentence: sentence.sentenceID))
    }
    var toward: [String: (sum: Double, count: Int)] = [:]
    for mention in facts.mentions where !mention.entityID.isEmpty && !mention.tokens.isEmpty {
      let verdict = TargetModel.shared.verdict(on: features.features(of: mention.tokens))
      var row = row(
        "entity", verdict.score, Tone.label(verdict.score), verdict.shares, opinions, parse,
        start: mention.start,
        end: mention.end, sentence: mention.sentenceID)
      row.mentionID = mention.mentionID
      row.entityID = mention.entityID
      row.entity = mention.entity
      rows.append(row)
      let known = toward[mention.entityID] ?? (0, 0)
      toward[mention.entityID] = (known.sum + verdict.score, known.count + 1)
    }
    if !scores.isEmpty { rows.insert(document(scores, cues, parse), at: 0) }
    facts.sentiments = rows.enumerated().sorted {
      ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
    }
    .map(\.element)
    for index in facts.entities.indices {
      if let tone = toward[facts.entities[index].entityID] {
        facts.entities[index].sentiment = tone.sum / Double(tone.count)
      }
    }
    facts.targets = input.options.targets.map {
      target(of: $0, features, explains: input.options.explainsTargets)
    }
  }

  /// The document's row: the mean of its sentences, and the strongest cues.
  private func document(_ scores: [Double], _ words: SentenceCues, _ parse: Parse) -> SentimentRow {
    var sum = 0.0
    for score in scores { sum += score }
    let score = Tone.rounded(sum / Double(scores.count))
    let shares = words.all.map { Share(token: $0.token, value: $0.valence) }
    return SentimentRow(
      scope: "document", score: score, label: Tone.label(score), cues: cues(shares, parse), start: 0,
      end: parse.scalars.count)
  }

  private func row(
    _ scope: String, _ score: Double, _ label: String, _ shares: [Share], _ opinions: OpinionHolders,
    _ parse: Parse, start: Int, end: Int, sentence: Int
  ) -> SentimentRow {
    let speaker = opinions.holder(of: shares)
    return SentimentRow(
      sentenceID: sentence, scope: scope, speaker: speaker?.name ?? "", speakerID: speaker?.id ?? "",
      score: score, label: label, cues: cues(shares, parse), start: start, end: end)
  }

  private static let mostCues = 20

  /// The strongest shares as cues, in text order.
  private func cues(_ shares: [Share], _ parse: Parse) -> [SentimentCue] {
    let telling = shares.filter { $0.value.magnitude >= TargetModel.leastShare }
    let strongest = telling.indices.sorted {
      let (a, b) = (telling[$0].value.magnitude, telling[$1].value.magnitude)
      return a != b ? a > b : $0 < $1
    }.prefix(Self.mostCues).sorted()
    return strongest.map { index in
      let token = parse.tokens[telling[index].token]
      return SentimentCue(
        text: token.text, start: token.start, end: token.end, score: Tone.rounded(telling[index].value))
    }
  }

  private func target(of span: GivenSpan, _ features: TargetFeatures, explains: Bool) -> TargetTone {
    let tokens = features.parse.tokens
    // The first token that ends behind the start: tokens are sorted, so half of those left go each time.
    var (low, high) = (0, tokens.count)
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].end <= span.start { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < tokens.count, tokens[end].start < span.end { end += 1 }
    guard low < end else { return TargetTone(start: span.start, end: span.end) }
    let list = features.features(of: low..<end, keepingNames: explains)
    let verdict = TargetModel.shared.verdict(on: list)
    var tone = TargetTone(
      start: span.start, end: span.end, score: verdict.score, label: Tone.label(verdict.score),
      cues: cues(verdict.shares, features.parse))
    tone.features = zip(list.names, list.items).map { ($0, $1.value) }
    return tone
  }
}
