import Columnar
import Diagnostics
import Synchronization

/// Finds documents and sentences by their ids: what virtual columns and `.why` are made of.
///
/// Built on first use, from the `DocId` columns alone; texts are read when a row asks for them.
final class DocumentDirectory: Sendable {
  private struct Index {
    /// Row of each document in `Documents`.
    var documentRows: [String: Int]
    /// Row in `Sentences` of each document's sentence 0.
    var firstSentences: [String: Int]
  }

  private let documents: any TableProvider
  private let sentences: any TableProvider
  private let index = Mutex<Index?>(nil)

  init(documents: any TableProvider, sentences: any TableProvider) {
    self.documents = documents
    self.sentences = sentences
  }

  /// Rows of `Documents` for a column of document ids; −1 where there is none.
  func documentRows(of ids: ColumnVector) throws(DossierError) -> [Int] {
    let known = try loaded().documentRows
    return Self.look(up: ids, in: known)
  }

  /// Rows of `Sentences` for columns of document ids and sentence numbers; −1 where there is none.
  func sentenceRows(of ids: ColumnVector, numbers: ColumnVector) throws(DossierError) -> [Int] {
    let first = Self.look(up: ids, in: try loaded().firstSentences)
    let count = sentences.rowCount
    return first.indices.map { row in
      // Sentences of a document follow each other and count from 0.
      guard first[row] >= 0, case .long(let number) = numbers.value(row) else { return -1 }
      let position = first[row] + Int(number)
      return number >= 0 && position < count ? position : -1
    }
  }

  /// One column of `Documents`, by name, at given rows.
  func documentColumn(_ name: String, rows: [Int]) throws(DossierError) -> ColumnVector {
    try Self.column(name, of: documents, rows: rows)
  }

  /// One column of `Sentences`, by name, at given rows.
  func sentenceColumn(_ name: String, rows: [Int]) throws(DossierError) -> ColumnVector {
    try Self.column(name, of: sentences, rows: rows)
  }

  private static func column(
    _ name: String, of table: any TableProvider, rows: [Int]
  ) throws(DossierError) -> ColumnVector {
    guard let index = table.schema.index(of: name) else {
      throw DossierError("STO900", "the store's tables lack the column \(name)")
    }
    let present = rows.filter { $0 >= 0 }
    guard let low = present.min(), let high = present.max() else {
      return ColumnVector(constant: .null, type: table.schema[index].type, count: rows.count)
    }
    let run = try table.read(columns: [index], rows: low..<(high + 1))[0]
    return run.gather(rows.map { $0 < 0 ? -1 : $0 - low })
  }

  /// Looks each distinct id up once.
  private static func look(up ids: ColumnVector, in known: [String: Int]) -> [Int] {
    guard case .strings(let strings) = ids.flattened().storage else {
      return [Int](repeating: -1, count: ids.count)
    }
    return strings.mapDistinct { known[String(decoding: $0, as: UTF8.self)] ?? -1 }
  }

  private func loaded() throws(DossierError) -> Index {
    if let ready = index.withLock({ $0 }) { return ready }
    var fresh = Index(documentRows: [:], firstSentences: [:])
    for (row, id) in try ids(of: documents).enumerated() { fresh.documentRows[id] = row }
    for (row, id) in try ids(of: sentences).enumerated() where fresh.firstSentences[id] == nil {
      fresh.firstSentences[id] = row
    }
    index.withLock { $0 = fresh }
    return fresh
  }

  private func ids(of table: any TableProvider) throws(DossierError) -> [String] {
    guard let index = table.schema.index(of: "DocId") else { return [] }
    let column = try table.read(columns: [index], rows: 0..<table.rowCount)[0]
    guard case .strings(let strings) = column.flattened().storage else { return [] }
    return (0..<strings.count).map { strings[$0] }
  }
}
