import Columnar
import Diagnostics
import Facts
import KQLEngine
import KQLLibrary
import KQLSyntax
import Store

extension DossierError.Code {
  /// A definition of a function that is not written as one.
  static let malformedDefinition: Self = "CMD940"
  /// A name that something else has.
  static let nameTaken: Self = "CMD941"
  /// There is no store to keep something in.
  static let nothingToKeepIn: Self = "CMD942"
  /// There is no function of that name.
  static let noSuchFunction: Self = "CMD943"
  /// There is no table of the reader's own of that name.
  static let noSuchOwnTable: Self = "CMD944"
}

/// What stands behind `.create`: `function NAME(parameters) { body }`, with Kusto's options `ifnotexists` and
/// `with (docstring="…")` before the name.
public struct FunctionDefinition: Sendable {
  /// The name, and where it stands.
  public let name: Name
  /// What `.help` says of it.
  public let summary: String
  /// Whether a function of the name stays as it is.
  public let keepsExisting: Bool
  /// From the parameters on.
  public let text: String
  /// Where `text` begins.
  public let offset: Int

  /// Reads a definition; `offset` is added to all places.
  /// - Errors: `CMD940`.
  public init(_ source: String, offset: Int = 0) throws(DossierError) {
    var tokens = tokenize(source)[...]
    func malformed(_ message: String) -> DossierError {
      let span = tokens.first?.span ?? SourceSpan(0, 0)
      return DossierError(
        .malformedDefinition, message, at: SourceSpan(span.lower + offset, span.upper + offset),
        hint: ".create function NAME(parameter:type, …) { query }")
    }
    func takes(_ text: String) -> Bool {
      guard let first = tokens.first, first.kind != .end, first.kind != .string, first.text == text else {
        return false
      }
      tokens.removeFirst()
      return true
    }
    guard takes("function") else { throw malformed("only functions can be created here") }
    var keepsExisting = takes("ifnotexists")
    var summary = ""
    if takes("with") {
      guard takes("(") else { throw malformed("with needs its options in parentheses") }
      while !takes(")") {
        guard let key = tokens.popFirst(), key.kind == .name, takes("="), let value = tokens.popFirst(),
          value.kind != .end
        else { throw malformed("found no option such as docstring=\"…\"") }
        if key.text == "docstring" { summary = value.text }
        _ = takes(",")
      }
    }
    if takes("ifnotexists") { keepsExisting = true }
    guard let first = tokens.first else { throw malformed("the function needs a name") }
    if takes("["), let quoted = tokens.popFirst(), quoted.kind == .string, takes("]") {
      name = Name(quoted.text, at: SourceSpan(first.span.lower + offset, quoted.span.upper + offset))
    } else if first.kind == .name {
      tokens.removeFirst()
      name = Name(first.text, at: SourceSpan(first.span.lower + offset, first.span.upper + offset))
    } else {
      throw malformed("the function needs a name")
    }
    guard let open = tokens.first, open.kind == .sign, open.text == "(" else {
      throw malformed("\(name.text) needs its parameters in parentheses, even where there are none")
    }
    self.summary = summary
    self.keepsExisting = keepsExisting
    self.offset = offset + open.span.lower
    var text = String(decoding: Array(source.utf8)[open.span.lower...], as: UTF8.self)
    while text.unicodeScalars.last?.properties.isWhitespace == true { text.unicodeScalars.removeLast() }
    self.text = text
  }

  /// As the store keeps it: the summary as a comment on top.
  var stored: FunctionText {
    let comment = summary.split(whereSeparator: \.isNewline).map { "// \($0)\n" }.joined()
    return FunctionText(name: name.text, text: comment + text)
  }
}

extension Session {
  /// Keeps a function in the store at a path, which is made if there is none. Gives whether it was kept: one that
  /// is there and may stay is not.
  ///
  /// - `replaces`: whether it may take the place of one of the same name.
  /// - Errors: `CMD941` for a name that something else has; `SYN…` and `BND…` for a function that can't be called;
  ///   `STO104` while a load is running.
  @discardableResult
  public func create(
    _ definition: FunctionDefinition, replaces: Bool, in path: String
  ) throws(DossierError) -> Bool {
    try requireFreeName(definition.name)
    let exists = catalog.storedFunctions.contains { sameScalars($0.name, definition.name.text) }
    if exists, definition.keepsExisting { return false }
    if exists, !replaces {
      throw DossierError(
        .nameTaken, "there is a function '\(definition.name.text)' already", at: definition.name.span,
        hint: ".create-or-alter function replaces it")
    }
    let literal = try engine.grammar.parseFunction(definition.text, offset: definition.offset)
    try Engine.standard(over: catalog).check(literal, settings: executionSettings)
    try StoreWriter(path).save(definition.stored)
    try reopen(path)
    return true
  }

  /// Takes a function out of the store.
  ///
  /// - Errors: `CMD943` if there is none of the name; `STO104` while a load is running.
  public func dropFunction(_ name: String) throws(DossierError) {
    guard let store, catalog.storedFunctions.contains(where: { sameScalars($0.name, name) }) else {
      let near = nearestName(to: name, among: catalog.storedFunctions.map(\.name))
      throw DossierError(
        .noSuchFunction, "the store keeps no function '\(name)'",
        hint: near.map { "did you mean \($0)?" } ?? ".functions lists what there is")
    }
    try StoreWriter(store.path).dropFunction(name)
    try reopen(store.path)
  }

  private func reopen(_ path: String) throws(DossierError) {
    let fresh = try CorpusStore.open(path)
    if store == nil { use(fresh) } else { refresh(fresh) }
  }

  /// - Errors: `CMD941` for a name that the language or a table has.
  private func requireFreeName(_ name: Name) throws(DossierError) {
    let isOwn = catalog.storedFunctions.contains { sameScalars($0.name, name.text) }
    if !isOwn { try Self.requireUnusedName(name.text, at: name.span, by: engine) }
    if catalog.table(name.text) != nil {
      throw DossierError(
        .nameTaken, "'\(name.text)' is the name of a table", at: name.span,
        hint: "take another name, such as my_\(name.text)")
    }
  }

  private static func requireUnusedName(
    _ name: String, at span: SourceSpan?, by engine: Engine
  ) throws(DossierError) {
    guard let taken = engine.reference(of: name).first else { return }
    throw DossierError(
      .nameTaken, "'\(name)' is the name of a \(taken.kind.rawValue) that is built in", at: span,
      hint: "take another name, such as my_\(name)")
  }

  /// Checks the name of a table of the reader's own before anything is read.
  ///
  /// - `store`: nil where there is none yet.
  /// - Errors: `CMD941` for a name that can't be one, or that the language, a function of the reader's or a table of
  ///   documents has.
  public static func requireTableName(_ name: String, in store: CorpusStore?) throws(DossierError) {
    let tokens = tokenize(name)
    guard tokens.count == 2, tokens[0].kind == .name, sameScalars(tokens[0].text, name), name != lastName
    else {
      throw DossierError(
        .nameTaken, "'\(name)' can't be the name of a table", hint: "letters, digits and _, such as Codes")
    }
    if TableRegistry.table(named: name) != nil {
      throw DossierError(
        .nameTaken, "'\(name)' is the name of a table that is built in",
        hint: "take another name, such as My\(name)")
    }
    let functions = (store?.functions ?? []).map { StoredFunction(name: $0.name, commented: $0.text) }
    try requireUnusedName(
      name, at: nil, by: Engine.standard(over: SimpleCatalog(storedFunctions: functions)))
  }

  /// Takes a table of the reader's own out of the store.
  ///
  /// - Errors: `CMD944` if there is none of the name; `STO104` while a load is running.
  public func dropTable(_ name: String) throws(DossierError) {
    guard let store, store.ownTables.contains(where: { sameScalars($0.name, name) }) else {
      let isBuiltIn = TableRegistry.table(named: name) != nil
      throw DossierError(
        .noSuchOwnTable,
        isBuiltIn ? "'\(name)' is built in and stays" : "the store has no table '\(name)' of yours",
        hint: nearestName(to: name, among: store?.ownTables.map(\.name) ?? []).map { "did you mean \($0)?" })
    }
    try StoreWriter(store.path).dropTable(name)
    use(try CorpusStore.open(store.path))
  }
}
