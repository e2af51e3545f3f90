import Linguistics

/// Reads numbers in digits and words: "3,000", "1.2 million", "two hundred and fifty", "half a dozen",
/// "thousands".
struct NumberReader {
  /// A number in the text.
  struct Number: Sendable, Hashable {
    /// Its value; nil if the text leaves it open ("dozens").
    var value: Double?
    /// Its tokens.
    var tokens: Range<Int>
    /// What is written right behind the digits ("mm" in "155mm"), in lower case.
    var tail = ""
    /// What words like "million" in it multiply by.
    var scale: Double = 1
  }

  let parse: Parse

  private static let small: [String: Double] = [
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
  ]
  private static let scales: [String: Double] = [
    "dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
  ]
  private static let plurals: Set<String> = [
    "tens", "dozens", "scores", "hundreds", "thousands", "millions", "billions", "trillions",
  ]
  /// Letters behind an amount of money.
  private static let letters: [String: Double] = [
    "k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12,
  ]

  /// The number that begins at a token; with `isMoney`, letters such as "bn" are scales.
  func number(at index: Int, isMoney: Bool = false) -> Number? {
    guard index < parse.tokens.count else { return nil }
    let text = parse.tokens[index].text
    if let byte = text.utf8.first, (0x30...0x39).contains(byte) || (byte == 0x2E && text.utf8.count > 1) {
      return digits(at: index, text, isMoney)
    }
    guard text.utf8.count > 2 || text == "a" || text == "A" else { return nil }
    return words(at: index)
  }

  private func word(_ index: Int) -> String {
    index < parse.tokens.count ? parse.tokens[index].text.lowercased() : ""
  }

  // MARK: Digits

  private func digits(at index: Int, _ text: String, _ isMoney: Bool) -> Number? {
    guard var (digits, tail) = Self.digits(of: text) else { return nil }
    var scale = 1.0
    var end = index + 1
    let isLetterScale = isMoney || ["bn", "tn", "mn"].contains(tail)
    if isLetterScale, let letter = Self.letters[tail] { (scale, tail) = (letter, "") }
    if tail.isEmpty, scale == 1 {
      // At the end of a sentence the letters may keep its dot ("400m.").
      let letters = isMoney && word(end).hasSuffix(".") ? String(word(end).dropLast()) : word(end)
      if isMoney || letters == "bn" || letters == "tn", let letter = Self.letters[letters] {
        (scale, end) = (letter, end + 1)
      }
      // "3.5-million" is written as one measure.
      if word(end) == "-", Self.scales[word(end + 1)] != nil { end += 1 }
      while let next = Self.scales[word(end)] { (scale, end) = (scale * next, end + 1) }
      if word(end - 1) == "-" { end -= 1 }
    }
    // 16.6 billion is read in one go: 16.6 times a billion would not be it to the last digit.
    for (power, value) in [(3, 1e3), (6, 1e6), (9, 1e9), (12, 1e12)] where scale == value {
      digits += "e\(power)"
    }
    guard let value = Double(digits) else { return nil }
    let isPower = digits.utf8.contains(UInt8(ascii: "e"))
    return Number(value: isPower ? value : value * scale, tokens: index..<end, tail: tail, scale: scale)
  }

  /// The digits at the start of a text, which may have commas between groups of three, without these, and what
  /// follows them in lower case; nil for a number that is part of something else ("10:30", "1,5").
  static func digits(of text: String) -> (String, tail: String)? {
    var digits = ""
    var group = 0
    var hasComma = false
    var hasPoint = false
    var rest = text[...]
    while let character = rest.unicodeScalars.first {
      let next = rest.unicodeScalars.dropFirst().first
      let isDigitNext = next.map { ("0"..."9").contains($0) } ?? false
      if ("0"..."9").contains(character) {
        digits.unicodeScalars.append(character)
        group += 1
      } else if character == ",", isDigitNext, !hasPoint {
        guard hasComma ? group == 3 : (1...3).contains(group) else { return nil }
        (hasComma, group) = (true, 0)
      } else if character == ".", isDigitNext, !hasPoint {
        guard !hasComma || group == 3 else { return nil }
        hasPoint = true
        digits += digits.isEmpty ? "0." : "."
      } else {
        break
      }
      rest = Substring(rest.unicodeScalars.dropFirst())
    }
    if hasComma, !hasPoint, group != 3 { return nil }
    let tail = rest.lowercased()
    let isUnit = tail.unicodeScalars.allSatisfy {
      $0.isAlphabetic || $0 == "%" || $0 == "°" || $0 == "²" || $0 == "³" || $0 == "/" || $0 == "+"
    }
    return isUnit ? (digits, tail) : nil
  }

  // MARK: Words

  private func words(at index: Int) -> Number? {
    let first = word(index)
    if Self.plurals.contains(first) {
      var end = index + 1
      while word(end) == "of", Self.plurals.contains(word(end + 1)) { end += 2 }
      return Number(value: nil, tokens: index..<end)
    }
    if first == "several" || first == "few", let scale = Self.scales[word(index + 1)] {
      return Number(value: nil, tokens: index..<(index + 2), scale: scale)
    }
    if first == "half", word(index + 1) == "a", let scale = Self.scales[word(index + 2)] {
      return Number(value: scale / 2, tokens: index..<(index + 3), scale: scale)
    }
    if first == "a" || first == "an" {
      guard let scale = Self.scales[word(index + 1)] else { return nil }
      return Number(value: scale, tokens: index..<(index + 2), scale: scale)
    }
    guard Self.small[first] != nil || (Self.scales[first] != nil && parse.tokens[index].pos == "NUM") else {
      return nil
    }
    return sum(at: index)
  }

  /// "two hundred and fifty thousand", "twenty-five".
  private func sum(at index: Int) -> Number? {
    var (total, part, largest) = (0.0, 0.0, 1.0)
    var end = index
    var place = index
    var last = Double.infinity
    while place < parse.tokens.count {
      let text = word(place)
      if let value = Self.small[text] {
        // A second number of the same size begins another one ("one two").
        guard value < 10 ? last >= 20 : last >= 100 else { break }
        (part, last) = (part + value, value)
      } else if let scale = Self.scales[text] {
        guard place > index || parse.tokens[place].pos == "NUM" else { break }
        largest = max(largest, scale)
        if scale >= 1e3 {
          (total, part) = (total + max(part, 1) * scale, 0)
        } else {
          part = max(part, 1) * scale
        }
        last = .infinity
      } else if text == "-" || text == "and", place > index,
        Self.small[word(place + 1)] != nil || text == "-" && Self.scales[word(place + 1)] != nil,
        text == "-" || largest >= 100
      {
        place += 1
        continue
      } else {
        break
      }
      place += 1
      end = place
    }
    guard end > index else { return nil }
    return Number(value: total + part, tokens: index..<end, scale: largest)
  }
}
