import Collections
import Columnar
import Diagnostics
import Foundation
import KQLEngine

/// Taking structured texts apart: URLs, paths, versions, CSV, command lines, XML.
enum ParsingFunctions {
  static let all: [ScalarFunction] = [
    parseURL, parseURLQuery, parsePath, parseVersion, parseCSV, parseCommandLine, parseXML,
  ]

  private typealias Bag = OrderedDictionary<String, DynamicValue>

  private static func queryBag(_ query: Substring) -> DynamicValue {
    var bag: Bag = [:]
    for pair in query.split(separator: "&", omittingEmptySubsequences: true) {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      bag[EncodingFunctions.unescaped(String(sides[0]))] =
        .string(sides.count > 1 ? EncodingFunctions.unescaped(String(sides[1])) : "")
    }
    return .bag(bag)
  }

  static let parseURL = ScalarFunction.unary(
    "parse_url", aliases: ["parseurl"], .string("url"), gives: .dynamic,
    "The parts of an absolute URL: Scheme, Host, Port, Path, Username, Password, Query Parameters, Fragment.",
    ("parse_url('https://a.b:80/c?d=1').Host", "\"a.b\"")
  ) { (url: String) -> DynamicValue? in
    var rest = Substring(url)
    func cut(at separator: Character) -> Substring? {
      guard let index = rest.firstIndex(of: separator) else { return nil }
      let tail = rest[rest.index(after: index)...]
      rest = rest[..<index]
      return tail
    }
    let fragment = cut(at: "#") ?? ""
    let query = cut(at: "?") ?? ""
    var scheme: Substring = ""
    var authority: Substring = ""
    if let mark = rest.range(of: "://") {
      scheme = rest[..<mark.lowerBound]
      rest = rest[mark.upperBound...]
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      authority = rest[..<end]
      rest = rest[end...]
      if rest.first == "/" { rest.removeFirst() }
    }
    var user: [Substring] = ["", ""]
    if let at = authority.lastIndex(of: "@") {
      let pair = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = [pair[0], pair.count > 1 ? pair[1] : ""]
      authority = authority[authority.index(after: at)...]
    }
    var port: Substring = ""
    if let colon = authority.lastIndex(of: ":"), authority[colon...].dropFirst().allSatisfy(\.isNumber) {
      port = authority[authority.index(after: colon)...]
      authority = authority[..<colon]
    }
    let members: [(String, DynamicValue)] = [
      ("Scheme", .string(String(scheme))), ("Host", .string(String(authority))),
      ("Port", .string(String(port))),
      ("Path", .string(String(rest))), ("Username", .string(String(user[0]))),
      ("Password", .string(String(user[1]))), ("Query Parameters", queryBag(query)),
      ("Fragment", .string(String(fragment))),
    ]
    return .bag(Bag(uniqueKeysWithValues: members))
  }

  static let parseURLQuery = ScalarFunction.unary(
    "parse_urlquery", aliases: ["parseurlquery"], .string("query"), gives: .dynamic,
    "The parameters of a URL's query part, as a bag under Query Parameters.",
    ("parse_urlquery('k1=v1&k2=v2')", "{\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"}}")
  ) { (query: String) -> DynamicValue? in
    let text = query.first == "?" ? Substring(query).dropFirst() : Substring(query)
    return .bag(["Query Parameters": queryBag(text)])
  }

  static let parsePath = ScalarFunction.unary(
    "parse_path", .string("path"), gives: .dynamic,
    "The parts of a file path: Scheme, RootPath, DirectoryPath, DirectoryName, Filename, Extension, "
      + "AlternateDataStreamName.",
    ("parse_path('/usr/lib/a.txt').Extension", "\"txt\"")
  ) { (path: String) -> DynamicValue? in
    var rest = Substring(path)
    var scheme: Substring = ""
    if let mark = rest.range(of: "://") {
      scheme = rest[..<mark.lowerBound]
      rest = rest[mark.upperBound...]
    }
    if rest.hasPrefix("\\\\?\\") { rest = rest.dropFirst(4) }
    func isSlash(_ character: Character) -> Bool { character == "/" || character == "\\" }
    let cut = rest.lastIndex(where: isSlash)
    var directory = cut.map { rest[..<$0] } ?? ""
    var name = cut.map { rest[rest.index(after: $0)...] } ?? rest
    var stream: Substring = ""
    if let colon = name.firstIndex(of: ":") {
      stream = name[name.index(after: colon)...]
      name = name[..<colon]
    }
    var root: Substring = ""
    if directory.count >= 2, directory.dropFirst().first == ":", directory.first?.isLetter == true {
      root = directory.prefix(2)
    }
    if cut != nil, directory.isEmpty { directory = rest.prefix(1) }
    let folder = directory.split(whereSeparator: isSlash).last ?? ""
    let dot = name.lastIndex(of: ".")
    let members: [(String, Substring)] = [
      ("Scheme", scheme), ("RootPath", root), ("DirectoryPath", directory),
      ("DirectoryName", folder == root ? "" : folder), ("Filename", name),
      ("Extension", dot.map { name[name.index(after: $0)...] } ?? ""), ("AlternateDataStreamName", stream),
    ]
    return .bag(Bag(uniqueKeysWithValues: members.map { ($0, .string(String($1))) }))
  }

  static let parseVersion = ScalarFunction.unary(
    "parse_version", .string("version"), gives: .decimal,
    "A version of up to four numbers as one decimal that compares as versions do.",
    ("parse_version('0.0.0.5')", "5")
  ) { (version: String) -> Decimal? in
    let fields = version.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(fields.count) else { return nil }
    var digits = ""
    for index in 0..<4 {
      let field = index < fields.count ? String(fields[index]) : "0"
      guard !field.isEmpty, field.utf8.count <= 8, field.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else {
        return nil
      }
      digits += String(repeating: "0", count: 8 - field.utf8.count) + field
    }
    return Decimal(string: digits)
  }

  static let parseCSV = ScalarFunction.unary(
    "parse_csv", aliases: ["parsecsv"], .string("text"), gives: .dynamic,
    "The fields of the first record of a CSV text.", ("parse_csv('aa,\"b,b\",cc')", "[\"aa\",\"b,b\",\"cc\"]")
  ) { (source: String) -> DynamicValue? in
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var rest = Substring(source).unicodeScalars
    while let scalar = rest.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if rest.first == "\"" {
          rest.removeFirst()
          field.append(scalar)
        } else {
          isQuoted = false
        }
      } else if scalar == "\"", field.isEmpty {
        isQuoted = true
      } else if scalar == "," {
        fields.append(String(field))
        field = String.UnicodeScalarView()
      } else if scalar == "\n" || scalar == "\r" {
        break
      } else {
        field.append(scalar)
      }
    }
    fields.append(String(field))
    return dynamicArray(fields)
  }

  static let parseCommandLine = ScalarFunction.kernel(
    "parse_command_line", [.string("commandLine"), .string("parser")], gives: .dynamic,
    "The arguments of a command line, cut as Windows programs do.",
    ("parse_command_line('echo \"hello world!\"', 'windows')", "[\"echo\",\"hello world!\"]")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1)) {
      (line: String, parser: String) throws(DossierError) -> DynamicValue? in
      guard lowered(parser) == "windows" else {
        throw DossierError(
          .argumentValue, "parse_command_line() knows only the parser 'windows'; found '\(parser)'",
          at: call.span)
      }
      return line.isEmpty ? nil : dynamicArray(windowsArguments(line))
    }
  }

  /// Backslashes count only before a quote: two give one, an odd one keeps the quote.
  private static func windowsArguments(_ line: String) -> [String] {
    var arguments: [String] = []
    var current: String?
    var isQuoted = false
    var backslashes = 0
    for scalar in line.unicodeScalars {
      if scalar == "\\" {
        backslashes += 1
        continue
      }
      if scalar == "\"" {
        current = (current ?? "") + String(repeating: "\\", count: backslashes / 2)
        if backslashes % 2 == 1 { current?.append("\"") } else { isQuoted.toggle() }
      } else {
        if backslashes > 0 { current = (current ?? "") + String(repeating: "\\", count: backslashes) }
        if scalar == " " || scalar == "\t", !isQuoted {
          if let done = current { arguments.append(done) }
          current = nil
        } else {
          current = current ?? ""
          current?.unicodeScalars.append(scalar)
        }
      }
      backslashes = 0
    }
    if backslashes > 0 { current = (current ?? "") + String(repeating: "\\", count: backslashes) }
    if let current { arguments.append(current) }
    return arguments
  }

  static let parseXML = ScalarFunction.unary(
    "parse_xml", .string("xml"), gives: .dynamic,
    "An XML text as bags: attributes under @name, text under #text, repeated elements as arrays; null if it is none.",
    ("parse_xml('<a b=\"1\"><c>x</c></a>')", "{\"a\":{\"@b\":\"1\",\"c\":\"x\"}}")
  ) { (source: String) -> DynamicValue? in
    var reader = XMLReader(source)
    return reader.document()
  }
}

/// A small reader of XML texts: elements, attributes, text, CDATA and the five named entities. Comments,
/// declarations and processing instructions are skipped.
struct XMLReader {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The root element under its name; nil when the text is not well formed.
  mutating func document() -> DynamicValue? {
    skipMisc()
    guard let root = element(depth: 0) else { return nil }
    skipMisc()
    return position == scalars.count ? .bag([root.name: root.value]) : nil
  }

  private func starts(with text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars)
  }

  private mutating func skip(past text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    while position < scalars.count {
      if scalars[position...].starts(with: wanted) {
        position += wanted.count
        return true
      }
      position += 1
    }
    return false
  }

  private mutating func skipSpace() {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
  }

  private mutating func skipMisc() {
    while true {
      skipSpace()
      if starts(with: "<?") {
        if !skip(past: "?>") { return }
      } else if starts(with: "<!--") {
        if !skip(past: "-->") { return }
      } else if starts(with: "<!DOCTYPE") {
        if !skip(past: ">") { return }
      } else {
        return
      }
    }
  }

  private mutating func name() -> String? {
    let start = position
    while position < scalars.count, !scalars[position].properties.isWhitespace,
      !"<>/=\"'".unicodeScalars.contains(scalars[position])
    {
      position += 1
    }
    return position > start ? text(scalars[start..<position]) : nil
  }

  private mutating func element(depth: Int) -> (name: String, value: DynamicValue)? {
    guard depth < 200, starts(with: "<") else { return nil }
    position += 1
    guard let tag = name() else { return nil }
    var members: OrderedDictionary<String, DynamicValue> = [:]
    while true {
      skipSpace()
      guard position < scalars.count else { return nil }
      if starts(with: "/>") {
        position += 2
        return (tag, members.isEmpty ? .null : .bag(members))
      }
      if starts(with: ">") { break }
      guard let key = name() else { return nil }
      skipSpace()
      guard starts(with: "=") else { return nil }
      position += 1
      skipSpace()
      guard position < scalars.count, scalars[position] == "\"" || scalars[position] == "'" else {
        return nil
      }
      let quote = scalars[position]
      guard let end = scalars[(position + 1)...].firstIndex(of: quote) else { return nil }
      members["@" + key] = .string(Self.unescaped(text(scalars[(position + 1)..<end])))
      position = end + 1
    }
    position += 1
    return content(of: tag, members, depth: depth)
  }

  private mutating func content(
    of tag: String, _ attributes: OrderedDictionary<String, DynamicValue>, depth: Int
  ) -> (name: String, value: DynamicValue)? {
    var members = attributes
    var words = ""
    while position < scalars.count {
      if starts(with: "</") {
        position += 2
        guard name() == tag else { return nil }
        skipSpace()
        guard starts(with: ">") else { return nil }
        position += 1
        let content = String(stripped(words))
        if members.isEmpty { return (tag, .string(content)) }
        if !content.isEmpty { members["#text"] = .string(content) }
        return (tag, .bag(members))
      }
      if starts(with: "<!--") {
        guard skip(past: "-->") else { return nil }
      } else if starts(with: "<![CDATA[") {
        position += 9
        let start = position
        guard skip(past: "]]>") else { return nil }
        words += text(scalars[start..<(position - 3)])
      } else if starts(with: "<?") {
        guard skip(past: "?>") else { return nil }
      } else if starts(with: "<") {
        guard let child = element(depth: depth + 1) else { return nil }
        switch members[child.name] {
        case nil: members[child.name] = child.value
        case .array(let items): members[child.name] = .array(items + [child.value])
        case let known?: members[child.name] = .array([known, child.value])
        }
      } else {
        let start = position
        while position < scalars.count, scalars[position] != "<" { position += 1 }
        words += Self.unescaped(text(scalars[start..<position]))
      }
    }
    return nil
  }

  private static func unescaped(_ value: String) -> String {
    guard value.utf8.contains(UInt8(ascii: "&")) else { return value }
    var output = ""
    var rest = Substring(value)
    while let mark = rest.firstIndex(of: "&") {
      output += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      guard let end = rest.firstIndex(of: ";") else {
        output += "&"
        continue
      }
      let entity = rest[..<end]
      let number =
        entity.hasPrefix("#x")
        ? UInt32(entity.dropFirst(2), radix: 16)
        : entity.hasPrefix("#") ? UInt32(entity.dropFirst()) : nil
      let named = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"][String(entity)]
      guard let text = named ?? number.flatMap(Unicode.Scalar.init).map({ String(Character($0)) }) else {
        output += "&"
        continue
      }
      output += text
      rest = rest[rest.index(after: end)...]
    }
    return output + rest
  }
}
