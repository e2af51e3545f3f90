import Collections
import Columnar
import Diagnostics
import Yams

/// YAML between two lines of dashes at the start of a Markdown file.
enum FrontMatter {
  /// What is longer is not meant as front matter.
  private static let longest = 256 << 10

  /// The text between the lines of dashes, and what follows; no front matter if the second line of dashes
  /// is missing.
  static func split(_ text: String) -> (front: Substring?, body: Substring) {
    guard let first = lineEnd(text, text.startIndex),
      isFence(text[text.startIndex..<first.line], opening: true)
    else { return (nil, text[...]) }
    var start = first.next
    while start < text.endIndex {
      let end = lineEnd(text, start) ?? (text.endIndex, text.endIndex)
      if isFence(text[start..<end.line], opening: false) {
        let front = text[first.next..<start]
        return front.utf8.count > longest ? (nil, text[...]) : (front, text[end.next...])
      }
      start = end.next
    }
    return (nil, text[...])
  }

  /// Where the line that starts at `start` ends, and where the next one starts; nil on the last.
  private static func lineEnd(_ text: String, _ start: String.Index) -> (
    line: String.Index, next: String.Index
  )? {
    guard let feed = text.utf8[start...].firstIndex(of: 0x0A) else { return nil }
    return (feed, text.utf8.index(after: feed))
  }

  private static func isFence(_ line: Substring, opening: Bool) -> Bool {
    var bytes = Array(line.utf8)
    while let last = bytes.last, last == 0x20 || last == 0x0D || last == 0x09 { bytes.removeLast() }
    return bytes.elementsEqual("---".utf8) || !opening && bytes.elementsEqual("...".utf8)
  }

  /// Other names of fields.
  private static let synonyms = ["date": "published", "lang": "language", "authors": "author"]

  /// The fields of front matter, by the names that documents have for them, in order.
  ///
  /// - Errors: `IMP108` if it is not YAML, no mapping, or unreasonably nested.
  static func fields(_ yaml: String, path: String) throws(DossierError) -> [(
    name: String, value: DynamicValue
  )] {
    let node: Node?
    do { node = try Yams.compose(yaml: yaml) } catch {
      throw DossierError(
        .brokenFrontMatter, "the front matter of '\(path)' is not YAML: \(reason(error))",
        hint: "put values with a colon or a bracket in quotes", cause: error)
    }
    guard let node, !isNull(node) else { return [] }
    guard case .mapping(let mapping) = node else {
      throw DossierError(
        .brokenFrontMatter, "the front matter of '\(path)' has no names", hint: "write it as: title: …")
    }
    var budget = 10_000
    var fields: [(name: String, value: DynamicValue)] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard let converted = convert(value, &budget, depth: 0) else {
        throw DossierError(.brokenFrontMatter, "the front matter of '\(path)' is too deep or too large")
      }
      fields.append((synonyms[name] ?? name, converted))
    }
    return fields
  }

  /// What Yams says, on one line.
  private static func reason(_ error: any Error) -> String {
    "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
  }

  private static func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// A node as a value; dates stay text. Nil once `budget` is spent: a small text can stand for a giant
  /// value by naming its parts again and again.
  private static func convert(_ node: Node, _ budget: inout Int, depth: Int) -> DynamicValue? {
    budget -= 1
    guard budget > 0, depth < 50 else { return nil }
    switch node {
    case .scalar(let scalar):
      guard scalar.style == .plain else { return .string(scalar.string) }
      if isNull(node) { return .null }
      switch scalar.string {
      case "true", "True", "TRUE": return .bool(true)
      case "false", "False", "FALSE": return .bool(false)
      default: break
      }
      // A number only where its text is what it would be written as: 007 and 1e3 stay text.
      if let integer = Int64(scalar.string), String(integer) == scalar.string { return .long(integer) }
      if let real = Double(scalar.string), realText(real) == scalar.string, real.isFinite {
        return .real(real)
      }
      return .string(scalar.string)
    case .sequence(let items):
      var values: [DynamicValue] = []
      for item in items {
        guard let value = convert(item, &budget, depth: depth + 1) else { return nil }
        values.append(value)
      }
      return .array(values)
    case .mapping(let members):
      var values: OrderedDictionary<String, DynamicValue> = [:]
      for (key, member) in members {
        guard let value = convert(member, &budget, depth: depth + 1) else { return nil }
        values[key.string ?? ""] = value
      }
      return .bag(values)
    case .alias: return .null
    }
  }
}
