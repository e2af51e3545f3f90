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
    let names = table.schema.fields.indices.map(holdsNames)
    // A box that scrolls must be reached by keys, and say what it is.
    var out =
      "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table of result \(cell + 1)\"><table>\n<thead><tr>"
    for field in table.schema.fields {
      out += "<th scope=\"col\"\(Self.cssClass(field.type))>\(DisplayText.html(field.name))</th>"
    }
    if hasEvidence { out += "<th scope=\"col\" class=\"why\">Evidence</th>" }
    out += "</tr></thead>\n<tbody>\n"
    for row in 0..<rows {
      out += hasEvidence ? "<tr id=\"\(EvidenceIndex.rowID(cell: cell, row: row))\">" : "<tr>"
      for column in 0..<table.schema.count {
        out += Self.cellHTML(
          table.value(row: row, column: column), table.schema[column].type, isName: names[column])
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

  /// From so many scalars on a text needs room to be read.
  private static let longText = 60

  /// Whether a column holds a machine's words, some of them long: DocIds, places in documents, EntityIds.
  private func holdsNames(_ column: Int) -> Bool {
    guard table.schema[column].type == .string else { return false }
    var longest = 0
    for row in 0..<rows {
      let text = table.value(row: row, column: column).text
      let isName =
        text.utf8.allSatisfy { $0 > 0x20 }
        && text.utf8.contains { $0 == 0x23 || $0 == 0x2F || $0 == 0x2E || (0x30...0x39).contains($0) }
      guard isName || text.isEmpty else { return false }
      longest = max(longest, text.utf8.count)
    }
    return longest >= 12
  }

  private static func cellHTML(_ value: Value, _ type: ScalarType, isName: Bool) -> String {
    if value.isNull { return "<td\(cssClass(type))><span class=\"null\" title=\"unknown\">–</span></td>" }
    let text = CellText.reading(value)
    let html = DisplayText.html(text)
    switch value {
    case .dynamic(.bag): return "<td><code>\(html)</code></td>"
    case .dynamic(.array) where text.hasPrefix("["): return "<td><code>\(html)</code></td>"
    case .timespan(let ticks): return "<td class=\"n\" data-sort=\"\(ticks)\">\(html)</td>"
    case .bool(let flag): return "<td>\(flag ? "yes" : "no")</td>"
    case .string where isName: return "<td class=\"i\">\(html)</td>"
    case .string where text.unicodeScalars.count > longText: return "<td class=\"x\">\(html)</td>"
    default: return "<td\(cssClass(type))>\(html)</td>"
    }
  }
}
