import Columnar
import Diagnostics
import KQLSyntax

/// Turns a session into a notebook: what `.save` writes.
///
/// Queries that worked become cells with their outputs, lines of comment before them prose; what failed is
/// left out.
public struct SessionRecorder {
  /// One thing that was typed.
  public struct Entry: Sendable {
    /// The text.
    public var source: String
    /// What came of it; nil if it failed or only held statements.
    public var result: Table?
    /// Whether it failed.
    public var failed: Bool
    /// Makes an entry.
    public init(source: String, result: Table?, failed: Bool = false) {
      self.source = source
      self.result = result
      self.failed = failed
    }
  }

  /// The title; empty for none.
  public var title = ""
  /// The store, relative to the folder that the notebook is saved in; nil for none.
  public var store: String?
  /// Documents instead of a store, relative likewise.
  public var documents: [String] = []
  /// What `now()` was, in ticks; written if some query asks for it.
  public var asOf: Int64?
  /// The seed, if one was set.
  public var seed: Int64?
  /// Parameters' values that were set for the session.
  public var parameters: [(name: String, value: String)] = []
  /// What was typed, in order.
  public var entries: [Entry] = []

  /// An empty session.
  public init() {}

  /// The notebook, which reads back as itself.
  public func markdown() -> String {
    var out = frontMatter()
    if !title.isEmpty { out += "# \(DisplayText.markdown(title))\n\n" }
    for entry in entries where !entry.failed { out += text(of: entry) }
    return out
  }

  private func frontMatter() -> String {
    var lines: [String] = []
    func add(_ key: String, _ value: String) { lines.append("\(key): \(Self.yaml(value))") }
    if !title.isEmpty { add("title", title) }
    if let store { add("store", store) }
    if documents.count == 1 { add("documents", documents[0]) }
    if documents.count > 1 { lines += ["documents:"] + documents.map { "  - \(Self.yaml($0))" } }
    if let asOf, usesClock { add("as-of", DisplayText.of(.datetime(asOf))) }
    if let seed { lines.append("seed: \(seed)") }
    if !parameters.isEmpty {
      lines += ["params:"] + parameters.map { "  \(Self.yaml($0.name)): \(Self.yaml($0.value))" }
    }
    return lines.isEmpty ? "" : "---\n\(lines.joined(separator: "\n"))\n---\n\n"
  }

  private var usesClock: Bool {
    entries.contains { entry in
      !entry.failed
        && tokenize(entry.source).contains { $0.kind == .name && ($0.text == "now" || $0.text == "ago") }
    }
  }

  private func text(of entry: Entry) -> String {
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
    var longest = 2
    for line in lines {
      var run = 0
      for byte in line.utf8 {
        run = byte == 0x60 ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    let fence = String(repeating: "`", count: longest + 1)
    let source = lines.joined(separator: "\n")
    out += "\(fence)kql\n\(source)\n\(fence)\n\n"
    if let result = entry.result {
      let block = MarkdownOutput.block(
        header: "rows=\(result.rowCount) query=\(QueryKey.of(source))",
        body: MarkdownOutput.body(of: result, maxRows: nil))
      out += block.joined(separator: "\n") + "\n\n"
    }
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
      } && !text.isEmpty && text.first != " " && text.last != " " && text.first != "-" && text.first != "."
    let words = ["true", "false", "yes", "no", "null", "on", "off"]
    if plain, !words.contains(text.lowercased()) { return text }
    var out = ""
    writeJSONString(text, into: &out)
    return out
  }
}
