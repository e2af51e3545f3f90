import Diagnostics
import Facts
import Linguistics

/// Turns documents into facts: parses the text, then runs the stages in the registry's order.
///
/// Annotation is a pure function of document, options, parser and resources; an annotator may be used from
/// any number of threads at once.
public struct Annotator: Sendable {
  /// Parses a text; the flag says that tokens are what stands between single spaces.
  public typealias Parser = @Sendable (String, Bool) throws(DossierError) -> Parse

  /// Names all that the facts depend on besides document and model: the stages, their versions, and the
  /// sentiment lexicon. Documents stored under another fingerprint must be annotated again.
  public let fingerprint: String
  private let stages: [any AnnotationStage]
  private let parser: Parser

  /// Makes the stages, and checks that each finds the layers that it requires.
  ///
  /// - Errors: `NLP310` when a stage comes before one that it requires, or two assign one layer; a
  ///   stage's own errors, such as `NLP302` for a missing sentiment lexicon.
  public init(
    resources: AnnotationResources, stages entries: [StageEntry] = StageRegistry.stages,
    parser: @escaping Parser
  ) throws(DossierError) {
    var assigned: Set<Layer> = [.sentences]
    var made: [any AnnotationStage] = []
    for entry in entries {
      let missing = Layer.allCases.filter { entry.requires.contains($0) && !assigned.contains($0) }
      guard missing.isEmpty else {
        throw DossierError(
          .stageOrder,
          "stage '\(entry.name)' requires \(missing.map(\.rawValue)), which no earlier stage assigns")
      }
      guard assigned.isDisjoint(with: entry.assigns) else {
        throw DossierError(.stageOrder, "stage '\(entry.name)' assigns a layer that is there already")
      }
      assigned.formUnion(entry.assigns)
      made.append(try entry.make(resources))
    }
    stages = made
    self.parser = parser
    let names =
      entries.map { "\($0.name)/\($0.version)" } + [
        "lexicon/\(resources.sentimentLexicon?.fingerprint ?? "none")"
      ]
    fingerprint = "annotation/3 " + names.joined(separator: " ")
  }

  /// The facts of one document. Entity ids are the document's own clusters.
  ///
  /// A text of more than a million Unicode scalars is parsed in pieces (spaCy takes no longer ones).
  ///
  /// - Errors: the parser's and the stages'; `NLP311` once `options.isCancelled` gives true.
  public func annotate(
    _ document: Document, options: AnnotationOptions = AnnotationOptions()
  ) throws(DossierError) -> DocumentFacts {
    let parse: Parse
    if let given = document.parse {
      parse = given
    } else if Self.isInOtherLanguage(document, options) {
      // Kept and searchable; what a model of another language finds is nonsense.
      let parse = Parse(text: document.text, tokens: [], sentences: [], entities: [])
      return Self.frame(of: AnnotationInput(document: document, parse: parse, options: options))
    } else {
      parse = try self.parse(document.text, options)
    }
    let input = AnnotationInput(document: document, parse: parse, options: options)
    var facts = Self.frame(of: input)
    for stage in stages {
      try checkCancelled(options)
      try stage.annotate(input, into: &facts)
    }
    // Durations and sets have no interval of their own.
    facts.document.unresolvedDates = facts.dates.count {
      $0.from == nil && ($0.type == "DATE" || $0.type == "TIME")
    }
    var related = Set<Int>()
    for relation in facts.relations { related.insert(relation.sentenceID) }
    facts.document.bareSentences = facts.sentences.count {
      !$0.text.isEmpty && !related.contains($0.sentenceID)
    }
    return facts
  }

  /// The most Unicode scalars that are parsed at once.
  private static let longestPiece = 1_000_000

  private func parse(_ text: String, _ options: AnnotationOptions) throws(DossierError) -> Parse {
    try checkCancelled(options)
    // Given tokens are never cut.
    let pieces = options.pretokenized ? [] : TextPieces.cut(text, longest: Self.longestPiece)
    guard pieces.count > 1 else { return try parser(text, options.pretokenized) }
    var parses: [Parse] = []
    for piece in pieces {
      try checkCancelled(options)
      parses.append(try parser(String(piece), false))
    }
    return Parse(text: text, pieces: parses)
  }

  private func checkCancelled(_ options: AnnotationOptions) throws(DossierError) {
    if options.isCancelled() { throw DossierError(.annotationCancelled, "the annotation was stopped") }
  }

  /// The language that the stages read.
  private static let language = "en"

  /// Whether a document is in another language than the stages read. Whoever gives tokens or spans has read the text.
  private static func isInOtherLanguage(_ document: Document, _ options: AnnotationOptions) -> Bool {
    !options.pretokenized && options.targets.isEmpty && options.mentions == nil
      && TextLanguage.differs(document.language, from: language)
  }

  /// The document's row, its sentences and tokens.
  static func frame(of input: AnnotationInput) -> DocumentFacts {
    let document = input.document
    let parse = input.parse
    var row = DocumentRow(
      title: document.title, published: document.published, source: document.source,
      author: document.author, collection: document.collection, language: document.language,
      format: document.format, parentID: document.parentID, threadID: document.threadID,
      words: words(in: document.text), text: document.text, meta: .bag(document.meta))
    var sentences: [SentenceRow] = []
    var tokens: [TokenRow] = []
    tokens.reserveCapacity(parse.tokens.count)
    for (number, range) in parse.sentences.enumerated() {
      var sentence = sentence(number, range, in: parse)
      // "On Monday Jin wrote: …" runs into the earlier mail: most of it decides.
      let repeated = document.quoted.reduce(0) {
        $0 + $1.clamped(to: sentence.start..<max(sentence.start, sentence.end)).count
      }
      sentence.page = document.page(at: sentence.start)
      sentence.quoted = repeated * 2 > sentence.end - sentence.start
      sentences.append(sentence)
      for index in range {
        let token = parse.tokens[index]
        tokens.append(
          TokenRow(
            sentenceID: number, tokenID: index - range.lowerBound, start: token.start, end: token.end,
            text: token.text, lemma: token.lemma, pos: token.pos, tag: token.tag, dep: token.dep,
            head: token.head - range.lowerBound))
      }
    }
    row.sentences = sentences.count { !$0.text.isEmpty }
    var facts = DocumentFacts(docID: document.docID, document: row)
    facts.sentences = sentences
    facts.tokens = tokens
    facts.participants = document.participants
    return facts
  }

  /// A sentence's row, without white space at its ends; one of white space alone is empty.
  private static func sentence(_ number: Int, _ range: Range<Int>, in parse: Parse) -> SentenceRow {
    let words = range.filter { !parse.tokens[$0].isSpace }
    guard let first = words.first, let last = words.last else {
      let start = range.isEmpty ? 0 : parse.tokens[range.lowerBound].start
      return SentenceRow(sentenceID: number, start: start, end: start)
    }
    let (start, end) = (parse.tokens[first].start, parse.tokens[last].end)
    return SentenceRow(sentenceID: number, start: start, end: end, text: parse.text(start, end))
  }

  /// Runs of characters between white space.
  static func words(in text: String) -> Int {
    var count = 0
    var inside = false
    for scalar in text.unicodeScalars {
      let blank = scalar.isWhitespace
      if !blank, !inside { count += 1 }
      inside = !blank
    }
    return count
  }
}

extension DossierError.Code {
  /// The registry's order does not give a stage what it requires.
  static let stageOrder: Self = "NLP310"
  /// The reader stopped the annotation.
  static let annotationCancelled: Self = "NLP311"
}
