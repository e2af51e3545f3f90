import Diagnostics

/// What a cell's opening fence says after `kql`.
public struct CellAttributes: Sendable, Equatable {
  /// `name=payments`: the result is a table of that name in later cells.
  public var name: String?
  /// `hide-query`: reports leave the query out.
  public var hideQuery = false
  /// `hide-output`: the cell runs, and its result is shown nowhere.
  public var hideOutput = false
  /// `expect=error`: the cell has to fail; its error is its output.
  public var expectsError = false
  /// `expect="Count > 0"`: a predicate that must hold for every row.
  public var expectation: String?
  /// `max-rows=20`: how many rows the output shows.
  public var maxRows: Int?

  /// No attributes.
  public init() {}

  /// The names, for hints.
  static let names = ["name", "hide-query", "hide-output", "expect", "max-rows"]

  /// Reads the rest of an opening fence's line.
  ///
  /// - Errors: `NBK021` for anything that isn't an attribute or a value it can have; the span counts
  ///   from `offset`.
  init(_ text: String, offset: Int) throws(DossierError) {
    let bytes = Array(text.utf8)
    var at = 0
    var seen: Set<String> = []
    while true {
      while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
      guard at < bytes.count else { break }
      let start = at
      while at < bytes.count, bytes[at] != 0x20, bytes[at] != 0x09, bytes[at] != 0x3D { at += 1 }
      let key = String(decoding: bytes[start..<at], as: UTF8.self)
      var value: String?
      if at < bytes.count, bytes[at] == 0x3D {
        at += 1
        value = try Self.value(bytes, &at, offset: offset)
      }
      let span = SourceSpan(offset + start, offset + at)
      guard seen.insert(key).inserted else {
        throw DossierError(.cellAttribute, "'\(key)' stands twice on this cell", at: span)
      }
      try set(key, to: value, at: span)
    }
  }

  private static func value(
    _ bytes: [UInt8], _ at: inout Int, offset: Int
  ) throws(DossierError) -> String {
    guard at < bytes.count, bytes[at] == 0x22 || bytes[at] == 0x27 else {
      let start = at
      while at < bytes.count, bytes[at] != 0x20, bytes[at] != 0x09 { at += 1 }
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    let quote = bytes[at]
    let start = at
    at += 1
    var value: [UInt8] = []
    while at < bytes.count, bytes[at] != quote {
      if bytes[at] == 0x5C, at + 1 < bytes.count, bytes[at + 1] == quote || bytes[at + 1] == 0x5C { at += 1 }
      value.append(bytes[at])
      at += 1
    }
    guard at < bytes.count else {
      throw DossierError(
        .cellAttribute, "the quoted value isn't closed on this line",
        at: SourceSpan(offset + start, offset + bytes.count))
    }
    at += 1
    return String(decoding: value, as: UTF8.self)
  }

  private mutating func set(_ key: String, to value: String?, at span: SourceSpan) throws(DossierError) {
    func needsValue(_ example: String) -> DossierError {
      DossierError(.cellAttribute, "'\(key)' needs a value", at: span, hint: example)
    }
    switch key {
    case "name":
      guard let value, Self.isName(value) else {
        throw DossierError(
          .cellAttribute, "a cell's name is a letter or _, then letters, digits and _", at: span,
          hint: "name=payments")
      }
      name = value
    case "hide-query", "hide-output":
      guard value == nil else {
        throw DossierError(.cellAttribute, "'\(key)' takes no value", at: span, hint: key)
      }
      if key == "hide-query" { hideQuery = true } else { hideOutput = true }
    case "expect":
      guard let value, !value.isEmpty else { throw needsValue("expect=error, or expect=\"Count > 0\"") }
      if value == "error" { expectsError = true } else { expectation = value }
    case "max-rows":
      guard let value else { throw needsValue("max-rows=20") }
      guard let count = Int(value), count >= 0 else {
        throw DossierError(
          .cellAttribute, "max-rows is a whole number from 0, found '\(value)'", at: span, hint: "max-rows=20"
        )
      }
      maxRows = count
    default:
      throw DossierError(
        .cellAttribute, "'\(key)' is not an attribute of cells", at: span,
        hint: nearestName(to: key, among: Self.names).map { "did you mean \($0)?" }
          ?? "there are \(Self.names.joined(separator: ", "))")
    }
  }

  private static func isName(_ text: String) -> Bool {
    var first = true
    for byte in text.utf8 {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A, 0x5F: break
      case 0x30...0x39 where !first: break
      default: return false
      }
      first = false
    }
    return !first
  }
}
