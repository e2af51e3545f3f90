import Columnar
import Diagnostics

extension StoreExport {
  /// Entities, documents and the relations between entities as FollowTheMoney entities, one JSON object a line, for
  /// Aleph and its relatives. A relation is an `UnknownLink` whose `proof` is its document.
  public func followTheMoney() throws(DossierError) -> String {
    var out = ""
    func add(_ id: String, _ schema: String, _ properties: [(String, [String])]) {
      var line = "{\"id\":"
      writeJSONString(id, into: &line)
      line += ",\"schema\":\"\(schema)\",\"properties\":{"
      var isFirst = true
      for (name, values) in properties {
        let values = values.filter { !$0.isEmpty }
        if values.isEmpty { continue }
        line += "\(isFirst ? "" : ",")\"\(name)\":["
        isFirst = false
        for (index, value) in values.enumerated() {
          if index > 0 { line += "," }
          writeJSONString(value, into: &line)
        }
        line += "]"
      }
      out += line + "}}\n"
    }
    for row in try rows("Documents | project DocId, Title, Published, Author, Language, Source") {
      add(
        Self.id("document", row.text("DocId")), "Document",
        [
          ("title", [row.text("Title")]), ("fileName", [row.text("DocId")]),
          ("publishedAt", [Self.day(row.text("Published"))]), ("author", [row.text("Author")]),
          ("publisher", [row.text("Source")]),
        ])
    }
    for row in try rows("Entities | project EntityId, Entity, Type, Aliases, Country") {
      let name = row.text("Entity")
      let others = row.texts("Aliases").filter { !sameScalars($0, name) }
      let schema = Self.schema(row.text("Type"))
      let country = Self.country(row.text("Country"))
      add(
        Self.id("entity", row.text("EntityId")), schema,
        [
          ("name", [name]), ("alias", others), ("country", [country]),
          ("full", schema == "Address" ? [name] : []),
        ])
    }
    let links = try rows(
      """
      Relations | where isnotempty(SubjectId) and isnotempty(ObjectId)
      | project SubjectId, ObjectId, Predicate, Certainty, Negated, From, DocId, Cite, Evidence, RelationId
      """)
    for row in links {
      let isNegated = row.text("Negated") == "true"
      let role = "\(isNegated ? "not: " : "")\(row.text("Predicate"))"
      add(
        Self.id("link", "\(row.text("DocId"))#\(row.text("RelationId"))"), "UnknownLink",
        [
          ("subject", [Self.id("entity", row.text("SubjectId"))]),
          ("object", [Self.id("entity", row.text("ObjectId"))]),
          // What is only claimed must not be read as a fact.
          ("role", [row.text("Certainty") == "asserted" ? role : "\(role) (\(row.text("Certainty")))"]),
          ("date", [Self.day(row.text("From"))]), ("proof", [Self.id("document", row.text("DocId"))]),
          ("recordId", [row.text("Cite")]), ("summary", hasText ? [row.text("Evidence")] : []),
        ])
    }
    return out
  }

  /// The schema of an entity's type.
  private static func schema(_ type: String) -> String {
    switch type {
    case "PERSON": "Person"
    case "ORG": "Organization"
    case "GPE", "LOC", "FAC": "Address"
    case "NORP": "LegalEntity"
    default: "Thing"
    }
  }

  /// States that are no more have codes of their own there.
  private static let formerStates = ["su": "suhh", "yu": "yucs", "cs": "cshh"]

  /// A country's code as FollowTheMoney knows it.
  private static func country(_ code: String) -> String {
    let code = code.lowercased()
    return formerStates[code] ?? code
  }

  private static func day(_ text: String) -> String { String(text.prefix(10)) }

  /// An id of letters, digits, `.` and `-`, with no `-` at its end, as readers demand; `.` begins an escaped byte.
  private static func id(_ kind: String, _ text: String) -> String {
    var id = "\(kind)-"
    let last = text.utf8.count - 1
    for (place, byte) in text.utf8.enumerated() {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: id.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x2D where place < last: id += "-"
      default: id += "." + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return id
  }
}
