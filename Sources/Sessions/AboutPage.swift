import CQueries
import Columnar
import Diagnostics

/// The page on one entity: who it is, what is dated, claimed, said by it and of it, and where the sources disagree,
/// each line with its place in a document. `.dossier NAME` shows it, `dossier about` writes it.
///
/// The page is a notebook that is compiled in (`Sources/CQueries/pages/about.md`). Its sections' tables have one
/// shape: a short word or date first, then what there is to say, then remarks, and the place last.
public struct AboutPage: Sendable {
  /// A part of the page.
  public struct Section: Sendable {
    /// Its heading.
    public let title: String
    /// Its query; it reads the names that `definitions` brings.
    public let query: String
    /// The most rows that it shows.
    public let limit: Int?
  }

  /// The entity.
  public let id: String
  /// Its canonical name.
  public let name: String
  /// Statements that the sections' queries need in front.
  public let definitions: String
  /// A query for one line that sums up what is known.
  public let summary: String
  /// The sections in their order.
  public let sections: [Section]

  /// The page on the entity that a name means.
  /// - Errors: `BND410` if nothing bears the name, `BND411` if several do.
  public init(about name: String, in session: Session) throws(DossierError) {
    id = try session.entityID(named: name)
    let found = try session.evaluate(
      "Entities | where EntityId == \(Self.quoted(id)) | project Entity", keeping: false)
    self.name = found.table.rowCount == 0 ? name : found.table.value(row: 0, column: 0).text
    let parts = Self.template.replacing("$ID", with: Self.quoted(id)).split(
      separator: "\n## ", omittingEmptySubsequences: false)
    definitions = Self.cells(of: parts[0]).map(\.source).joined(separator: "\n")
    summary = Self.between("<!--= ", " -->", in: parts[0]) ?? "print ''"
    sections = parts.dropFirst().map { part in
      let cell = Self.cells(of: part).first ?? ("print 1", "")
      return Section(
        title: String(part.prefix { $0 != "\n" }), query: cell.source,
        limit: Self.between("max-rows=", "\n", in: cell.attributes + "\n").flatMap { Int($0) })
    }
  }

  /// A section's rows, as far as they are shown, and how many there are.
  public func rows(
    of section: Section, in session: Session
  ) throws(DossierError) -> (table: Table, shown: Int) {
    let table = try session.evaluate(definitions + "\n" + section.query, keeping: false).table
    return (table, min(table.rowCount, section.limit ?? table.rowCount))
  }

  /// The page as a notebook without results: `heading` is the name as Markdown has it, `store` the path of the
  /// store as the notebook's folder sees it.
  public func notebook(heading: String, store: String) -> String {
    Self.template.replacing("$TITLE", with: Self.quoted(name)).replacing("$STORE", with: Self.quoted(store))
      .replacing("$HEADING", with: heading).replacing("$ID", with: Self.quoted(id))
  }

  private static let template: String = {
    guard let page = dossier_page_about()?.pointee else { return "" }
    return String(decoding: UnsafeBufferPointer(start: page.bytes, count: page.length), as: UTF8.self)
  }()

  /// A text as a literal of JSON, which YAML and the query language read too.
  private static func quoted(_ text: String) -> String {
    var literal = ""
    writeJSONString(text, into: &literal)
    return literal
  }

  /// The queries of a part of the page, with what stands behind `kql` in their fence.
  private static func cells(of part: Substring) -> [(source: String, attributes: String)] {
    part.split(separator: "\n```kql", omittingEmptySubsequences: false).dropFirst().map { block in
      let attributes = block.prefix { $0 != "\n" }
      let rest = block.dropFirst(attributes.count + 1)
      let source = rest[..<(rest.firstRange(of: "\n```")?.lowerBound ?? rest.endIndex)]
      return (String(source), String(attributes))
    }
  }

  private static func between(_ start: String, _ end: String, in text: some StringProtocol) -> String? {
    guard let open = text.firstRange(of: start), let close = text[open.upperBound...].firstRange(of: end)
    else { return nil }
    return String(text[open.upperBound..<close.lowerBound])
  }
}
