import Linguistics

/// Dates of the calendar: numeric forms, years, months and days, weekdays.
extension DateGrammar {
  func calendarExpression(at index: Int) -> TimeExpression? {
    guard let (reference, next) = calendar(at: index) else { return nil }
    return TimeExpression(atoms: index..<next, meaning: .point(reference, nil))
  }

  /// Any calendar form; "the" before it is part of it.
  func calendar(at index: Int) -> (TimeReference, Int)? {
    guard atoms.indices.contains(index) else { return nil }
    var best: (TimeReference, Int)?
    func offer(_ candidate: (TimeReference, Int)?) {
      if let candidate, candidate.1 > best?.1 ?? -1 { best = candidate }
    }
    func offer(_ candidate: (PartialDate, Int)?) {
      if let candidate { offer((.calendar(candidate.0), candidate.1)) }
    }
    if isWord(index, .the) {
      let next = index + 1
      offer(dayMonth(at: next, afterArticle: true))
      offer(seasonal(at: next, afterArticle: true))
      offer(quarter(at: next, afterArticle: true))
      offer(eraOf(at: next, afterArticle: true))
      if case .unit(.year, _, false)? = atoms[safe: next]?.lexeme, let (year, end) = fullYear(at: next + 1) {
        offer((PartialDate(year: .number(year)), end))
      }
      return best
    }
    offer(numeric(at: index))
    offer(monthFirst(at: index))
    offer(dayMonth(at: index, afterArticle: false))
    offer(weekday(at: index))
    offer(seasonal(at: index, afterArticle: false))
    offer(quarter(at: index, afterArticle: false))
    offer(eraOf(at: index, afterArticle: false))
    offer(holiday(at: index))
    offer(fiscal(at: index))
    offer(bareYear(at: index))
    return best
  }

  // MARK: Years

  /// Four digits that can be a year, with an era after them; "B.C." alone allows fewer digits.
  func fullYear(at index: Int) -> (Int, Int)? {
    guard let value = number(index) else { return spelledYear(at: index) }
    if let (isBC, next) = eraMark(at: index + 1), value >= 1, value <= 9999 {
      return (isBC ? 1 - value : value, next)
    }
    guard atoms[index].length == 4, (1000...2199).contains(value), !continuesNumber(index) else { return nil }
    return (value, index + 1)
  }

  /// "two thousand and five", "nineteen eighty-six".
  private func spelledYear(at index: Int) -> (Int, Int)? {
    guard case .number(let first)? = atoms[safe: index]?.lexeme else { return nil }
    if first == 2, isWord(index + 1, .thousand) {
      let restAt = isWord(index + 2, .and) ? index + 3 : index + 2
      guard let (rest, next) = spokenNumber(at: restAt), unit(next) == nil else {
        return unit(index + 2) == nil && isWord(index - 1, .in) ? (2000, index + 2) : nil
      }
      return (2000 + rest, next)
    }
    guard (17...20).contains(first), let (rest, next) = spokenNumber(at: afterHyphen(index + 1)), rest >= 10,
      unit(next) == nil, first != 20 || rest < 60
    else { return nil }
    return (first * 100 + rest, next)
  }

  /// Whether digits before or after make the atom a part of a longer number.
  private func continuesNumber(_ index: Int) -> Bool {
    let separators: [Unicode.Scalar] = [".", ",", ":", "/"]
    if isGlued(index + 1), let mark = atoms[safe: index + 1], mark.kind == .mark {
      if separators.contains(mark.mark), isGlued(index + 2), number(index + 2) != nil { return true }
      if mark.mark == "%" { return true }
    }
    if isGlued(index), let mark = atoms[safe: index - 1], mark.kind == .mark {
      if ["$", "#", "£", "€", "+"].contains(mark.mark) { return true }
      if separators.contains(mark.mark), isGlued(index - 1), number(index - 2) != nil { return true }
    }
    return false
  }

  func eraMark(at index: Int) -> (Bool, Int)? {
    if isWord(index, .bc, .bce) { return (true, index + 1) }
    if isWord(index, .ad, .ce), atoms[index].isCapital { return (false, index + 1) }
    // "B.C." is cut into letters and full stops.
    if let first = atoms[safe: index], first.kind == .word, first.length == 1, isMark(index + 1, "."),
      let second = atoms[safe: index + 2], second.kind == .word, second.length == 1, isGlued(index + 2)
    {
      let letters = parse.text(first.start, first.end) + parse.text(second.start, second.end)
      let isBC = letters == "BC"
      guard isBC || letters == "AD" else { return nil }
      var next = index + 3
      if isMark(next, "."), isGlued(next) { next += 1 }
      if isBC, let third = atoms[safe: next], third.length == 1, isGlued(next),
        parse.text(third.start, third.end) == "E"
      {
        next += isMark(next + 1, ".") ? 2 : 1
      }
      return (isBC, next)
    }
    return nil
  }

  /// What names a year after a month or season: "2024", ", 2024", "of 2024", "'24", "last year", "of that year".
  func yearAfter(_ index: Int) -> (YearReference, Int)? {
    if let (year, next) = fullYear(at: index) { return (.number(year), next) }
    if isMark(index, ","), let (year, next) = fullYear(at: index + 1) { return (.number(year), next) }
    if isMark(index, "'"), let year = shortYear(at: index + 1) { return (.number(year), index + 2) }
    if isWord(index, .of), let year = shortYear(at: index + 1), unit(index + 2) == nil,
      !tag(index + 2).hasPrefix("NN")
    {
      return (.number(year), index + 2)  // "April of 87"
    }
    let start = isWord(index, .of, .in) ? index + 1 : index
    if start > index {
      if let (year, next) = fullYear(at: start) { return (.number(year), next) }
      if isWord(start, .the), unit(start + 1)?.unit == .year, unit(start + 1)?.plural == false {
        if let (year, next) = fullYear(at: start + 2) { return (.number(year), next) }
        return isWord(index, .of) ? (.offset(0, from: .text), start + 2) : nil
      }
      // "the third quarter of fiscal 2023"
      if let (date, next) = fiscal(at: start), let year = date.year { return (year, next) }
      if isWord(index, .in), !isNote { return nil }
    }
    if let (offset, anchor, next) = determiner(at: start), let named = unit(next), named.unit == .year,
      !named.plural
    {
      return (.offset(offset, from: anchor), next + 1)
    }
    if isWord(start, .a), unit(start + 1)?.unit == .year, unit(start + 1)?.plural == false {
      if isWord(start + 2, .ago) { return (.offset(-1, from: .published), start + 3) }
      if isWord(start + 2, .earlier, .before) { return (.offset(-1, from: .text), start + 3) }
    }
    // "March in a year", "thanksgiving 3 years ago"
    if case (.exact(let amount), let unitAt)? = count(at: start), unit(unitAt)?.unit == .year,
      amount == amount.rounded(),
      amount <= 99
    {
      if isWord(unitAt + 1, .ago) { return (.offset(-Int(amount), from: .published), unitAt + 2) }
      if isWord(unitAt + 1, .hence) { return (.offset(Int(amount), from: .published), unitAt + 2) }
      if isWord(index, .in), isNote { return (.offset(Int(amount), from: .published), unitAt + 1) }
    }
    return nil
  }

  /// Two digits of a year after an apostrophe: nearest century by the usual pivot of 50.
  func shortYear(at index: Int) -> Int? {
    guard let value = number(index), atoms[index].length == 2 else { return nil }
    return value < 50 ? 2000 + value : 1900 + value
  }

  /// "last", "this", "the same": units from the anchor, and from which anchor.
  func determiner(at index: Int) -> (Int, DateAnchor, Int)? {
    let article = isWord(index, .the) ? 1 : 0
    switch word(index + article) {
    case .last, .past: return (-1, .published, index + article + 1)
    case .next, .coming:
      return (1, article == 1 && isWord(index + 1, .next) ? .text : .published, index + article + 1)
    case .this:
      guard article == 0 else { return nil }
      if isWord(index + 1, .coming, .past, .same) {
        return (isWord(index + 1, .coming) ? 1 : isWord(index + 1, .past) ? -1 : 0, .published, index + 2)
      }
      return (0, .published, index + 1)
    case .that:
      guard article == 0 else { return nil }
      return (0, .text, isWord(index + 1, .same) ? index + 2 : index + 1)
    case .same: return article == 1 ? (0, .text, index + 2) : nil
    case .following: return (1, .text, index + article + 1)
    case .previous, .preceding, .prior: return (-1, .text, index + article + 1)
    case .current: return (0, .published, index + article + 1)
    default: return nil
    }
  }

  /// A year that stands alone. Any four digits may be a number, so something must speak for a year.
  private func bareYear(at index: Int) -> (PartialDate, Int)? {
    if isMark(index, "'"), let year = shortYear(at: index + 1), isGlued(index + 1), isDateLabel(index + 1),
      !isWord(index + 2, .s)
    {
      return (PartialDate(year: .number(year)), index + 2)
    }
    guard let (year, next) = fullYear(at: index), !isInCode(index), !isClockOfNote(index) else { return nil }
    let date = PartialDate(year: .number(year))
    if next > index + 1 { return (date, next) }  // an era says that it is one
    if isGlued(index), atoms[safe: index - 1]?.kind == .word { return nil }
    if isGlued(next), let after = atoms[safe: next], after.kind == .word { return nil }
    if isMark(next, "-"), isGlued(next), isGlued(next + 1), atoms[safe: next + 1]?.kind == .word,
      !isWord(next + 1, .mid)
    {
      return nil  // "2000-strong"
    }
    let token = parse.tokens[atoms[index].token]
    let head = parse.tokens[token.head]
    let countsPlural = token.dep == "nummod" && head.tag.hasPrefix("NN") && head.tag.hasSuffix("S")
    if unit(next) != nil { return nil }
    switch word(index - 1) {
    case .in, .since, .by, .until, .till, .during, .from, .before, .after, .of, .early, .late, .mid, .through:
      return countsPlural && !isDateLabel(index) ? nil : (date, next)
    default: break
    }
    if isDateLabel(index) { return (date, next) }
    if isMark(index - 1, "("), isMark(next, ")") { return (date, next) }
    guard (1800...2100).contains(year) else { return nil }
    if countsPlural || label(index) == "MONEY" || label(index) == "QUANTITY" || label(index) == "PERCENT" {
      return nil
    }
    if isMark(index - 1, "("), isMark(next, "-") || isMark(next, ",") || isMark(next, ";") {
      return (date, next)
    }
    if isMark(index - 1, "-"), isGlued(index), number(index - 2) != nil { return (date, next) }
    // "the 2008 election", "its 2021 report"
    if ["nummod", "compound", "nmod"].contains(token.dep), head.tag.hasPrefix("NN"),
      token.head > atoms[index].token,
      !tag(index - 1).hasPrefix("NNP")
    {
      return (date, next)
    }
    return nil
  }

  /// "around 1030" as a note: a time, not a year.
  private func isClockOfNote(_ index: Int) -> Bool {
    isNote && index + 1 == atoms.count && isWord(index - 1, .at, .around, .about)
      && compactTime(at: index) != nil
  }

  /// Whether hyphens make the number a part of three or more: "133-03-03-2020", "2015-1-32".
  private func isInCode(_ index: Int) -> Bool {
    func joined(_ a: Int, _ b: Int) -> Bool {
      let mark = max(a, b) - 1
      return isMark(mark, "-") && isGlued(mark) && isGlued(mark + 1)
        && atoms[safe: min(a, b)]?.kind == .number
        && atoms[safe: max(a, b)]?.kind == .number
    }
    return joined(index - 2, index) && joined(index - 4, index - 2)
      || joined(index, index + 2) && joined(index + 2, index + 4)
  }

  private func fiscal(at index: Int) -> (PartialDate, Int)? {
    var next = index
    if isWord(index, .fiscal) {
      next += 1
      if unit(next)?.unit == .year { next += 1 }
    } else if isWord(index, .fy, .cy) {
      next += 1
      if isMark(next, "'") { next += 1 }
    } else {
      return nil
    }
    if let (year, end) = fullYear(at: next) { return (PartialDate(year: .number(year)), end) }
    if isWord(index, .fy, .cy), let year = shortYear(at: next) {
      return (PartialDate(year: .number(year)), next + 1)
    }
    return nil
  }

  // MARK: Days and months

  /// 1–31 in digits, with or without an ordinal ending, or an ordinal word.
  func dayNumber(at index: Int) -> (day: Int, ordinal: Bool, next: Int)? {
    guard let atom = atoms[safe: index] else { return nil }
    if let value = number(index) {
      guard atom.length <= 2, (1...31).contains(value), !continuesNumber(index) else { return nil }
      if isWord(index + 1, .st, .nd, .rd, .th), isGlued(index + 1) { return (value, true, index + 2) }
      if isMark(index - 1, "."), isGlued(index), isGlued(index - 1) { return nil }
      return (value, false, index + 1)
    }
    return ordinal(at: index).flatMap { $0.value <= 31 ? ($0.value, true, $0.next) : nil }
  }

  /// "first" to "ninety-ninth", "21st".
  func ordinal(at index: Int) -> (value: Int, next: Int)? {
    guard let atom = atoms[safe: index] else { return nil }
    if let value = number(index), isWord(index + 1, .st, .nd, .rd, .th), isGlued(index + 1) {
      return (value, index + 2)
    }
    switch atom.lexeme {
    case .ordinal(let value): return (value, index + 1)
    case .word(.first): return (1, index + 1)
    case .unit(.second, _, false) where tag(index) != "NN": return (2, index + 1)
    case .number(let tens) where tens >= 20 && tens % 10 == 0:
      let next = afterHyphen(index + 1)
      if case .ordinal(let ones)? = atoms[safe: next]?.lexeme, ones < 10 { return (tens + ones, next + 1) }
      if isWord(next, .first) { return (tens + 1, next + 1) }
      if case .unit(.second, _, false)? = atoms[safe: next]?.lexeme { return (tens + 2, next + 1) }
      return nil
    default: return nil
    }
  }

  /// A month's name. Words that are also something else ("may", "march", "mar") need help from what
  /// stands beside them, or from the tagger.
  func month(at index: Int) -> (month: Int, next: Int)? {
    guard let atom = atoms[safe: index], case .month(let month, let short)? = atom.lexeme else { return nil }
    var next = index + 1
    let besideNumber =
      (isMark(index + 1, "-") || isMark(index + 1, "/")) && atoms[safe: index + 2]?.length == 4
      && number(index + 2) != nil
      || number(index + 1) != nil || number(index - 1) != nil || isBesideOrdinal(index)
      || (isMark(index + 1, ".") && number(index + 2) != nil)
      || (isMark(index - 1, "-") && number(index - 2) != nil) || isWord(index - 1, .th, .st, .nd, .rd)
    let isVerb = tag(index) == "MD" || tag(index).hasPrefix("VB")
    // Only "may", "march" and short forms are other words when they are not written with a capital.
    let isPlain = !short && month != 3 && month != 5
    if !atom.isCapital && !isPlain && !isNote && (isVerb || !(besideNumber || isDateLabel(index))) {
      return nil
    }
    if isVerb && !besideNumber && !isDateLabel(index) { return nil }
    // "the March on Rome", "the Long March"
    if !besideNumber, fullYear(at: index + 1) == nil, !isWord(index + 1, .of) {
      let isNoun = parse.children[atom.token].contains { child in
        let token = parse.tokens[child]
        return child < atom.token
          && (token.dep == "poss"
            || token.dep == "compound" && token.tag.hasPrefix("NNP") && !isUnitToken(token)
            || token.dep == "det" && token.lemma == "the" && parse.tokens[atom.token].dep != "compound")
          && !(child..<atom.token).contains(where: {
            ["previous", "following", "same", "next", "past"].contains(parse.tokens[$0].lemma)
          })
      }
      if isNoun { return nil }
    }
    if short {
      if isMark(next, "."), isGlued(next) {
        next += 1
      } else if !besideNumber && !isDateLabel(index) {
        return nil
      }
    }
    return (month, next)
  }

  /// "first of march", "march first", "the twenty fourth of may".
  private func isBesideOrdinal(_ index: Int) -> Bool {
    guard let atom = atoms[safe: index], !atom.isCapital else { return false }
    if ordinal(at: index + 1) != nil { return true }
    let before = isWord(index - 1, .of) ? index - 2 : index - 1
    guard isWord(index - 1, .of), before >= 0 else { return false }
    return ordinal(at: before) != nil || number(before) != nil || isWord(before, .th, .st, .nd, .rd)
  }

  /// Whether a token names a time itself: "Sunday March".
  private func isUnitToken(_ token: Token) -> Bool {
    switch DateLexicon.lookUp(ArraySlice(Array(token.text.unicodeScalars))) {
    case .weekday, .month, .unit, .word: true
    default: false
    }
  }

  /// "October 8, 2024", "Oct. 8th", "October of last year", "June".
  private func monthFirst(at index: Int) -> (PartialDate, Int)? {
    if let (direction, anchorNext) = nameDirection(at: index), let (month, next) = month(at: anchorNext) {
      return (PartialDate(month: month, direction: direction), next)
    }
    guard let (month, afterName) = month(at: index) else { return nil }
    var date = PartialDate(month: month)
    var next = afterName
    if isWord(next, .after), isWord(next + 1, .next) {
      date.direction = .afterNext
      return (date, next + 2)
    }
    // "September-2020-23", "Dec-2018", "Dec/2018"
    for mark: Unicode.Scalar in ["-", "/"] where isMark(next, mark) && isGlued(next) && isGlued(next + 1) {
      guard let year = number(next + 1), atoms[next + 1].length == 4, (1000...2199).contains(year) else {
        continue
      }
      let end = next + 2
      date.year = .number(year)
      if isMark(end, mark), isGlued(end), let day = number(end + 1), isGlued(end + 1),
        (1...daysIn(month)).contains(day)
      {
        date.day = day
        return (date, end + 2)
      }
      return (date, end)
    }
    if let (day, end) = spokenDay(at: next), day <= daysIn(month) {
      date.day = day
      guard let (year, after) = yearAfter(end) else { return (date, end) }
      date.year = year
      return (date, after)
    }
    var dayAt = isWord(next, .the) ? next + 1 : next
    if isMark(next, "-"), isGlued(next) { dayAt = next + 1 }
    if let (day, isOrdinal, afterDay) = dayNumber(at: dayAt), dayAt == next || isOrdinal || dayAt == next + 1,
      day <= daysIn(month), !followedByClock(dayAt), !(isMark(next, "-") && number(dayAt) == nil)
    {
      date.day = day
      next = afterDay
      if isMark(next, "-"), isMark(afterName, "-"), isGlued(next), let year = numericYear(at: next + 1) {
        date.year = .number(year)
        return (date, next + 2)
      }
      if let (year, end) = yearAfter(next) {
        date.year = year
        next = end
      }
      return (date, next)
    }
    if isMark(next, "-"), let year = shortYear(at: next + 1), isGlued(next + 1) {
      return (PartialDate(year: .number(year), month: month), next + 2)  // "Oct-74"
    }
    if let (year, end) = yearAfter(next) {
      date.year = year
      next = end
    }
    return (date, next)
  }

  /// "twenty nine" as a day beside its month.
  private func spokenDay(at index: Int) -> (Int, Int)? {
    guard let (day, next) = spokenNumber(at: index), (1...31).contains(day), ordinal(at: index) == nil,
      unit(next) == nil, !isWord(next, .hundred, .thousand, .am, .pm), fullYear(at: index) == nil
    else { return nil }
    return (day, next)
  }

  private func followedByClock(_ index: Int) -> Bool {
    (isMark(index + 1, ":") && isGlued(index + 1) && number(index + 2) != nil) || isWord(index + 1, .am, .pm)
  }

  private func daysIn(_ month: Int) -> Int { [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] }

  /// "last", "this", "next", "the previous" before a month, weekday or season.
  func nameDirection(at index: Int) -> (Direction, Int)? {
    let article = isWord(index, .the) ? 1 : 0
    switch word(index + article) {
    case .last where article == 0: return (.last, index + 1)
    case .past: return (.last, index + article + 1)
    case .next: return (article == 1 ? .following : .next, index + article + 1)
    case .coming, .upcoming: return (.next, index + article + 1)
    case .this where article == 0:
      if isWord(index + 1, .past) { return (.last, index + 2) }
      if isWord(index + 1, .coming) { return (.next, index + 2) }
      return (.this, index + 1)
    case .that where article == 0: return (.same, index + 1)
    case .same where article == 1: return (.same, index + 2)
    case .following: return (.following, index + article + 1)
    case .current: return (.this, index + article + 1)
    case .previous, .preceding: return (.previous, index + article + 1)
    default: return nil
    }
  }

  /// "8 October 2024", "the 8th of October", "6-9 Dec", and "the 20th" where the model sees a date.
  func dayMonth(at index: Int, afterArticle: Bool) -> (PartialDate, Int)? {
    if isWord(index, .ides), isWord(index + 1, .of), let (month, next) = month(at: index + 2) {
      return (PartialDate(month: month, day: [3, 5, 7, 10].contains(month) ? 15 : 13), next)
    }
    guard
      let (day, isOrdinal, afterDay) = dayNumber(at: index)
        ?? spokenDay(at: index).map({ ($0.0, false, $0.1) })
    else { return nil }
    var next = afterDay
    if isWord(next, .of) && (isOrdinal || afterArticle || number(index) != nil && month(at: next + 1) != nil)
    {
      next += 1
    }
    // "23-2020-September"
    if isMark(next, "-"), isGlued(next), isGlued(next + 1), let (year, end) = fullYear(at: next + 1),
      isMark(end, "-"),
      let (month, after) = month(at: end + 1), day <= daysIn(month)
    {
      return (PartialDate(year: .number(year), month: month, day: day), after)
    }
    for mark: Unicode.Scalar in ["-", "/"] where isMark(next, mark) && isGlued(next) { next += 1 }
    if let (month, afterMonth) = month(at: next), day <= daysIn(month) {
      var date = PartialDate(month: month, day: day)
      next = afterMonth
      for mark: Unicode.Scalar in ["-", "/"]
      where isMark(next, mark) && isGlued(next) && isMark(afterDay, mark) {
        if let year = numericYear(at: next + 1) {
          return (PartialDate(year: .number(year), month: month, day: day), next + 2)
        }
      }
      if let (year, end) = yearAfter(next) {
        date.year = year
        next = end
      }
      return (date, next)
    }
    // "the 8th day of October" is rare; "the 20th" alone needs the model's word that it is a date.
    if afterArticle, isOrdinal, number(index) != nil, isDateLabel(index), unit(afterDay) == nil,
      !(atoms[safe: afterDay]?.kind == .word && tag(afterDay).hasPrefix("NN"))
    {
      return (PartialDate(day: day), afterDay)
    }
    if afterArticle, isNote, number(index) != nil, afterDay == atoms.count, index <= 2 {
      return (PartialDate(day: day), afterDay)
    }
    return nil
  }

  /// A year of four digits, or of two in a numeric date.
  private func numericYear(at index: Int) -> Int? {
    guard let value = number(index) else { return nil }
    if atoms[index].length == 4 { return (1000...2199).contains(value) ? value : nil }
    return shortYear(at: index)
  }

  /// "2024-10-08", "10/08/2024" (month first, as in American English, unless only day first is a date),
  /// "8.10.2024" (day first).
  private func numeric(at index: Int) -> (PartialDate, Int)? {
    if let atom = atoms[safe: index], atom.kind == .number, atom.length == 8, !isNumberInName(index) {
      let date = valid(atom.number / 10_000, atom.number / 100 % 100, atom.number % 100)
      return (1900...2099).contains(atom.number / 10_000) ? date.map { ($0, index + 1) } : nil
    }
    if let named = numericWithName(at: index) { return named }
    guard let first = number(index), let separator = atoms[safe: index + 1], separator.kind == .mark,
      isGlued(index + 1), isGlued(index + 2), let second = number(index + 2)
    else { return nil }
    let mark = separator.mark
    guard mark == "-" || mark == "/" || mark == "." else { return nil }
    if isGlued(index), let before = atoms[safe: index - 1], before.kind == .mark, before.mark != "(" {
      return nil
    }
    if isMark(index + 3, mark), isGlued(index + 3), isGlued(index + 4), let third = number(index + 4) {
      guard !isMark(index + 5, mark) || atoms[safe: index + 6]?.kind != .number else { return nil }
      guard !isMark(index - 1, "-") || !isGlued(index) || number(index - 2) == nil else { return nil }
      if atoms[index].length == 4, (1000...2199).contains(first) {
        return valid(first, second, third).map { ($0, index + 5) }
      }
      guard atoms[index].length <= 2, atoms[index + 2].length <= 2, let year = numericYear(at: index + 4)
      else {
        return nil
      }
      let dayFirst = valid(year, second, first)
      let monthFirst = valid(year, first, second)
      return (mark == "." ? dayFirst ?? monthFirst : monthFirst ?? dayFirst).map { ($0, index + 5) }
    }
    if atoms[index].length == 4, (1000...2199).contains(first), mark != ".", atoms[index + 2].length <= 2,
      (1...12).contains(second), isDateLabel(index) || isDateLabel(index + 2) || isAlone(index, index + 3)
    {
      // "2024-10" is a month; "1939-45" is caught before, as 45 is none.
      return (PartialDate(year: .number(first), month: second), index + 3)
    }
    // "2/2013", "12-2015"
    if mark != ".", atoms[index].length <= 2, (1...12).contains(first), atoms[index + 2].length == 4,
      (1900...2099).contains(second), isDateLabel(index) || isAlone(index, index + 3)
    {
      return (PartialDate(year: .number(second), month: first), index + 3)
    }
    if mark == "/", atoms[index].length <= 2, atoms[index + 2].length <= 2,
      isDateLabel(index) || isAlone(index, index + 3),
      let date = valid(2000, first, second) ?? valid(2000, second, first)
    {
      return (PartialDate(month: date.month, day: date.day), index + 3)
    }
    return nil
  }

  /// "31/Oct/1974", "2020/Sep/23", "2020/23/Sep".
  private func numericWithName(at index: Int) -> (PartialDate, Int)? {
    guard let mark = atoms[safe: index + 1]?.mark, mark == "/" || mark == "-", isMark(index + 3, mark),
      (1...4).allSatisfy({ isGlued(index + $0) })
    else { return nil }
    var name: Int?
    var numbers: [(value: Int, length: Int)] = []
    for at in [index, index + 2, index + 4] {
      if let value = number(at) {
        numbers.append((value, atoms[at].length))
      } else if case .month(let month, _)? = atoms[safe: at]?.lexeme {
        name = month
      }
    }
    guard let name, numbers.count == 2, let year = numbers.first(where: { $0.length == 4 })?.value,
      let day = numbers.first(where: { $0.length <= 2 })?.value, (1000...2199).contains(year)
    else { return nil }
    return valid(year, name, day).map { ($0, index + 5) }
  }

  /// Whether a number with strokes stands where a date does: after "on", "this" or "by", or as a whole note.
  private func isAlone(_ start: Int, _ end: Int) -> Bool {
    if unit(end) != nil || isWord(end, .h) || isMark(end, "\"") { return false }
    return isNote && end == atoms.count
      && (start == 0 || isWord(start - 1, .on, .by, .since, .before, .after))
      || !isNote && isWord(start - 1, .on, .since) && atoms[start + 1].mark == "/"
  }

  /// Whether the digits are a part of a longer code.
  private func isNumberInName(_ index: Int) -> Bool {
    isGlued(index) && atoms[safe: index - 1]?.kind == .word
      || isGlued(index + 1) && atoms[safe: index + 1]?.kind == .word
      || isGlued(index) && isMark(index - 1, ".")
  }

  private func valid(_ year: Int, _ month: Int, _ day: Int) -> PartialDate? {
    guard (1...12).contains(month), day >= 1, day <= daysIn(month) else { return nil }
    return PartialDate(year: .number(year), month: month, day: day)
  }

  // MARK: Weekdays

  /// A weekday's name; short forms need a full stop, a number beside them or the model's word.
  ///
  /// - Parameter isDirected: whether "next" or "this week" stands before it.
  func weekdayName(at index: Int, isDirected: Bool = false) -> (weekday: Int, next: Int)? {
    guard let atom = atoms[safe: index], case .weekday(let day, let short)? = atom.lexeme else { return nil }
    guard short, !isDirected || !atom.isCapital else { return (day, index + 1) }
    if isMark(index + 1, "."), isGlued(index + 1), isDateLabel(index) || isNote { return (day, index + 2) }
    if isNote { return (day, index + 1) }
    guard atom.isCapital else {
      // "tues", "thurs": no other words.
      return atom.length > 3 ? (day, index + 1) : nil
    }
    if isDateLabel(index) || (isMark(index + 1, ",") && number(index + 2) != nil) { return (day, index + 1) }
    return nil
  }

  /// "Tuesday", "last Friday", "Tuesday, 8 October 2024", "Monday of next week".
  private func weekday(at index: Int) -> (PartialDate, Int)? {
    var direction = Direction.open
    var nameAt = index
    if let (found, next) = nameDirection(at: index) { (direction, nameAt) = (found, next) }
    if let (_, _, next) = weekDirection(at: index) { nameAt = next }
    guard let (weekday, afterName) = weekdayName(at: nameAt, isDirected: nameAt > index) else { return nil }
    if let (offset, anchor, next) = weekDirection(at: index), next == nameAt {
      // "next week Wednesday", "previous week - Monday"
      return (PartialDate(weekday: weekday, week: offset, weekOfText: anchor == .text), afterName)
    }
    if isWord(afterName, .after), isWord(afterName + 1, .next), direction == .open {
      return (PartialDate(weekday: weekday, direction: .afterNext), afterName + 2)
    }
    if [.open, .this, .next].contains(direction) {
      let isBracketed = isMark(afterName, "(") || isMark(afterName, "-")
      var dateAt = isMark(afterName, ",") || isBracketed ? afterName + 1 : afterName
      if isWord(dateAt, .the) { dateAt += 1 }
      let full = monthFirst(at: dateAt) ?? dayMonth(at: dateAt, afterArticle: true) ?? numeric(at: dateAt)
      if var (date, next) = full, date.month != nil, date.day != nil {
        date.weekday = weekday
        if isMark(afterName, "("), isMark(next, ")") { next += 1 }
        return (date, next)
      }
      // "Tuesday 19th", "wednesday the thirty first"
      if let (day, isOrdinal, next) = dayNumber(at: dateAt), isOrdinal, unit(next) == nil, !isWord(next, .of),
        number(dateAt) != nil || !tag(next).hasPrefix("NN") && !tag(next).hasPrefix("JJ")
      {
        return (PartialDate(day: day, weekday: weekday), next)
      }
    }
    var date = PartialDate(weekday: weekday, direction: direction)
    let weekAt = isWord(afterName, .of, .from) ? afterName + 1 : afterName
    if direction == .open, let (offset, anchor, next) = determiner(at: weekAt), anchor == .published,
      unit(next)?.unit == .week, unit(next)?.plural == false
    {
      date.week = offset
      return (date, next + 1)
    }
    return (date, afterName)
  }

  /// "next week", "previous week -" before a weekday's name.
  private func weekDirection(at index: Int) -> (Int, DateAnchor, Int)? {
    guard let (offset, anchor, next) = determiner(at: index), unit(next)?.unit == .week,
      unit(next)?.plural == false
    else { return nil }
    return (offset, anchor, isMark(next + 1, "-") || isMark(next + 1, ",") ? next + 2 : next + 1)
  }
}

extension Array {
  /// The element, or nil outside the array.
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
