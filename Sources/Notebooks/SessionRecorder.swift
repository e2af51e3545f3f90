import Columnar
import Diagnostics
import Facts
import Foundation
import KQLSyntax

/// Turns a session into a notebook: what `.save` writes.
///
/// Queries that worked become cells, lines of comment before them prose; what failed is left out by whoever
/// fills in the entries. The results are those of a new run, so that the notebook is known to replay.
public struct SessionRecorder {
  /// One thing that was typed, and that worked.
  public struct Entry: Sendable {
    /// The query with its comments, or comments alone.
    public var source: String
    /// The name under which later queries know its result; nil for none.
    public var name: String?
    /// Makes an entry.
    public init(_ source: String, name: String? = nil) {
      self.source = source
      self.name = name
    }
  }

  /// The title; empty for none.
  public var title = ""
  /// The store, relative to the folder that the notebook is saved in; nil for none.
  public var store: String?
  /// Documents instead of a store, relative likewise.
  public var documents: [DocumentSource] = []
  /// The reader's own tables: with paths relative likewise, or the store's.
  public var tables: [TableSource] = []
  /// What `now()` was, in ticks; written if some query asks for it.
  public var asOf: Int64?
  /// The seed, if one was set.
  public var seed: UInt64?
  /// The reader's corrections of entities.
  public var corrections: [Correction] = []
  /// Parameters' values that were set for the session; those that a query declares are written.
  public var parameters: [(name: String, value: String)] = []
  /// What was typed, in order.
  public var entries: [Entry] = []

  /// An empty session.
  public init() {}

  /// Writes the session as a notebook with the results of a run.
  ///
  /// - `runner`: runs it; its store, if it has one, stands in for the documents.
  /// - Errors: `NBK…` if the notebook can't be written; the query's own if one fails that worked before.
  public func save(to path: String, with runner: NotebookRunner) throws(DossierError) {
    let name = URL(filePath: path).lastPathComponent
    let notebook = try Notebook(markdown(), name: name)
    let run = runner.run(notebook, in: Self.folder(of: path))
    if let failure = run.failure { throw Rendered.error(failure, in: notebook.bytes, name: name) }
    try run.files(named: name).write(to: path)
    try run.evaluator?.inputs?.write(beside: path)
  }

  /// The folder of a path, as a notebook's runner takes it.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The notebook without results.
  func markdown() -> String {
    var out = frontMatter()
    if !title.isEmpty { out += "# \(DisplayText.markdown(title))\n\n" }
    var declared: [String] = []
    for entry in entries { out += text(of: entry, &declared) }
    // One line end at the end.
    while out.hasSuffix("\n\n") { out.removeLast() }
    return out
  }

  private func frontMatter() -> String {
    var lines: [String] = []
    func add(_ key: String, _ value: String) { lines.append("\(key): \(Self.yaml(value))") }
    if !title.isEmpty { add("title", title) }
    if let store { add("store", store) }
    if !documents.isEmpty { lines.append("documents:") }
    for source in documents {
      guard !source.options.isEmpty else {
        lines.append("  - \(Self.yaml(source.path))")
        continue
      }
      lines.append("  - path: \(Self.yaml(source.path))")
      lines += source.options.map { "    \($0.name): \(Self.yaml($0.value))" }
    }
    if !tables.isEmpty { lines.append("tables:") }
    for table in tables {
      lines.append("  \(Self.yaml(table.name)):")
      if let path = table.path { lines.append("    path: \(Self.yaml(path))") }
      if let hash = table.hash { lines.append("    sha256: \"\(hash)\"") }
    }
    if let asOf, usesClock { add("as-of", DisplayText.of(.datetime(asOf))) }
    if let seed { lines.append("seed: \(seed)") }
    if !corrections.isEmpty { lines.append("corrections:") }
    for correction in corrections { lines.append("  - \(Self.yaml(correction.text))") }
    let declared = entries.flatMap { NotebookParameters.declaredNames(in: $0.source) }
    let known = parameters.filter { parameter in
      declared.contains { $0.utf8.elementsEqual(parameter.name.utf8) }
    }
    if !known.isEmpty {
      lines += ["params:"] + known.map { "  \(Self.yaml($0.name)): \(Self.yaml($0.value))" }
    }
    return lines.isEmpty ? "" : "---\n\(lines.joined(separator: "\n"))\n---\n\n"
  }

  private var usesClock: Bool {
    entries.contains { entry in
      tokenize(entry.source).contains { $0.kind == .name && ($0.text == "now" || $0.text == "ago") }
    }
  }

  private func text(of entry: Entry, _ declared: inout [String]) -> String {
    var lines = entry.source.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.last == "\r" ? line.dropLast() : line)
    }
    var prose: [String] = []
    while let first = lines.first {
      let trimmed = first.drop { $0 == " " || $0 == "\t" }
      guard trimmed.isEmpty || trimmed.hasPrefix("//") else { break }
      prose.append(String(trimmed.drop { $0 == "/" }.drop { $0 == " " }))
      lines.removeFirst()
    }
    while prose.first?.isEmpty == true { prose.removeFirst() }
    while prose.last?.isEmpty == true { prose.removeLast() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    var out = prose.isEmpty ? "" : prose.map(Self.proseLine).joined(separator: "\n") + "\n\n"
    guard !lines.isEmpty else { return out }
    // A notebook declares a parameter once, where the shell has to for each query.
    let source = NotebookParameters.withoutDeclarations(lines.joined(separator: "\n"), alreadyIn: declared)
    declared.append(source)
    let fence = MarkdownFence.around(source)
    let name = entry.name.map { " name=\($0)" } ?? ""
    out += "\(fence)kql\(name)\n\(source)\n\(fence)\n\n"
    return out
  }

  /// A comment's line as prose: it may hold Markdown, but can't open a fence or one of our markers.
  private static func proseLine(_ line: String) -> String {
    line.hasPrefix("```") || line.hasPrefix("~~~") || line.hasPrefix("<!--") ? "\\" + line : line
  }

  /// A YAML scalar: plain where that is safe, else in double quotes.
  private static func yaml(_ text: String) -> String {
    let plain =
      text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x2D, 0x2E, 0x2F, 0x5F: true
        default: false
        }
      } && !text.isEmpty && text.first != " " && text.last != " " && text.first != "-"
      && (text.first != "." || text.contains("/"))
    let words = ["true", "false", "yes", "no", "null", "on", "off"]
    if plain, !words.contains(text.lowercased()) { return text }
    var out = ""
    writeJSONString(text, into: &out)
    return out
  }
}
