import Columnar

/// A token.
public struct TokenRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// Position in the sentence, from 0.
  public var tokenID: Int = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The token.
  public var text: String = ""
  /// Dictionary form.
  public var lemma: String = ""
  /// UD part of speech.
  public var pos: String = ""
  /// Treebank tag.
  public var tag: String = ""
  /// Relation to the head, as the model names it.
  public var dep: String = ""
  /// TokenId of the head; a root's is its own.
  public var head: Int = 0

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, tokenID: Int = 0, start: Int = 0, end: Int = 0, text: String = "",
    lemma: String = "", pos: String = "", tag: String = "", dep: String = "", head: Int = 0
  ) {
    self.sentenceID = sentenceID
    self.tokenID = tokenID
    self.start = start
    self.end = end
    self.text = text
    self.lemma = lemma
    self.pos = pos
    self.tag = tag
    self.dep = dep
    self.head = head
  }

  /// The table's name.
  public static let tableName = "Tokens"
  /// What a row is.
  public static let summary = "A token."
  /// The columns in order.
  public static let columns: [FactColumn<TokenRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("TokenId", \.tokenID, "Position in the sentence, from 0."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Text", \.text, "The token."),
    .init("Lemma", \.lemma, "Dictionary form."),
    .init("Pos", \.pos, "UD part of speech."),
    .init("Tag", \.tag, "Treebank tag."),
    .init("Dep", \.dep, "Relation to the head, as the model names it."),
    .init("Head", \.head, "TokenId of the head; a root's is its own."),
  ]
}
