import Collections
import Columnar

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
  /// Whatever else the source said, by name.
  public var meta: OrderedDictionary<String, DynamicValue> = [:]

  /// Makes a document of a name and a text.
  public init(docID: String, text: String) {
    self.docID = docID
    self.text = text
  }
}
