import Diagnostics
import KQLSyntax

/// A part of a block that runs by itself.
public struct Cell: Sendable, Equatable {
  /// What a cell is.
  public enum Kind: Sendable, Equatable {
    /// A query.
    case query
    /// A dot command: one line, or more where it holds a query or a function.
    case command
    /// Only comments.
    case comment
  }
  /// What it is.
  public var kind: Kind
  /// The text, without blank lines around it.
  public var text: String
  /// The line of the block where it begins, from 1.
  public var line: Int
  /// The name that `.as` gave its result.
  public var name: String?
}

/// Splits what was typed, pasted or read from a script into cells.
///
/// A line that begins with a dot and a letter is a command. A query ends at a blank line, before a
/// command, or before a line that can't go on with it: one that is not indented and begins with neither
/// a sign nor a comment. A query that is not complete goes on over all of these but commands. So it is with a
/// command that holds a query. Statements belong to the query on the next line; before a blank line they stand alone.
public struct BlockSplitter {
  private let grammar: Grammar

  /// A splitter for queries of a grammar.
  public init(grammar: Grammar) { self.grammar = grammar }

  /// The cells in order.
  public func split(_ block: String) -> [Cell] {
    var cells: [Cell] = []
    var lines: [Substring] = []
    var start = 1
    var isCommand = false
    func flush() {
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      guard !lines.isEmpty else { return }
      if isCommand {
        cells.append(Cell(kind: .command, text: lines.joined(separator: "\n").trimmed, line: start))
        isCommand = false
        lines = []
        return
      }
      let isComment = lines.allSatisfy { Self.isComment($0) || $0.allSatisfy(\.isWhitespace) }
      cells.append(
        Cell(kind: isComment ? .comment : .query, text: lines.joined(separator: "\n"), line: start))
      lines = []
    }
    let all = block.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in all.enumerated() {
      if Self.isCommand(line), !isInsideText(lines) {
        flush()
        lines = [line]
        start = number + 1
        isCommand = true
        if Self.query(inCommand: String(line)) == nil { flush() }
        continue
      }
      let isBlank = line.allSatisfy(\.isWhitespace)
      if lines.isEmpty {
        if isBlank { continue }
        start = number + 1
      } else if isBlank ? endsQuery(lines) || areStatements(lines) : Self.begins(line) && endsQuery(lines) {
        flush()
        if isBlank { continue }
        start = number + 1
      }
      lines.append(line)
    }
    flush()
    return cells
  }

  /// Whether Enter may run a block: its last cell doesn't end too early.
  public func isComplete(_ block: String) -> Bool {
    guard let last = split(block).last else { return true }
    switch last.kind {
    case .query: return !endsTooEarly(last.text)
    case .command: return Self.query(inCommand: last.text).map { !endsTooEarly($0) } ?? true
    case .comment: return true
    }
  }

  /// How many blanks the next line of a block begins with: as many as the line before, two more where that opens a
  /// bracket, or is the first of a pipeline and ends in `|`.
  static func indentation(behind text: String) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let last = lines.last else { return 0 }
    let blanks = last.prefix { $0 == " " }.count
    switch last.trimmed.last {
    case "(", "[", "{": return blanks + 2
    case "|": return lines.dropLast().last?.trimmed.last == "|" ? blanks : blanks + 2
    default: return blanks
    }
  }

  /// The query, or the `let` with a function, that a command holds; nil if it holds none.
  private static func query(inCommand text: String) -> String? {
    let line = text.trimmed
    let name = line.dropFirst().prefix { !$0.isWhitespace }.lowercased()
    guard let command = try? CommandRegistry.command(named: name) else { return nil }
    return command.query(in: line.dropFirst(name.count + 1).trimmed)
  }

  /// Whether the text of a query ends where more is needed.
  func endsTooEarly(_ text: String) -> Bool {
    do throws(DossierError) {
      _ = try grammar.parse(text)
      return false
    } catch {
      return error.code == .unexpectedEnd
    }
  }

  private func endsQuery(_ lines: [Substring]) -> Bool {
    let text = lines.joined(separator: "\n")
    if let first = lines.first, Self.isCommand(first) {
      return Self.query(inCommand: text).map { !endsTooEarly($0) } ?? true
    }
    if lines.allSatisfy(Self.isComment) { return false }
    // Statements are for the query that follows them.
    let first = lines.first { !Self.isComment($0) }?.trimmed ?? ""
    if text.trimmed.hasSuffix(";"), ["let ", "declare ", "set "].contains(where: first.hasPrefix) {
      return false
    }
    return !endsTooEarly(text)
  }

  /// Whether the lines hold whole statements and nothing else: before a blank line they stand alone.
  private func areStatements(_ lines: [Substring]) -> Bool {
    guard let query = try? grammar.parse(lines.joined(separator: "\n")) else { return false }
    return query.body == nil && !query.statements.isEmpty
  }

  /// Whether the lines end inside a text block of three backticks.
  private func isInsideText(_ lines: [Substring]) -> Bool {
    lines.reduce(0) { $0 + $1.split(separator: "```", omittingEmptySubsequences: false).count - 1 } % 2 == 1
  }

  private static func isComment(_ line: Substring) -> Bool { line.trimmed.hasPrefix("//") }

  static func isCommand(_ line: some StringProtocol) -> Bool {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard text.first == ".", let letter = text.dropFirst().first else { return false }
    return letter.isLetter
  }

  /// Whether a line could begin a query of its own.
  private static func begins(_ line: Substring) -> Bool {
    guard let first = line.first else { return false }
    return first.isLetter || first == "_" || line.hasPrefix("['") || line.hasPrefix("//")
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
