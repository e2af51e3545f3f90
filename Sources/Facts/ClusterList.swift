import Columnar

/// The clusters of many documents as resolution looks at them: about 50 bytes each, as every text is held once.
///
/// A record that comes out is the one that went in, but for its sentiments, which resolution does not look at.
public struct ClusterList: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  /// A cluster, its texts by their numbers in `texts`.
  public struct Entry: Sendable, BitwiseCopyable {
    /// Its document, by its number in `documents`.
    public let document: UInt32
    /// Its id within the document.
    public let clusterID: UInt32
    /// Entity type.
    public let type: UInt32
    /// Canonical name.
    public let name: UInt32
    /// ISO 3166 alpha-2 code.
    public let country: UInt32
    /// How many mentions it has.
    public let mentions: Int32
    /// First Unicode scalar of its first mention.
    public let start: Int32
    fileprivate let formsEnd: UInt32
    fileprivate let titlesEnd: UInt32
  }

  /// One way of naming a cluster.
  public struct Form: Sendable, BitwiseCopyable {
    /// The words, by their number in `texts`.
    public let text: UInt32
    /// How many mentions use them.
    public let count: Int32
  }

  /// The number of the empty text.
  public static let emptyText: UInt32 = 0

  /// Every text that a cluster has, but for documents' ids.
  public private(set) var texts = StringNumbers()
  /// The ids of documents.
  public private(set) var documents = StringNumbers()
  private var entries: [Entry] = []
  private var forms: [Form] = []
  private var titles: [UInt32] = []

  /// None.
  public init() { _ = texts.number(of: "") }

  /// Gathers clusters.
  public init(_ records: some Sequence<ClusterRecord>) {
    self.init()
    for record in records { append(record) }
  }

  /// Gathers clusters.
  public init(arrayLiteral records: ClusterRecord...) { self.init(records) }

  /// Makes room for that many clusters in all.
  public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// Adds a cluster.
  public mutating func append(_ record: ClusterRecord) {
    for form in record.forms {
      forms.append(Form(text: texts.number(of: form.text), count: Int32(clamping: form.count)))
    }
    for title in record.titles { titles.append(texts.number(of: title)) }
    entries.append(
      Entry(
        document: documents.number(of: record.docID), clusterID: texts.number(of: record.clusterID),
        type: texts.number(of: record.type), name: texts.number(of: record.name),
        country: texts.number(of: record.country), mentions: Int32(clamping: record.mentions),
        start: Int32(clamping: record.start), formsEnd: UInt32(forms.count), titlesEnd: UInt32(titles.count)))
  }

  /// The place of the first cluster.
  public var startIndex: Int { 0 }
  /// How many clusters there are.
  public var endIndex: Int { entries.count }

  /// A cluster, without its sentiments.
  public subscript(place: Int) -> ClusterRecord {
    let entry = entries[place]
    return ClusterRecord(
      docID: documents[entry.document], clusterID: texts[entry.clusterID], type: texts[entry.type],
      name: texts[entry.name],
      forms: forms(at: place).map { NameForm(texts[$0.text], count: Int($0.count)) },
      titles: titles[titlesRange(at: place)].map { texts[$0] }, country: texts[entry.country],
      mentions: Int(entry.mentions), start: Int(entry.start))
  }

  /// A cluster by numbers.
  public func entry(at place: Int) -> Entry { entries[place] }

  /// The forms of a cluster.
  public func forms(at place: Int) -> ArraySlice<Form> {
    forms[(place == 0 ? 0 : Int(entries[place - 1].formsEnd))..<Int(entries[place].formsEnd)]
  }

  /// Whether titles or roles are said of a cluster.
  public func hasTitles(at place: Int) -> Bool { !titlesRange(at: place).isEmpty }

  private func titlesRange(at place: Int) -> Range<Int> {
    (place == 0 ? 0 : Int(entries[place - 1].titlesEnd))..<Int(entries[place].titlesEnd)
  }
}
