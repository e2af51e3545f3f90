import Columnar
import Diagnostics
import Facts

/// What corrections change in a store's tables.
public struct CorrectionEffect: Sendable {
  /// A cell that changes.
  public struct Change: Sendable {
    /// The table and the column.
    public var table: String, column: String
    /// `DocId#Start-End`, as far as the table has them; the EntityId in `Entities`.
    public var place: String
    /// What it holds now and then; empty where the row is not there.
    public var before: String, after: String
  }

  /// How many rows of a table change, tables without any left out, in the order of the registry.
  public private(set) var rows: [(table: String, count: Int)] = []
  /// The first changes of each table.
  public private(set) var changes: [Change] = []

  /// Compares two states of one store.
  ///
  /// - `limit`: how many rows of each table `changes` shows.
  public init(from old: CorpusStore, to new: CorpusStore, limit: Int = 10) throws(DossierError) {
    for table in TableRegistry.tables {
      guard let before = old.tables[table.name], let after = new.tables[table.name] else { continue }
      let count =
        table.name == EntityRow.tableName
        ? try entities(before, after, limit) : try facts(table, before, after, limit)
      if count > 0 { rows.append((table.name, count)) }
    }
  }

  private mutating func facts(
    _ table: FactTable, _ before: any TableProvider, _ after: any TableProvider, _ limit: Int
  ) throws(DossierError) -> Int {
    let fields = before.schema.fields
    let columns = fields.indices.filter { ReferenceKind.of(table.name, fields[$0].name) != nil }
    guard !columns.isEmpty, before.rowCount == after.rowCount else { return 0 }
    var isChanged = [Bool](repeating: false, count: before.rowCount)
    var found: [(row: Int, change: Change)] = []
    for column in columns {
      let all = 0..<before.rowCount
      let (old, new) = (
        try before.read(columns: [column], rows: all)[0], try after.read(columns: [column], rows: all)[0]
      )
      for row in all {
        let (was, willBe) = (old.value(row).text, new.value(row).text)
        if sameScalars(was, willBe) { continue }
        isChanged[row] = true
        // Ids say what the names say.
        if found.count < limit * columns.count {
          found.append(
            (
              row,
              Change(table: table.name, column: fields[column].name, place: "", before: was, after: willBe)
            ))
        }
      }
    }
    let shown = Array(isChanged.indices.lazy.filter { isChanged[$0] }.prefix(limit))
    for row in shown {
      let cite = try place(row, in: before)
      for var change in found.filter({ $0.row == row }).map(\.change) {
        change.place = cite
        changes.append(change)
      }
    }
    return isChanged.count { $0 }
  }

  private func place(_ row: Int, in table: any TableProvider) throws(DossierError) -> String {
    func text(_ name: String) throws(DossierError) -> String? {
      guard let index = table.schema.index(of: name) else { return nil }
      return try table.read(columns: [index], rows: row..<(row + 1))[0].value(0).text
    }
    let document = try text("DocId") ?? ""
    guard let start = try text("Start"), let end = try text("End") else { return document }
    return "\(document)#\(start)-\(end)"
  }

  private mutating func entities(
    _ before: any TableProvider, _ after: any TableProvider, _ limit: Int
  ) throws(DossierError) -> Int {
    let names = ["EntityId", "Entity", "Type", "Mentions"]
    func rows(_ table: any TableProvider) throws(DossierError) -> [(id: String, words: String)] {
      let columns = try table.read(
        columns: names.compactMap(table.schema.index(of:)), rows: 0..<table.rowCount)
      guard columns.count == names.count else { return [] }
      return (0..<table.rowCount).map { row in
        let count = columns[3].value(row).text
        return (
          columns[0].value(row).text,
          "\(columns[1].value(row).text), \(columns[2].value(row).text), \(count) \(count == "1" ? "mention" : "mentions")"
        )
      }
    }
    let (old, new) = (try rows(before), try rows(after))
    let newWords = Dictionary(new.map { ($0.id, $0.words) }) { first, _ in first }
    let oldIDs = Set(old.map(\.id))
    var count = 0
    func note(_ id: String, _ was: String, _ willBe: String) {
      count += 1
      if count <= limit {
        changes.append(Change(table: "Entities", column: "Entity", place: id, before: was, after: willBe))
      }
    }
    for (id, words) in old {
      let then = newWords[id] ?? ""
      if !sameScalars(words, then) { note(id, words, then) }
    }
    for (id, words) in new where !oldIDs.contains(id) { note(id, "", words) }
    return count
  }
}
