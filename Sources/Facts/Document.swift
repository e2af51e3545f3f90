import Collections
import Columnar
import Linguistics

/// A document as an importer hands it over: its text, and what is known of it.
public struct Document: Sendable {
  /// Stable name: given by the source, else the path relative to the folder that was named.
  public var docID: String
  /// The text that all offsets count in, in Unicode scalars.
  public var text: String
  /// Headline or subject; empty if unknown.
  public var title: String = ""
  /// The moment of publication in ticks; relative dates count from it.
  public var published: Int64?
  /// Where it came from: a publisher, a feed, a mail account.
  public var source: String = ""
  /// Who wrote it.
  public var author: String = ""
  /// The reader's own grouping.
  public var collection: String = ""
  /// BCP 47 tag; empty if unknown.
  public var language: String = ""
  /// The importer's name for the format: `txt`, `md`, `html`, `jsonl`, `csv`…
  public var format: String = ""
  /// The document that this one was attached to.
  public var parentID: String = ""
  /// The conversation that it belongs to.
  public var threadID: String = ""
  /// Who wrote and got it, if it is a mail.
  public var participants: [ParticipantRow] = []
  /// Parts of the text that repeat an earlier mail: Unicode scalars, in order, apart from each other.
  public var quoted: [Range<Int>] = []
  /// Where each page of the source starts in the text, in Unicode scalars; empty where there are no pages.
  public var pages: [Int] = []
  /// Tokens, sentences and tree, where the source gives them itself.
  public var parse: Parse?
  /// Whatever else the source said, by name.
  public var meta: OrderedDictionary<String, DynamicValue> = [:]

  /// Makes a document of a name and a text.
  public init(docID: String, text: String) {
    self.docID = docID
    self.text = text
  }

  /// Sets the language to the one that the text is in, where that can be told: a text tells it better than what pages and
  /// files declare, which is often that of a template. A declared tag of the same language stays, as it may say more.
  public mutating func identifyLanguage() {
    guard parse == nil, let found = TextLanguage.identify(text) else { return }
    if language.isEmpty || TextLanguage.differs(language, from: found) { language = found }
  }

  /// The page that a place in the text is on, from 1; nil where there are no pages.
  public func page(at offset: Int) -> Int? {
    pages.isEmpty ? nil : max(1, pages.partitioningIndex { $0 > offset })
  }
}

extension Array {
  /// The first index whose element satisfies a predicate that none before it satisfies and all after it do.
  public func partitioningIndex(where belongsAbove: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongsAbove(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
