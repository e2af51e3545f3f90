import Columnar
import Diagnostics
import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

@Suite struct AnnotateContractTests {
  /// Every word a token of one sentence: enough to test the contract's own part.
  private static func words(_ text: String, _ pretokenized: Bool) throws(DossierError) -> Parse {
    if text.hasPrefix("fail") { throw DossierError("NLP199", "no parse") }
    var tokens: [Token] = []
    var start = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let length = word.unicodeScalars.count
      tokens.append(
        Token(
          text: String(word), start: start, end: start + length, spaceAfter: true, pos: "X",
          dep: tokens.isEmpty ? "ROOT" : "dep"))
      start += length + 1
    }
    return Parse(text: text, tokens: tokens, sentences: [tokens.indices], entities: [])
  }

  private func contract() throws -> AnnotateContract {
    AnnotateContract(
      annotator: try Annotator(
        resources: AnnotationResources(), stages: [StageRegistry.entry(EntityStage.self)], parser: Self.words)
    )
  }

  private func answer(_ line: String) throws -> DynamicValue {
    let text = try #require(try contract().answer(line))
    #expect(!text.contains("\n"))
    return try #require(DynamicValue(json: text))
  }

  private func member(_ value: DynamicValue, _ path: String...) -> DynamicValue? {
    var value = value
    for key in path {
      guard case .bag(let bag) = value, let next = bag[key] else { return nil }
      value = next
    }
    return value
  }

  @Test func whatIsNotEnglishIsKeptAndNotRead() throws {
    let text = "Der Minister traf am Dienstag den Botschafter und sagte, dass Norwegen den Plan unterstützt."
    func tables(_ more: String = "") throws -> (language: DynamicValue?, words: DynamicValue?, tokens: Bool) {
      let value = try answer("{\"id\":\"1\",\"text\":\"\(text)\"\(more)}")
      guard case .array(let rows)? = member(value, "tables", "Documents"), case .bag(let row)? = rows.first
      else { return (nil, nil, false) }
      guard case .array(let tokens)? = member(value, "tables", "Tokens") else {
        return (row["Language"], row["Words"], false)
      }
      return (row["Language"], row["Words"], !tokens.isEmpty)
    }
    #expect(try tables() == (.string("de"), .long(14), false))
    // Pages often declare the language of their template.
    #expect(try tables(",\"language\":\"en-US\"") == (.string("de"), .long(14), false))
    #expect(try tables(",\"language\":\"de-AT\"") == (.string("de-AT"), .long(14), false))
    // Whoever gives tokens wants them read.
    #expect(try tables(",\"pretokenized\":true").tokens)
  }

  @Test func rowsAreObjectsWithTheColumnsOfTheirTable() throws {
    let value = try answer(#"{"id":"é1","text":"Éa 𝒳b","published":"2024-10-08"}"#)
    #expect(member(value, "id") == .string("é1"))
    guard case .array(let tokens)? = member(value, "tables", "Tokens"), case .bag(let row)? = tokens.last
    else {
      Issue.record("no tokens")
      return
    }
    #expect(Array(row.keys) == TokenRow.table.schema.names)
    #expect(row["Start"] == .long(3))
    #expect(row["End"] == .long(5))
    guard case .array(let documents)? = member(value, "tables", "Documents"), let document = documents.first
    else {
      Issue.record("no document")
      return
    }
    #expect(member(document, "Published") == .string("2024-10-08T00:00:00.0000000Z"))
  }

  @Test func allTablesOfADocumentAreThere() throws {
    let value = try answer(#"{"id":1,"text":""}"#)
    guard case .bag(let tables)? = member(value, "tables") else {
      Issue.record("no tables")
      return
    }
    #expect(member(value, "id") == .long(1))
    let notOfADocument: Set<String> = ["Imports", "Marks"]
    #expect(Array(tables.keys) == TableRegistry.tables.map(\.name).filter { !notOfADocument.contains($0) })
  }

  @Test func targetsAreRepeatedWithPolarityAndScore() throws {
    let value = try answer(#"{"id":"a","text":"Ann won","targets":[{"start":0,"end":3,"text":"Ann"}]}"#)
    guard case .array(let targets)? = member(value, "targets"), let target = targets.first else {
      Issue.record("no targets")
      return
    }
    #expect(member(target, "text") == .string("Ann"))
    #expect(member(target, "polarity") == .string("neutral"))
    #expect(member(target, "score") == .real(0) || member(target, "score") == .long(0))
  }

  @Test func givenMentionsReplaceFoundOnes() throws {
    let value = try answer(
      #"{"id":"a","text":"Ann Lee met Lee","mentions":[{"start":0,"end":7,"type":"PERSON"},{"start":12,"end":15,"type":"PERSON"}]}"#
    )
    guard case .array(let mentions)? = member(value, "tables", "Mentions") else {
      Issue.record("no mentions")
      return
    }
    #expect(
      mentions.map { member($0, "EntityId") } == [.string("person/ann-lee"), .string("person/ann-lee")])
  }

  @Test(arguments: [
    "", "nonsense", "[1]", #"{"id":"a"}"#, #"{"text":"x"}"#, #"{"id":"a","text":7}"#,
    #"{"id":"a","text":"fail"}"#,
    #"{"id":"a","text":"x","published":"soon"}"#, #"{"id":"a","text":"x","targets":[{"start":0,"end":2}]}"#,
    #"{"id":"a","text":"x","targets":7}"#, #"{"id":"a","text":"x","mentions":[{"start":1,"end":1}]}"#,
    #"{"id":"a","text":"x","pretokenized":"yes"}"#,
  ]) func whatCannotBeAnnotatedIsAnErrorOfItsDocument(line: String) throws {
    guard !line.isEmpty else {
      #expect(try contract().answer(line) == nil)
      return
    }
    let value = try answer(line)
    #expect(member(value, "id") != nil)
    #expect(member(value, "tables") == nil)
    guard case .string(let code)? = member(value, "error", "code") else {
      Issue.record("no code")
      return
    }
    #expect(code == (line.contains("fail") ? "NLP199" : "NLP320"))
  }
}
