import Columnar
import Diagnostics

/// The text of a file, and how its bytes were read.
struct DecodedText {
  /// The text, without a byte order mark.
  var text: String
  /// The encoding, where it is not UTF-8.
  var encoding = ""
  /// What could not be read, where the rest can be.
  var problem: DossierError?
}

/// Bytes of files as text.
///
/// A byte order mark decides; then what the file declares, unless the bytes are UTF-8 all the same; then the bytes
/// themselves: UTF-8, UTF-16 where every other byte is zero, UTF-8 with a few broken bytes, Windows-1252 where no byte
/// speaks against it. What is read as anything but UTF-8 says so in the document's metadata.
enum TextDecoding {
  private static let marks: [(bytes: [UInt8], name: String)] = [
    ([0xFF, 0xFE, 0x00, 0x00], "utf-32le"),
    ([0x00, 0x00, 0xFE, 0xFF], "utf-32be"),
    ([0xFF, 0xFE], "utf-16le"),
    ([0xFE, 0xFF], "utf-16be"),
  ]

  /// The text of a whole file.
  ///
  /// - Errors: `IMP101` naming the offset of the first byte that is not UTF-8, if it is in no encoding that can be told.
  static func decode(
    _ bytes: [UInt8], path: String, declared: String? = nil
  ) throws(DossierError) -> DecodedText {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try unmarked(bytes[3...], path, nil) }
    if let mark = marks.first(where: { bytes.starts(with: $0.bytes) }) {
      return try read(bytes[mark.bytes.count...], as: mark.name, path)
    }
    if let wide = wideEncoding(of: bytes) { return try read(bytes[...], as: wide, path) }
    return try unmarked(bytes[...], path, declared)
  }

  /// The text of a file that has to be UTF-8, such as a line of JSON; offsets in errors count from the file's start.
  ///
  /// - Errors: `IMP101` naming the offset of the first byte that is not UTF-8.
  static func text(_ bytes: ArraySlice<UInt8>, path: String) throws(DossierError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw notUTF8(bytes, path)
  }

  /// The bytes after a UTF-8 byte order mark, if there is one.
  ///
  /// - Errors: `IMP101` for the byte order mark of another encoding.
  static func body(_ bytes: [UInt8], path: String) throws(DossierError) -> ArraySlice<UInt8> {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return bytes[3...] }
    if let mark = marks.first(where: { bytes.starts(with: $0.bytes) }) {
      throw DossierError(
        .notUTF8, "'\(path)' is \(mark.name.uppercased()) text, by the mark at byte offset 0",
        hint: "convert it: iconv -f \(mark.name.prefix(6).uppercased()) -t UTF-8")
    }
    return bytes[...]
  }

  private static func unmarked(
    _ bytes: ArraySlice<UInt8>, _ path: String, _ declared: String?
  ) throws(DossierError) -> DecodedText {
    if let text = String(validating: bytes, as: UTF8.self) { return DecodedText(text: text) }
    if let declared = declared.map(encodingMeant), declared != "utf-8",
      let decoded = CharacterSet.decode(bytes, as: declared)
    {
      return DecodedText(
        text: decoded.text, encoding: declared,
        problem: decoded.broken == 0 ? nil : broken(decoded.broken, declared, path))
    }
    let (whole, bad) = sequences(of: bytes)
    if whole > bad * 4 {
      return DecodedText(
        text: String(decoding: bytes, as: UTF8.self), problem: notUTF8(bytes, path))
    }
    if bytes.allSatisfy(isWindows1252) { return try read(bytes, as: "windows-1252", path) }
    throw notUTF8(bytes, path)
  }

  private static func read(
    _ bytes: ArraySlice<UInt8>, as encoding: String, _ path: String
  ) throws(DossierError) -> DecodedText {
    guard let decoded = CharacterSet.decode(bytes, as: encoding) else { throw notUTF8(bytes, path) }
    return DecodedText(
      text: decoded.text, encoding: encoding,
      problem: decoded.broken == 0 ? nil : broken(decoded.broken, encoding, path))
  }

  private static func broken(_ count: Int, _ encoding: String, _ path: String) -> DossierError {
    DossierError(
      .notUTF8, "'\(path)' is read as \(encoding), in which \(counted(count, "byte")) mean nothing")
  }

  private static func notUTF8(_ bytes: ArraySlice<UInt8>, _ path: String) -> DossierError {
    let offset = bytes.startIndex + (bytes.withUnsafeBufferPointer(firstInvalidUTF8) ?? 0)
    let byte = bytes.indices.contains(offset) ? bytes[offset] : 0
    let hex = "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    return DossierError(
      .notUTF8, "'\(path)' is not UTF-8 text: byte \(hex) at byte offset \(offset)",
      hint: "if you know its encoding: iconv -f ENCODING -t UTF-8")
  }

  /// What a declared name stands for: pages that say Latin-1 mean Windows-1252.
  /// - Source: WHATWG Encoding Standard, "Names and labels".
  private static func encodingMeant(by label: String) -> String {
    switch label.lowercased() {
    case "utf8", "utf-8", "unicode-1-1-utf-8": "utf-8"
    case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "us-ascii", "ascii", "cp1252":
      "windows-1252"
    case "iso-8859-9", "latin5": "windows-1254"
    case "gb2312", "gbk", "x-gbk": "gb18030"
    case "shift_jis", "sjis", "x-sjis", "shift-jis": "cp932"
    case "ks_c_5601-1987", "euc-kr": "cp949"
    case let name: name
    }
  }

  /// UTF-16 without its mark: text of Latin letters has a zero in every other byte.
  private static func wideEncoding(of bytes: [UInt8]) -> String? {
    let head = bytes.prefix(4096)
    guard bytes.count % 2 == 0, head.count >= 8 else { return nil }
    var zeros = [0, 0]
    for (place, byte) in head.enumerated() where byte == 0 { zeros[place % 2] += 1 }
    let most = head.count / 2 * 7 / 10
    if zeros[1] >= most, zeros[0] == 0 { return "utf-16le" }
    if zeros[0] >= most, zeros[1] == 0 { return "utf-16be" }
    return nil
  }

  /// How many characters of several bytes are well formed, and how many bytes belong to none.
  private static func sequences(of bytes: ArraySlice<UInt8>) -> (whole: Int, bad: Int) {
    var (whole, bad) = (0, 0)
    var rest = bytes
    while !rest.isEmpty {
      let valid = rest.withUnsafeBufferPointer(firstInvalidUTF8) ?? rest.count
      whole += rest.prefix(valid).count { $0 >= 0xC0 }
      rest = rest.dropFirst(valid)
      if !rest.isEmpty {
        bad += 1
        rest = rest.dropFirst()
      }
    }
    return (whole, bad)
  }

  /// Whether a byte is a character, a blank or a line end there.
  private static func isWindows1252(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0A, 0x0C, 0x0D: true
    case ..<0x20, 0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D: false
    default: true
    }
  }
}
