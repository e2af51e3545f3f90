import Columnar
import Diagnostics
import KQLLibrary
import LineEditing
import Sessions
import Store
import TestSupport
import Testing

@testable import Shell

@Suite struct ShellTests {
  private final class Sink { var text = "" }

  private func shell(_ width: Int? = 72) -> (Shell, Sink) {
    let sink = Sink()
    let session = Session(store: nil, settings: SessionSettings(now: 0))
    let output = ShellOutput(
      isTerminal: width != nil, colours: false, width: width, results: { sink.text += $0 },
      messages: { sink.text += $0 })
    return (Shell(session: session, output: output), sink)
  }

  @Test func blocksAreSplitIntoCells() {
    let splitter = shell().0.splitter
    let cells = splitter.split(
      "// note\n\n.tables\nprint 1\nprint 2\n| extend a = 1\n\nlet x = 3;\nprint x |\n\ncount")
    #expect(
      cells.map(\.text) == [
        "// note", ".tables", "print 1", "print 2\n| extend a = 1", "let x = 3;\nprint x |\n\ncount",
      ])
    #expect(cells.map(\.line) == [1, 3, 4, 5, 8])
    #expect(!splitter.isComplete("print 1 |"))
    #expect(!splitter.isComplete("print strcat(\"a\","))
    #expect(splitter.isComplete("print 1"))
    #expect(splitter.isComplete("tkae |)"))
    #expect(splitter.isComplete(".why"))
    let commands = splitter.split(
      ".create function f(x:long) {\n  print x\n\n  | take 1\n}\nf(1)\n.explain analyze print 1\n| count\n\n.tables\n| count"
    )
    #expect(
      commands.map(\.text) == [
        ".create function f(x:long) {\n  print x\n\n  | take 1\n}", "f(1)",
        ".explain analyze print 1\n| count",
        ".tables", "| count",
      ])
    #expect(!splitter.isComplete(".create function f() {"))
    #expect(splitter.isComplete(".create function f() { print 1 }"))
    #expect(!splitter.isComplete(".explain print 1 |"))
    #expect(splitter.isComplete(""))
  }

  @Test func statementsAloneStayForWhatFollows() {
    let (shell, sink) = shell()
    let cells = shell.splitter.split("let a = 1;\nprint a\n\nlet b = 2;\nlet c = 3;\n\nprint b + c\n| take 1")
    #expect(cells.map(\.text) == ["let a = 1;\nprint a", "let b = 2;\nlet c = 3;", "print b + c\n| take 1"])
    func answer(_ block: String) -> String {
      sink.text = ""
      shell.run(block)
      return sink.text
    }
    // With a query behind it, a statement is that query's own.
    #expect(answer("let a = 41; print a").contains("41"))
    #expect(answer("print a").contains("error[BND102]"))
    #expect(answer("let a = 41;") == "")
    #expect(answer("let f = (x:long, y:long = 1) { x + y };") == "")
    #expect(answer("let T = range n from 1 to a step 10;") == "")
    #expect(answer("T | summarize total = sum(f(n))").contains("110"))
    // The newer meaning counts from now on; what was defined before keeps the older one.
    #expect(answer("let a = a - 39;") == "")
    #expect(answer("T | count | extend b = a").contains("5  2"))
    #expect(answer("let a = 7;\n\nprint a * 3").contains("21"))
    #expect(answer("declare query_parameters(who:string = 'Ann');") == "")
    #expect(answer("print strcat(who, a)").contains("Ann7"))
    // Errors: at once, in place, and nothing is kept.
    let bad = answer("let t = strlen(4);")
    #expect(bad.contains("error[BND203]") && bad.contains("1 | let t = strlen(4);"))
    #expect(answer("print t").contains("error[BND102]"))
    #expect(answer("let g = (x:long) { x + nope };").contains("error[BND102]"))
    let placed = answer("print a, nope")
    #expect(placed.contains("1 | print a, nope\n    |          ^^^^"))
    // A result that takes the name has it.
    #expect(answer("print z = 5\n.as a\na | project z").contains("5"))
  }

  @Test func statementsOfTheSameNameDoNotPileUp() {
    let (shell, _) = shell()
    for number in 0..<2500 { shell.run("let x = \(number);") }
    #expect(shell.session.definitions.count == 1)
    #expect(shell.run("print x"))
  }

  @Test func queriesCommandsAndErrorsAreShown() {
    let (shell, sink) = shell()
    #expect(shell.run("range x from 1 to 3 step 1 | summarize s = sum(x)"))
    #expect(sink.text.contains("1  6\n1 row\n"))
    sink.text = ""
    #expect(!shell.run("Relations | tkae 2"))
    #expect(sink.text.contains("error[SYN102]") && sink.text.contains("^^^^"))
    sink.text = ""
    #expect(!shell.run(".tabels"))
    #expect(sink.text.contains("did you mean .tables?"))
    #expect(shell.cells.count == 1)
  }

  @Test func everyCommandTakesAnythingWithoutCrashing() {
    for command in CommandRegistry.all where command.names[0] != "quit" && command.names[0] != "output" {
      for words in ["", "1", "0", "-1", "\"", "x y z", "no/such/file", "金", "#3-1", "a#1-99999999999"] {
        let (shell, sink) = shell()
        _ = shell.run(".\(command.names[0]) \(words)")
        #expect(!sink.text.contains("\u{1B}"))
      }
    }
  }

  @Test func commandNamesAreUsedOnceAndHelpKnowsThem() {
    let names = CommandRegistry.all.flatMap { $0.names }
    #expect(Set(names).count == names.count)
    for command in CommandRegistry.all {
      let (shell, sink) = shell()
      #expect(shell.run(".help .\(command.names[0])"))
      #expect(sink.text.contains(command.summary))
    }
  }

  @Test func scriptsStopAtTheFirstErrorAndSayWhere() {
    let (shell, sink) = shell(nil)
    #expect(shell.runScript("print a = 1\n\nprint b = nope\nprint c = 3", name: "s.kql") == 2)
    #expect(sink.text.hasPrefix("a\n─\n1\n"))
    #expect(sink.text.contains("s.kql:3 | print b = nope"))
    #expect(!sink.text.contains("c\n"))
  }

  @Test func theLoopEndsAtTheEndOfInput() {
    let (shell, sink) = shell()
    let editor = ScriptedEditor([.text("print 1"), .interrupted, .text("nope"), .text("print 2")])
    #expect(shell.runLoop(editor) == 0)
    #expect(sink.text.contains("1        2\n"))
    #expect(editor.history == ["print 1", "nope", "print 2"])
    let leaving = ScriptedEditor(blocks: [".quit", "print 3"])
    #expect(shell.runLoop(leaving) == 0)
    #expect(!sink.text.contains("1        3\n"))
  }
}

@Suite struct CompleterTests {
  private func names(_ text: String) -> [String] {
    let output = ShellOutput(isTerminal: false, colours: false, results: { _ in }, messages: { _ in })
    let shell = Shell(session: Session(store: nil, settings: SessionSettings(now: 0)), output: output)
    let cursor = text.firstRange(of: "¦").map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
    let block = text.replacing("¦", with: "")
    return Completer(shell).complete(block, at: cursor ?? block.utf8.count).candidates.map(\.text)
  }

  @Test func tablesOperatorsAndFunctions() {
    #expect(names("Rel") == ["Relations"])
    #expect(names("Relations | summ") == ["summarize"])
    #expect(names("Relations | project-aw") == ["project-away"])
    #expect(names("Relations | mv-e") == ["mv-expand"])
    #expect(names("Relations | where strc").contains("strcat"))
    #expect(names("Relations | summarize dco").first == "dcount")
    #expect(names("Relations | join kind=inner (Ent") == ["Entities"])
    #expect(names("let T = Ent") == ["Entities"])
    #expect(names("Relations | where // Subj").isEmpty)
    #expect(names("print 12").isEmpty)
    #expect(names("Relations | evaluate piv") == ["pivot"])
    #expect(names("print toscal") == ["toscalar"])
    #expect(names("timel") == ["timeline"])
  }

  @Test func columnsAreThoseAliveHere() {
    #expect(names("Relations | where Subj").contains("SubjectId"))
    #expect(names("Relations | project Who = Subject, From | where ¦").prefix(2) == ["Who", "From"])
    #expect(
      names("Relations | summarize n = count() by Predicate | sort by ").prefix(2) == ["Predicate", "n"])
    #expect(names("Relations | where Titl").contains("Title"))
    #expect(names("let T = Relations | project A = Object; T | where ").first == "A")
    #expect(names("Relations | join kind=inner (Entities | where Ali").contains("Aliases"))
    #expect(names("Relations | where isnotempty(Pred").contains("Predicate"))
    #expect(names("Relations | where Pred¦ | count").contains("Predicate"))
  }

  @Test func commandsAndTheirWords() {
    #expect(names(".sch") == [".schema"])
    #expect(names(".mode js") == ["json"])
    #expect(names(".schema Ent") == ["Entities"])
    #expect(names(".help summar").contains("summarize"))
    #expect(names("Entities | count\n.ti") == [".timer"])
    #expect(names(".load tab") == ["table"])
    #expect(names(".load table codes.csv ") == ["as"])
    #expect(names(".load table codes.csv as ").isEmpty)
    #expect(names(".drop ") == ["function", "table"])
  }

  @Test func tablesOfTheReadersOwn() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "own.dossier").path
    let schema = Schema([Field("Code", .string)])
    let writer = try OwnTableWriter(try StoreWriter(path), name: "Codes", source: "codes.csv", schema: schema)
    try writer.append([ColumnVector(strings: StringVector(["KP", "KP", "RU"]))])
    try writer.finish(hash: "")
    let output = ShellOutput(isTerminal: false, colours: false, results: { _ in }, messages: { _ in })
    let session = Session(store: try CorpusStore.open(path), settings: SessionSettings(now: 0))
    let completer = Completer(Shell(session: session, output: output))
    func candidates(_ text: String) -> [Completion.Candidate] {
      completer.complete(text, at: text.utf8.count).candidates
    }
    #expect(candidates(".drop table C").map(\.text) == ["Codes"])
    #expect(candidates(".drop function C").isEmpty)
    #expect(candidates("Cod").map(\.meaning) == ["A row of codes.csv, a table of your own. (3)"])
    #expect(candidates("Codes | where ").map(\.text).first == "Code")
    #expect(candidates("Codes | where Code == \"").map(\.text) == ["KP", "RU"])
  }

  @Test(arguments: [
    "", "|", "(", ")", "\"", "'", "```", "a | b | c(", "let", "let x =", "é金 | 👩‍👩‍👧", ";;;", ". ", ".", "@\"x",
  ])
  func anythingCanBeCompletedAndColoured(text: String) {
    let output = ShellOutput(isTerminal: false, colours: false, results: { _ in }, messages: { _ in })
    let shell = Shell(session: Session(store: nil, settings: SessionSettings(now: 0)), output: output)
    for cursor in 0...text.utf8.count {
      let completion = Completer(shell).complete(text, at: cursor)
      #expect(completion.range.lowerBound >= 0 && completion.range.upperBound <= text.utf8.count)
    }
    var end = 0
    for styled in QueryColours(shell).styles(text) {
      #expect(styled.range.lowerBound >= end && styled.range.upperBound <= text.utf8.count)
      end = styled.range.upperBound
    }
  }
}
