import CQueries
import KQLEngine

/// The functions that ship with the program as files in the query language (`Sources/CQueries/functions`).
///
/// A file is a comment and the function from its parameters on. The comment's first paragraph is the summary;
/// a paragraph that begins with `Example:` is a query with, behind `----`, its result over the tables of
/// `Tests/QueryTests/Cases/library`, which a test checks; others are details.
public enum LibraryFunctions {
  /// All of them, by name.
  public static let all: [StoredFunction] = {
    var found: [StoredFunction] = []
    while let query = dossier_query_at(found.count)?.pointee {
      let bytes = UnsafeBufferPointer(start: query.bytes, count: query.length)
      found.append(function(String(cString: query.name), String(decoding: bytes, as: UTF8.self)))
    }
    return found
  }()

  /// Reads a function's file.
  static func function(_ name: String, _ text: String) -> StoredFunction {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let comment = lines.prefix { $0.hasPrefix("//") }.map { line in
      let inner = line.dropFirst(2)
      return inner.hasPrefix(" ") ? inner.dropFirst() : inner
    }
    var paragraphs = comment.split(whereSeparator: \.isEmpty).map(Array.init)
    let summary = paragraphs.isEmpty ? "" : paragraphs.removeFirst().joined(separator: " ")
    var details: [String] = []
    var examples: [Example] = []
    for paragraph in paragraphs {
      if paragraph[0] == "Example:" {
        let bar = paragraph.firstIndex(of: "----") ?? paragraph.count
        examples.append(
          Example(
            paragraph[1..<bar].joined(separator: "\n"),
            paragraph.dropFirst(bar + 1).joined(separator: "\n")))
      } else {
        details.append(paragraph.joined(separator: " "))
      }
    }
    // The text keeps its lines, so that places in it are those of the file.
    return StoredFunction(name: name, text: text, summary: summary, details: details, examples: examples)
  }
}
