import Facts
import Linguistics

/// Finds money, measures, percentages and counts in a text: a number with its unit, or with the noun that it
/// counts.
struct AmountReader {
  /// An amount in the text.
  struct Found {
    /// Its tokens, without the words of `mod`.
    var tokens: Range<Int>
    var type: String
    var value: Double?
    var unit: String
    var mod = ""
    /// The noun that is counted or measured, if there is one.
    var of: Int?
    /// What words like "million" in it multiply by.
    var scale = 1.0
  }

  let parse: Parse
  /// Whether a token belongs to a date or a name and is no amount.
  let isTaken: [Bool]
  private let numbers: NumberReader
  private let units = Units.shared

  init(_ parse: Parse, isTaken: [Bool]) {
    self.parse = parse
    self.isTaken = isTaken
    numbers = NumberReader(parse: parse)
  }

  /// The amounts in text order.
  func amounts() -> [Found] {
    var found: [Found] = []
    var index = 0
    while index < parse.tokens.count {
      guard !isTaken[index], let amount = amount(at: index) else {
        index += 1
        continue
      }
      index = amount.tokens.upperBound
      found.append(amount)
      // "$2 to 3 billion": the second number is money too.
      if let end = secondOfMoney(behind: amount) {
        index = end.tokens.upperBound
        found.append(end)
      }
    }
    for place in found.indices { found[place].mod = modifier(of: found[place]) }
    joinRanges(&found)
    return found
  }

  private func word(_ index: Int) -> String {
    parse.tokens.indices.contains(index) ? parse.tokens[index].text.lowercased() : ""
  }

  // MARK: One amount

  private func amount(at index: Int) -> Found? {
    if let (unit, next) = symbol(at: index) {
      guard let number = numbers.number(at: next, isMoney: true), !isTaken[next] else { return nil }
      let tokens = index..<number.tokens.upperBound
      return Found(
        tokens: tokens, type: Units.Kind.money.rawValue, value: number.value, unit: unit.name,
        scale: number.scale)
    }
    guard let number = numbers.number(at: index), !isPartOfOther(number) else { return nil }
    if let (unit, end) = unit(behind: number) { return measured(number, unit, end) }
    if let unit = sharedUnit(behind: number) {
      return Found(
        tokens: number.tokens, type: unit.kind.rawValue, value: number.value, unit: unit.name,
        scale: number.scale)
    }
    guard number.tail.isEmpty else { return nil }
    return counted(number)
  }

  /// The larger number that a range of money ends with, without a currency of its own.
  private func secondOfMoney(behind low: Found) -> Found? {
    let link = low.tokens.upperBound
    guard low.type == Units.Kind.money.rawValue, symbol(at: low.tokens.lowerBound) != nil,
      ["to", "-", "–"].contains(word(link)), link + 1 < isTaken.count, !isTaken[link + 1],
      let number = numbers.number(at: link + 1, isMoney: true), let value = number.value, number.tail.isEmpty,
      number.scale > 1 || low.scale == 1, value > low.value ?? .infinity, unit(behind: number) == nil,
      counted(number)?.of == nil
    else { return nil }
    return Found(tokens: number.tokens, type: low.type, value: value, unit: low.unit, scale: number.scale)
  }

  /// A currency's sign or code before a number ("$", "US$", "EUR").
  private func symbol(at index: Int) -> (Units.Unit, next: Int)? {
    let text = parse.tokens[index].text
    guard let first = text.unicodeScalars.first,
      first.properties.generalCategory == .currencySymbol || text.utf8.last == UInt8(ascii: "$")
        || text.utf8.count == 3 && NameText.isShouted(text) || text == "US"
    else { return nil }
    let joined = text.lowercased() + (text == "US" ? word(index + 1) : "")
    guard let unit = units.unit(joined), unit.kind == .money else { return nil }
    return (unit, index + (text == "US" ? 2 : 1))
  }

  /// A number inside a score, a clock time, an article of law, a list's heading or a longer code.
  private func isPartOfOther(_ number: NumberReader.Number) -> Bool {
    let (first, next) = (number.tokens.lowerBound, number.tokens.upperBound)
    if first > 0 {
      let before = parse.tokens[first - 1]
      if !before.spaceAfter, ["-", "–", "/", ":", "#", ".", "_", "@"].contains(before.text),
        first > 1, !["-", "–"].contains(before.text) || !isNumeral(first - 2)
      {
        return true
      }
      // "[6]", "1871–72", "iPhone 4", "the Standard & Poor's 500".
      if before.text == "[" || isTaken[first - 1] && ["-", "–"].contains(before.text) { return true }
      if first > 1, ["-", "–", "/"].contains(before.text), isTaken[first - 2] { return true }
      if isNameBefore(first) { return true }
      if [
        "no.", "nos.", "number", "page", "pages", "article", "section", "chapter", "figure", "table", "part",
      ]
      .contains(before.text.lowercased()) {
        return true
      }
    }
    if next < parse.tokens.count, !parse.tokens[next - 1].spaceAfter, ["/", ":", "_"].contains(word(next)) {
      return true
    }
    return false
  }

  /// Whether a number belongs to the name before it.
  private func isNameBefore(_ first: Int) -> Bool {
    let before = parse.tokens[first - 1]
    if before.tag == "POS" { return first > 1 && parse.tokens[first - 2].pos == "PROPN" }
    guard before.pos == "PROPN", parse.sentenceOfToken[first - 1] == parse.sentenceOfToken[first] else {
      return false
    }
    return !isDate(first - 1)
  }

  private func isDate(_ index: Int) -> Bool {
    parse.entities.contains { $0.label == "DATE" && $0.tokens.contains(index) }
  }

  private func isNumeral(_ index: Int) -> Bool {
    parse.tokens[index].text.utf8.first.map { (0x30...0x39).contains($0) } ?? false
  }

  /// The unit that follows a number, with a hyphen between or not, and where it ends.
  private func unit(behind number: NumberReader.Number) -> (Units.Unit, end: Int)? {
    let end = number.tokens.upperBound
    if !number.tail.isEmpty {
      let unit = units.unit(number.tail)
      return unit.flatMap { isLikely($0, number.tail, at: end - 1) ? ($0, end) : nil }
    }
    var start = end
    if word(start) == "-", start + 1 < parse.tokens.count { start += 1 }
    for length in stride(from: units.longest, through: 1, by: -1) where start + length <= parse.tokens.count {
      let words = (start..<(start + length)).map(word).joined(separator: " ")
      guard let unit = units.unit(words), isLikely(unit, words, at: start) else { continue }
      return (unit, start + length)
    }
    return poundUnit(at: start)
  }

  /// The unit that the second number of a range has for both ("15-20%").
  private func sharedUnit(behind number: NumberReader.Number) -> Units.Unit? {
    let link = number.tokens.upperBound
    let isRange =
      ["to", "-", "–", "or"].contains(word(link))
      || word(link) == "and" && word(number.tokens.lowerBound - 1) == "between"
    guard isRange, number.tail.isEmpty, let next = numbers.number(at: link + 1), let value = next.value,
      value >= number.value ?? .infinity
    else { return nil }
    return unit(behind: next)?.0
  }

  /// Pounds are money unless something is weighed.
  private func poundUnit(at index: Int) -> (Units.Unit, end: Int)? {
    guard ["pound", "pounds"].contains(word(index)) else { return nil }
    let isWeight =
      word(index + 1) == "of"
      || ["weigh", "lose", "gain", "lift", "carry"].contains(parse.tokens[parse.tokens[index].head].lemma)
      || word(index - 1) == "-"
    return (
      isWeight ? Units.Unit(kind: .measure, name: "lb") : Units.Unit(kind: .money, name: "GBP"), index + 1
    )
  }

  /// Whether a word is the unit and not the verb, pronoun or letter that looks like it ("won", "in", "real").
  private func isLikely(_ unit: Units.Unit, _ words: String, at index: Int) -> Bool {
    let token = parse.tokens[index]
    if ["won", "real", "rand", "sterling", "sucre"].contains(words) {
      return ["NOUN", "PROPN"].contains(token.pos)
    }
    return token.pos != "PRON" && token.pos != "ADP" || words.utf8.count > 4
  }

  private func measured(_ number: NumberReader.Number, _ unit: Units.Unit, _ end: Int) -> Found {
    let tokens = number.tokens.lowerBound..<end
    var found = Found(
      tokens: tokens, type: unit.kind.rawValue, value: number.value, unit: unit.name, scale: number.scale)
    found.of = partitive(behind: end - 1) ?? governor(of: tokens)
    return found
  }

  /// The noun behind "of" that follows a token.
  private func partitive(behind index: Int) -> Int? {
    guard word(index + 1) == "of", index + 2 < parse.tokens.count else { return nil }
    return parse.children(of: index + 1, "pobj").first
  }

  /// The noun that a measure stands before ("a 155-millimetre shell").
  private func governor(of tokens: Range<Int>) -> Int? {
    for token in tokens {
      let head = parse.tokens[token].head
      if !tokens.contains(head), head >= tokens.upperBound,
        ["NOUN", "PROPN"].contains(parse.tokens[head].pos)
      {
        return head
      }
    }
    return nil
  }

  // MARK: Counts

  private static let noCount: Set<String> = [
    "time", "one", "percent", "year", "month", "week", "day", "hour", "minute",
  ]

  private func counted(_ number: NumberReader.Number) -> Found? {
    let last = number.tokens.upperBound - 1
    let head = number.tokens.first { token in !number.tokens.contains(parse.tokens[token].head) } ?? last
    // The second number of "10 and 20 people" may hang on the first, and the first on the noun, or so turned.
    var top = head
    while parse.tokens[top].dep == "conj", parse.tokens[parse.tokens[top].head].pos == "NUM",
      parse.tokens[top].head < top
    {
      top = parse.tokens[top].head
    }
    let token = parse.tokens[top]
    var noun: Int?
    if ["nummod", "det", "amod", "compound", "nmod", "quantmod", "predet"].contains(token.dep),
      token.head > last, token.head - last <= 6, parse.tokens[token.head].pos == "NOUN" || isName(token.head)
    {
      noun = token.head
    } else {
      noun = partitive(behind: last)
    }
    if let noun {
      guard !Self.noCount.contains(parse.tokens[noun].lemma.lowercased()) else { return nil }
      // "one" is a number only before what it counts; others count what is several ("the 737 airliner").
      if number.value == 1 {
        guard noun > last, token.dep == "nummod" || partitive(behind: last) != nil else { return nil }
      } else if !isPlural(noun) {
        return nil
      }
      var tokens = number.tokens
      // The noun belongs to the second number of a range ("between 10 and 20 people").
      let isFirstOfTwo =
        ["and", "to", "or", "-", "–"].contains(word(last + 1)) && numbers.number(at: last + 2) != nil
      if noun > last, !isFirstOfTwo { tokens = tokens.lowerBound..<(noun + 1) }
      return Found(
        tokens: tokens, type: "COUNT", value: number.value, unit: parse.tokens[noun].lemma.lowercased(),
        of: noun, scale: number.scale)
    }
    // A number that stands for people or things already named ("killed 20").
    guard number.value != 1, ["dobj", "nsubj", "nsubjpass", "attr", "oprd"].contains(token.dep),
      token.pos == "NUM" || number.value == nil,
      parse.entities.contains(where: { $0.label == "CARDINAL" && $0.tokens.contains(last) })
    else { return nil }
    return Found(tokens: number.tokens, type: "COUNT", value: number.value, unit: "")
  }

  private static let several: Set<String> = [
    "people", "aircraft", "spacecraft", "personnel", "police", "cattle", "sheep", "fish", "series", "species",
    "staff", "dead", "crew", "youth", "military", "offspring",
  ]

  private func isPlural(_ noun: Int) -> Bool {
    ["NNS", "NNPS"].contains(parse.tokens[noun].tag)
      || Self.several.contains(parse.tokens[noun].lemma.lowercased())
  }

  private func isName(_ index: Int) -> Bool {
    parse.tokens[index].tag == "NNPS"
  }

  // MARK: Modifiers and ranges

  private static let before: [(words: [String], mod: String)] = [
    (["no", "more", "than"], "EQUAL_OR_LESS"), (["no", "fewer", "than"], "EQUAL_OR_MORE"),
    (["no", "less", "than"], "EQUAL_OR_MORE"), (["not", "more", "than"], "EQUAL_OR_LESS"),
    (["a", "minimum", "of"], "EQUAL_OR_MORE"), (["a", "maximum", "of"], "EQUAL_OR_LESS"),
    (["as", "many", "as"], "EQUAL_OR_LESS"), (["as", "much", "as"], "EQUAL_OR_LESS"),
    (["more", "than"], "MORE_THAN"), (["greater", "than"], "MORE_THAN"), (["higher", "than"], "MORE_THAN"),
    (["upwards", "of"], "MORE_THAN"), (["in", "excess", "of"], "MORE_THAN"), (["well", "over"], "MORE_THAN"),
    (["less", "than"], "LESS_THAN"), (["fewer", "than"], "LESS_THAN"), (["lower", "than"], "LESS_THAN"),
    (["at", "least"], "EQUAL_OR_MORE"), (["at", "most"], "EQUAL_OR_LESS"), (["up", "to"], "EQUAL_OR_LESS"),
    (["close", "to"], "APPROX"), (["an", "estimated"], "APPROX"), (["over"], "MORE_THAN"),
    (["above"], "MORE_THAN"), (["exceeding"], "MORE_THAN"), (["under"], "LESS_THAN"),
    (["below"], "LESS_THAN"),
    (["nearly"], "LESS_THAN"), (["almost"], "LESS_THAN"), (["about"], "APPROX"), (["around"], "APPROX"),
    (["approximately"], "APPROX"), (["roughly"], "APPROX"), (["some"], "APPROX"), (["circa"], "APPROX"),
    (["estimated"], "APPROX"), (["~"], "APPROX"),
  ]

  /// What the words before and behind an amount say of its number, as TIMEX3 names it.
  private func modifier(of amount: Found) -> String {
    let first = amount.tokens.lowerBound
    for (words, mod) in Self.before {
      let start = first - words.count
      guard start >= 0, parse.sentenceOfToken[start] == parse.sentenceOfToken[first],
        zip(words, start..<first).allSatisfy({ $0 == word($1) })
      else { continue }
      return mod
    }
    let end = amount.tokens.upperBound
    if word(end) == "or", word(end + 1) == "more" { return "EQUAL_OR_MORE" }
    if word(end) == "or", ["less", "fewer"].contains(word(end + 1)) { return "EQUAL_OR_LESS" }
    if word(end) == "or", word(end + 1) == "so" { return "APPROX" }
    return amount.value == nil ? "APPROX" : ""
  }

  /// The ends of "between 10 and 20 people" and "$5 to 10 million": both take the unit and the scale that only
  /// the second one has.
  private func joinRanges(_ found: inout [Found]) {
    for place in found.indices.dropLast() {
      let (low, high) = (found[place], found[place + 1])
      guard let first = low.value, let last = high.value,
        high.tokens.lowerBound == low.tokens.upperBound + 1
      else { continue }
      let link = word(low.tokens.upperBound)
      guard ["to", "-", "–"].contains(link) || link == "and" && word(low.tokens.lowerBound - 1) == "between",
        low.unit == high.unit
      else { continue }
      if first > last { continue }
      // "between 2 and 3 million": the first number is of millions as well.
      if low.scale == 1, high.scale > 1, first < last / high.scale { found[place].value = first * high.scale }
      if found[place].mod.isEmpty { found[place].mod = "EQUAL_OR_MORE" }
      if found[place + 1].mod.isEmpty { found[place + 1].mod = "EQUAL_OR_LESS" }
    }
  }
}
