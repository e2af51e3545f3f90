/// Words between quotation marks; offsets count Unicode scalars.
struct QuotedSpan: Hashable {
  /// The words, without the marks and the white space beside them.
  var inner: Range<Int>
  /// From the opening mark to after the closing one.
  var outer: Range<Int>
  /// Whether the text closes it. A quotation that nobody closes ends with its paragraph.
  var isClosed = true
}

/// Pairs the quotation marks of a text: straight, curly, low-high, guillemets either way, and single marks
/// that are not apostrophes.
///
/// A quotation that goes on after a paragraph with another opening mark stays one quotation. A mark that can't
/// open one (inches, elisions, possessives) is not looked at. Only the outermost quotations are given.
struct QuotationMarks {
  private let scalars: [Unicode.Scalar]

  /// The outermost quotations of a text, in text order.
  static func spans(in scalars: [Unicode.Scalar]) -> [QuotedSpan] {
    var reader = QuotationMarks(scalars: scalars)
    reader.read()
    return reader.found
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private enum Kind { case straight, curly, guillemet, reversed, german }

  private struct Opening {
    var kind: Kind
    var start: Int
    var length: Int
  }

  private var found: [QuotedSpan] = []
  private var opening: Opening?

  // MARK: Scalars around a place

  private func at(_ index: Int) -> Unicode.Scalar? { scalars.indices.contains(index) ? scalars[index] : nil }

  private func isBlank(_ index: Int) -> Bool { at(index)?.isWhitespace ?? true }

  private func isWord(_ index: Int) -> Bool {
    guard let scalar = at(index) else { return false }
    return scalar.isAlphabetic || scalar.isNumeric
  }

  /// Whether only white space stands between a place and the start of its line.
  private func startsLine(_ index: Int) -> Bool {
    var place = index - 1
    while let scalar = at(place), scalar.isWhitespace {
      if scalar == "\n" { return true }
      place -= 1
    }
    return place < 0
  }

  /// Whether what stands before a place lets a quotation start there.
  private func mayOpen(_ index: Int, after length: Int) -> Bool {
    guard !isBlank(index + length) || (isBlank(index - 1) && at(index + length) == " ") else { return false }
    guard index > 0, let before = at(index - 1) else { return true }
    if before.isWhitespace { return true }
    return "([{—–-/“\"‘«„…:".unicodeScalars.contains(before)
  }

  /// Whether a quotation that started before may end with the mark at a place.
  private func mayClose(_ index: Int, length: Int) -> Bool { !isWord(index + length) }

  // MARK: Reading

  private mutating func read() {
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "\n":
        if opening != nil, let next = afterBlankLine(index) {
          if !goesOn(at: next) { giveUp(before: next) }
          index = next
          continue
        }
      case "\"": straight(index, 1)
      case "`" where at(index + 1) == "`":
        straight(index, 2)
        index += 1
      case "'" where at(index + 1) == "'", "’" where at(index + 1) == "’":
        straight(index, 2)
        index += 1
      case "“", "‟":
        // German quotations end with the mark that opens English ones.
        if opening?.kind == .german { close(index) } else { open(.curly, index) }
      case "”":
        if opening?.kind == .curly || opening?.kind == .german {
          close(index)
        } else if opening == nil, mayOpen(index, after: 1) {
          // Swedish and Finnish open with it, too.
          open(.curly, index)
        } else if opening == nil {
          closeUnopened(index, 1)
        }
      case "„": open(.german, index)
      case "«": guillemet(index, facing: .guillemet, other: .reversed)
      case "»": guillemet(index, facing: .reversed, other: .guillemet)
      case "'", "‘", "‚", "‹":
        if opening == nil, let end = closingSingle(index) {
          found.append(span(index, 1, end, 1))
          index = end
        }
      default: break
      }
      index += 1
    }
    giveUp(before: scalars.count)
  }

  /// The first place after the blank line that starts at a line end; nil if the line end is a single one.
  private func afterBlankLine(_ index: Int) -> Int? {
    var place = index + 1
    var isParagraph = false
    while let scalar = at(place), scalar.isWhitespace {
      if scalar == "\n" { isParagraph = true }
      place += 1
    }
    return isParagraph ? place : nil
  }

  /// Whether the mark at the start of a paragraph or line repeats the open one.
  private func goesOn(at index: Int) -> Bool {
    switch (opening?.kind, at(index)) {
    case (.straight, "\""), (.curly, "“"), (.german, "„"), (.guillemet, "«"), (.guillemet, "»"),
      (.reversed, "»"), (.curly, "\""):
      true
    default: false
    }
  }

  private mutating func open(_ kind: Kind, _ index: Int, length: Int = 1) {
    if let opening {
      // The same mark at the start of a line goes on with the quotation.
      if opening.kind == kind, startsLine(index) { return }
      // Marks of another kind stand inside.
      guard opening.kind == kind else { return }
      giveUp(before: index)
    }
    opening = Opening(kind: kind, start: index, length: length)
  }

  private mutating func straight(_ index: Int, _ length: Int) {
    if let opening, opening.kind == .straight {
      let looksOpening = mayOpen(index, after: length) && !isBlank(index + length)
      if looksOpening, startsLine(index) { return }
      // A new one starts a line or more below: nobody closed the first.
      if looksOpening, hasLineEnd(opening.start, index) {
        giveUp(before: index)
        self.opening = Opening(kind: .straight, start: index, length: length)
        return
      }
      close(index, length: length)
    } else if opening == nil, mayOpen(index, after: length) {
      opening = Opening(kind: .straight, start: index, length: length)
    } else if opening == nil {
      closeUnopened(index, length)
    }
  }

  /// A mark that ends words which no mark opens, as in a text cut out of a longer one: they start with the text.
  private mutating func closeUnopened(_ index: Int, _ length: Int) {
    guard found.isEmpty, index > 0, index <= Self.longestSingle,
      ",.!?…".unicodeScalars.contains(scalars[index - 1]),
      isBlank(index + length), !hasLineEnd(0, index)
    else { return }
    found.append(span(0, 0, index, length))
  }

  private mutating func guillemet(_ index: Int, facing: Kind, other: Kind) {
    if opening?.kind == other {
      close(index)
    } else if opening == nil {
      open(facing, index)
    }
  }

  private func hasLineEnd(_ start: Int, _ end: Int) -> Bool { scalars[start..<end].contains("\n") }

  private mutating func close(_ index: Int, length: Int = 1) {
    guard let opening else { return }
    found.append(span(opening.start, opening.length, index, length))
    self.opening = nil
  }

  /// Ends an open quotation that nobody closes with its paragraph or line, if it starts like one: after white
  /// space, and not in the middle of a line of many.
  private mutating func giveUp(before limit: Int) {
    guard let opening else { return }
    self.opening = nil
    guard mayOpen(opening.start, after: opening.length) else { return }
    var end = opening.start
    while end < limit, scalars[end] != "\n" { end += 1 }
    while end > opening.start + opening.length, isBlank(end - 1) { end -= 1 }
    var unclosed = span(opening.start, opening.length, end, 0)
    unclosed.isClosed = false
    if !unclosed.inner.isEmpty { found.append(unclosed) }
  }

  private func span(_ start: Int, _ length: Int, _ end: Int, _ endLength: Int) -> QuotedSpan {
    var first = start + length
    var last = end
    while first < last, isBlank(first) { first += 1 }
    while last > first, isBlank(last - 1) { last -= 1 }
    return QuotedSpan(inner: first..<last, outer: start..<(end + endLength))
  }

  // MARK: Single marks

  /// Words whose first letters an apostrophe stands for.
  private static let elisions: Set<String> = [
    "em", "tis", "twas", "til", "till", "cause", "n", "bout", "round", "cos", "cuz", "er", "im", "neath",
  ]

  /// How far the end of a single quotation is looked for.
  private static let longestSingle = 2000

  /// The place of the mark that ends the single quotation that starts at `index`; nil if the mark there is an
  /// apostrophe.
  private func closingSingle(_ index: Int) -> Int? {
    guard mayOpen(index, after: 1), !isBlank(index + 1) else { return nil }
    let isStraight = scalars[index] == "'"
    if isStraight || scalars[index] == "‘" {
      var word = ""
      var place = index + 1
      while let scalar = at(place), scalar.isAlphabetic, word.utf8.count < 8 {
        word.unicodeScalars.append(scalar)
        place += 1
      }
      if Self.elisions.contains(word.lowercased()) { return nil }
      // '90s
      if let digit = at(index + 1), ("0"..."9").contains(digit), let other = at(index + 2),
        ("0"..."9").contains(other), !isWord(index + 3) || at(index + 3) == "s"
      {
        return nil
      }
    }
    let closing: Unicode.Scalar =
      switch scalars[index] {
      case "'": "'"
      case "‹": "›"
      case "‚": "‘"
      default: "’"
      }
    var weak: Int?
    var place = index + 1
    while let scalar = at(place), place - index < Self.longestSingle {
      if scalar == "\n", afterBlankLine(place) != nil { break }
      if place > index + 1, scalar == scalars[index], !isStraight { break }
      if scalar == closing, !isBlank(place - 1), mayClose(place, length: 1) {
        if closing == "›" || closing == "‘" { return place }
        // "dogs' bark" may end a quotation, but only if no plainer end follows.
        let previous = at(place - 1) ?? " "
        let isPossessive =
          (previous == "s" || previous == "S" || previous == "n") && at(place + 1) == " " && isWord(place + 2)
        if !isPossessive { return place }
        if weak == nil { weak = place }
      } else if isStraight, scalar == "'", mayOpen(place, after: 1), !isBlank(place + 1), weak != nil {
        break
      }
      place += 1
    }
    return weak
  }
}
