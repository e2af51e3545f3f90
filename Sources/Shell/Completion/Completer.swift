import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import KQLSyntax
import LineEditing
import Presentation

/// What may stand at the cursor: operators after `|`, the columns that are alive at this step, functions,
/// tables, values inside string literals, commands and their words, paths. From the registries and the
/// binder, so that a new operator or function needs nothing here.
struct Completer {
  private let shell: Shell
  private var engine: Engine { shell.session.engine }
  /// The most values of a column that are proposed, and the time that finding them may take.
  private static let mostValues = 40
  private static let patience = Duration.milliseconds(150)
  /// The time for a column of entities, whose names are known anyway.
  private static let shortPatience = Duration.milliseconds(8)

  init(_ shell: Shell) { self.shell = shell }

  /// The proposals for a cursor, a UTF-8 offset into the block.
  func complete(_ block: String, at cursor: Int) -> Completion {
    let bytes = Array(block.utf8)
    let cursor = min(max(0, cursor), bytes.count)
    let lineStart = bytes[..<cursor].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let line = String(decoding: bytes[lineStart..<cursor], as: UTF8.self)
    if line.drop(while: { $0 == " " }).first == ".", BlockSplitter.isCommand(line) || line.trimmed == "." {
      return command(line, at: lineStart, cursor: cursor)
    }
    // The cell at the cursor begins behind the last command or finished query.
    let before = String(decoding: bytes[..<cursor], as: UTF8.self)
    let start = cellStart(before)
    let text = String(decoding: bytes[start..<cursor], as: UTF8.self)
    let place = CompletionPlace(text, cursor: cursor - start)
    let word = (place.word.lowerBound + start)..<(place.word.upperBound + start)
    let typed = String(decoding: bytes[word], as: UTF8.self)
    let candidates: [Completion.Candidate] =
      switch place.expectation {
      case .nothing: []
      case .step: operators(typed, after: true)
      case .pipelineStart: starts(typed)
      case .expression(let step): expressions(typed, step, place.input)
      case .string(let column, let callee): values(typed, column, callee, place)
      }
    return Completion(word, candidates)
  }

  /// Where the last cell of a text begins; what is unfinished belongs to it.
  private func cellStart(_ text: String) -> Int {
    guard let last = shell.splitter.split(text).last, last.kind == .query else {
      return text.utf8.last == 0x0A
        ? text.utf8.count : text.utf8.count - (text.split(separator: "\n").last?.utf8.count ?? 0)
    }
    // A blank line behind a finished query begins another cell.
    if text.hasSuffix("\n\n"), !shell.splitter.endsTooEarly(last.text) { return text.utf8.count }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.prefix(last.line - 1).reduce(0) { $0 + $1.utf8.count + 1 }
  }

  private func matches(_ name: String, _ typed: String) -> Bool {
    typed.isEmpty || name.lowercased().hasPrefix(typed.lowercased())
  }

  // MARK: Queries

  private func operators(_ typed: String, after isAfterPipe: Bool) -> [Completion.Candidate] {
    var found: [Completion.Candidate] = []
    for entry in engine.operators {
      for keyword in entry.keywords where matches(keyword, typed) {
        guard let position = engine.grammar.step(keyword)?.position else { continue }
        let fits =
          switch position {
          case .afterPipe: isAfterPipe
          case .anywhere: true
          case .start, .startBeforeName: !isAfterPipe
          }
        if fits { found.append(Completion.Candidate(keyword, meaning: entry.summary, suffix: " ")) }
      }
    }
    return found.sorted { scalarsPrecede($0.text, $1.text) }
  }

  private func starts(_ typed: String) -> [Completion.Candidate] {
    var found = tables(typed)
    found += storedFunctions(typed)
    found += operators(typed, after: false)
    if matches("let", typed) {
      found.append(Completion.Candidate("let", meaning: "Gives a name to a value or a query.", suffix: " "))
    }
    if typed.isEmpty {
      found.append(Completion.Candidate(".help", meaning: HelpCommand.summary))
    }
    return found
  }

  private func storedFunctions(_ typed: String) -> [Completion.Candidate] {
    engine.storedFunctions.filter { matches($0.name, typed) }
      .map { Completion.Candidate($0.name, meaning: $0.summary, suffix: "(") }
  }

  private func tables(_ typed: String) -> [Completion.Candidate] {
    shell.tableNames.filter { matches($0, typed) }.map {
      Completion.Candidate($0, meaning: tableMeaning($0), suffix: " ")
    } + definitions(typed)
  }

  /// What `let`s that stood alone have defined.
  private func definitions(_ typed: String) -> [Completion.Candidate] {
    shell.session.definitions.flatMap { statement in
      statement.names.filter { matches($0, typed) }.map { name in
        let isFunction = statement.text.hasPrefix("let \(name) = (")
        return Completion.Candidate(
          name, meaning: String(statement.text.prefix(60)), suffix: isFunction ? "(" : " ")
      }
    }
  }

  private func tableMeaning(_ name: String) -> String {
    guard let rows = engine.catalog.table(name)?.provider.rowCount else { return "" }
    let summary = shell.meaning(ofTable: name) ?? "a result of this session"
    return summary + " (\(rows))"
  }

  private func expressions(_ typed: String, _ step: String, _ input: String?) -> [Completion.Candidate] {
    if step == "invoke" { return storedFunctions(typed) }
    if step == "evaluate" {
      let plugins = names(of: .plugin, typed)
      if !plugins.isEmpty { return plugins }
    }
    var found: [Completion.Candidate] = []
    for column in columns(of: input) where matches(column.name, typed) {
      found.append(Completion.Candidate(column.name, meaning: column.meaning))
    }
    // Words that belong to the step, then functions; without a letter they would drown the columns.
    for (word, meaning) in StepWords.words(of: step) where matches(word, typed) {
      found.append(Completion.Candidate(word, meaning: meaning, suffix: word.hasSuffix("=") ? "" : " "))
    }
    guard !typed.isEmpty || found.isEmpty else { return found }
    if step == "summarize" || step == "make-series" { found += names(of: .aggregate, typed) }
    found += names(of: .function, typed)
    found +=
      step == "join" || step == "lookup" || step == "union"
      ? tables(typed) + storedFunctions(typed) : definitions(typed)
    var seen: Set<String> = []
    return found.filter { seen.insert($0.text).inserted }
  }

  /// Names of one kind that are called, each with an opening parenthesis.
  private func names(of kind: ReferenceEntry.Kind, _ typed: String) -> [Completion.Candidate] {
    engine.reference.filter { $0.kind == kind && matches($0.names[0], typed) }
      .map { Completion.Candidate($0.names[0], meaning: $0.summary, suffix: "(") }
  }

  /// The columns that the step at the cursor sees: those of the plan up to it, hidden ones last.
  private func columns(of input: String?) -> [(name: String, meaning: String)] {
    guard let input else { return [] }
    let session = shell.session
    let compiled = try? engine.compile(
      session.prelude(for: input) + input, parameters: session.parameters,
      settings: session.executionSettings, mayRead: false)
    if let compiled {
      // The outermost node keeps what a result shows; below it are the virtual columns as well.
      let all = compiled.boundPlan.inputs.first?.columns ?? compiled.boundPlan.columns
      let table = tokenize(input).first { engine.catalog.table($0.text) != nil }?.text
      let ordered = all.filter { !$0.isHidden } + all.filter(\.isHidden)
      return ordered.map { column in
        let meaning = table.flatMap { TableMeanings.column(column.name, of: $0) }
        return (column.name, column.type.rawValue + (meaning.map { " · \($0)" } ?? ""))
      }
    }
    // A step before the cursor is in error: the table's own columns are still a help.
    guard let name = tokenize(input).first(where: { engine.catalog.table($0.text) != nil })?.text,
      let table = engine.catalog.table(name)
    else { return [] }
    return table.provider.schema.fields.map { ($0.name, $0.type.rawValue) }
  }

  // MARK: Values

  /// Names of entities for `entity("…")`, and the values of a column for comparisons, most frequent
  /// first. Nothing where finding them takes too long.
  private func values(
    _ typed: String, _ column: String?, _ callee: String?, _ place: CompletionPlace
  ) -> [Completion.Candidate] {
    let prefix = kqlString(typed)
    let query: String
    let names = shell.session.store.flatMap { shell.names.names(of: $0) }
    let index = column.flatMap { names?.index(ofColumn: $0) }
    func known(_ index: NameIndex, _ names: StoreNames.Names) -> [Completion.Candidate] {
      candidates(described(index.matches(typed, limit: Self.mostValues), names), place.quote)
    }
    if callee == "entity" || takesEntity(callee) {
      if names != nil { return candidates(entities(typed), place.quote) }
      query =
        "Entities | where Entity startswith \(prefix) | top \(Self.mostValues) by Mentions "
        + "| project Entity, Meaning = strcat(Type, \", \", Mentions, iff(Mentions == 1, \" mention\", \" mentions\"))"
    } else if column == "DocId", let names {
      return candidates(documents(typed, names), place.quote)
    } else if let index, let names, place.input?.trimmed == "Entities" {
      return known(index, names)
    } else if let column, let input = place.input,
      let found = columns(of: input).first(where: { $0.name == column }), found.meaning.hasPrefix("string")
    {
      query =
        "\(input)\n| where \(column) startswith \(prefix) and isnotempty(\(column)) "
        + "| summarize Rows = count() by \(column) | top \(Self.mostValues) by Rows "
        + "| project \(column), Meaning = strcat(Rows, iff(Rows == 1, \" row\", \" rows\"))"
    } else {
      return []
    }
    var settings = shell.session.executionSettings
    let deadline = ContinuousClock.now + (index == nil ? Self.patience : Self.shortPatience)
    settings.interruption = { ContinuousClock.now > deadline ? .stopped : nil }
    guard
      let table = try? engine.run(
        shell.session.prelude(for: query) + query, parameters: shell.session.parameters, settings: settings)
    else {
      // Where counting takes too long, all entities are better than none.
      guard let index, let names else { return [] }
      return known(index, names)
    }
    return candidates(
      (0..<table.rowCount).map {
        (table.value(row: $0, column: 0).text, table.value(row: $0, column: 1).text)
      }, place.quote)
  }

  /// Values as proposals inside a literal; those that would have to be escaped there are left out.
  private func candidates(_ values: [(name: String, meaning: String)], _ quote: String)
    -> [Completion.Candidate]
  {
    values.compactMap { name, meaning in
      let isPlain = name.unicodeScalars.allSatisfy {
        $0 != "\"" && $0 != "'" && $0 != "\\" && $0.value >= 0x20
      }
      guard isPlain, name.utf8.count <= 120 else { return nil }
      return Completion.Candidate(name, meaning: meaning, suffix: quote)
    }
  }

  /// Names of entities that begin so, most mentioned first, with what they are; none while they are gathered.
  private func entities(_ typed: String) -> [(name: String, meaning: String)] {
    guard let store = shell.session.store, let names = shell.names.names(of: store) else { return [] }
    var seen: Set<String> = []
    return described(names.entities.matches(typed, limit: Self.mostValues), names)
      .filter { seen.insert($0.name).inserted }
  }

  private func described(
    _ found: [NameIndex.Entry], _ names: StoreNames.Names
  ) -> [(name: String, meaning: String)] {
    found.map { ($0.name, "\(names.types.value($0.row).text), \(counted($0.weight, "mention"))") }
  }

  private func documents(_ typed: String, _ names: StoreNames.Names) -> [(name: String, meaning: String)] {
    names.documents.matches(typed, limit: Self.mostValues).map { ($0.name, names.titles.value($0.row).text) }
  }

  /// Whether a function written in the query language takes the name of an entity.
  private func takesEntity(_ function: String?) -> Bool {
    guard let function, let known = engine.storedFunctions.first(where: { sameScalars($0.name, function) })
    else { return false }
    return engine.signature(of: known).hasPrefix("\(function)(entity")
  }

  // MARK: Commands

  private func command(_ line: String, at lineStart: Int, cursor: Int) -> Completion {
    let lead = line.prefix { $0 == " " }.utf8.count
    let text = line.dropFirst(lead)
    guard let space = text.firstIndex(where: \.isWhitespace) else {
      let found = CommandRegistry.all.flatMap { command in
        command.names.prefix(1).filter { ("." + $0).hasPrefix(text.lowercased()) }.map {
          Completion.Candidate("." + $0, meaning: command.summary, suffix: " ")
        }
      }
      return Completion((lineStart + lead)..<cursor, found)
    }
    let name = text[..<space].dropFirst().lowercased()
    let word = String(text.reversed().prefix { !$0.isWhitespace }.reversed())
    let range = (cursor - word.utf8.count)..<cursor
    guard let command = try? CommandRegistry.command(named: name) else { return Completion(range, []) }
    if case .entity = command.argument { return entity(String(text), cursor: cursor) }
    let before = text[space...].dropLast(word.count).split(whereSeparator: \.isWhitespace).map(String.init)
    return Completion(range, words(word, after: before, command.argument))
  }

  /// What a command's word may be, behind others.
  private func words(
    _ word: String, after before: [String], _ argument: CommandArgument
  ) -> [Completion.Candidate] {
    switch argument {
    case .none: return []
    case .oneOf(let words):
      return words.filter { $0.hasPrefix(word.lowercased()) }.map { Completion.Candidate($0, suffix: " ") }
    case .table: return tables(word)
    case .topic:
      let names = HelpCommand.topics(shell).filter { matches($0, word) }
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }.map { Completion.Candidate($0) }
    case .document:
      guard let store = shell.session.store else { return [] }
      let found =
        shell.names.names(of: store).map { documents(word, $0) }
        ?? ((try? store.documentIDs()) ?? []).filter { $0.hasPrefix(word) }.prefix(200).map { ($0, "") }
      return found.map { id, title in
        Completion.Candidate(id.replacing(" ", with: "\\ "), meaning: title, suffix: " ")
      }
    // Their names have blanks, so that the whole line counts.
    case .entity: return []
    case .path: return paths(word)
    case .ownFunction:
      return shell.session.catalog.storedFunctions.map(\.name).filter { matches($0, word) }
        .map { Completion.Candidate($0) }
    case .ownTable:
      return (shell.session.store?.ownTables ?? []).filter { matches($0.name, word) }
        .map { Completion.Candidate($0.name, meaning: "from \($0.source)") }
    case .byFirstWord(let known, let otherwise):
      guard let first = before.first else {
        return words(word, after: [], .oneOf(known.map(\.word))) + words(word, after: [], otherwise)
      }
      guard let then = known.first(where: { $0.word == first.lowercased() })?.then else {
        return words(word, after: before, otherwise)
      }
      return then.indices.contains(before.count - 1) ? words(word, after: [], then[before.count - 1]) : []
    }
  }

  /// Names of entities; those with blanks in quotes.
  private func entity(_ line: String, cursor: Int) -> Completion {
    // An open quote begins the word.
    let isQuoted = line.count { $0 == "\"" } % 2 == 1
    let separator: (Character) -> Bool = isQuoted ? { $0 == "\"" } : \.isWhitespace
    let word = String(line.reversed().prefix { !separator($0) }.reversed())
    let found = entities(word).map { name, meaning in
      isQuoted
        ? Completion.Candidate(name, meaning: meaning, suffix: "\" ")
        : Completion.Candidate(name.contains(" ") ? "\"\(name)\"" : name, meaning: meaning, suffix: " ")
    }
    return Completion((cursor - word.utf8.count)..<cursor, found)
  }

  /// Files and folders that begin so; folders end in `/`. Hidden ones only where asked for.
  private func paths(_ word: String) -> [Completion.Candidate] {
    let slash = word.lastIndex(of: "/")
    let folder = slash.map { String(word[...$0]) } ?? ""
    let start = slash.map { String(word[word.index(after: $0)...]) } ?? word
    let manager = FileManager.default
    let real =
      folder.hasPrefix("~/")
      ? manager.homeDirectoryForCurrentUser.path + "/" + folder.dropFirst(2) : folder.isEmpty ? "." : folder
    let names = ((try? manager.contentsOfDirectory(atPath: real)) ?? []).filter {
      $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix("."))
    }
    return names.sorted(by: scalarsPrecede).prefix(500).map { name in
      var isFolder: ObjCBool = false
      _ = manager.fileExists(atPath: real + "/" + name, isDirectory: &isFolder)
      // Blanks would end the word.
      let text = folder + name.replacing(" ", with: "\\ ")
      return isFolder.boolValue ? Completion.Candidate(text + "/") : Completion.Candidate(text, suffix: " ")
    }
  }
}
