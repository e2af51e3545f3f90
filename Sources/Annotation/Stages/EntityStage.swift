import Diagnostics
import Facts
import Linguistics

/// Finds mentions and groups them into the document's entities.
///
/// - Rows: Mentions in text order, Entities (the document's own clusters) in order of first mention, and
///   `clusters` for resolution over all documents.
public struct EntityStage: AnnotationStage {
  /// The stage's name.
  public static let name = "entities"
  /// Raised with each change of its rows.
  public static let version = 6
  /// What must be there before.
  public static let requires: Set<Layer> = [.sentences]
  /// What is there after.
  public static let assigns: Set<Layer> = [.mentions, .entities]

  /// Makes the stage.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Adds mentions and the document's entities.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    let parse = input.parse
    let candidates = MentionFinder(parse: parse).find(given: input.options.mentions)
    var clusterer = Clusterer(candidates, parse: parse)
    let clusters = clusterer.clusters()
    let ids = Self.ids(for: clusters)

    var mentions: [MentionRow] = []
    var clusterOfToken = [Int](repeating: -1, count: parse.tokens.count)
    for (number, cluster) in clusters.enumerated() {
      for member in cluster.members {
        let candidate = candidates[member]
        for token in candidate.tokens { clusterOfToken[token] = number }
        let start = article(before: candidate, in: parse) ?? candidate.start
        mentions.append(
          MentionRow(
            sentenceID: parse.sentenceOfToken[candidate.tokens.lowerBound], start: start,
            end: candidate.end, text: parse.text(start, candidate.end), kind: .name,
            metonym: isMetonym(candidate, in: parse), type: candidate.type,
            entityID: ids[number], entity: cluster.name, tokens: candidate.tokens))
      }
    }
    var meant = clusterOfToken
    for phrase in NominalResolver(
      parse: parse, clusters: clusters, candidates: candidates, clusterOfToken: clusterOfToken
    ).resolve() {
      meant[phrase.head] = phrase.cluster
      // Only the head stands for the entity: the names inside the phrase keep their words.
      mentions.append(
        mention(
          .nominal, over: phrase.tokens, words: phrase.head..<(phrase.head + 1), of: clusters[phrase.cluster],
          ids[phrase.cluster], parse))
    }
    mentions += pronouns(in: parse, clusters, candidates, ids, meant, into: &facts)
    mentions.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for index in mentions.indices { mentions[index].mentionID = index }
    facts.mentions = mentions
    addEntities(clusters, candidates, ids, input.document, into: &facts)
  }

  /// Where the article of a name begins ("the United Nations"): it belongs to the phrase that is a mention, not to
  /// the name. None before what only begins a longer phrase ("the Boeing workers").
  private func article(before candidate: Candidate, in parse: Parse) -> Int? {
    let index = candidate.tokens.lowerBound - 1
    guard !candidate.isGiven, candidate.type != "PERSON", index >= 0,
      parse.tokens[index].text.lowercased() == "the", parse.tokens[index].spaceAfter,
      candidate.tokens.contains(parse.tokens[index].head)
    else { return nil }
    return parse.tokens[index].start
  }

  /// Readable ids, unique within the document: a second bearer of a name gets `-2`.
  static func ids(for clusters: [NameCluster]) -> [String] {
    var taken: Set<String> = []
    return clusters.map { NameText.freeID(type: $0.type, name: $0.name, &taken) }
  }

  private func isMetonym(_ candidate: Candidate, in parse: Parse) -> Bool {
    guard let entry = candidate.entry, entry.role == .capital else { return false }
    return Metonyms.isGovernment(MentionFinder(parse: parse).head(of: candidate.tokens), in: parse)
  }

  private func pronouns(
    in parse: Parse, _ clusters: [NameCluster], _ candidates: [Candidate], _ ids: [String],
    _ clusterOfToken: [Int],
    into facts: inout DocumentFacts
  ) -> [MentionRow] {
    let genders = clusters.map { cluster in
      cluster.type == "PERSON" ? Genders.told(by: cluster.members.map { candidates[$0] }) : nil
    }
    let resolver = PronounResolver(parse: parse) { token in
      let cluster = clusterOfToken[token]
      guard cluster >= 0, clusters[cluster].type == "PERSON" else { return nil }
      return (cluster, genders[cluster])
    }
    var found: [(token: Int, cluster: Int)] = []
    var open: Set<Int> = []
    for (index, cluster) in resolver.resolve() where clusterOfToken[index] < 0 {
      if let cluster { found.append((index, cluster)) } else { open.insert(index) }
    }
    let things = ThingPronouns(parse: parse) { token in
      let cluster = clusterOfToken[token]
      return cluster >= 0 ? (cluster, clusters[cluster].type) : nil
    }
    for (index, cluster) in things.resolve() where clusterOfToken[index] < 0 {
      open.remove(index)
      found.append((index, cluster))
    }
    facts.document.openPronouns += open.count
    return found.map { index, cluster in
      let tokens = index..<(index + 1)
      return mention(.pronoun, over: tokens, words: tokens, of: clusters[cluster], ids[cluster], parse)
    }
  }

  /// A mention that is no name. `words` are the tokens that stand for the entity.
  private func mention(
    _ kind: MentionKind, over tokens: Range<Int>, words: Range<Int>, of cluster: NameCluster, _ id: String,
    _ parse: Parse
  ) -> MentionRow {
    MentionRow(
      sentenceID: parse.sentenceOfToken[words.lowerBound], start: parse.tokens[tokens.lowerBound].start,
      end: parse.tokens[tokens.upperBound - 1].end, text: parse.text(of: tokens), kind: kind,
      type: cluster.type,
      entityID: id, entity: cluster.name, tokens: words)
  }

  private func addEntities(
    _ clusters: [NameCluster], _ candidates: [Candidate], _ ids: [String], _ document: Document,
    into facts: inout DocumentFacts
  ) {
    var counts: [String: Int] = [:]
    for mention in facts.mentions { counts[mention.entityID, default: 0] += 1 }
    for (number, cluster) in clusters.enumerated() {
      var forms: [NameForm] = []
      var titles: [String] = []
      for member in cluster.members {
        let candidate = candidates[member]
        guard candidate.office.isEmpty else { continue }
        if let index = forms.firstIndex(where: { $0.text.utf8.elementsEqual(candidate.name.utf8) }) {
          forms[index].count += 1
        } else {
          forms.append(NameForm(candidate.name))
        }
        let title = candidate.title.text
        if !title.isEmpty, !titles.contains(title) { titles.append(title) }
      }
      let order = forms.indices.sorted { (forms[$1].count, $0) < (forms[$0].count, $1) }
      forms = order.map { forms[$0] }
      let count = counts[ids[number]] ?? 0
      facts.entities.append(
        EntityRow(
          entityID: ids[number], entity: cluster.name, type: cluster.type, aliases: forms.map(\.text),
          country: cluster.country, mentions: count, documents: 1, firstSeen: document.published,
          lastSeen: document.published))
      facts.clusters.append(
        ClusterRecord(
          docID: document.docID, clusterID: ids[number], type: cluster.type, name: cluster.name, forms: forms,
          titles: titles, country: cluster.country, mentions: count,
          start: cluster.members.first.map { candidates[$0].start } ?? 0))
    }
  }
}
