import CMail
import Columnar
import Diagnostics
import Facts

/// A mail: subject, date, who wrote and got it, the thread, its words, and what is attached as documents of their own.
///
/// The text is the plain text, or that of the markup where there is no plain one. Lines that repeat an earlier mail
/// lose their `>` and are marked as quoted.
/// - Source: RFC 5322 and MIME as GMime reads them.
public enum MailImporter: Importer {
  /// `eml`.
  public static let name = "eml"
  /// Endings.
  public static let extensions = ["eml"]
  /// What is read.
  public static let summary = "A mail, with its participants, thread and attachments."

  /// The mail, then what is attached to it.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    try MailReading(format: name, options: options).readMail(source, emit: emit)
  }
}

/// Many mails in one file, as mail programs export a folder.
public enum MailboxImporter: Importer {
  /// `mbox`.
  public static let name = "mbox"
  /// Endings.
  public static let extensions = ["mbox", "mbx"]
  /// What is read.
  public static let summary = "Mails one after the other, as mail programs export a folder."
  /// Mails are read as they come.
  public static let readsPieces = true

  /// The mails in their order, each before what is attached to it.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    try MailReading(format: name, options: options).readMailbox(source, emit: emit)
  }
}

/// Reads mails, and the files and mails in them.
private struct MailReading {
  let format: String
  let options: ImportOptions

  private static let roles: [(name: String, number: Int)] = [
    ("from", CMAIL_FROM), ("to", CMAIL_TO), ("cc", CMAIL_CC), ("bcc", CMAIL_BCC),
  ]

  /// Reads a mail that is a file.
  func readMail(
    _ source: ImportSource, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    if source.bytes.isEmpty { throw .noText(in: source.path) }
    let message = try message(source.bytes[...], at: source.path)
    defer { cmail_message_free(message) }
    try add(message, of: source, place: "", emit: emit)
  }

  /// Reads the mails of a mailbox, each by itself: one that is broken costs only itself.
  func readMailbox(
    _ source: ImportSource, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    if source.bytes.isEmpty { throw .noText(in: source.path) }
    var number = 0
    try source.forEachPiece(endingAt: { Self.separator(in: $0, before: $0.endIndex) }) {
      (piece) throws(DossierError) in
      var starts: [Int] = []
      var end = piece.endIndex
      while let start = Self.separator(in: piece, before: end) {
        starts.append(start)
        end = start
      }
      starts.reverse()
      for (start, end) in zip(starts, starts.dropFirst() + [piece.endIndex]) {
        number += 1
        var mail = piece[start..<end].drop { $0 != 0x0A }.dropFirst()
        // The blank line behind a mail is the mailbox's.
        while mail.last == 0x0A || mail.last == 0x0D { mail.removeLast() }
        let place = "#\(number)"
        let message: OpaquePointer
        do throws(DossierError) { message = try self.message(mail, at: source.path + place) } catch {
          try emit(ImportedItem(location: source.path + place, error: error))
          continue
        }
        defer { cmail_message_free(message) }
        try add(message, of: source, place: place, emit: emit)
      }
    }
    if number == 0 {
      throw DossierError(
        .noMail, "there is no mail in '\(source.path)'",
        hint: "a mailbox has a line 'From …' before each mail")
    }
  }

  /// The last place before `end` where a line `From …` stands with a header under it: the beginning of a mail. Mail programs
  /// should mark such lines in a mail's words, but not all do; under those there is no header.
  private static func separator(in bytes: ArraySlice<UInt8>, before end: Int) -> Int? {
    let mark = Array("From ".utf8)
    var place = min(end - 1, bytes.endIndex - mark.count)
    while place >= bytes.startIndex {
      let isLineStart = place == bytes.startIndex || bytes[place - 1] == 0x0A
      if isLineStart, bytes[place..<place + mark.count].elementsEqual(mark) {
        let header = bytes[place...].drop { $0 != 0x0A }.dropFirst()
        let name = header.prefix { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
        if !name.isEmpty, name.endIndex < bytes.endIndex, bytes[name.endIndex] == UInt8(ascii: ":") {
          return place
        }
      }
      place -= 1
    }
    return nil
  }

  /// A mail, to be freed; `location` is told where there is none.
  private func message(_ mail: ArraySlice<UInt8>, at location: String) throws(DossierError) -> OpaquePointer {
    let message = mail.withUnsafeBytes { bytes in
      bytes.baseAddress.flatMap { cmail_read($0, bytes.count) }
    }
    guard let message else { throw DossierError(.noMail, "there is no mail in '\(location)'") }
    if cmail_header_count(message) > 0 { return message }
    cmail_message_free(message)
    throw DossierError(
      .noMail, "there is no mail in '\(location)': it has no header",
      hint: "load it with --format txt if it is plain text")
  }

  private func add(
    _ message: OpaquePointer, of source: ImportSource, place: String,
    emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let (location, docID) = (source.path + place, source.docID + place)
    var body = MailBody()
    var files: [(name: String, type: String, isMail: Bool, bytes: [UInt8])] = []
    for index in 0..<cmail_part_count(message) {
      var length = 0
      let start = cmail_part_bytes(message, index, &length)
      let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length)
      switch cmail_part_kind(message, index) {
      case Int32(CMAIL_TEXT): body.add(String(decoding: bytes, as: UTF8.self))
      case Int32(CMAIL_HTML):
        body.add(try HTMLPage(String(decoding: bytes, as: UTF8.self), path: location).text)
      case let kind:
        files.append(
          (
            Self.fileName(String(cString: cmail_part_name(message, index))),
            String(cString: cmail_part_type(message, index)), kind == CMAIL_MAIL, Array(bytes)
          ))
      }
    }
    var fields = DocumentFields(docID: docID, text: body.text, format: format, location: location, options)
    fields.document.quoted = body.quoted
    fields.document.parentID = source.nesting.parentID
    describe(message, &fields)
    // A mail that only carries a file has no words of its own; the files still have a parent's name.
    if body.isEmpty, !files.isEmpty {
      fields.document.text = fields.document.title
      fields.document.quoted = []
    }
    let item = fields.item()
    try emit(item)
    for (index, file) in files.enumerated() {
      let name = file.name.isEmpty ? "\(index + 1)\(file.isMail ? ".eml" : "")" : file.name
      try attach(
        file.bytes, named: name, file.type, isMail: file.isMail, to: item.document ?? fields.document,
        in: source, location, emit: emit)
    }
  }

  private func describe(_ message: OpaquePointer, _ fields: inout DocumentFields) {
    func header(_ name: String) -> String {
      cmail_header(message, name).map { Self.line(String(cString: $0)) } ?? ""
    }
    fields.set("title", .string(header("Subject")))
    fields.set("published", .string(Self.withoutComment(header("Date"))))
    var people: [ParticipantRow] = []
    for role in Self.roles {
      for index in 0..<cmail_address_count(message, Int32(role.number)) {
        people.append(
          ParticipantRow(
            role: role.name,
            address: Self.line(String(cString: cmail_address(message, Int32(role.number), index)))
              .lowercased(),
            name: Self.line(String(cString: cmail_address_name(message, Int32(role.number), index)))))
      }
    }
    fields.document.participants = people
    if let writer = people.first(where: { $0.role == "from" }) {
      fields.document.author = writer.name.isEmpty ? writer.address : writer.name
    }
    let id = String(cString: cmail_id(message))
    let references = (0..<cmail_reference_count(message)).map {
      String(cString: cmail_reference(message, $0))
    }
    let first = references.first ?? ""
    fields.document.threadID = first.isEmpty ? id : first
    if !id.isEmpty { fields.document.meta["message_id"] = .string(id) }
    if let last = references.last { fields.document.meta["in_reply_to"] = .string(last) }
  }

  /// Reads an attached file with the importer for its name or type; a mail within a mail is one by its type alone.
  private func attach(
    _ bytes: [UInt8], named name: String, _ type: String, isMail: Bool, to mail: Document,
    in source: ImportSource, _ location: String, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let path = "\(location)/\(name)"
    let nesting: Nesting
    do throws(DossierError) {
      nesting = try source.nesting.inner(
        of: path, parentID: mail.docID,
        budget: source.unpackBudget)
    } catch {
      try emit(ImportedItem(location: path, error: error))
      return
    }
    let inner = ImportSource(path: path, docID: "\(mail.docID)/\(name)", bytes: bytes, nesting: nesting)
    let byType = Self.types[type].flatMap { ImporterRegistry.importer(forFile: "." + $0) }
    let importer = isMail ? MailImporter.self : ImporterRegistry.importer(forFile: name) ?? byType
    let isThread = importer == MailImporter.self || importer == MailboxImporter.self
    try source.readInner(inner, with: importer, type, options: options) { (item) throws(DossierError) in
      var item = item
      if !isThread {
        // It belongs to the mail's thread, and was there when the mail was written.
        if let document = item.document, document.threadID.isEmpty { item.document?.threadID = mail.threadID }
        if item.document?.published == nil { item.document?.published = mail.published }
      }
      try emit(item)
    }
  }

  private static let types = [
    "text/html": "html", "text/plain": "txt", "text/csv": "csv", "text/markdown": "md",
    "application/pdf": "pdf", "application/rtf": "rtf", "text/rtf": "rtf", "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt", "application/epub+zip": "epub",
  ]

  /// A name without folders and control characters, whatever the sender wrote.
  private static func fileName(_ name: String) -> String {
    let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
    let plain = line(last)
    return plain == "." || plain == ".." ? "" : plain
  }

  /// One line without control characters.
  private static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 })
    )
    .split(separator: " ").joined(separator: " ")
  }

  /// A date without the zone's name in brackets: `Tue, 8 Oct 2024 09:30:00 +0900 (KST)`.
  private static func withoutComment(_ date: String) -> String {
    guard let open = date.firstIndex(of: "(") else { return date }
    return String(date[..<open]).split(separator: " ").joined(separator: " ")
  }
}

/// The words of a mail, with the places that repeat an earlier one.
struct MailBody {
  /// The words.
  private(set) var text = ""
  /// Parts of the text, in Unicode scalars.
  private(set) var quoted: [Range<Int>] = []
  private var scalars = 0

  /// Whether there is not a single word.
  var isEmpty: Bool { !text.unicodeScalars.contains { !$0.properties.isWhitespace } }

  /// Adds a part's words.
  mutating func add(_ words: String) {
    if !text.isEmpty { append("\n\n") }
    var isForwarded = false
    for line in words.split(separator: "\n", omittingEmptySubsequences: false) {
      var rest = line.unicodeScalars[...]
      if rest.last == "\r" { rest.removeLast() }
      var depth = 0
      while let first = rest.first,
        first == ">" || (depth > 0 && first == " " && rest.dropFirst().first == ">")
      {
        if first == ">" { depth += 1 }
        rest.removeFirst()
      }
      if depth > 0, rest.first == " " { rest.removeFirst() }
      // Below such a line all is the earlier mail.
      if depth == 0, Self.isDivider(String(rest)) { isForwarded = true }
      let start = scalars
      append(String(rest) + "\n")
      if depth > 0 || isForwarded { quote(start..<scalars) }
    }
    while text.unicodeScalars.last == "\n" {
      text.unicodeScalars.removeLast()
      scalars -= 1
    }
    if let last = quoted.last, last.upperBound > scalars {
      quoted.removeLast()
      if last.lowerBound < scalars { quoted.append(last.lowerBound..<scalars) }
    }
  }

  private mutating func append(_ words: String) {
    text += words
    scalars += words.unicodeScalars.count
  }

  private mutating func quote(_ range: Range<Int>) {
    if let last = quoted.last, last.upperBound == range.lowerBound {
      quoted[quoted.count - 1] = last.lowerBound..<range.upperBound
    } else {
      quoted.append(range)
    }
  }

  /// `-----Original Message-----` and its like.
  private static func isDivider(_ line: String) -> Bool {
    let words = line.lowercased()
    guard words.hasPrefix("--") || words.hasPrefix("__") else { return false }
    return words.contains("original message") || words.contains("forwarded by")
      || words.contains("forwarded message") || words.contains("original-nachricht")
  }
}
