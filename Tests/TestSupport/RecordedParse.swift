import Foundation
import Linguistics

/// Parses of sentences that we wrote ourselves, recorded from spaCy, so that stages are tested without a
/// model. `Tests/Recordings/NAME.txt` has the texts, `Scripts/record-parses` makes the parses.
public enum RecordedParse {
  /// Why there is no parse.
  public struct Missing: Error, CustomStringConvertible {
    /// What to do.
    public let description: String
  }

  /// The parse of `text` in the recording `name`; throws when the text isn't recorded.
  public static func of(_ text: String, in name: String) throws -> Parse {
    guard let parse = try all(name).first(where: { $0.text.utf8.elementsEqual(text.utf8) }) else {
      throw Missing(
        description:
          "not recorded: add the text as a line of Tests/Recordings/\(name).txt and run Scripts/record-parses \(name)"
      )
    }
    return parse
  }

  /// All parses of the recording `name`, in order.
  public static func all(_ name: String) throws -> [Parse] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try load(folder.appending(path: "Recordings").appending(path: "\(name).jsonl"))
  }

  /// All parses of a file in the recordings' format.
  public static func load(_ file: URL) throws -> [Parse] {
    let decoder = JSONDecoder()
    return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
      .map { try decoder.decode(Line.self, from: $0).parse }
  }

  private struct Line: Decodable {
    let text: String
    let tokens: [Word]
    let sentences: [[Int]]
    let entities: [Span]

    var parse: Parse {
      Parse(
        text: text, tokens: tokens.map(\.token), sentences: sentences.map { $0[0]..<$0[1] },
        entities: entities.map(\.span))
    }
  }

  private struct Word: Decodable {
    let token: Token
    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      let text = try list.decode(String.self)
      let start = try list.decode(Int.self)
      token = Token(
        text: text, start: start, end: start + text.unicodeScalars.count,
        spaceAfter: try list.decode(Int.self) == 1, lemma: try list.decode(String.self),
        pos: try list.decode(String.self), tag: try list.decode(String.self),
        morph: try list.decode(String.self), dep: try list.decode(String.self),
        head: try list.decode(Int.self))
    }
  }

  private struct Span: Decodable {
    let span: EntitySpan
    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      let start = try list.decode(Int.self)
      let end = try list.decode(Int.self)
      span = EntitySpan(tokens: start..<end, label: try list.decode(String.self))
    }
  }
}
