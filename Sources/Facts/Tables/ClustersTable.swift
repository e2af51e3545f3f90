import Columnar

/// One way of naming a cluster, and how often it is used.
public struct NameForm: Sendable, Hashable {
  /// The words as in the document.
  public var text: String
  /// How many mentions use them.
  public var count: Int
  /// Makes a form.
  public init(_ text: String, count: Int = 1) {
    self.text = text
    self.count = count
  }
}

/// One cluster of mentions of one document: what resolution over all documents may look at.
///
/// Annotation fills `DocumentFacts.clusters`; the store keeps the records of every document and hands all
/// of them to the `Resolver` at the end of a load.
public struct ClusterRecord: Sendable, Hashable {
  /// The document.
  public var docID: String
  /// The cluster's id within the document, as in the `EntityId` columns that annotation wrote.
  public var clusterID: String
  /// Entity type, as the model names it.
  public var type: String
  /// The cluster's canonical name within the document; empty if nothing but pronouns or nominals names it.
  public var name: String
  /// Name mentions' texts, most frequent first, ties in text order.
  public var forms: [NameForm]
  /// Titles and roles said of it ("President", "Russian president"), in text order.
  public var titles: [String]
  /// ISO 3166 alpha-2 code; empty if unknown.
  public var country: String
  /// How many mentions of any kind it has.
  public var mentions: Int
  /// First Unicode scalar of its first mention; orders a document's clusters.
  public var start: Int
  /// How many rows of `Sentiments` with scope entity it has.
  public var sentiments: Int
  /// The sum of their scores, added in row order.
  public var sentimentSum: Double

  /// Makes a record; what is not given is empty.
  public init(
    docID: String, clusterID: String, type: String = "", name: String = "", forms: [NameForm] = [],
    titles: [String] = [], country: String = "", mentions: Int = 0, start: Int = 0, sentiments: Int = 0,
    sentimentSum: Double = 0
  ) {
    self.docID = docID
    self.clusterID = clusterID
    self.type = type
    self.name = name
    self.forms = forms
    self.titles = titles
    self.country = country
    self.mentions = mentions
    self.start = start
    self.sentiments = sentiments
    self.sentimentSum = sentimentSum
  }
}

/// A hidden table: what resolution over all documents looks at.
extension ClusterRecord: FactRow {
  /// The table's name.
  public static let tableName = "Clusters"
  /// What a row is.
  public static let summary = "A cluster of mentions of one document, as resolution sees it."
  /// The columns in order.
  public static let columns: [FactColumn<ClusterRecord>] = [
    .init("ClusterId", \.clusterID, "The cluster's id within the document."),
    .init("Type", \.type, "Entity type."),
    .init("Name", \.name, "Canonical name within the document."),
    .init("Forms", \.formList, "Name forms: text and count by turns."),
    .init("Titles", \.titles, "Titles and roles."),
    .init("Country", \.country, "ISO 3166 alpha-2 code."),
    .init("Mentions", \.mentions, "How many mentions it has."),
    .init("Start", \.start, "Where its first mention starts."),
    .init("Sentiments", \.sentiments, "How many sentiments have it as their entity."),
    .init("SentimentSum", \.sentimentSum, "The sum of their scores."),
  ]

  /// The forms as one array: text and count by turns.
  private var formList: DynamicValue {
    get { .array(forms.flatMap { [.string($0.text), .long(Int64($0.count))] }) }
    set {
      guard case .array(let items) = newValue else { return }
      forms = stride(from: 0, to: items.count - 1, by: 2).map { index in
        NameForm(items[index].text, count: Int(cell: items[index + 1].scalar) ?? 1)
      }
    }
  }
}

extension DocumentFacts {
  /// The document's clusters: `clusters` where annotation filled it, else made from the rows of Entities
  /// and Mentions. Sentiment and mention counts are taken from the rows in both cases.
  public func clusterRecords() -> [ClusterRecord] {
    var records =
      clusters.isEmpty
      ? entities.map {
        ClusterRecord(
          docID: docID, clusterID: $0.entityID, type: $0.type, name: $0.entity, country: $0.country,
          start: .max)
      } : clusters
    var place: [String: Int] = [:]
    for (index, record) in records.enumerated() where place[record.clusterID] == nil {
      place[record.clusterID] = index
    }
    for index in records.indices {
      records[index].docID = docID
      records[index].mentions = 0
      records[index].sentiments = 0
      records[index].sentimentSum = 0
    }
    var forms = [[NameForm]](repeating: [], count: records.count)
    for mention in mentions {
      guard let index = place[mention.entityID] else { continue }
      records[index].mentions += 1
      records[index].start = min(records[index].start, mention.start)
      guard mention.kind == .name else { continue }
      if let known = forms[index].firstIndex(where: { sameScalars($0.text, mention.text) }) {
        forms[index][known].count += 1
      } else {
        forms[index].append(NameForm(mention.text))
      }
    }
    for sentiment in sentiments where sentiment.scope == "entity" {
      guard let index = place[sentiment.entityID] else { continue }
      records[index].sentiments += 1
      records[index].sentimentSum += sentiment.score
    }
    for index in records.indices {
      if records[index].start == .max { records[index].start = 0 }
      guard records[index].forms.isEmpty else { continue }
      // A stable sort by count: ties stay in text order.
      records[index].forms = forms[index].enumerated()
        .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }
    return records
  }
}
