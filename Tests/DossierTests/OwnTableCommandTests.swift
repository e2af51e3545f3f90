import Foundation
import TestSupport
import Testing

/// The reader's own tables, from the prompt to notebooks.
@Suite struct OwnTableCommandTests {
  private let folder: TemporaryFolder
  private let store: String
  private static let codes = "Code,Country,Joined\nKP,North Korea,1991-09-17\nRU,Russia,1945-10-24\n"

  init() throws {
    folder = try TemporaryFolder()
    store = folder.url.appending(path: "own.dossier").path
    _ = try folder.file("codes.csv", Self.codes)
  }

  private func dossier(_ arguments: [String], input: String = "") throws -> Program.Outcome {
    try Program.run(arguments, input: input, in: folder.url)
  }

  private func hash(_ text: String) throws -> String {
    let notebook = try folder.file("hash-of-\(text.utf8.count).md", text)
    // A notebook's report tells the hash of the notebook's bytes.
    let page = try dossier(["run", notebook.path, "-o", "hash.html"])
    #expect(page.code == 0)
    let html = try String(contentsOf: folder.url.appending(path: "hash.html"), encoding: .utf8)
    let label = try #require(html.range(of: "<dt>Notebook SHA-256</dt><dd>"))
    return String(html[label.upperBound...].prefix(64))
  }

  @Test func loadedAtThePromptAskedAnywhere() throws {
    let made = try dossier(
      [store],
      input: """
        .load table codes.csv as Codes
        Codes | where Joined < datetime(1950-01-01) | project Country
        .tables
        .schema Codes
        .help load
        """)
    #expect(made.code == 0, "\(made.errors)")
    for text in [
      "Codes: 2 rows · Code:string, Country:string, Joined:datetime", "Russia",
      "A row of codes.csv, a table of your own.", "Joined   datetime", ".load table FILE as NAME",
    ] {
      #expect(
        made.output.contains(text) || made.errors.contains(text), "\(text)\n\(made.output)\(made.errors)")
    }
    let asked = try dossier([
      "query", store, "Codes | summarize max(Joined), n = count()", "--format", "json",
    ])
    #expect(asked.output.contains("\"rows\":[[\"1991-09-17T00:00:00.0000000Z\",2]]"))
    // With the tables of documents, of which there are none yet.
    let joined = try dossier(
      [
        "query", store, "Codes | join kind=leftouter Entities on $left.Code == $right.Country | count",
        "--format", "json",
      ])
    #expect(joined.output.contains("[[2]]"), "\(joined.errors)")
    // A file of the same name replaces; loads are counted.
    _ = try folder.file("codes.csv", Self.codes + "UA,Ukraine,1945-10-24\n")
    let again = try dossier(["load", store, "--table", "Codes=codes.csv"])
    #expect(again.code == 0 && again.output.hasPrefix("Codes: 3 rows"), "\(again.errors)")
    let dropped = try dossier([store], input: ".drop table Codes\n.drop table ifexists Codes\nCodes | count")
    #expect(dropped.code == 2 && dropped.errors.contains("Codes"))
    #expect(try dossier([store], input: ".drop table Codes").errors.contains("error[CMD944]"))
    #expect(try dossier([store], input: ".drop table Mentions").errors.contains("is built in and stays"))
  }

  @Test func namesThatSomethingElseHas() throws {
    #expect(try dossier([store], input: ".create function f() { print 1 }").code == 0)
    for (name, reason) in [
      ("Mentions", "a table that is built in"), ("strlen", "is the name of a"), ("where", "is the name of a"),
      ("f", "is the name of a"), ("timeline", "is the name of a"), ("_", "can't be the name"),
      ("1a", "can't be the name"), ("a-b", "can't be the name"), ("\"\"", "can't be the name"),
    ] {
      let outcome = try dossier([store], input: ".load table codes.csv as \(name)")
      #expect(outcome.code == 2, "\(name)")
      #expect(
        outcome.errors.contains("error[CMD941]") && outcome.errors.contains(reason), "\(outcome.errors)")
    }
    let result = try dossier([store], input: "print 1\n.as Mine\n.load table codes.csv as Mine")
    #expect(result.code == 2 && result.errors.contains("a result of this session already"))
    #expect(try dossier([store], input: ".load table codes.csv as Codes").code == 0)
    let taken = try dossier([store], input: ".create function Codes() { print 1 }")
    #expect(taken.errors.contains("error[CMD941]"))
    #expect(try dossier([store], input: ".load table codes.csv").errors.contains("error[CMD"))
  }

  @Test func whatCannotBeReadLeavesNoStore() throws {
    _ = try folder.file("ragged.csv", "a,b\n1\n")
    for (table, code) in [
      ("T=ragged.csv", "IMP112"), ("T=none.csv", "IMP109"), ("T=\(folder.url.path)", "IMP103"),
      ("T", "CMD124"),
      ("T=", "CMD124"), ("=codes.csv", "CMD124"),
    ] {
      let outcome = try dossier(["load", store, "--table", table])
      #expect(outcome.code == 2 && outcome.errors.contains(code), "\(table): \(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: store), "\(table)")
    }
  }

  // MARK: Notebooks

  @Test func aSessionIsSavedWithItsTables() throws {
    let saved = try dossier(
      [],
      input: ".load table codes.csv as Codes\nCodes | sort by Code asc | project Code, Country\n.save a.md\n")
    #expect(saved.code == 0, "\(saved.errors)")
    let page = folder.url.appending(path: "a.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(
      text.contains("tables:\n  Codes:\n    path: codes.csv\n    sha256: \"\(try hash(Self.codes))\"\n"),
      "\(text)")
    #expect(text.contains("| KP   | North Korea |"))
    let check = try dossier(["check", "a.md"])
    #expect(check.code == 0, "\(check.output)\(check.errors)")
    let report = try dossier(["run", "a.md", "-o", "a.html"])
    #expect(report.code == 0 && report.errors.isEmpty)
    let html = try String(contentsOf: folder.url.appending(path: "a.html"), encoding: .utf8)
    #expect(html.contains("<dt>Table Codes</dt><dd>codes.csv, SHA-256 \(try hash(Self.codes))</dd>"))
    let verified = try dossier(["verify", "a.md"])
    #expect(verified.code == 0 && verified.errors.isEmpty, "\(verified.errors)")

    // A table that changes is noticed although no result does.
    let changed = Self.codes.replacing("1991", with: "1992")
    _ = try folder.file("codes.csv", changed)
    let note =
      "a.md: the table Codes has changed: codes.csv has the SHA-256 \(try hash(changed)), not \(try hash(Self.codes))\n"
    let noticed = try dossier(["check", "a.md"])
    #expect(noticed.code == 1 && noticed.errors == note, "\(noticed.errors)")
    #expect(noticed.output.contains("-    sha256: \"\(try hash(Self.codes))\""))
    #expect(try dossier(["run", "a.md", "-o", "b.html"]).errors == note)
    #expect(try dossier(["verify", "a.md"]).errors.hasPrefix(note))
    // What is accepted is that table.
    #expect(try dossier(["accept", "a.md"]).code == 0)
    #expect(try dossier(["check", "a.md"]).code == 0)
    let accepted = try String(contentsOf: page, encoding: .utf8)
    #expect(accepted == text.replacing(try hash(Self.codes), with: try hash(changed)))
  }

  @Test func aNotebookOnAStoreNamesItsTable() throws {
    let saved = try dossier(
      [store],
      input: ".load table codes.csv as Codes\n.load table codes.csv as Other\nCodes | count\n.save a.md\n")
    #expect(saved.code == 0, "\(saved.errors)")
    let text = try String(contentsOf: folder.url.appending(path: "a.md"), encoding: .utf8)
    #expect(text.contains("store: own.dossier\ntables:\n  Codes:\n    sha256: "), "\(text)")
    #expect(!text.contains("Other"))
    #expect(try dossier(["check", "a.md"]).code == 0)
    _ = try folder.file("more.csv", Self.codes + "UA,Ukraine,1945-10-24\n")
    #expect(try dossier(["load", store, "--table", "Codes=more.csv"]).code == 0)
    let noticed = try dossier(["check", "a.md"])
    #expect(noticed.code == 1 && noticed.errors.contains("the table Codes has changed: more.csv"))
    #expect(try dossier([store], input: ".drop table Codes").code == 0)
    let missing = try dossier(["check", "a.md"])
    #expect(missing.code == 2 && missing.errors.contains("error[NBK011]"), "\(missing.errors)")
  }

  @Test(arguments: [
    ("tables: codes.csv", "a list of 'name: file' lines"),
    ("tables: { Codes: { sha256: ab } }", "64 hexadecimal"),
    ("tables: { Codes: { sha: ab } }", "can't be said of a table"), ("tables: { Codes: {} }", "has no path"),
    ("store: own.dossier\ntables: { Codes: codes.csv }", "a store has its tables itself"),
    ("tables: { Mentions: codes.csv }", "a table that is built in"),
    ("tables: { Codes: none.csv }", "IMP109"),
    ("table: { Codes: codes.csv }", "did you mean tables?"),
  ])
  func whatANotebookCannotSayOfTables(yaml: String, message: String) throws {
    let page = try folder.file("p.md", "---\n\(yaml)\n---\n\n```kql\nprint 1\n```\n")
    let outcome = try dossier(["check", page.path])
    #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome.errors)")
  }
}
