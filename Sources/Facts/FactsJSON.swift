import Columnar
import Diagnostics

/// Facts of a document as JSON: `{"Sentences":[{…}],"Mentions":[{…}],…}`, a row an object with the columns' names.
extension DocumentFacts {
  /// Writes the tables as one JSON object.
  ///
  /// - `clusters`: whether to add the hidden table `Clusters`, which resolution over many documents needs.
  public func writeTables(into out: inout String, clusters: Bool = false) {
    out += "{"
    for (index, table) in Self.tables.enumerated() {
      out += index > 0 ? ",\"\(table.name)\":" : "\"\(table.name)\":"
      table.write(self, &out)
    }
    if clusters {
      out += ",\"\(ClusterRecord.tableName)\":"
      Self.write(LocalClusters(self).records, docID, into: &out)
    }
    out += "}"
  }

  /// Each table that has rows, `Entities` aside, as `{"Table":"Mentions","Rows":[{…},…]}`.
  public func tableLines() -> [String] {
    Self.tables.compactMap { table in
      if table.name == EntityRow.tableName { return nil }
      var rows = ""
      table.write(self, &rows)
      return rows == "[]" ? nil : "{\"Table\":\"\(table.name)\",\"Rows\":\(rows)}"
    }
  }

  /// Reads what `writeTables` wrote. Columns that are missing are empty, unknown tables and columns are passed over.
  ///
  /// - Errors: `NLP321` for a cell that its column can't hold, or a document without its row of `Documents`.
  public init(docID: String, tables: DynamicValue) throws(DossierError) {
    self.init(docID: docID, document: DocumentRow())
    for table in Self.tables { try table.read(&self, tables[table.name]) }
    clusters = try Self.rows(tables[ClusterRecord.tableName], ClusterRecord(docID: docID, clusterID: ""))
  }

  /// One table of facts, whatever its rows are.
  private struct TableSlot: Sendable {
    let name: String
    /// Writes its rows as an array.
    let write: @Sendable (DocumentFacts, inout String) -> Void
    let read: @Sendable (inout DocumentFacts, DynamicValue) throws(DossierError) -> Void
  }

  private static let tables: [TableSlot] = [
    TableSlot(
      name: DocumentRow.tableName,
      write: { facts, out in write([facts.document], facts.docID, into: &out) },
      read: { facts, value throws(DossierError) in
        guard let row = try rows(value, DocumentRow()).first else {
          throw DossierError(.brokenFacts, "document '\(facts.docID)' has no row of \(DocumentRow.tableName)")
        }
        facts.document = row
      }),
    slot(\.sentences, SentenceRow()), slot(\.tokens, TokenRow()), slot(\.mentions, MentionRow()),
    slot(\.entities, EntityRow()), slot(\.relations, RelationRow()), slot(\.dates, DateRow()),
    slot(\.amounts, AmountRow()), slot(\.sentiments, SentimentRow()), slot(\.quotes, QuoteRow()),
    slot(\.participants, ParticipantRow()),
  ]

  private static func slot<Row: FactRow>(
    _ path: WritableKeyPath<DocumentFacts, [Row]> & Sendable, _ blank: Row
  ) -> TableSlot {
    TableSlot(
      name: Row.tableName, write: { facts, out in write(facts[keyPath: path], facts.docID, into: &out) },
      read: { facts, value throws(DossierError) in facts[keyPath: path] = try rows(value, blank) })
  }

  /// `[{…},…]`.
  private static func write<Row: FactRow>(_ rows: [Row], _ docID: String, into out: inout String) {
    out += "["
    let columns = Row.columns
    for (index, row) in rows.enumerated() {
      out += index > 0 ? ",{" : "{"
      var first = true
      if Row.isPerDocument {
        out += "\"DocId\":"
        writeJSONString(docID, into: &out)
        first = false
      }
      for column in columns {
        if !first { out += "," }
        first = false
        out += "\"\(column.field.name)\":"
        column.get(row).asDynamic.writeJSON(into: &out)
      }
      out += "}"
    }
    out += "]"
  }

  private static func rows<Row: FactRow>(_ value: DynamicValue, _ blank: Row) throws(DossierError) -> [Row] {
    guard case .array(let items) = value else {
      if value == .null { return [] }
      throw DossierError(.brokenFacts, "\(Row.tableName) is not an array of rows")
    }
    let columns = Row.columns
    return try items.map { item throws(DossierError) in
      var row = blank
      try row.read(item, columns)
      return row
    }
  }
}

extension ClusterRecord {
  /// A row of the table Clusters with its DocId.
  ///
  /// - Errors: `NLP321` for a cell that its column can't hold.
  public init(json row: DynamicValue) throws(DossierError) {
    self.init(docID: row["DocId"].text, clusterID: "")
    try read(row, Self.columns)
  }
}

extension FactRow {
  /// Sets the columns that an object has.
  fileprivate mutating func read(_ object: DynamicValue, _ columns: [FactColumn<Self>]) throws(DossierError) {
    guard case .bag(let members) = object else {
      throw DossierError(.brokenFacts, "a row of \(Self.tableName) is not an object")
    }
    for column in columns {
      guard let member = members[column.field.name] else { continue }
      guard let cell = Self.cell(member, column.field.type), column.set(&self, cell) else {
        throw DossierError(
          .brokenFacts,
          "\(Self.tableName).\(column.field.name) is a \(column.field.type.rawValue), found \(member.json)")
      }
    }
  }

  /// The cell that a member of a JSON object means in a column; nil if it can mean none.
  private static func cell(_ member: DynamicValue, _ type: ScalarType) -> Value? {
    switch (type, member) {
    case (.dynamic, _): .dynamic(member)
    case (.datetime, .string(let text)): Ticks.parseISODatetime(text).map { .datetime($0) }
    case (.real, .string(let text)): Double(text).map { .real($0) }
    default: member.scalar
    }
  }
}

extension DossierError.Code {
  /// Facts in JSON that are none.
  public static let brokenFacts: Self = "NLP321"
}
