import Foundation
import TestSupport
import Testing

/// The session that a new user has: load, ask, save, check, report; at a real prompt in a pseudo-terminal.
@Suite(
  .serialized,
  .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct TranscriptTests {
  static let queries = [
    #"Entities | where Type == "PERSON" | top 3 by Mentions | project Entity, Aliases, Mentions"#,
    #"Relations | where Subject == "Kim Jong Un" | project Predicate, Object, From, Certainty, Speaker"#,
    #"Dates | where From >= datetime(2024-01-01) | project Text, Value, From, To"#,
    #"Sentiments | where Scope == "entity" | summarize Score = avg(Score) by Entity | top 5 by Score"#,
  ]

  /// What the program needs to find the language model, with a home of its own.
  private static func environment(_ folder: TemporaryFolder) -> [String: String] {
    let mine = ProcessInfo.processInfo.environment
    let data = mine["XDG_DATA_HOME"] ?? (mine["HOME"] ?? "") + "/.local/share"
    return [
      "HOME": folder.url.path, "TMPDIR": folder.url.path, "NO_COLOR": "1",
      "DOSSIER_MODELS": mine["DOSSIER_MODELS"] ?? data + "/dossier/models",
    ]
  }

  /// A copy of a document under a name; the article of the developers' shared data, or one of our own.
  private static func document(_ folder: TemporaryFolder, isShared: Bool) throws {
    let source =
      isShared
      ? try #require(SharedData.file("data/seed/article.txt"), "no shared folder beside the checkout")
      : SampleNotebookTests.folder.appending(path: "documents/2024-10-08-birthday.md")
    let text = try String(contentsOf: source, encoding: .utf8)
    // Without its front matter, so that the date has to come from the command.
    let body = isShared ? text : String(text.split(separator: "\n---\n", maxSplits: 1)[1])
    _ = try folder.file("article.txt", body)
  }

  private func ask(_ line: String, at terminal: PseudoTerminal, _ what: String = "the prompt") throws
    -> String
  {
    // A clean screen, so that what is awaited is new.
    terminal.send("\u{0C}")
    try terminal.wait("a clean screen") {
      $0.text.trimmingCharacters(in: .whitespacesAndNewlines) == "dossier>"
    }
    terminal.send(line + "\r")
    try terminal.wait(what) { $0.cursorLine == "dossier>" && $0.cursor.row > 0 }
    return terminal.screen.text
  }

  @Test(arguments: SharedData.isExpected ? [false, true] : [false])
  func aSessionIsSavedCheckedAndReported(isShared: Bool) throws {
    let folder = try TemporaryFolder()
    try Self.document(folder, isShared: isShared)
    let environment = Self.environment(folder)
    let loaded = try Program.run(
      ["load", "north.dossier", "article.txt", "--published", "2024-10-08"], environment: environment,
      in: folder.url)
    #expect(loaded.code == 0)
    let summary = /1 document · \d+ sentences · \d+ words · \d+\.\d s\n/
    #expect(try summary.wholeMatch(in: loaded.output) != nil, "\(loaded.output)")

    let terminal = try PseudoTerminal(
      Program.binary.path, ["north.dossier"], rows: 50, columns: 110, environment: environment,
      directory: folder.url.path)
    try terminal.wait(forLine: "dossier>", column: 9)
    let people = try ask(Self.queries[0], at: terminal)
    #expect(people.contains("Kim Jong Un") && people.contains("3 rows"))
    let relations = try ask(Self.queries[1], at: terminal)
    #expect(relations.contains("Vladimir Putin") && relations.contains(/\d+ rows/))
    let dates = try ask(Self.queries[2], at: terminal)
    #expect(dates.contains("2024-10-08"))
    let scores = try ask(Self.queries[3], at: terminal)
    #expect(scores.contains(/[0-9] rows/))
    let why = try ask(".why 1", at: terminal)
    #expect(why.contains(/Row 1 rests on [0-9]+ rows? in [0-9]+ passages?:\n\[1\]/))
    #expect(why.contains(/article\.txt#[0-9]+-[0-9]+\n/))
    #expect(try ask(".save friendship.md", at: terminal).contains("4 cells in friendship.md"))
    #expect(try ask(".replay friendship.md", at: terminal).contains("friendship.md: nothing differs"))
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)

    let notebook = try String(contentsOf: folder.url.appending(path: "friendship.md"), encoding: .utf8)
    #expect(notebook.hasPrefix("---\ntitle: Friendship\nstore: north.dossier\n---\n\n# Friendship\n"))
    for query in Self.queries { #expect(notebook.contains("```kql\n\(query)\n```\n")) }
    #expect(!notebook.contains(folder.url.path))
    let check = try Program.run(["check", "friendship.md"], environment: environment, in: folder.url)
    #expect(check.code == 0 && check.output == "", "\(check.output)\(check.errors)")
    let report = try Program.run(
      ["run", "friendship.md", "-o", "friendship.html"], environment: environment, in: folder.url)
    #expect(report.code == 0, "\(report.errors)")
    let page = try String(contentsOf: folder.url.appending(path: "friendship.html"), encoding: .utf8)
    #expect(page.contains("<h1>Friendship</h1>") && page.contains("id=\"evidence\""))
    #expect(page.contains("<cite>") && !page.contains(folder.url.path))
  }

  @Test func documentsLoadedAtThePromptAreInTheNotebook() throws {
    let folder = try TemporaryFolder()
    try Self.document(folder, isShared: false)
    let temporary = folder.url.appending(path: "tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "notes"), withIntermediateDirectories: true)
    var environment = Self.environment(folder)
    environment["TMPDIR"] = temporary.path
    let terminal = try PseudoTerminal(
      Program.binary.path, rows: 50, columns: 110, environment: environment, directory: folder.url.path)
    try terminal.wait(forLine: "dossier>", column: 9)
    #expect(try ask(".load nothing.txt", at: terminal).contains("No such file or directory"))
    let loaded = try ask(".load article.txt --published 2024-10-08 --title \"A letter\"", at: terminal)
    #expect(loaded.contains("1 document · "))
    #expect(try ask(".load --publishd 2024", at: terminal).contains("error[CMD123]"))
    // Only what worked is kept; a comment is prose.
    #expect(try ask("Documents | where Titel == 1", at: terminal).contains("did you mean Title?"))
    #expect(try ask("// The letter itself.", at: terminal).contains("dossier>"))
    #expect(try ask("Documents | project Title, Published, ago(1d)", at: terminal).contains("A letter"))
    #expect(try ask("_ | count", at: terminal).contains("1 row"))
    #expect(try ask(".as Letters", at: terminal).contains("Letters: 1 row"))
    #expect(try ask("print n = toscalar(Letters | project Count)", at: terminal).contains("1 row"))
    #expect(try ask(".save notes/letter.md \"A \\\"letter\\\"\"", at: terminal).contains("3 cells"))
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])

    let file = folder.url.appending(path: "notes/letter.md")
    let notebook = try String(contentsOf: file, encoding: .utf8)
    #expect(
      notebook.hasPrefix(
        """
        ---
        title: "A \\"letter\\""
        documents:
          - path: ../article.txt
            published: 2024-10-08
            title: A letter
        as-of: "
        """), "\(notebook)")
    #expect(notebook.contains("\n\nThe letter itself.\n\n```kql\nDocuments | project"))
    #expect(notebook.contains("```kql name=Letters\n_ | count\n```"))
    #expect(!notebook.contains("Titel"))
    let check = try Program.run(["check", "notes/letter.md"], environment: environment, in: folder.url)
    #expect(check.code == 0, "\(check.output)\(check.errors)")

    // Another session does not write over it unasked.
    let again = try Program.run(
      [], input: "print 1\n.save notes/letter.md\n", environment: environment, in: folder.url)
    #expect(again.code == 2)
    #expect(again.errors.contains("hint: .save notes/letter.md --replace"))
    #expect(try String(contentsOf: file, encoding: .utf8) == notebook)
  }
}
