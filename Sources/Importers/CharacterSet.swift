import Foundation

/// Bytes of other encodings than UTF-8 as text, by the system's tables.
enum CharacterSet {
  /// The text of bytes in an encoding, by any name that the system knows, and how many bytes meant nothing and are
  /// U+FFFD in the text. Nil if there is no such encoding.
  static func decode(_ bytes: some Collection<UInt8>, as name: String) -> (text: String, broken: Int)? {
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let converter = iconv_open("UTF-8", name), Int(bitPattern: converter) != -1
    else { return nil }
    defer { iconv_close(converter) }
    var input = bytes.map { CChar(bitPattern: $0) }
    var output: [UInt8] = []
    output.reserveCapacity(input.count + input.count / 2)
    var broken = 0
    var piece = [CChar](repeating: 0, count: 1 << 16)
    // A code unit of UTF-16 and UTF-32 is skipped whole, or all that follows would be out of step.
    let unit = name.uppercased().hasPrefix("UTF-16") ? 2 : name.uppercased().hasPrefix("UTF-32") ? 4 : 1
    var count = input.count
    input.withUnsafeMutableBufferPointer { input in
      var next = input.baseAddress
      while count > 0 {
        var (result, reason): (Int, Int32) = (0, 0)
        let written = piece.withUnsafeMutableBufferPointer { piece -> Int in
          var (end, room) = (piece.baseAddress, piece.count)
          result = iconv(converter, &next, &count, &end, &room)
          reason = errno
          return piece.count - room
        }
        output.append(contentsOf: piece[..<written].lazy.map { UInt8(bitPattern: $0) })
        guard result == -1, reason != E2BIG else { continue }
        let skipped = min(unit, count)
        broken += skipped
        output += [0xEF, 0xBF, 0xBD]
        next = next?.advanced(by: skipped)
        count -= skipped
      }
    }
    return (String(decoding: output, as: UTF8.self), broken)
  }
}
