import Diagnostics
import Facts

/// Rich Text Format: the words of the body, notes after them; what page headers, pictures and styles hold is left out.
/// - Source: Rich Text Format specification, version 1.9.1.
public enum RichTextImporter: Importer {
  /// `rtf`.
  public static let name = "rtf"
  /// Endings.
  public static let extensions = ["rtf"]
  /// What is read.
  public static let summary = "Rich text, with title and author from its properties."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    guard source.bytes.starts(with: "{\\rtf".utf8) else {
      throw DossierError(
        .brokenFile, "'\(source.path)' is not rich text: it does not start with {\\rtf",
        hint: "load it with --format txt if it is plain text")
    }
    var reading = RichTextReading(source.bytes)
    reading.run()
    var fields = DocumentFields(
      docID: source.docID, text: reading.text, format: name, location: source.path, options)
    for (field, value) in reading.fields { fields.set(field, .string(value)) }
    try emit(fields.item())
  }
}

private struct RichTextReading {
  /// Where words go.
  private enum Destination: Equatable { case body, note, dropped, fontTable, field(String) }

  /// What a closing brace brings back.
  private struct State {
    var destination = Destination.body
    var encoding = "CP1252"
    /// How many characters stand after each `\u` for programs that don't know it.
    var fallbackLength = 1
    var isHidden = false
    var font = 0
  }

  private let bytes: [UInt8]
  private var position = 0
  private var state = State()
  private var outer: [State] = []
  private var body = PlainTextWriter()
  private var notes = PlainTextWriter()
  private var raw: [UInt8] = []
  private var toSkip = 0
  private var isIgnorable = false
  private var fontEncodings: [Int: String] = [:]
  private var units: [UInt16] = []
  private var properties: [(name: String, value: String)] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var text: String { notes.text.isEmpty ? body.text : body.text + "\n\n" + notes.text }

  /// Properties of the document, by the names of its fields.
  var fields: [(name: String, value: String)] { properties.filter { !$0.value.isEmpty } }

  private static let dropped: Set = [
    "colortbl", "stylesheet", "pict", "object", "header", "headerl", "headerr", "headerf", "footer",
    "footerl",
    "footerr", "footerf", "listtable", "listoverridetable", "rsidtbl", "generator", "themedata", "datastore",
    "latentstyles", "xmlnstbl", "fldinst", "info", "filetbl", "revtbl", "annotation", "atnid", "atnauthor",
    "bkmkstart", "bkmkend", "listtext", "pntext", "colorschememapping", "mmathPr", "pnseclvl", "nonshppict",
  ]
  private static let marks = [
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•",
    "emspace": " ", "enspace": " ", "qmspace": " ", "zwj": "\u{200D}", "zwnj": "\u{200C}",
  ]
  /// Code pages of the character sets that fonts name.
  private static let pages = [
    0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
  ]

  mutating func run() {
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "{"):
        flush()
        // Deeper than any program writes: braces that mean nothing.
        if outer.count < 10_000 { outer.append(state) }
        toSkip = 0
      case UInt8(ascii: "}"):
        flush()
        if let last = outer.popLast() { state = last }
        toSkip = 0
      case UInt8(ascii: "\\"): control()
      case 0x0A, 0x0D, 0: break
      default: put(byte)
      }
    }
    flush()
  }

  private mutating func put(_ byte: UInt8) {
    if toSkip > 0 {
      toSkip -= 1
      return
    }
    flushUnits()
    raw.append(byte)
  }

  private mutating func put(_ words: String) {
    flush()
    write(words)
  }

  private mutating func write(_ words: String) {
    if state.isHidden { return }
    switch state.destination {
    case .body: body.add(words.utf8)
    case .note: notes.add(words.utf8)
    case .field(let name):
      if let at = properties.firstIndex(where: { $0.name == name }) {
        properties[at].value += words
      } else {
        properties.append((name, words))
      }
    case .dropped, .fontTable: break
    }
  }

  /// Characters of the code page that have piled up.
  private mutating func flush() {
    flushUnits()
    if raw.isEmpty { return }
    let isPlain = raw.allSatisfy { $0 < 0x80 }
    let words =
      isPlain
      ? String(decoding: raw, as: UTF8.self)
      : CharacterSet.decode(raw, as: fontEncodings[state.font] ?? state.encoding)?.text
        ?? String(decoding: raw, as: UTF8.self)
    raw = []
    write(words)
  }

  private mutating func flushUnits() {
    if units.isEmpty { return }
    let words = String(decoding: units, as: UTF16.self)
    units = []
    write(words)
  }

  private mutating func control() {
    guard position < bytes.count else { return }
    let first = bytes[position]
    guard Self.isLetter(first) else {
      position += 1
      symbol(first)
      return
    }
    var word = ""
    while position < bytes.count, Self.isLetter(bytes[position]), word.utf8.count < 32 {
      word.unicodeScalars.append(Unicode.Scalar(bytes[position]))
      position += 1
    }
    var number: Int?
    var sign = 1
    if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"), Self.isDigit(bytes[position + 1]) {
      sign = -1
      position += 1
    }
    while position < bytes.count, Self.isDigit(bytes[position]) {
      number = min((number ?? 0) * 10 + Int(bytes[position] - 0x30), 1 << 31)
      position += 1
    }
    if position < bytes.count, bytes[position] == 0x20 { position += 1 }
    apply(word, number.map { $0 * sign })
  }

  private mutating func symbol(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "'"):
      guard position + 1 < bytes.count,
        let value = UInt8(String(decoding: bytes[position...(position + 1)], as: UTF8.self), radix: 16)
      else { return }
      position += 2
      put(value)
    case UInt8(ascii: "~"): put(" ")
    case UInt8(ascii: "_"): put("-")
    case UInt8(ascii: "*"): isIgnorable = true
    case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): put(byte)
    case 0x0A, 0x0D: endParagraph()
    default: break
    }
  }

  private mutating func apply(_ word: String, _ number: Int?) {
    let mayIgnore = isIgnorable
    isIgnorable = false
    if word == "u" {
      if !raw.isEmpty { flush() }
      units.append(UInt16(truncatingIfNeeded: number ?? 0))
      toSkip = state.fallbackLength
      return
    }
    flush()
    switch word {
    case "par", "sect", "page": endParagraph()
    case "line": if state.destination == .note { notes.newLine() } else { body.newLine() }
    case "tab": write(" ")
    case "cell", "nestcell": if state.destination == .body { body.endCell() }
    case "row", "nestrow": if state.destination == .body { body.newLine() }
    case "ansicpg": state.encoding = "CP\(number ?? 1252)"
    case "mac": state.encoding = "MACINTOSH"
    case "pc": state.encoding = "CP437"
    case "pca": state.encoding = "CP850"
    case "uc": state.fallbackLength = max(0, min(number ?? 1, 16))
    case "f": state.font = number ?? 0
    case "fcharset":
      if state.destination == .fontTable, let page = Self.pages[number ?? 0], number != 0 {
        fontEncodings[state.font] = page == 10000 ? "MACINTOSH" : "CP\(page)"
      }
    case "plain": state.isHidden = false
    case "v", "deleted": state.isHidden = number != 0
    case "bin": position = min(bytes.count, position + max(0, number ?? 0))
    case "fonttbl": state.destination = .fontTable
    case "footnote", "endnote":
      if state.destination == .body {
        state.destination = .note
        notes.endParagraph()
      }
    case "title", "author", "subject", "keywords":
      if outer.last?.destination == .dropped { state.destination = .field(word) }
    case let name where Self.marks[name] != nil: write(Self.marks[name] ?? "")
    case let name where Self.dropped.contains(name): state.destination = .dropped
    default: if mayIgnore { state.destination = .dropped }
    }
  }

  private mutating func endParagraph() {
    flush()
    switch state.destination {
    case .body: body.endParagraph()
    case .note: notes.endParagraph()
    default: break
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
