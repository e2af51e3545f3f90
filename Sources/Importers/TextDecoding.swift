import Columnar
import Diagnostics

/// Bytes of files as text.
enum TextDecoding {
  private static let marks: [(bytes: [UInt8], name: String, iconv: String)] = [
    ([0xFF, 0xFE, 0x00, 0x00], "UTF-32 (little-endian)", "UTF-32"),
    ([0x00, 0x00, 0xFE, 0xFF], "UTF-32 (big-endian)", "UTF-32"),
    ([0xFF, 0xFE], "UTF-16 (little-endian)", "UTF-16"),
    ([0xFE, 0xFF], "UTF-16 (big-endian)", "UTF-16"),
  ]

  /// The bytes after a UTF-8 byte order mark, if there is one.
  ///
  /// - Errors: `IMP101` for the byte order mark of another encoding.
  static func body(_ bytes: [UInt8], path: String) throws(DossierError) -> ArraySlice<UInt8> {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return bytes[3...] }
    if let mark = marks.first(where: { bytes.starts(with: $0.bytes) }) {
      throw DossierError(
        .notUTF8, "'\(path)' is \(mark.name) text, by the mark at byte offset 0; only UTF-8 is read",
        hint: "convert it: iconv -f \(mark.iconv) -t UTF-8")
    }
    return bytes[...]
  }

  /// The text of a whole file, without its byte order mark; nothing else is changed.
  ///
  /// - Errors: `IMP101` naming the offset of the first byte that is not UTF-8.
  static func text(_ bytes: [UInt8], path: String) throws(DossierError) -> String {
    try text(try body(bytes, path: path), path: path)
  }

  /// The text of some of a file's bytes; offsets in errors count from the start of the file.
  static func text(_ bytes: ArraySlice<UInt8>, path: String) throws(DossierError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let offset = bytes.startIndex + (bytes.withUnsafeBufferPointer(firstInvalidUTF8) ?? 0)
    let byte = bytes.indices.contains(offset) ? bytes[offset] : 0
    let hex = "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    throw DossierError(
      .notUTF8, "'\(path)' is not UTF-8 text: byte \(hex) at byte offset \(offset)",
      hint: "if it is Western European text: iconv -f WINDOWS-1252 -t UTF-8")
  }
}
