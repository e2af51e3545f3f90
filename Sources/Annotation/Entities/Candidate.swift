import Facts

/// A name in the text before it is known whose.
struct Candidate: Sendable {
  /// First Unicode scalar.
  var start: Int
  /// After the last Unicode scalar.
  var end: Int
  /// The tokens that it touches.
  var tokens: Range<Int>
  /// The words of the document.
  var text: String
  /// Entity type, as the model names it.
  var type: String
  /// Folded words, without a leading article.
  var parts: [String]
  /// What the gazetteer says of it.
  var entry: Gazetteer.Entry?
  /// Title or role before or beside it.
  var title = Title()
  /// Whether the caller gave the span; such a span is never changed or dropped.
  var isGiven = false
  /// Whether the caller gave its type too.
  var isTyped = false
  /// Where the name stands in a span that the caller gave; `tokens` for others.
  var core: Range<Int>
  /// The words of the name alone.
  var name: String
  /// Whether nothing but its looks speaks for its type.
  var isGuess = false
  /// The folded noun of the office that a given span names without its holder's name ("president"); empty if none.
  var office = ""

  /// A name that is the whole of its span.
  init(
    start: Int, end: Int, tokens: Range<Int>, text: String, type: String, parts: [String],
    entry: Gazetteer.Entry? = nil
  ) {
    self.start = start
    self.end = end
    self.tokens = tokens
    self.text = text
    self.type = type
    self.parts = parts
    self.entry = entry
    core = tokens
    name = text
  }

  /// A title or role, what it tells of gender and country.
  struct Title: Sendable, Hashable {
    /// The words of the document ("Russian President"); empty if none.
    var text = ""
    /// The folded role alone ("president").
    var role = ""
    /// The gender it tells.
    var gender: NameLists.Gender?
    /// ISO 3166 alpha-2 code of the nationality before it.
    var country = ""
  }
}

/// The types of spans that are no entities: times and numbers, which other tables hold.
let valueTypes: Set<String> = ["DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"]
