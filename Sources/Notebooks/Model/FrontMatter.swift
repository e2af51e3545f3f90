import Columnar
import Diagnostics
import Facts
import Yams

/// The settings at the top of a notebook.
public struct FrontMatter: Sendable {
  /// The page's title.
  public var title: String?
  /// The store to query, relative to the notebook's folder.
  public var store: String?
  /// Files and folders to load instead of a store, relative to the notebook's folder.
  public var documents: [DocumentSource] = []
  /// The reader's own tables, in order: files of rows beside the documents, relative to the notebook's folder, or
  /// tables of the store.
  public var tables: [TableSource] = []
  /// Which load of the store to read.
  public var snapshot: Int?
  /// What `now()` is, in ticks; nil forbids it.
  public var asOf: Int64?
  /// The seed of `rand()` and `sample`.
  public var seed: Int64?
  /// What the notebook says of entities, besides what the store's reader has said.
  public var corrections: [Correction] = []
  /// Values for declared parameters, in order.
  public var parameters: [(name: String, value: String)] = []
  /// The values that declared parameters may have, for those that may not have any, in order.
  public var choices: [(name: String, values: [String])] = []

  /// Nothing set.
  public init() {}

  /// The keys that mean something. Others are the author's own and are left alone, unless they look like
  /// one of these misspelt.
  static let keys = [
    "title", "store", "documents", "tables", "snapshot", "as-of", "seed", "params", "choices", "corrections",
  ]

  /// Reads YAML text. `firstLine` is the line of the file, from 1, that the text starts on.
  ///
  /// - Errors: `NBK010`, with the line in the message.
  init(yaml: String, firstLine: Int) throws(DossierError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw DossierError(.frontMatter, "the front matter is not YAML: \(Self.describe(error, firstLine))")
    } catch {
      throw DossierError(.frontMatter, "the front matter is not YAML", cause: error)
    }
    guard let root else { return }
    if root.scalar?.string.isEmpty == true { return }
    guard let mapping = root.mapping else {
      throw DossierError(.frontMatter, "the front matter has to be a list of 'key: value' lines")
    }
    for (keyNode, value) in mapping {
      let line = firstLine + (keyNode.mark?.line ?? 1) - 1
      guard let key = keyNode.scalar?.string else {
        throw DossierError(.frontMatter, "line \(line): a key has to be a word")
      }
      try set(key, to: value, line: line)
    }
    for table in tables {
      if store != nil, table.path != nil {
        throw DossierError(
          .frontMatter, "the table '\(table.name)' has a path, but a store has its tables itself",
          hint: "dossier load \(store ?? "STORE") --table \(table.name)=\(table.path ?? "")")
      }
      if store == nil, table.path == nil {
        throw DossierError(
          .frontMatter, "the table '\(table.name)' has no path",
          hint: "tables: { \(table.name): codes.csv }")
      }
    }
  }

  private static func describe(_ error: YamlError, _ firstLine: Int) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(firstLine + mark.line - 1): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
      let names = duplicates.map { "\($0)" }.joined(separator: ", ")
      return "a key stands twice: \(names)"
    default: return "it can't be read"
    }
  }

  private mutating func set(_ key: String, to node: Node, line: Int) throws(DossierError) {
    switch key {
    case "title": title = try Self.text(node, key, line)
    case "store": store = try Self.text(node, key, line)
    case "documents":
      for item in node.sequence.map(Array.init) ?? [node] {
        documents.append(try Self.documents(item, line))
      }
    case "tables":
      let mapping = try Self.mapping(node, key, line, of: "name: file", hint: "tables: { Codes: codes.csv }")
      for (name, value) in mapping {
        tables.append(try Self.table(try Self.text(name, key, line), value, line))
      }
    case "snapshot": snapshot = Int(try Self.number(node, key, line, from: 1))
    case "seed": seed = try Self.number(node, key, line, from: 0)
    case "as-of":
      let text = try Self.text(node, key, line)
      guard let ticks = Ticks.parseISODatetime(text) else {
        throw DossierError(
          .frontMatter, "line \(line): as-of is not a date: '\(text)'", hint: "as-of: 2024-10-08")
      }
      asOf = ticks
    case "corrections":
      for item in node.sequence.map(Array.init) ?? [node] {
        do throws(DossierError) {
          corrections += try Correction.list(try Self.text(item, key, line))
        } catch {
          throw DossierError(.frontMatter, "line \(line): \(error.message)", hint: error.hint)
        }
      }
    case "params":
      if node.scalar?.string.isEmpty == true { return }
      let mapping = try Self.mapping(
        node, key, line, of: "name: value", hint: "params: { person: Kim Jong Un }")
      for (name, value) in mapping {
        let text = try Self.text(name, "params", line)
        guard let scalar = value.scalar else {
          throw DossierError(.frontMatter, "line \(line): the parameter '\(text)' needs one value")
        }
        parameters.append((text, scalar.string))
      }
    case "choices":
      let mapping = try Self.mapping(
        node, key, line, of: "name: [value, value]", hint: "choices: { kind: [PERSON, ORG] }")
      for (name, values) in mapping {
        let text = try Self.text(name, "choices", line)
        guard let items = values.sequence, !items.isEmpty else {
          throw DossierError(
            .frontMatter, "line \(line): the choices of '\(text)' have to be a list",
            hint: "choices: { \(text): [one, another] }")
        }
        choices.append(
          (text, try items.map { (item) throws(DossierError) in try Self.text(item, text, line) }))
      }
    default:
      if let meant = nearestName(to: key, among: Self.keys) {
        throw DossierError(
          .frontMatter, "line \(line): '\(key)' is not a setting", hint: "did you mean \(meant)?")
      }
    }
  }

  /// A setting that is a list of lines with names; `of` says how they look.
  private static func mapping(
    _ node: Node, _ key: String, _ line: Int, of form: String, hint: String
  ) throws(DossierError) -> Node.Mapping {
    guard let mapping = node.mapping else {
      throw DossierError(
        .frontMatter, "line \(line): \(key) has to be a list of '\(form)' lines", hint: hint)
    }
    return mapping
  }

  private static func text(_ node: Node, _ key: String, _ line: Int) throws(DossierError) -> String {
    guard let scalar = node.scalar else {
      throw DossierError(.frontMatter, "line \(line): \(key) has to be a text")
    }
    return scalar.string
  }

  /// `articles/`, or `{ path: articles/, published: 2024-10-08 }`.
  private static func documents(_ node: Node, _ line: Int) throws(DossierError) -> DocumentSource {
    guard let mapping = node.mapping else { return DocumentSource(try text(node, "documents", line)) }
    var source = DocumentSource("")
    for (name, value) in mapping {
      let name = try text(name, "documents", line)
      let value = try text(value, name, line)
      if name == "path" {
        source.path = value
      } else if DocumentSource.optionNames.contains(name) {
        source.options.append(.init(name, value))
      } else {
        throw DossierError(
          .frontMatter, "line \(line): '\(name)' can't be said of documents",
          hint: nearestName(to: name, among: DocumentSource.optionNames).map { "did you mean \($0)?" }
            ?? "there are path, \(DocumentSource.optionNames.joined(separator: ", "))")
      }
    }
    guard !source.path.isEmpty else {
      throw DossierError(
        .frontMatter, "line \(line): these documents have no path",
        hint: "documents: [{ path: articles, published: 2024-10-08 }]")
    }
    return source
  }

  /// `codes.csv`, or `{ path: codes.csv, sha256: … }`.
  private static func table(
    _ name: String, _ node: Node, _ line: Int
  ) throws(DossierError) -> TableSource {
    guard let mapping = node.mapping else { return TableSource(name, path: try text(node, name, line)) }
    var source = TableSource(name)
    for (key, value) in mapping {
      switch try text(key, name, line) {
      case "path": source.path = try text(value, "path", line)
      case "sha256":
        let hash = try text(value, "sha256", line)
        guard hash.utf8.count == 64, hash.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
          throw DossierError(
            .frontMatter, "line \(line): the sha256 of '\(name)' has to be 64 hexadecimal digits",
            hint: "sha256sum prints it")
        }
        source.hash = hash
      case let other:
        throw DossierError(
          .frontMatter, "line \(line): '\(other)' can't be said of a table", hint: "there are path, sha256")
      }
    }
    return source
  }

  private static func number(
    _ node: Node, _ key: String, _ line: Int, from least: Int64
  ) throws(DossierError) -> Int64 {
    guard let number = node.scalar.flatMap({ Int64($0.string) }), number >= least else {
      throw DossierError(.frontMatter, "line \(line): \(key) has to be a whole number from \(least)")
    }
    return number
  }
}
