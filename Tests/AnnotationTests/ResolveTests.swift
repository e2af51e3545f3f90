import Facts
import Testing

@testable import Annotation

@Suite struct ResolveTests {
  private func person(
    _ doc: String, _ name: String, start: Int = 0, country: String = "", forms: [String] = [],
    id: String? = nil
  ) -> ClusterRecord {
    ClusterRecord(
      docID: doc, clusterID: id ?? NameText.slug(type: "PERSON", name: name), type: "PERSON", name: name,
      forms: ([name] + forms).map { NameForm($0) }, country: country, mentions: 1, start: start)
  }

  @Test func spellingsOfOneNameAreOneEntity() {
    let resolution = EntityResolution.resolve([
      person("a", "Kim Jong-un", country: "KP"), person("b", "Kim Jong Un"), person("c", "Kim Il-sung"),
    ])
    #expect(resolution.entityIDs == ["person/kim-jong-un", "person/kim-jong-un", "person/kim-il-sung"])
    #expect(resolution.entities.map(\.entityID) == ["person/kim-il-sung", "person/kim-jong-un"])
    #expect(resolution.entities[1].country == "KP")
    #expect(resolution.entities[1].aliases == ["Kim Jong-un", "Kim Jong Un"])
  }

  @Test func theOrderOfTheRecordsChangesNothing() {
    let records = [
      person("a", "Vladimir Putin", country: "RU", forms: ["Putin"]), person("b", "Putin"),
      person("c", "Vladimir Vladimirovich Putin"),
      person("c", "John Smith", start: 10), person("c", "John Smith", start: 30, id: "person/john-smith-2"),
      person("d", "John Smith"), person("e", "Kim"),
    ]
    let straight = EntityResolution.resolve(ClusterList(records))
    for shift in 1..<records.count {
      let turned = Array(records[shift...] + records[..<shift])
      let resolution = EntityResolution.resolve(ClusterList(turned))
      #expect(resolution.entities == straight.entities)
      #expect(resolution.entityIDs == Array(straight.entityIDs[shift...] + straight.entityIDs[..<shift]))
    }
    #expect(straight.entityIDs[0] == "person/vladimir-putin")
    #expect(straight.entityIDs[1] == "person/vladimir-putin")
    #expect(straight.entityIDs[2] == "person/vladimir-putin")
  }

  @Test func eachMergeTellsWhy() {
    let records = [
      person("a", "Ana Petrova", country: "RU", forms: ["Petrova"]), person("b", "Ana Petrova"),
      person("c", "A. Petrova", country: "RU"), person("d", "Petrova", country: "RU"), person("e", "Petrova"),
      person("f", "Omar Reyes"),
    ]
    let resolution = EntityResolution.resolve(ClusterList(records))
    #expect(resolution.reasons.map(\.score) == [1, 1, 0.8, 0.8, 0.6, 1])
    #expect(resolution.reasons[1].text == "the same name and kind")
    #expect(resolution.reasons[2].text.contains("initial"))
    let members = EntityResolution.members(of: ["person/ana-petrova"], in: ClusterList(records.reversed()))[0]
    #expect(members.map(\.cluster.docID) == ["a", "b", "c", "d", "e"])
    #expect(members.map(\.reason) == Array(resolution.reasons.prefix(5)))
  }

  /// Most documents tell what a name is the name of; a tie tells nothing.
  @Test func theCommonTypeWins() {
    func place(_ doc: String, _ name: String) -> ClusterRecord {
      ClusterRecord(docID: doc, clusterID: "gpe/\(name)", type: "GPE", name: name, forms: [NameForm(name)])
    }
    let resolution = EntityResolution.resolve([
      person("a", "Karsk"), place("b", "Karsk"), place("c", "Karsk"), person("d", "Orlan"),
      place("e", "Orlan"),
    ])
    #expect(resolution.entityIDs == ["gpe/karsk", "gpe/karsk", "gpe/karsk", "person/orlan", "gpe/orlan"])
  }

  /// A bare name that two share joins neither, and so links nobody to anybody.
  @Test func aWeakLinkChainsNothing() {
    let resolution = EntityResolution.resolve([
      person("a", "Ana Petrova", country: "RU", forms: ["Petrova"]),
      person("b", "Vera Petrova", country: "RU", forms: ["Petrova"]), person("c", "Petrova", country: "RU"),
    ])
    #expect(Set(resolution.entityIDs).count == 3)
  }

  @Test func anAddressBelongsToWhoHasItWithAName() {
    var named = person("a", "Clare Moss")
    named.forms.append(NameForm("clare@harbour.test", count: 0))
    let bare = person("b", "clare@harbour.test")
    let other = person("c", "omar@harbour.test")
    let resolution = EntityResolution.resolve([named, bare, other])
    #expect(resolution.entityIDs[0] == resolution.entityIDs[1])
    #expect(resolution.entityIDs[2] != resolution.entityIDs[0])
    #expect(resolution.reasons[1] == .sameAddress)
    #expect(resolution.entities.first { $0.entityID == resolution.entityIDs[0] }?.entity == "Clare Moss")
  }

  @Test func homonymsOfOneDocumentStayApart() {
    let resolution = EntityResolution.resolve([
      person("a", "John Smith", start: 1), person("a", "John Smith", start: 9, id: "person/john-smith-2"),
      person("b", "John Smith"),
    ])
    #expect(resolution.entityIDs[0] == "person/john-smith")
    #expect(resolution.entityIDs[2] == "person/john-smith")
    #expect(resolution.entityIDs[1].hasPrefix("person/john-smith~"))
    #expect(resolution.entities.count == 2)
  }

  @Test func anEntityIsCalledByItsFullestName() {
    let resolution = EntityResolution.resolve([
      person("a", "A. Petrova", country: "RU"), person("b", "Petrova", country: "RU"),
      person("c", "Petrova", country: "RU"), person("d", "Ana Petrova", country: "RU", forms: ["Petrova"]),
    ])
    #expect(
      resolution.entityIDs.allSatisfy { $0 == "person/ana-petrova" })
    #expect(resolution.entities.first { $0.entityID == "person/ana-petrova" }?.entity == "Ana Petrova")
  }

  @Test func anInitialJoinsNobodyWithoutASharedCountry() {
    let resolution = EntityResolution.resolve([
      person("a", "A. Petrova"), person("b", "Ana Petrova", country: "RU"),
      person("c", "B. Weller", country: "US"), person("d", "Bob Weller", country: "US"),
      person("e", "Bill Weller", country: "US"),
    ])
    #expect(Set(resolution.entityIDs).count == 5)
  }

  @Test func aBareNameThatFitsTwoJoinsNeither() {
    let resolution = EntityResolution.resolve([
      person("a", "Kim Jong Un", forms: ["Kim"]), person("b", "Kim Il-sung", forms: ["Kim"]),
      person("c", "Kim"),
    ])
    #expect(resolution.entityIDs == ["person/kim-jong-un", "person/kim-il-sung", "person/kim"])
  }

  @Test func aBareNameWithAnotherCountryStaysApart() {
    let resolution = EntityResolution.resolve([
      person("a", "Kim Jong Un", country: "KP", forms: ["Kim"]), person("c", "Kim", country: "KR"),
    ])
    #expect(resolution.entityIDs == ["person/kim-jong-un", "person/kim"])
  }

  @Test func ministriesOfTwoCountriesAreTwo() {
    let records = ["KR", "RU"].map {
      ClusterRecord(
        docID: $0, clusterID: "org/ministry-of-defense", type: "ORG", name: "Ministry of Defense",
        forms: [NameForm("Ministry of Defense")], country: $0, mentions: 1)
    }
    let resolution = EntityResolution.resolve(ClusterList(records))
    #expect(Set(resolution.entityIDs).count == 2)
    #expect(resolution.entityIDs[0] == "org/ministry-of-defense")
  }

  @Test func noClustersGiveNoEntities() {
    #expect(EntityResolution.resolve([]) == Resolution(entityIDs: [], entities: []))
  }

  @Test func anUnnamedClusterKeepsItsID() {
    let record = ClusterRecord(docID: "a", clusterID: "person/the-lawyer", type: "PERSON")
    #expect(EntityResolution.resolve([record]).entityIDs == ["person/the-lawyer"])
  }
}
