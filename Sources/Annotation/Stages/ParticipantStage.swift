import Diagnostics
import Facts

/// Makes those who wrote and got a mail entities: the ones whom the text names, else new ones.
///
/// A participant is the person of the text with the same name in full. One without a name is known by the address
/// alone; resolution over all documents puts it with whoever has that address with a name elsewhere.
public struct ParticipantStage: AnnotationStage {
  /// The stage's name in the registry.
  public static let name = "participants"
  /// The people of the text.
  public static let requires: Set<Layer> = [.mentions, .entities]
  /// Nothing but the entities of participants that are there.
  public static let assigns: Set<Layer> = []
  /// Raised when rows change.
  public static let version = 1

  /// Needs no resources.
  public init(resources: AnnotationResources) throws(DossierError) {}

  /// Fills EntityId and Entity of the participants, and adds the entities that are missing.
  public func annotate(_ input: AnnotationInput, into facts: inout DocumentFacts) throws(DossierError) {
    var ids = Set(facts.clusters.map(\.clusterID))
    for index in facts.participants.indices {
      let participant = facts.participants[index]
      let name = Self.name(of: participant)
      guard !name.isEmpty else { continue }
      let parts = NameText.parts(name)
      let isOf = { (cluster: ClusterRecord) in
        cluster.type == "PERSON"
          && (parts.count > 1 && !cluster.name.contains("@") && NameText.parts(cluster.name) == parts
            || !participant.address.isEmpty && cluster.forms.contains { $0.text == participant.address }
            || cluster.name == name)
      }
      if let place = facts.clusters.firstIndex(where: isOf) {
        let cluster = facts.clusters[place]
        facts.participants[index].entityID = cluster.clusterID
        facts.participants[index].entity = cluster.name
        addAddress(participant.address, to: place, in: &facts)
        continue
      }
      let id = NameText.freeID(type: "PERSON", name: name, &ids)
      facts.participants[index].entityID = id
      facts.participants[index].entity = name
      facts.clusters.append(
        ClusterRecord(
          docID: input.document.docID, clusterID: id, type: "PERSON", name: name,
          start: facts.clusters.last?.start ?? 0))
      facts.entities.append(
        EntityRow(
          entityID: id, entity: name, type: "PERSON", documents: 1, firstSeen: input.document.published,
          lastSeen: input.document.published))
      addAddress(participant.address, to: facts.clusters.count - 1, in: &facts)
    }
  }

  /// The display name, with a family name before a comma put behind ("Moss, Clare"); without one the address.
  static func name(of participant: ParticipantRow) -> String {
    let name = participant.name.split(separator: " ").joined(separator: " ")
    if name.isEmpty || name.contains("@") { return participant.address.isEmpty ? name : participant.address }
    let sides = name.split(separator: ",", maxSplits: 2).map { $0.drop { $0 == " " } }
    if sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty, !sides[1].contains("(") {
      return "\(sides[1]) \(sides[0])"
    }
    return name
  }

  private func addAddress(_ address: String, to place: Int, in facts: inout DocumentFacts) {
    guard !address.isEmpty, !facts.clusters[place].forms.contains(where: { $0.text == address }) else {
      return
    }
    facts.clusters[place].forms.append(NameForm(address, count: 0))
    let id = facts.clusters[place].clusterID
    if let row = facts.entities.firstIndex(where: { $0.entityID == id }) {
      facts.entities[row].aliases.append(address)
    }
  }
}
