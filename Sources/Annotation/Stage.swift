import Diagnostics
import Facts
import Linguistics

/// A span that the caller names, in Unicode scalars of the text, half-open.
public struct GivenSpan: Sendable, Hashable {
  /// First scalar.
  public var start: Int
  /// After the last.
  public var end: Int
  /// Entity type, if the caller knows it.
  public var type: String?
  /// Makes a span.
  public init(start: Int, end: Int, type: String? = nil) {
    self.start = start
    self.end = end
    self.type = type
  }
}

/// What the caller of one annotation may ask for besides.
public struct AnnotationOptions: Sendable {
  /// Tokens are what stands between single spaces.
  public var pretokenized = false
  /// Spans that the sentiment towards is asked for.
  public var targets: [GivenSpan] = []
  /// Whether the answer says what the sentiment towards those spans rests on.
  public var explainsTargets = false
  /// The name spans, instead of having them found.
  public var mentions: [GivenSpan]?
  /// Whether the answer is wanted no more. Asked between the pieces of a long text, and between stages.
  public var isCancelled: @Sendable () -> Bool = { false }
  /// No options.
  public init() {}
}

/// What a stage reads: the document, its parse, and what was asked for.
public struct AnnotationInput: Sendable {
  /// The document.
  public let document: Document
  /// Tokens, tree and the model's entity spans.
  public let parse: Parse
  /// What was asked for.
  public let options: AnnotationOptions
  /// Makes an input.
  public init(document: Document, parse: Parse, options: AnnotationOptions = AnnotationOptions()) {
    self.document = document
    self.parse = parse
    self.options = options
  }
}

/// What stages need besides their compiled-in lexicons: read from disk once, by the caller.
public struct AnnotationResources: Sendable {
  /// The lexicon that sentiment rests on; without it the sentiment stage can't be made.
  public var sentimentLexicon: SentimentLexicon?
  /// Makes resources.
  public init(sentimentLexicon: SentimentLexicon? = nil) { self.sentimentLexicon = sentimentLexicon }
}

/// A layer of facts that stages build on each other by.
public enum Layer: String, Sendable, CaseIterable {
  case sentences, mentions, entities, dates, amounts, quotes, relations, sentiments
}

/// One stage of annotation: a pure function of the input and of earlier stages' facts.
///
/// A stage predicts without writing, then adds its rows.
public protocol AnnotationStage: Sendable {
  /// The stage's name in the registry and in settings.
  static var name: String { get }
  /// Layers that must be there before.
  static var requires: Set<Layer> { get }
  /// Layers that are there after.
  static var assigns: Set<Layer> { get }
  /// Raised whenever the stage's rows change for some text; stored documents are then annotated again.
  static var version: Int { get }
  /// Makes the stage with its compiled-in lexicons and what had to be read from disk.
  init(resources: AnnotationResources) throws(DossierError)
  /// Adds the stage's rows to `facts`.
  func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError)
}
