import Foundation
import Testing

/// A code tells one kind of error: whoever looks it up must find one.
@Suite struct ErrorCodeTests {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources")

  @Test func noTwoNamesShareACode() throws {
    let declaration = /static let (\w+): Self = "([A-Z]{3}[0-9]{3})"/
    var names: [String: Set<String>] = [:]
    let files = try #require(
      FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
        names[String(match.2), default: []].insert(String(match.1))
      }
    }
    #expect(names.count > 50)
    for (code, names) in names.sorted(by: { $0.key < $1.key }) {
      #expect(names.count == 1, "\(code): \(names)")
    }
  }
}
