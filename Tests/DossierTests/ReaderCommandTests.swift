import Foundation
import TestSupport
import Testing

/// What a reader adds to a store: corrections, marks, watches; and what notebooks make of it.
@Suite(
  .serialized,
  .enabled(if: SampleNotebookTests.isModelThere, "needs the language model: dossier model install"))
struct ReaderCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.file(
      "docs/harbour.md",
      "---\ntitle: Harbour contract\npublished: 2024-05-14\n---\nMayor Ingrid Solberg signed a contract in Oslo. "
        + "Magnus Dahl praised Solberg.\n")
    _ = try folder.file(
      "docs/doubts.md",
      "---\ntitle: Doubts\npublished: 2024-05-20\n---\nErik Haugen accused Ingrid Solberg of fraud. Dahl met Solberg in Oslo.\n"
    )
    let loaded = try Program.run(["load", "t.dossier", "docs"], in: folder.url)
    #expect(loaded.code == 0, "\(loaded.errors)")
  }

  private func run(_ script: String) throws -> Program.Outcome {
    try Program.run(["t.dossier", "--format", "csv"], input: script, in: folder.url)
  }

  @Test func aCorrectionIsTriedKeptListedAndTakenBack() throws {
    let names = "Entities | where Type == \"PERSON\" | project Entity"
    let before = try run(names)
    #expect(before.output.contains("Erik Haugen"))
    // Nothing is written by a trial.
    let trial = try run(".merge \"Erik Haugen\" Solberg --dry-run\n\(names)")
    #expect(trial.code == 0, "\(trial.errors)")
    #expect(trial.output.contains("Relations,doubts.md#0-"))
    #expect(trial.output.contains(",Subject,Erik Haugen,Ingrid Solberg\r\n"))
    #expect(trial.errors.contains("would change"))
    #expect(trial.output.hasSuffix(before.output))
    let kept = try run(
      ".merge \"Erik Haugen\" Solberg\n.alias \"the boss\" = Solberg\n.retype Solberg ORG\n.corrections\n\(names)"
    )
    #expect(kept.code == 0, "\(kept.errors)")
    #expect(!kept.output.contains("\r\nErik Haugen"))
    let lines =
      "merge person/erik-haugen person/ingrid-solberg\nalias \"the boss\" person/ingrid-solberg\nretype person/ingrid-solberg ORG\n"
    #expect(kept.output.contains(lines))
    // They hold for what is loaded later, and an alias is a name.
    _ = try folder.file("docs/later.txt", "Erik Haugen left Oslo.")
    _ = try Program.run(["load", "t.dossier", "docs"], in: folder.url)
    let later = try run(
      "Relations | where SubjectId == entity(\"the boss\") and DocId == \"later.txt\" | project Subject, SubjectType"
    )
    #expect(later.output == "Subject,SubjectType\r\nIngrid Solberg,ORG\r\n", "\(later.output)\(later.errors)")
    // The type that was said holds for each mention.
    let types = "Mentions | where Entity == \"Ingrid Solberg\" | distinct Type"
    let tried = try run(".retype Solberg PERSON --dry-run")
    #expect(tried.output.contains(",Type,ORG,PERSON\r\n"), "\(tried.output)\(tried.errors)")
    #expect(try run(types).output == "Type\r\nORG\r\n")
    let undone = try run(
      ".undo\n.undo\n.undo\n.corrections\nEntities | where Entity == \"Erik Haugen\" | count")
    #expect(undone.output.hasSuffix("Count\r\n1\r\n"), "\(undone.output)\(undone.errors)")
    #expect(try run(types).output == "Type\r\nPERSON\r\n")
    let file = try folder.file("mine.txt", "# mine\n" + lines)
    let read = try run(".corrections \(file.path)\n.corrections")
    #expect(read.output == lines, "\(read.output)\(read.errors)")
  }

  @Test func correctionsAreSavedWithTheSession() throws {
    let saved = try Program.run(
      [],
      input:
        ".load docs\n.merge \"Erik Haugen\" Solberg\nEntities | where Type == \"PERSON\" | project Entity, Mentions\n.save kept.md\n",
      in: folder.url)
    #expect(saved.code == 0, "\(saved.errors)")
    let text = try String(contentsOf: folder.url.appending(path: "kept.md"), encoding: .utf8)
    #expect(text.contains("corrections:\n  - merge person/erik-haugen person/ingrid-solberg\n"))
    #expect(!text.contains("Erik Haugen"))
    #expect(try Program.run(["check", "kept.md"], in: folder.url).code == 0)
    // Without the correction the result is another one.
    let bare = text.replacing("corrections:\n  - merge person/erik-haugen person/ingrid-solberg\n", with: "")
    _ = try folder.file("bare.md", bare)
    let check = try Program.run(["check", "bare.md"], in: folder.url)
    #expect(check.code == 1 && check.output.contains("+| Erik Haugen"), "\(check.output)")
  }

  @Test func evidenceIsWalkedMarkedAndKept() throws {
    let session = try run(
      """
      Relations | where Predicate has "meet" or Predicate has "praise" | project Subject
      .why 1
      .next
      .next
      .prev
      .tag 1 "to check"
      .note 1 don't forget
      .why 2 as Ev
      Ev | project DocId, Sentence
      Marks | project DocId, Tag, Note
      .undo
      Marks | project Tag, Note
      .doc doubts.md "Erik Haugen"
      """)
    #expect(session.code == 0, "\(session.errors)")
    let out = session.output
    #expect(out.contains("Row 1, passage 1 of 1\n") && out.contains("Row 2, passage 1 of 1\n"))
    #expect(
      out.contains("harbour.md,Magnus Dahl praised Solberg.")
        || out.contains("doubts.md,Dahl met Solberg in Oslo."))
    #expect(out.contains(",to check,\r\n") && out.contains(",,don't forget\r\n"))
    #expect(out.contains("Tag,Note\r\nto check,\r\n"))
    #expect(out.contains("[Erik Haugen] accused Ingrid Solberg"))
  }

  @Test func aWatchTellsWhatIsNewOnce() throws {
    #expect(try run(".watch Solberg").errors.contains("is watched from load 1 on"))
    #expect(try run(".watch Solberg").errors.contains("nothing was loaded since load 1"))
    _ = try folder.file("docs/news.txt", "Ingrid Solberg resigned.")
    _ = try Program.run(["load", "t.dossier", "docs"], in: folder.url)
    #expect(try run(".watch").output.contains("person/ingrid-solberg,1,1\r\n"))
    let news = try run(".watch Solberg")
    #expect(news.output.contains("Ingrid Solberg resigned.,1,news.txt\r\n"), "\(news.output)\(news.errors)")
    #expect(news.errors.contains("1 new sentence on person/ingrid-solberg since load 1"))
    #expect(try run(".watch Solberg").errors.contains("nothing was loaded since load 2"))
    #expect(try run(".watch Solberg off\n.watch").errors.contains("nobody is watched"))
  }

  @Test func checkTellsWhichDocumentMadeTheDifference() throws {
    let page = try folder.file(
      "page.md",
      "---\nstore: t.dossier\n---\n\n```kql name=who\nEntities | where Type == \"PERSON\" | project Entity, Mentions\n```\n\n```kql\nprint 1\n```\n"
    )
    #expect(try Program.run(["accept", page.path], in: folder.url).code == 0)
    #expect(try Program.run(["check", page.path], in: folder.url).code == 0)
    _ = try folder.file(
      "docs/doubts.md",
      "---\ntitle: Doubts\n---\nErik Haugen praised Ingrid Solberg. Erik Haugen met her in Oslo.\n")
    _ = try folder.file("docs/new.txt", "Anna Berg left.")
    _ = try Program.run(["load", "t.dossier", "docs"], in: folder.url)
    let check = try Program.run(["check", page.path], in: folder.url)
    #expect(check.code == 1)
    #expect(check.errors.contains("why: 1 document changed: doubts.md\n"), "\(check.errors)")
    #expect(check.errors.contains("why: 1 document new: new.txt\n"))
    #expect(check.errors.contains(/page\.md:5: row [0-9]+: document doubts\.md changed/))
    // Parts of a notebook.
    #expect(try Program.run(["check", page.path, "--cell", "2"], in: folder.url).code == 0)
    let cell = try Program.run(["run", page.path, "--cell", "who"], in: folder.url)
    #expect(cell.output.hasPrefix("| Entity") && !cell.output.contains("print_0"))
    let none = try Program.run(["check", page.path, "--until", "whoo"], in: folder.url)
    #expect(none.code == 2 && none.errors.contains("did you mean who?"))
    // Only the part that ran is accepted.
    #expect(try Program.run(["accept", page.path, "--until", "1"], in: folder.url).code == 0)
    #expect(try Program.run(["check", page.path], in: folder.url).code == 0)
  }

  @Test func reportsForTheRowsOfAQuery() throws {
    let page = try folder.file(
      "each.md",
      "---\nstore: t.dossier\n---\n\n```kql\ndeclare query_parameters(who:string=\"\");\nMentions | where Entity == who | count\n```\n"
    )
    let made = try Program.run(
      [
        "run", page.path, "--each", "Entities | where Type == \"PERSON\" | project who = Entity", "-o",
        "out/{who}.md",
      ],
      in: folder.url)
    #expect(made.code == 0, "\(made.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "out/Ingrid Solberg.md").path))
    let wrong = try Program.run(
      ["run", page.path, "--each", "Entities | projct who", "-o", "out/{who}.md"], in: folder.url)
    #expect(wrong.code == 2 && wrong.errors.contains("SYN102") && wrong.errors.contains("--each"))
  }

  @Test func theTourRunsToItsEnd() throws {
    let tour = try Program.run([], input: String(repeating: ".tour\n", count: 10), in: folder.url)
    #expect(tour.code == 0, "\(tour.errors)")
    #expect(tour.errors.contains("Step 10 of 10"))
    #expect(tour.output.contains("Nordlys Shipping") && tour.output.contains("Row 1 rests on"))
  }

  @Test func aStoreIsExportedForOtherPrograms() throws {
    func export(_ words: String...) throws -> Program.Outcome {
      try Program.run(["export", "t.dossier"] + words, in: folder.url)
    }
    func text(_ path: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: path), encoding: .utf8)
    }
    for (format, file) in [
      ("csv", "out/Mentions.csv"), ("ndjson", "out/Mentions.ndjson"), ("markdown", "out/Mentions.md"),
    ] {
      let outcome = try export("--format", format, "-o", "out")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try text(file).contains("Ingrid Solberg"))
    }
    let graph = try export("--format", "graphml", "-o", "-")
    #expect(graph.output.contains("<node id=\"person/ingrid-solberg\">"))
    #expect(graph.output.contains("source=\"person/erik-haugen\""), "\(graph.output)\(graph.errors)")
    #expect(graph.output.contains("Erik Haugen accused Ingrid Solberg of fraud."))
    let money = try export("--format", "ftm", "-o", "-")
    #expect(money.output.contains("{\"id\":\"entity-person.2fingrid-solberg\",\"schema\":\"Person\""))
    #expect(money.output.contains("\"proof\":[\"document-doubts.2emd\"]"))
    let parse = try export("--format", "conllu", "-o", "-")
    let words = parse.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(words.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 10 })
    #expect(parse.output.contains("# text = Erik Haugen accused Ingrid Solberg of fraud.\n1\tErik\t"))
    #expect(try export("--format", "sqlite", "-o", "plain.db").code == 0)
    #expect(try export("--format", "sqlite", "-o", "plain.db").errors.contains("STO141"))
    // What may not be passed on is nowhere.
    let secret = "accused"
    #expect(try export("--format", "csv", "-o", "bare", "--no-text").code == 0)
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "bare").path) {
      #expect(file != "Tokens.csv")
      #expect(!(try text("bare/" + file)).contains(secret), "\(file)")
    }
    for format in ["graphml", "ftm"] {
      #expect(!(try export("--format", format, "-o", "-", "--no-text")).output.contains(secret), "\(format)")
    }
    #expect(try export("--format", "conllu", "-o", "-", "--no-text").code == 2)
    #expect(try export("--format", "xls", "-o", "x").code == 64)
  }
}
