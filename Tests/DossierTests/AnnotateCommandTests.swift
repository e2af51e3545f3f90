import Columnar
import Foundation
import TestSupport
import Testing

/// The contract of `dossier annotate`, as other programs see it.
@Suite(.enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct AnnotateCommandTests {
  static let tables = [
    "Documents", "Sentences", "Tokens", "Mentions", "Entities", "Relations", "Dates", "Amounts", "Sentiments",
    "Quotes", "Participants",
  ]

  private func answers(_ lines: [String], environment: [String: String] = [:]) throws -> [DynamicValue] {
    let outcome = try Program.run(
      ["annotate"], input: lines.joined(separator: "\n") + "\n", environment: environment)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    return try outcome.output.split(separator: "\n").map { try #require(DynamicValue(json: String($0))) }
  }

  private func items(_ value: DynamicValue) -> [DynamicValue] {
    if case .array(let items) = value { items } else { [] }
  }

  @Test func eachLineHasItsAnswerInOrder() throws {
    let found = try answers([
      #"{"id":"a","text":"Sergei Lavrov met Choe Son Hui in Moscow.","published":"2024-11-01"}"#,
      #"{"id":"empty","text":""}"#,
      #"{"id":"textless"}"#,
      "not JSON",
      "   ",
      #"{"id":7,"text":"Snow."}"#,
    ])
    #expect(
      found.map { $0["id"] } == [.string("a"), .string("empty"), .string("textless"), .null, .long(7)])
    guard case .bag(let tables) = found[0]["tables"] else {
      Issue.record("the first answer has no tables")
      return
    }
    #expect(Array(tables.keys) == Self.tables)
    #expect(items(tables["Tokens"] ?? .null).count == 9)
    #expect(items(found[1]["tables"]["Sentences"]).isEmpty)
    for wrong in found[2...3] {
      #expect(wrong["error"]["code"] == .string("NLP320"))
      #expect(wrong["tables"] == .null)
    }
  }

  @Test func rowsHaveTheColumnsOfTheirTable() throws {
    let found = try answers([#"{"id":"a","text":"Sergei Lavrov flew to Pyongyang in October 2023."}"#])
    guard case .bag(let mention) = items(found[0]["tables"]["Mentions"])[0] else {
      Issue.record("no mention")
      return
    }
    #expect(
      Array(mention.keys) == [
        "DocId", "SentenceId", "MentionId", "Start", "End", "Text", "Kind", "Metonym", "Type", "EntityId",
        "Entity",
      ])
    let date = try #require(items(found[0]["tables"]["Dates"]).first)
    #expect(date["Value"] == .string("2023-10"))
    #expect(date["From"] == .string("2023-10-01T00:00:00.0000000Z"))
    #expect(date["To"] == .string("2023-11-01T00:00:00.0000000Z"))
  }

  @Test func givenTokensAreKept() throws {
    let found = try answers([#"{"id":"p","text":"He did n't sign , she said .","pretokenized":true}"#])
    let words = items(found[0]["tables"]["Tokens"]).map { $0["Text"] }
    #expect(words == "He did n't sign , she said .".split(separator: " ").map { .string(String($0)) })
  }

  @Test func targetsGetAPolarityAndAScore() throws {
    let text = "Japan condemned Sergei Lavrov and praised Angela Merkel."
    let found = try answers([
      #"{"id":"t","text":"\#(text)","targets":[{"start":16,"end":29,"note":1},{"start":42,"end":55}]}"#
    ])
    let targets = items(found[0]["targets"])
    #expect(targets.count == 2)
    #expect(targets[0]["note"] == .long(1))
    #expect(targets[0]["polarity"] == .string("negative"))
    #expect(targets[1]["polarity"] == .string("positive"))
    for target in targets {
      guard case .real(let score) = target["score"] else {
        Issue.record("no score")
        continue
      }
      #expect((-1...1).contains(score))
    }
    #expect(try answers([#"{"id":"n","text":"\#(text)"}"#])[0]["targets"] == .null)
  }

  @Test func offsetsCountUnicodeScalars() throws {
    let text = "👩‍👩‍👧 é 한국: Angela Merkel left."
    let found = try answers([#"{"id":"u","text":"\#(text)"}"#])
    let scalars = Array(text.unicodeScalars)
    let tokens = items(found[0]["tables"]["Tokens"])
    #expect(!tokens.isEmpty)
    for token in tokens {
      guard case .long(let start) = token["Start"], case .long(let end) = token["End"] else {
        Issue.record("a token without offsets")
        continue
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[Int(start)..<Int(end)])
      #expect(token["Text"] == .string(String(view)))
    }
  }

  @Test func givenMentionsReplaceThoseFoundAndTargetsAreJudged() throws {
    let found = try answers([
      """
      {"id":"m","text":"Kirby condemned the brutal Wagner.","mentions":[{"start":27,"end":33,"type":"ORG"}],\
      "targets":[{"start":27,"end":33},{"start":0,"end":5}]}
      """
    ])
    let mentions = items(found[0]["tables"]["Mentions"]).filter { $0["Kind"] == .string("name") }
    #expect(mentions.map { $0["Text"] } == [.string("Wagner")])
    #expect(mentions[0]["Type"] == .string("ORG"))
    let targets = items(found[0]["targets"])
    #expect(targets.map { $0["start"] } == [.long(27), .long(0)])
    for target in targets {
      guard case .string(let polarity) = target["polarity"], case .real(let score) = target["score"] else {
        Issue.record("a target without polarity or score")
        continue
      }
      #expect(["positive", "neutral", "negative"].contains(polarity))
      #expect((-1...1).contains(score))
    }
  }

  @Test func aSpanOutsideTheTextIsAnError() throws {
    let found = try answers([#"{"id":"s","text":"Snow.","targets":[{"start":2,"end":9}]}"#])
    #expect(found[0]["error"]["code"] == .string("NLP320"))
  }

  /// Every kernel, the exact slow one without fused instructions among them, gives the same bytes.
  @Test func bytesDoNotDependOnTheKernelTheTimeZoneOrTheLanguage() throws {
    let input = try Self.sampleTexts().joined(separator: "\n")
    func bytes(_ environment: [String: String]) throws -> String {
      let outcome = try Program.run(["annotate"], input: input, environment: environment)
      #expect(outcome.code == 0)
      return outcome.output
    }
    let plain = try bytes([:])
    #expect(plain.count > 10_000)
    #expect(try bytes(["DOSSIER_KERNELS": "baseline"]) == plain)
    #expect(try bytes(["DOSSIER_KERNELS": "v3"]) == plain)
    #expect(try bytes(["TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"]) == plain)
  }

  /// The plain texts among the sample documents, as lines of the contract.
  private static func sampleTexts() throws -> [String] {
    let folder = SampleNotebookTests.folder.appending(path: "documents")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try files.filter { $0.hasSuffix(".txt") }.map { name in
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      return DynamicValue.bag([
        "id": .string(name), "text": .string(text), "published": .string("2024-11-06"),
      ]).json
    }
  }

  @Test func withoutTheModelOneLineSaysHowToGetIt() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-\(UUID().uuidString)")
    let outcome = try Program.run(
      ["annotate"], input: #"{"id":"a","text":"Snow."}"#, environment: ["DOSSIER_MODELS": folder.path])
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.contains("dossier model install"))
  }
}
