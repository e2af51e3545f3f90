/// Archives and PDF documents, made from what they hold.
enum PackedFiles {
  /// A zip archive of members that are not compressed.
  static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (out, directory): ([UInt8], [UInt8]) = ([], [])
    for member in members {
      let name = Array(member.name.utf8)
      let head =
        words16([20, 0x0800, 0, 0, 0])
        + words32([crc(member.bytes), UInt32(member.bytes.count), UInt32(member.bytes.count)])
        + words16([UInt16(name.count), 0])
      directory +=
        [0x50, 0x4B, 1, 2] + words16([20]) + head + words16([0, 0, 0]) + words32([0, UInt32(out.count)])
        + name
      out += [0x50, 0x4B, 3, 4] + head + name + member.bytes
    }
    let start = UInt32(out.count)
    out += directory
    out += [0x50, 0x4B, 5, 6] + words16([0, 0, UInt16(members.count), UInt16(members.count)])
    return out + words32([UInt32(directory.count), start]) + words16([0])
  }

  /// A zip archive of texts.
  static func zip(texts: [(String, String)]) -> [UInt8] { zip(texts.map { ($0.0, Array($0.1.utf8)) }) }

  /// A tar archive; a member with a target is a symbolic link.
  static func tar(_ members: [(name: String, text: String, target: String?)]) -> [UInt8] {
    var out: [UInt8] = []
    for member in members {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, _ at: Int) {
        header.replaceSubrange(at..<(at + text.utf8.count), with: text.utf8)
      }
      func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: width - digits.count) + digits
      }
      put(member.name, 0)
      put("0000644", 100)
      put("0000000", 108)
      put("0000000", 116)
      put(octal(member.text.utf8.count, 11), 124)
      put("00000000000", 136)
      put(member.target == nil ? "0" : "2", 156)
      put(member.target ?? "", 157)
      put("ustar\u{0}00", 257)
      put("        ", 148)
      put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", 148)
      out += header + Array(member.text.utf8)
      out += [UInt8](repeating: 0, count: (512 - out.count % 512) % 512)
    }
    return out + [UInt8](repeating: 0, count: 1024)
  }

  /// A PDF document of lines at places in points from the lower left; a page without lines shows a picture if asked.
  static func pdf(
    _ pages: [[(x: Int, y: Int, text: String)]], pictureOn picture: Int? = nil, isEncrypted: Bool = false
  ) -> [UInt8] {
    var objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    var kids: [String] = []
    for (number, page) in pages.enumerated() {
      var stream = page.map { "BT /F1 12 Tf \($0.x) \($0.y) Td (\($0.text)) Tj ET\n" }.joined()
      if picture == number { stream += "q 99 0 0 99 9 9 cm BI /W 1 /H 1 /CS /G /BPC 8 ID a EI Q\n" }
      objects.append("<</Length \(stream.utf8.count)>>stream\n\(stream)\nendstream")
      objects.append(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents \(objects.count) 0 R>>"
      )
      kids.append("\(objects.count) 0 R")
    }
    objects[1] = "<</Type/Pages/Kids[\(kids.joined(separator: " "))]/Count \(pages.count)>>"
    objects.append("<</Title(A title)/Author(Ann Bee)/CreationDate(D:20241008093000+09'00')>>")
    var out = "%PDF-1.4\n"
    var offsets: [Int] = []
    for (number, object) in objects.enumerated() {
      offsets.append(out.utf8.count)
      out += "\(number + 1) 0 obj\n\(object)\nendobj\n"
    }
    let start = out.utf8.count
    out += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for offset in offsets {
      out += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n"
    }
    let zeros = String(repeating: "00", count: 32)
    let lock =
      isEncrypted ? "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<\(zeros)>/U<\(zeros)>>>/ID[<00><00>]" : ""
    out += "trailer<</Root 1 0 R/Info \(objects.count) 0 R/Size \(objects.count + 1)\(lock)>>\n"
    return Array((out + "startxref\n\(start)\n%%EOF").utf8)
  }

  private static func words16(_ numbers: [UInt16]) -> [UInt8] {
    numbers.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  private static func words32(_ numbers: [UInt32]) -> [UInt8] {
    numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
