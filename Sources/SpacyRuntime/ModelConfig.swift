/// The `config.cfg` of a model package: sections of keys, whose values are JSON.
///
/// Only what decides the architecture is looked at: texts and lists of texts.
struct ModelConfig {
  private var values: [String: [String: String]] = [:]

  init(_ text: String) {
    var section = ""
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimming(" \t")
      if line.hasPrefix("["), line.hasSuffix("]") {
        section = String(line.dropFirst().dropLast())
      } else if let equals = line.firstIndex(of: "=") {
        let key = line[..<equals].trimming(" \t")
        values[section, default: [:]][String(key)] = String(
          line[line.index(after: equals)...].trimming(" \t"))
      }
    }
  }

  /// A value as it stands.
  subscript(section: String, key: String) -> String? { values[section]?[key] }

  /// A text value without its quotation marks.
  func string(_ section: String, _ key: String) -> String? {
    guard let value = values[section]?[key], value != "null" else { return nil }
    return String(value.trimming("\""))
  }

  /// A list of texts.
  func list(_ section: String, _ key: String) -> [String] {
    guard let value = values[section]?[key] else { return [] }
    return value.trimming("[]").split(separator: ",").map { String($0.trimming(" \"")) }
  }
}

extension StringProtocol {
  /// Without the given characters at both ends.
  fileprivate func trimming(_ characters: String) -> SubSequence {
    var rest = self[...]
    while let first = rest.first, characters.contains(first) { rest = rest.dropFirst() }
    while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
    return rest
  }
}
