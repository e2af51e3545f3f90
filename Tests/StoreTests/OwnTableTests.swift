import Columnar
import Diagnostics
import Facts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct OwnTableTests {
  private let scratch = Scratch()
  private var path: String { scratch.path("a.dossier") }

  private static let schema = Schema([
    Field("l", .long), Field("r", .real), Field("b", .bool), Field("d", .datetime), Field("s", .string),
    Field("j", .dynamic),
  ])

  private func vectors(_ rows: [[Value]]) -> [ColumnVector] {
    Self.schema.fields.indices.map { place in
      ColumnVector(rows.map { $0[place] }, type: Self.schema.fields[place].type)
    }
  }

  private func write(_ name: String, _ groups: [[[Value]]], into path: String, hash: String = "h") throws {
    let writer = try OwnTableWriter(
      try StoreWriter(path), name: name, source: "\(name).csv", schema: Self.schema)
    for group in groups { try writer.append(vectors(group)) }
    try writer.finish(hash: hash)
  }

  /// Rows that are hard on an encoding: extremes, nulls, texts with anything in them.
  private static func row(_ number: Int) -> [Value] {
    if number % 11 == 3 {
      return [.null, .null, .null, .null, .string(""), .dynamic(.null)]
    }
    let reals = [0.1, -0.0, .infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    return [
      .long([Int64.min, .max, 0, Int64(number)][number % 4]), .real(reals[number % reals.count]),
      .bool(number % 3 == 0), .datetime(Int64(number % 5) * 864_000_000_000),
      .string(["", "é🙂", "a\u{0}b", String(repeating: "long ", count: 50), "row \(number)"][number % 5]),
      .dynamic(
        [
          .string("x"), .long(.max), .array([.null, .bool(true), .real(0.5)]),
          .bag(["k\"": .array([]), "n": .long(Int64(number))]),
        ][number % 4]),
    ]
  }

  @Test(arguments: [1, 2, 63, 64, 65, 1000]) func valuesComeBack(size: Int) throws {
    let groups = (0..<3).map { group in (0..<size).map { Self.row(group * size + $0) } }
    try write("T", groups, into: path)
    let table = try #require(try CorpusStore.open(path).tables["T"])
    #expect(table.schema == Self.schema && table.rowCount == size * 3)
    let all = groups.flatMap { $0 }
    // All rows, and runs that begin and end within groups.
    for range in [0..<size * 3, size - 1..<size + 1, size / 2..<size * 2, 0..<0, size * 3..<size * 3] {
      let read = try table.read(columns: [5, 0, 1, 2, 3, 4], rows: range)
      for (place, column) in [5, 0, 1, 2, 3, 4].enumerated() {
        #expect(read[place].type == Self.schema[column].type && read[place].count == range.count)
        for row in range {
          let (found, expected) = (read[place].value(row - range.lowerBound), all[row][column])
          #expect(found.text == expected.text && found.isNull == expected.isNull, "row \(row) of \(column)")
        }
      }
    }
  }

  /// Reals come back to the last bit, whether few digits tell them or not.
  @Test(arguments: [
    [0.1, -2.5, 1e-4, 1234.5678, 0], [0.0, -0.0], [0.1, .nan], [.infinity, 1], [1e9, 1], [1e300, 0.5],
    [0.1 + 0.2, 0.3], [1.0 / 3], [999_999_999, -0.000001], [], [7, 8, 9], [0.0000001, 1], [5e8, 0.000001],
  ])
  func realsComeBackToTheBit(values: [Double]) throws {
    for validity in [
      nil, Validity(count: values.count, words: [UInt64](repeating: 0b10110, count: values.isEmpty ? 0 : 1)),
    ] {
      let bytes = PackedColumn.encode(ColumnVector(reals: values, validity: validity))
      let packed = try PackedColumn(bytes)
      let read = packed.vector(0..<values.count, .real)
      guard packed.fits(.real), case .reals(let found) = read.flattened().storage else { throw Missing() }
      for row in values.indices {
        #expect(read.isNull(row) == (validity?.isValid(row) == false))
        if !read.isNull(row) { #expect(found[row].bitPattern == values[row].bitPattern, "\(values[row])") }
      }
    }
    // A few digits take a few bytes.
    let rows = (0..<1000).map { Double($0 % 200 - 100) / 100 }
    #expect(PackedColumn.encode(ColumnVector(reals: rows)).count < 1100)
  }

  @Test func tablesWithoutRowsAndWithoutValues() throws {
    try write("Empty", [], into: path)
    try write("Nulls", [Array(repeating: Self.row(3), count: 70)], into: path)
    let store = try CorpusStore.open(path)
    #expect(store.ownTables.map(\.name) == ["Empty", "Nulls"])
    #expect(store.tables["Empty"]?.rowCount == 0)
    #expect(try store.tables["Empty"]?.read(columns: [4], rows: 0..<0)[0].count == 0)
    let nulls = try #require(try store.tables["Nulls"]?.read(columns: Array(0..<6), rows: 0..<70))
    for row in 0..<70 { #expect(nulls[..<4].allSatisfy { $0.isNull(row) } && nulls[4].value(row).text == "") }
  }

  /// Texts are numbered while that pays; a group where they mostly differ ends it for the rest of the column.
  @Test func dictionariesEndWhereTextsDiffer() throws {
    let schema = Schema([Field("few", .string), Field("many", .string)])
    let writer = try OwnTableWriter(try StoreWriter(path), name: "T", source: "t.csv", schema: schema)
    let groups = (0..<3).map { group in
      (0..<1000).map { ["w\($0 % 7)", group == 0 ? "same \($0 % 300)" : "other \(group * 1000 + $0)"] }
    }
    for group in groups {
      try writer.append((0..<2).map { place in ColumnVector(strings: StringVector(group.map { $0[place] })) })
    }
    try writer.finish(hash: "h")
    let table = try #require(try CorpusStore.open(path).tables["T"])
    let read = try table.read(columns: [0, 1], rows: 500..<2500)
    for row in 500..<2500 {
      #expect(read[0].value(row - 500).text == groups[row / 1000][row % 1000][0])
      #expect(read[1].value(row - 500).text == groups[row / 1000][row % 1000][1])
    }
    // The same dictionary everywhere, so that groups of rows can be compared by their codes.
    guard case .strings(let few) = read[0].flattened().storage else { throw Missing() }
    #expect(few.codes != nil && few.pool.count == 7)
  }

  @Test func aTableIsReplacedAndDroppedFromOneLoadToTheNext() throws {
    try load([[sampleFacts("a", "Kim met Putin")]], into: path)
    try write("T", [[Self.row(4)]], into: path, hash: "h1")
    try write("T", [[Self.row(4), Self.row(5)]], into: path, hash: "h2")
    let before = try CorpusStore.open(path)
    #expect(try StoreWriter(path).dropTable("T"))
    #expect(try !StoreWriter(path).dropTable("T"))
    // What is open stays as it was, and each load can be seen again.
    #expect(before.tables["T"]?.rowCount == 2 && before.ownTables.map(\.hash) == ["h2"])
    let counts = try (1...4).map { try CorpusStore.open(path, snapshot: $0).tables["T"]?.rowCount }
    #expect(counts == [nil, 1, 2, nil])
    #expect(try CorpusStore.open(path).ownTables.isEmpty)
    let imports = try rows(before, "Imports", ["Path", "Status", "Message", "Batch"])
    #expect(imports.contains("T.csv|loaded|table T, 2 rows|3"), "\(imports)")
    // Documents come and go without it.
    try load([[sampleFacts("b", "Kim left")]], into: path)
    #expect(try CorpusStore.open(path, snapshot: 3).tables["T"]?.rowCount == 2)
    // The hash of the contents is that of the documents: the table has its own.
    #expect(
      try CorpusStore.open(path, snapshot: 1).contentHash()
        == CorpusStore.open(path, snapshot: 3).contentHash())
  }

  @Test func aLoadThatDoesNotEndLeavesNothing() throws {
    try write("T", [[Self.row(4)]], into: path)
    do {
      let writer = try OwnTableWriter(try StoreWriter(path), name: "T", source: "x", schema: Self.schema)
      // Enough to be written before the end.
      let text = String(repeating: "x", count: 1 << 20)
      let wide = (0..<40).map { row -> [Value] in
        var cells = Self.row(4)
        cells[4] = .string(text + "\(row)")
        return cells
      }
      try writer.append(vectors(wide))
      try writer.append(vectors(wide))
    }
    #expect(try CorpusStore.open(path).tables["T"]?.rowCount == 1)
    let written = try count("ownSegments")
    #expect(written > 6)
    // The next load clears up.
    try write("U", [[Self.row(4)]], into: path)
    #expect(try CorpusStore.open(path).ownTables.map(\.name) == ["T", "U"])
    #expect(try count("ownTables") == 2)
    #expect(try count("ownSegments") < written)
    let writer = try OwnTableWriter(try StoreWriter(path), name: "V", source: "x", schema: Self.schema)
    try writer.append(vectors([Self.row(4)]))
    writer.cancel()
    #expect(try count("ownTables") == 2)
  }

  @Test func columnsThatAQueryDoesNotNameAreNotRead() throws {
    try write("T", [(0..<100).map(Self.row), (0..<100).map(Self.row)], into: path)
    // Whoever reads anything but column l comes upon the damage.
    try edit(
      "UPDATE ownSegments SET data = x'00' WHERE columnId IN (SELECT id FROM ownColumns WHERE name <> 'l')")
    let table = try #require(try CorpusStore.open(path).tables["T"])
    #expect(try table.read(columns: [0], rows: 0..<200)[0].value(0).text == "\(Int64.min)")
    for column in 1..<6 {
      #expect(errorCode { _ = try table.read(columns: [column], rows: 0..<200) } == "STO108", "\(column)")
    }
  }

  @Test func whatIsReadOnceGoesFirst() {
    let cache = PackedCache(limit: 16_000)
    func keep(_ group: Int) {
      let pool = StringPool(
        bytes: [UInt8](repeating: 0x61, count: 384), offsets: [0, 384], isDistinct: false)
      cache.keep(.pool(pool), as: PackedCache.Key(column: 1, group: group))
    }
    func kept(_ groups: Range<Int>) -> [Int] {
      groups.filter { cache.entry(PackedCache.Key(column: 1, group: $0)) != nil }
    }
    for group in 0..<10 { keep(group) }
    #expect(kept(0..<10).last == 9 && kept(0..<10).count < 4)
    for group in 0..<4 { keep(group) }
    for group in 10..<20 { keep(group) }
    #expect(Array(kept(0..<10).prefix(4)) == [0, 1, 2, 3])
    // Too much of what is read again: what was not asked for longest goes.
    for group in 20..<60 { keep(group) }
    for group in 20..<60 { keep(group) }
    #expect(kept(0..<4).isEmpty && kept(50..<60).count == 10)
  }

  @Test func damageIsToldNotShown() throws {
    try write("T", [(0..<100).map(Self.row)], into: path)
    let whole = try Data(contentsOf: URL(filePath: path))
    for change in [
      "UPDATE ownSegments SET data = substr(data, 2)", "UPDATE ownSegments SET data = data || x'00'",
      "UPDATE ownSegments SET data = CAST(replace(hex(data), 'A', 'B') AS BLOB)", "DELETE FROM ownSegments",
      "UPDATE ownColumns SET type = 'nothing'", "UPDATE ownTables SET groups = x'FF'",
      "UPDATE ownTables SET groups = x'7F'",
      // A column in the place of another.
      "UPDATE ownSegments SET columnId = columnId % 6 + 1, groupNumber = groupNumber + 5",
    ] {
      try edit(change)
      let code = errorCode {
        let table = try CorpusStore.open(path).tables["T"]
        for column in 0..<6 { _ = try table?.read(columns: [column], rows: 0..<100) }
      }
      #expect(code == "STO108", "\(change)")
      try whole.write(to: URL(filePath: path))
    }
  }

  /// A store of the first format has no such tables; it is read as it is, and gets them with the first write.
  @Test func olderStoresAreReadAndUpgraded() throws {
    try load([[sampleFacts("a", "Kim met Putin")]], into: path)
    try edit(
      "DROP TABLE ownSegments; DROP TABLE ownColumns; DROP TABLE ownTables; DROP TABLE watches; "
        + "DROP TABLE sketches; DROP TABLE duplicates; DROP TABLE history; PRAGMA user_version = 1;")
    let old = try CorpusStore.open(path)
    #expect(old.ownTables.isEmpty && old.documentCount == 1)
    try write("T", [[Self.row(4)]], into: path)
    let store = try CorpusStore.open(path)
    #expect(store.ownTables.map(\.name) == ["T"] && store.documentCount == 1)
  }

  // MARK: The file itself

  private struct Missing: Error {}

  private func edit(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in try db.execute(sql: sql) }
    _ = try queue.writeWithoutTransaction { db in try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  private func count(_ table: String) throws -> Int {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
  }
}
