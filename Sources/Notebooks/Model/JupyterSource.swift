import Columnar
import Diagnostics

/// A Jupyter notebook (nbformat 4) as one of ours: its Markdown and code, without outputs.
///
/// A raw cell with front matter at the top is front matter, as jupytext has it. Where the notebook's language is KQL each
/// code cell is a query; else those are that begin with `%%kql`, and the others are shown, never run. `metadata.dossier`,
/// a cell's name and the tags that Jupyter's tools know become attributes.
enum JupyterSource {
  /// Whether a file's name says that it is one.
  static func isNamed(_ path: String) -> Bool { NotebookFormat(path: path) == .ipynb }

  /// The Markdown.
  /// - Errors: `NBK003` for anything else.
  static func markdown(_ bytes: [UInt8], name: String) throws(DossierError) -> String {
    guard let root = DynamicValue(json: String(decoding: bytes, as: UTF8.self)),
      case .long(4) = root["nbformat"], case .array(let cells) = root["cells"]
    else {
      throw DossierError(
        .jupyterFile, "'\(name)' is no Jupyter notebook of nbformat 4",
        hint: "jupyter nbconvert --to notebook --nbformat 4 brings older ones up to it")
    }
    let metadata = root["metadata"]
    let language =
      text(metadata["kernelspec"]["language"]) ?? text(metadata["language_info"]["name"]) ?? "kql"
    var parts: [String] = []
    for cell in cells {
      let source = source(of: cell)
      guard source.contains(where: { !$0.isWhitespace }) else { continue }
      switch text(cell["cell_type"]) {
      case "markdown": parts.append(source)
      case "code": parts.append(code(source, cell, language: language.lowercased()))
      case "raw" where parts.isEmpty && source.hasPrefix("---"): parts.append(source)
      default: parts.append(fenced(source, "text"))
      }
    }
    return parts.map { withoutLineEnds($0) + "\n" }.joined(separator: "\n")
  }

  private static func code(_ source: String, _ cell: DynamicValue, language: String) -> String {
    var source = source
    var isQuery = ["kql", "kusto"].contains(language)
    if source.hasPrefix("%%kql"), let end = source.firstIndex(of: "\n") {
      source = String(source[source.index(after: end)...])
      isQuery = true
    }
    guard isQuery else { return fenced(source, language) }
    let words = attributes(of: cell["metadata"])
    return fenced(source, words.isEmpty ? "kql" : "kql " + words)
  }

  /// What the cell's fence says.
  private static func attributes(of metadata: DynamicValue) -> String {
    if let own = text(metadata["dossier"]["attributes"]) { return own }
    var words: [String] = []
    if let name = text(metadata["name"]), !name.isEmpty,
      !name.contains(where: { $0.isWhitespace || $0 == "=" })
    {
      words.append("name=\(name)")
    }
    var tags: [String] = []
    if case .array(let items) = metadata["tags"] { tags = items.compactMap(text) }
    let isHidden = metadata["jupyter"]["source_hidden"] == .bool(true)
    if isHidden || tags.contains("hide-input") || tags.contains("remove-input") { words.append("hide-query") }
    if tags.contains("hide-output") || tags.contains("remove-output") { words.append("hide-output") }
    if tags.contains("raises-exception") { words.append("expect=error") }
    return words.joined(separator: " ")
  }

  /// A cell's text: one string, or a list of lines that keep their ends.
  private static func source(of cell: DynamicValue) -> String {
    if case .array(let lines) = cell["source"] { return lines.compactMap(text).joined() }
    return text(cell["source"]) ?? ""
  }

  private static func text(_ value: DynamicValue) -> String? {
    if case .string(let text) = value { text } else { nil }
  }

  private static func fenced(_ text: String, _ words: String) -> String {
    let fence = MarkdownFence.around(text)
    return "\(fence)\(words)\n\(withoutLineEnds(text))\n\(fence)"
  }

  private static func withoutLineEnds(_ text: String) -> String {
    var text = text[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}

extension DossierError.Code {
  /// A file that is named like a Jupyter notebook can't be read as one.
  static let jupyterFile: Self = "NBK003"
  /// A Jupyter notebook has no outputs that could be compared or accepted.
  static let jupyterOutputs: Self = "NBK004"
}
