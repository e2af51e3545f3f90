import Facts
import Testing

@Suite struct ClusterListTests {
  @Test func recordsComeOutAsTheyWentIn() {
    let records = [
      ClusterRecord(
        docID: "a", clusterID: "person/1", type: "PERSON", name: "José",
        forms: [NameForm("José", count: 2), NameForm("Pepe")], titles: ["President", "Mr"], country: "ES",
        mentions: 3, start: 7),
      ClusterRecord(docID: "a", clusterID: "person/2"),
      // The same to the eye, other scalars: two names.
      ClusterRecord(docID: "b", clusterID: "person/1", name: "Jose\u{301}", forms: [NameForm("Jose\u{301}")]),
    ]
    let list = ClusterList(records)
    #expect(Array(list) == records)
    #expect(list.entry(at: 0).name != list.entry(at: 2).name)
    #expect(list.entry(at: 0).document == list.entry(at: 1).document)
    #expect(list.entry(at: 1).name == ClusterList.emptyText)
    #expect(list.indices.map(list.hasTitles(at:)) == [true, false, false])
  }

  @Test func sentimentsAreLeftOut() {
    let record = ClusterRecord(docID: "a", clusterID: "b", sentiments: 2, sentimentSum: 0.5)
    #expect(ClusterList([record])[0] == ClusterRecord(docID: "a", clusterID: "b"))
  }

  @Test func entitiesComeOutAsTheyWentIn() {
    let entities = [
      ResolvedEntity(entityID: "org/un", entity: "UN", type: "ORG", aliases: ["UN", "United Nations"]),
      ResolvedEntity(entityID: "person/x"),
      ResolvedEntity(entityID: "place/ru", entity: "Russia", type: "GPE", country: "RU", aliases: ["Russia"]),
    ]
    let list = EntityList(entities)
    #expect(Array(list) == entities)
    #expect(list.indices.map(list.entityID(at:)) == entities.map(\.entityID))
    #expect(list == EntityList(list))
    #expect(list != EntityList(list.dropLast()))
  }
}
