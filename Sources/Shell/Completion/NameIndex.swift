import Columnar
import Diagnostics
import Facts
import Foundation
import KQLEngine
import Store
import Synchronization

/// Names that can be looked up by how they begin, whatever their capitals, those with the greatest weight first.
struct NameIndex: Sendable {
  /// A name that was found, and the row that it came from.
  struct Entry: Sendable, Equatable {
    let name: String
    let weight: Int
    let row: Int
  }

  /// The names in small letters, one behind the other in ascending order of their bytes.
  private var bytes: [UInt8] = []
  private var offsets: [Int] = [0]
  private var rows: [Int32] = []
  private var weights: [Int32] = []
  private let names: ColumnVector

  /// Takes names in; empty ones are left out.
  init(_ names: ColumnVector, weight: (Int) -> Int) {
    self.names = names
    guard case .strings(let strings) = names.flattened().storage else { return }
    var folded: [UInt8] = []
    var starts: [Int] = [0]
    folded.reserveCapacity(strings.count * 16)
    for row in 0..<strings.count {
      folded.append(contentsOf: Self.folded(strings[row]))
      starts.append(folded.count)
    }
    // The first eight bytes as a number tell most names apart without a look at the others.
    let order = folded.withUnsafeBufferPointer { folded in
      var order: [(head: UInt64, row: Int32)] = []
      order.reserveCapacity(strings.count)
      for row in 0..<strings.count where starts[row] < starts[row + 1] {
        let name = UnsafeBufferPointer(rebasing: folded[starts[row]..<starts[row + 1]])
        let head = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64($1 < name.count ? name[$1] : 0) }
        order.append((head, Int32(row)))
      }
      order.sort { a, b in
        if a.head != b.head { return a.head < b.head }
        let (first, second) = (Int(a.row), Int(b.row))
        let comparison = compareBytes(
          UnsafeBufferPointer(rebasing: folded[starts[first]..<starts[first + 1]]),
          UnsafeBufferPointer(rebasing: folded[starts[second]..<starts[second + 1]]))
        return comparison == 0 ? first < second : comparison < 0
      }
      return order
    }
    rows = order.map(\.row)
    bytes.reserveCapacity(folded.count)
    offsets.reserveCapacity(rows.count + 1)
    weights = rows.map { Int32(clamping: weight(Int($0))) }
    for row in rows {
      bytes += folded[starts[Int(row)]..<starts[Int(row) + 1]]
      offsets.append(bytes.count)
    }
  }

  /// Small letters of a name: of ASCII by their bytes, which is most of it.
  private static func folded(_ name: String) -> [UInt8] {
    var name = name
    return name.withUTF8 { buffer -> [UInt8]? in
      guard buffer.allSatisfy({ $0 < 0x80 }) else { return nil }
      return buffer.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    } ?? Array(name.lowercased().utf8)
  }

  /// The names that begin so, at most `limit`, the greatest weight first, ties in the order of the alphabet.
  ///
  /// - Complexity: O(log n + m), m being how many names begin so.
  func matches(_ prefix: String, limit: Int) -> [Entry] {
    let wanted = Self.folded(prefix)
    let start = firstPlace { !$0.lexicographicallyPrecedes(wanted) }
    let end = firstPlace { !$0.lexicographicallyPrecedes(wanted) && !$0.starts(with: wanted) }
    guard start < end, limit > 0 else { return [] }
    // The best so far, worst first: few of many are kept.
    var best: [Int] = []
    var least = Int32.min
    for place in start..<end {
      if best.count >= limit, weights[place] <= least { continue }
      let position = best.firstIndex { weights[$0] < weights[place] } ?? best.count
      best.insert(place, at: position)
      if best.count > limit { best.removeLast() }
      least = best.last.map { weights[$0] } ?? .min
    }
    return best.map { place in
      let row = Int(rows[place])
      return Entry(name: names.value(row).text, weight: Int(weights[place]), row: row)
    }
  }

  private func firstPlace(where isBehind: (ArraySlice<UInt8>) -> Bool) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(bytes[offsets[middle]..<offsets[middle + 1]]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The names of a store's entities and documents, gathered beside the prompt so that no key waits for them.
final class StoreNames: Sendable {
  /// The names of one store.
  struct Names: Sendable {
    /// Entities by their names, most mentioned first.
    let entities: NameIndex
    /// The type of each entity's row.
    let types: ColumnVector
    /// EntityIds likewise.
    let ids: NameIndex
    /// Documents by their DocIds, with their titles.
    let documents: NameIndex
    let titles: ColumnVector

    /// What a column of entities holds, in whatever table; nil for other columns.
    func index(ofColumn column: String) -> NameIndex? {
      switch column {
      case "Entity", "Subject", "Object", "Speaker": entities
      case "EntityId", "SubjectId", "ObjectId", "SpeakerId": ids
      default: nil
      }
    }

    /// Reads a store's names.
    init?(_ store: CorpusStore) {
      func read(_ table: String, _ names: [String]) -> [ColumnVector]? {
        guard let table = store.tables[table] else { return nil }
        let columns = names.compactMap { table.schema.index(of: $0) }
        guard columns.count == names.count else { return nil }
        return try? table.read(columns: columns, rows: 0..<table.rowCount)
      }
      guard let found = read("Entities", ["Entity", "Type", "Mentions", "EntityId"]),
        let documents = read("Documents", ["DocId", "Title"])
      else { return nil }
      func mentions(_ row: Int) -> Int {
        if case .long(let count) = found[2].value(row) { Int(count) } else { 0 }
      }
      entities = NameIndex(found[0], weight: mentions)
      types = found[1]
      ids = NameIndex(found[3], weight: mentions)
      self.documents = NameIndex(documents[0]) { _ in 0 }
      titles = documents[1]
    }
  }

  private struct State {
    var store: ObjectIdentifier?
    var names: Names?
  }
  private let state = Mutex(State())

  /// The names of a store, if they have been gathered; else begins to gather them.
  func names(of store: CorpusStore) -> Names? {
    let id = ObjectIdentifier(store)
    let (known, isNew) = state.withLock { state in
      if state.store == id { return (state.names, false) }
      state = State(store: id, names: nil)
      return (nil, true)
    }
    if isNew {
      Thread.detachNewThread { [self] in
        let names = Names(store)
        state.withLock { if $0.store == id { $0.names = names } }
      }
    }
    return known
  }
}
