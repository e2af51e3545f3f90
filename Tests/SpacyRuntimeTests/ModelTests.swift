import Diagnostics
import Foundation
import Linguistics
import TestSupport
import Testing

@testable import SpacyRuntime

private enum Installed {
  static let catalog = ModelCatalog(environment: ProcessInfo.processInfo.environment)
  static let isExpected = SharedData.isCI || (try? catalog.locate()) != nil
  static let model = Result { try catalog.load() }
}

/// What runs where the model is installed; skipped elsewhere, but for CI, where its absence is a failure.
@Suite(.enabled(if: Installed.isExpected, "the language model is not installed")) struct ModelTests {
  /// Parses recorded from spaCy by `Scripts/record-parses`; `spacy` has the odd cases.
  @Test(arguments: ["basics", "spacy"]) func givesWhatSpacyGives(_ name: String) throws {
    let model = try Installed.model.get()
    for wanted in try RecordedParse.all(name) {
      let found = try model.parse(wanted.text)
      #expect(found.tokens == wanted.tokens, "\(wanted.text)")
      #expect(found.sentences == wanted.sentences, "\(wanted.text)")
      #expect(found.entities == wanted.entities, "\(wanted.text)")
    }
  }

  @Test(arguments: [
    "", " ", "\n\n", "a", "🎉", "👩‍👩‍👧 e\u{301} \u{85}", "))))((((", String(repeating: "ab cd. ", count: 400),
    String(repeating: ")", count: 3_000),
  ]) func tokensAndSpacesMakeUpTheText(_ text: String) throws {
    for pretokenized in [false, true] {
      let parse = try Installed.model.get().parse(text, pretokenized: pretokenized)
      let again = parse.tokens.map { $0.text + ($0.spaceAfter ? " " : "") }.joined()
      #expect(again.utf8.elementsEqual(text.utf8))
      #expect(parse.tokens.allSatisfy { parse.text($0.start, $0.end).utf8.elementsEqual($0.text.utf8) })
      #expect(parse.sentences.flatMap { Array($0) } == Array(parse.tokens.indices))
      // Every token reaches a root.
      for token in parse.tokens.indices {
        var (current, steps) = (token, 0)
        while parse.tokens[current].head != current, steps <= parse.tokens.count {
          current = parse.tokens[current].head
          steps += 1
        }
        #expect(steps <= parse.tokens.count)
      }
    }
  }

  @Test func pretokenizedTextKeepsItsTokens() throws {
    let parse = try Installed.model.get().parse("He did n't say:  so", pretokenized: true)
    #expect(parse.tokens.map(\.text) == ["He", "did", "n't", "say:", " ", "so"])
  }

  @Test func levelsThreadsAndCachesChangeNothing() async throws {
    let texts = try RecordedParse.all("basics").map(\.text)
    let wanted = try texts.map { try Installed.model.get().parse($0).tokens }
    let file = try Installed.catalog.locate().path
    for level in KernelLevel.allCases {
      let fresh = try SpacyModel.load(path: file, kernels: level)
      #expect(try texts.reversed().map { try fresh.parse($0).tokens } == wanted.reversed())
    }
    let model = try Installed.model.get()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { try texts.map { try model.parse($0).tokens } == wanted } }
      for try await same in group { #expect(same) }
    }
  }

  @Test func aDamagedFileIsSaid() throws {
    var bytes = [UInt8](try Data(contentsOf: try Installed.catalog.locate()))
    bytes[bytes.count / 2] ^= 1
    let damaged = bytes
    let error = #expect(throws: DossierError.self) { try SpacyModel(flatFile: ModelBytes(damaged)) }
    #expect(error?.code == .modelDamaged)
  }
}
