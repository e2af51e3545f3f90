import Columnar
import Presentation

/// A result as an HTML table, each row leading to its evidence.
struct HTMLTable {
  let table: Table
  let rows: Int
  let cell: Int
  let evidence: EvidenceIndex

  init(_ table: Table, rows: Int, cell: Int, evidence: EvidenceIndex) {
    self.table = table
    self.rows = rows
    self.cell = cell
    self.evidence = evidence
  }

  /// The table in a box that scrolls sideways where it is too wide.
  func html() -> String {
    guard table.schema.count > 0 else { return "" }
    let hasEvidence = evidence.hasRows(ofCell: cell)
    var out = "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>"
    for field in table.schema.fields {
      out += "<th scope=\"col\"\(Self.cssClass(field.type))>\(DisplayText.html(field.name))</th>"
    }
    if hasEvidence { out += "<th scope=\"col\" class=\"why\">Evidence</th>" }
    out += "</tr></thead>\n<tbody>\n"
    for row in 0..<rows {
      out += hasEvidence ? "<tr id=\"\(EvidenceIndex.rowID(cell: cell, row: row))\">" : "<tr>"
      for column in 0..<table.schema.count {
        out += Self.cellHTML(table.value(row: row, column: column), table.schema[column].type)
      }
      if hasEvidence { out += "<td class=\"why\">\(evidence.links(cell: cell, row: row))</td>" }
      out += "</tr>\n"
    }
    return out + "</tbody>\n</table></div>\n"
  }

  private static func cssClass(_ type: ScalarType) -> String {
    switch type {
    case .datetime: " class=\"t\""
    case let type where CellText.alignsRight(type): " class=\"n\""
    default: ""
    }
  }

  private static func cellHTML(_ value: Value, _ type: ScalarType) -> String {
    let text = DisplayText.html(DisplayText.of(value))
    switch value {
    case .dynamic(.array(let items)):
      let plain = items.allSatisfy { item in
        switch item {
        case .array, .bag: false
        default: true
        }
      }
      return plain
        ? "<td>\(items.map { DisplayText.html($0.text) }.joined(separator: ", "))</td>"
        : "<td><code>\(text)</code></td>"
    case .dynamic(.bag): return "<td><code>\(text)</code></td>"
    case .bool(let flag): return "<td>\(flag ? "yes" : "no")</td>"
    default: return "<td\(cssClass(type))>\(text)</td>"
    }
  }
}
