import Columnar
import Diagnostics

extension StoreExport {
  /// Entities as nodes and the relations between them as edges, each with its evidence, as GraphML (the 1.0 schema),
  /// which networkx, Gephi and yEd open.
  public func graphML() throws(DossierError) -> String {
    var out = """
      <?xml version="1.0" encoding="UTF-8"?>
      <graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
      xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">

      """
    let nodeKeys = [
      ("label", "string"), ("type", "string"), ("country", "string"), ("mentions", "long"),
      ("documents", "long"),
    ]
    var edgeKeys = [
      ("predicate", "string"), ("certainty", "string"), ("negated", "boolean"), ("speaker", "string"),
      ("from", "string"), ("to", "string"), ("cite", "string"),
    ]
    if hasText { edgeKeys.append(("evidence", "string")) }
    for (name, type) in nodeKeys {
      out += "  <key id=\"n_\(name)\" for=\"node\" attr.name=\"\(name)\" attr.type=\"\(type)\"/>\n"
    }
    for (name, type) in edgeKeys {
      out += "  <key id=\"e_\(name)\" for=\"edge\" attr.name=\"\(name)\" attr.type=\"\(type)\"/>\n"
    }
    out += "  <graph id=\"G\" edgedefault=\"directed\">\n"
    func data(_ key: String, _ text: String) -> String {
      text.isEmpty ? "" : "      <data key=\"\(key)\">\(Self.xml(text))</data>\n"
    }
    for row in try rows("Entities | project EntityId, Entity, Type, Country, Mentions, Documents") {
      out += "    <node id=\"\(Self.xml(row.text("EntityId")))\">\n"
      out += data("n_label", row.text("Entity")) + data("n_type", row.text("Type"))
      out += data("n_country", row.text("Country")) + data("n_mentions", row.text("Mentions"))
      out += data("n_documents", row.text("Documents")) + "    </node>\n"
    }
    let edges = try rows(
      """
      Relations | where isnotempty(SubjectId) and isnotempty(ObjectId)
      | project SubjectId, ObjectId, Predicate, Certainty, Negated, Speaker, From, To, Cite, Evidence
      """)
    for (number, row) in edges.enumerated() {
      out += "    <edge id=\"e\(number + 1)\" source=\"\(Self.xml(row.text("SubjectId")))\" "
      out += "target=\"\(Self.xml(row.text("ObjectId")))\">\n"
      for (name, _) in edgeKeys {
        let column = name.prefix(1).uppercased() + name.dropFirst()
        out += data("e_\(name)", row.text(column))
      }
      out += "    </edge>\n"
    }
    return out + "  </graph>\n</graphml>\n"
  }

  /// Text for XML: what it can't hold becomes U+FFFD.
  static func xml(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out.append(contentsOf: "&amp;".unicodeScalars)
      case "<": out.append(contentsOf: "&lt;".unicodeScalars)
      case ">": out.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
      case "\t", "\n": out.append(scalar)
      case "\r": out.append(contentsOf: "&#13;".unicodeScalars)
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": out.append("\u{FFFD}")
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}
