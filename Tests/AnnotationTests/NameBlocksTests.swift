import Facts
import Foundation
import TestSupport
import Testing

@testable import Annotation

/// Resolving each block of names by itself must give what resolving all clusters at once gives.
@Suite struct NameBlocksTests {
  private static let names: [(type: String, names: [String])] = [
    (
      "PERSON",
      [
        "Ana Petrova", "A. Petrova", "Petrova", "Ana Maria Petrova", "Olga Petrova", "O. Petrova",
        "Kim Jong-un",
        "Kim Jong Un", "Kim", "Kim Il-sung", "John Smith", "J. Smith", "Smith", "Jane Smith", "José Núñez",
        "Jose Nunez", "ana@example.org", "Petrova-Smith", "Paris", "Paris Hilton", "John 2019", "John",
      ]
    ),
    (
      "ORG",
      [
        "European Union", "EU", "E.U.", "Energy Utility", "Acme Inc", "Acme", "The Acme",
        "Ministry of Defence",
        "Ministry of Defense", "WHO", "World Health Organization", "Smith", "UN",
      ]
    ),
    ("GPE", ["Paris", "Russia", "U.S.", "United States", "EU", "the Smith"]),
    ("LOC", ["Russia", "Paris"]),
  ]

  @Test(arguments: 1...60) func blocksGiveTheSame(seed: Int) {
    var generator = SeededNumbers(state: UInt64(seed))
    let records = Self.clusters(&generator)
    let whole = EntityResolution.resolve(ClusterList(records))

    var entityIDs = [String](repeating: "", count: records.count)
    var entities: [ResolvedEntity] = []
    for block in Self.blocks(of: records) {
      let part = EntityResolution.resolve(ClusterList(block.map { records[$0] }))
      for (place, index) in block.enumerated() {
        entityIDs[index] = part.entityIDs[place]
        #expect(part.reasons[place] == whole.reasons[index])
      }
      entities += part.entities
    }
    #expect(entityIDs == whole.entityIDs)
    entities.sort { $0.entityID.utf8.lexicographicallyPrecedes($1.entityID.utf8) }
    #expect(entities == Array(whole.entities))
    #expect(Set(entities.map(\.entityID)).count == entities.count, "no two entities have one id")
  }

  /// Names that have nothing to do with each other are apart, or blocks would be of no use.
  @Test func othersAreApart() {
    let records = [
      ClusterRecord(docID: "a", clusterID: "1", type: "PERSON", name: "Ana Petrova"),
      ClusterRecord(docID: "b", clusterID: "1", type: "PERSON", name: "John Smith"),
      ClusterRecord(docID: "c", clusterID: "1", type: "GPE", name: "Russia"),
      ClusterRecord(docID: "d", clusterID: "1", type: "PERSON", name: "Petrova"),
    ]
    #expect(Self.blocks(of: records) == [[0, 3], [1], [2]])
  }

  /// A homonym's id is one that no name has: "John 2019" is not the second John.
  @Test func idsOfHomonymsAreNoNames() {
    let records = [
      ClusterRecord(docID: "a", clusterID: "1", type: "PERSON", name: "John Smith"),
      ClusterRecord(docID: "a", clusterID: "2", type: "PERSON", name: "John Smith", start: 5),
    ]
    let ids = EntityResolution.resolve(ClusterList(records)).entityIDs
    #expect(ids[0] == "person/john-smith")
    #expect(ids[1].hasPrefix("person/john-smith~"))
  }

  /// Clusters of one name are looked up, not compared with each other: ten times as many take about ten times this
  /// thread's time, not a hundred times.
  @Test func manyClustersOfOneName() {
    func resolved(_ count: Int) -> (Resolution, time: Double) {
      let records = ClusterList(Self.clustersOfOneName(count))
      let start = Self.threadTime()
      return (EntityResolution.resolve(records), Self.threadTime() - start)
    }
    let few = resolved(2_000)
    let many = resolved(20_000)
    #expect(many.0.entities.count == 20_001)
    #expect(many.0.entityIDs[2] == "person/vladimir-putin")
    #expect(many.time < few.time * 40)
  }

  /// Processor time of this thread, in seconds: what runs beside it doesn't count.
  private static func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func clustersOfOneName(_ documents: Int) -> [ClusterRecord] {
    (0..<documents).flatMap { number -> [ClusterRecord] in
      let name = number % 2 == 0 ? "Vladimir Putin" : "Putin"
      return [
        ClusterRecord(
          docID: "\(number)", clusterID: "person/putin", type: "PERSON", name: name,
          forms: [NameForm(name), NameForm("Putin")]),
        ClusterRecord(docID: "\(number)", clusterID: "person/spokesman", type: "PERSON", start: 9),
      ]
    }
  }

  private static func clusters(_ generator: inout SeededNumbers) -> [ClusterRecord] {
    var records: [ClusterRecord] = []
    for document in 0..<Int.random(in: 2...12, using: &generator) {
      for number in 0..<Int.random(in: 1...6, using: &generator) {
        let kind = Self.names[Int.random(in: 0..<Self.names.count, using: &generator)]
        let isNameless = Int.random(in: 0..<8, using: &generator) == 0
        let name = isNameless ? "" : kind.names.randomElement(using: &generator) ?? ""
        var forms = isNameless ? [] : [NameForm(name)]
        if !isNameless, Int.random(in: 0..<3, using: &generator) == 0 {
          forms.append(NameForm(kind.names.randomElement(using: &generator) ?? ""))
        }
        records.append(
          ClusterRecord(
            docID: "d\(document)",
            clusterID: isNameless
              ? "person/spokesman" : "\(NameText.slug(type: kind.type, name: name))-\(number)",
            type: kind.type, name: name, forms: forms,
            titles: Int.random(in: 0..<5, using: &generator) == 0 ? ["President"] : [],
            country: ["", "", "RU", "KP", "US"].randomElement(using: &generator) ?? "", mentions: 1,
            start: number * 10))
      }
    }
    return records
  }

  /// Records that share a key, also through others; blocks in the order of their first records.
  private static func blocks(of records: [ClusterRecord]) -> [[Int]] {
    var holders: [String: Int] = [:]
    var parents = Array(records.indices)
    func root(_ index: Int) -> Int { parents[index] == index ? index : root(parents[index]) }
    for (index, record) in records.enumerated() {
      for key in EntityResolution.blockKeys(of: record) {
        let other = root(holders[key] ?? index)
        let own = root(index)
        parents[max(own, other)] = min(own, other)
        holders[key] = min(own, other)
      }
    }
    return Dictionary(grouping: records.indices, by: root).sorted { $0.key < $1.key }.map(\.value)
  }
}
