import Facts
import Foundation

/// How names are compared and turned into ids: without case, accents, dots and apostrophes.
///
/// Everything here works on Unicode scalars and knows no locale.
enum NameText {
  /// Letters that have no decomposition into a plain letter and a mark.
  private static let plain: [Unicode.Scalar: String] = [
    "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
  ]

  /// `text` in lower case, without accents, dots and apostrophes; other punctuation stays.
  static func fold(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.utf8.count)
      for byte in text.utf8 where byte != UInt8(ascii: ".") && byte != UInt8(ascii: "'") {
        bytes.append((0x41...0x5A).contains(byte) ? byte + 0x20 : byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    var folded = String.UnicodeScalarView()
    for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
      switch scalar {
      case ".", "'", "’", "‘", "ʼ", "ʻ", "`": continue
      default:
        if scalar.properties.generalCategory == .nonspacingMark { continue }
        if let replacement = plain[scalar] {
          folded.append(contentsOf: replacement.unicodeScalars)
        } else {
          folded.append(scalar)
        }
      }
    }
    return String(folded)
  }

  /// The folded words of a name: what stands between white space, hyphens, slashes and commas.
  static func parts(_ text: some StringProtocol) -> [String] {
    fold(text).unicodeScalars.split { scalar in
      scalar.isWhitespace || scalar.isDash || scalar == "/" || scalar == ","
        || scalar == "(" || scalar == ")" || scalar == "\""
    }.map { String($0) }
  }

  /// The folded words of a name with one space between them.
  static func folded(_ text: some StringProtocol) -> String { parts(text).joined(separator: " ") }

  /// `type/words-of-the-name`: ASCII letters, digits and hyphens. A name without any of them is named
  /// after the hash of its words, so that it stays stable.
  static func slug(type: String, name: String) -> String {
    let word = slug(name)
    return "\(slug(type))/\(word.isEmpty ? hexadecimalText(fnv1a(name.utf8)) : word)"
  }

  /// The slug, with a number from 2 on where it is taken; it is taken afterwards.
  static func freeID(type: String, name: String, _ taken: inout Set<String>) -> String {
    let slug = slug(type: type, name: name)
    var id = slug
    var number = 2
    while !taken.insert(id).inserted {
      id = "\(slug)-\(number)"
      number += 1
    }
    return id
  }

  private static func slug(_ text: String) -> String {
    var out: [UInt8] = []
    for byte in fold(text).utf8 {
      switch byte {
      case 0x61...0x7A, 0x30...0x39: out.append(byte)
      case 0x80...: continue
      default: if let last = out.last, last != UInt8(ascii: "-") { out.append(UInt8(ascii: "-")) }
      }
    }
    while out.last == UInt8(ascii: "-") { out.removeLast() }
    return String(decoding: out, as: UTF8.self)
  }

  /// The capitals of an acronym in lower case ("U.N." gives "un"); nil for any other word. Two to eight
  /// letters, digits allowed inside.
  static func acronym(_ text: some StringProtocol) -> String? {
    var letters: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x41...0x5A: letters.append(byte + 0x20)
      case 0x30...0x39: letters.append(byte)
      case UInt8(ascii: "."): continue
      default: return nil
      }
    }
    guard (2...8).contains(letters.count), letters.contains(where: { $0 >= 0x61 }) else { return nil }
    return String(decoding: letters, as: UTF8.self)
  }

  /// Whether a word has two letters or more, all of them capitals.
  static func isShouted(_ text: some StringProtocol) -> Bool {
    let letters = text.unicodeScalars.filter { $0.isAlphabetic }
    return letters.count > 1 && letters.allSatisfy { $0.isUppercase }
  }

  /// A word in capitals with only its first letter left a capital ("SEOUL" gives "Seoul").
  static func titleCased(_ text: some StringProtocol) -> String {
    var isFirst = true
    var out = ""
    for character in text {
      out += isFirst ? String(character) : character.lowercased()
      isFirst = !character.isLetter
    }
    return out
  }

  /// Whether the first letter is upper case.
  static func isCapitalised(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.first?.isUppercase ?? false
  }
}
