/// Durations, sets, and lists of days that share a month.
extension DateGrammar {
  /// A count: digits, words, "a", "several", "two and a half".
  func count(at index: Int) -> (UnitCount, Int)? {
    guard let atom = atoms[safe: index] else { return nil }
    if let fraction = fraction(index) { return (.exact(fraction), index + 1) }
    if atom.kind == .number, let value = number(index) {
      var next = index + 1
      var total = Double(value)
      if isGlued(next), let fraction = fraction(next) { return (.exact(total + fraction), next + 1) }
      while isMark(next, ","), isGlued(next), isGlued(next + 1), let group = number(next + 1),
        atoms[next + 1].length == 3
      {
        total = total * 1000 + Double(group)
        next += 2
      }
      if isMark(next, "."), isGlued(next), isGlued(next + 1), let fraction = number(next + 1),
        atoms[next + 1].length <= 3
      {
        var scale = 1.0
        for _ in 0..<atoms[next + 1].length { scale *= 10 }
        total += Double(fraction) / scale
        next += 2
      }
      if isGlued(index), let before = atoms[safe: index - 1], before.kind == .mark,
        [".", ",", "$", "£", "€", "/", ":"].contains(before.mark)
      {
        return nil
      }
      return withHalf(total, next)
    }
    switch atom.lexeme {
    case .number(let value):
      var total = value
      var next = index + 1
      if value >= 20, value % 10 == 0 {
        let onesAt = afterHyphen(next)
        if case .number(let ones)? = atoms[safe: onesAt]?.lexeme, (1...9).contains(ones) {
          total += ones
          next = onesAt + 1
        }
      }
      if isWord(next, .hundred) { (total, next) = (total * 100, next + 1) }
      if isWord(next, .thousand) { (total, next) = (total * 1000, next + 1) }
      if isWord(next, .dozen) { (total, next) = (total * 12, next + 1) }
      return withHalf(Double(total), next)
    case .word(.half):
      if isWord(index + 1, .a, .an) { return (.exact(0.5), index + 2) }
      return (.exact(0.5), index + 1)
    case .word(.a), .word(.an):
      switch word(index + 1) {
      case .few: return (.vague, index + 2)
      case .couple: return (.vague, isWord(index + 2, .of) ? index + 3 : index + 2)
      case .half: return (.exact(0.5), index + 2)
      case .hundred: return (.exact(100), index + 2)
      case .thousand: return (.exact(1000), index + 2)
      case .dozen: return (.exact(12), index + 2)
      case .mere, .full: return count(at: index + 2) ?? (.exact(1), index + 2)
      default: return (.exact(1), index + 1)
      }
    case .word(.several): return (.vague, index + 1)
    case .word(.few): return (.vague, index + 1)
    case .word(.many): return (.vague, isWord(index + 1, .more) ? index + 2 : index + 1)
    case .word(.hundreds), .word(.thousands), .word(.dozens):
      return isWord(index + 1, .of) ? (.vague, index + 2) : nil
    case .word(.hundred): return (.exact(100), index + 1)
    case .word(.thousand): return (.exact(1000), index + 1)
    case .word(.another):
      if let (inner, next) = count(at: index + 1) { return (inner, next) }
      return (.exact(1), index + 1)
    default: return nil
    }
  }

  /// "½", "¼", "¾".
  func fraction(_ index: Int) -> Double? {
    guard let atom = atoms[safe: index], atom.kind == .mark else { return nil }
    switch atom.mark {
    case "½": return 0.5
    case "¼": return 0.25
    case "¾": return 0.75
    default: return nil
    }
  }

  private func withHalf(_ value: Double, _ next: Int) -> (UnitCount, Int) {
    if isWord(next, .and) {
      if isWord(next + 1, .a, .an), isWord(next + 2, .half) { return (.exact(value + 0.5), next + 3) }
      if isWord(next + 1, .half), unit(next + 2) != nil { return (.exact(value + 0.5), next + 2) }
    }
    if isMark(next, "-"), isWord(next + 1, .and), isMark(next + 2, "-"), isWord(next + 3, .a) {
      if isMark(next + 4, "-"), isWord(next + 5, .half) { return (.exact(value + 0.5), next + 6) }
    }
    return (.exact(value), next)
  }

  /// A length: "two years", "12-year", "a year and a half", "one year and two months", "years".
  func timeSpan(at index: Int) -> (TimeSpan, Int)? {
    if let (hours, next) = hoursWithH(at: index) { return (hours, next) }
    if let named = unit(index), named.plural, named.unit != .quarter {
      return (TimeSpan(parts: [(.vague, named.unit)]), index + 1)
    }
    guard var (amount, next) = count(at: index) else { return nil }
    if isMark(next, "-") { next += 1 }
    if isWord(next, .more, .full, .mere, .whole, .entire), unit(next + 1) != nil { next += 1 }
    // "ten brutal months"
    if unit(next) == nil, tag(next).hasPrefix("JJ"), unit(next + 1)?.plural == true, !isWord(index, .the) {
      next += 1
    }
    guard let named = unit(next), isUnitHere(next, singularNeeds: amount) else { return nil }
    if named.unit == .weekend && !named.plural { return nil }
    if case .exact(let value) = amount { amount = .exact(value * Double(named.count)) }
    next += 1
    if isMark(next, "-"), isWord(next + 1, .and), isMark(next + 2, "-"), isWord(next + 3, .a),
      isMark(next + 4, "-"),
      isWord(next + 5, .half), case .exact(let value) = amount
    {
      return (TimeSpan(parts: [(.exact(value + 0.5), named.unit)]), next + 6)
    }
    if isWord(next, .and), isWord(next + 1, .a), isWord(next + 2, .half), case .exact(let value) = amount {
      return (TimeSpan(parts: [(.exact(value + 0.5), named.unit)]), next + 3)
    }
    var parts = [(amount, named.unit)]
    // "one year and two months", "3 hours, 20 minutes"
    while true {
      var at = next
      if isMark(at, ",") { at += 1 }
      if isWord(at, .and) { at += 1 }
      guard let (more, unitAt) = count(at: at), more != .vague, !isWord(at, .a, .an, .another),
        let smaller = unit(unitAt),
        smaller.unit < parts[parts.count - 1].1
      else { break }
      parts.append((more, smaller.unit))
      next = unitAt + 1
    }
    return (TimeSpan(parts: parts), next)
  }

  /// "3h", where it is no time of the day.
  private func hoursWithH(at index: Int) -> (TimeSpan, Int)? {
    guard let value = number(index), isWord(index + 1, .h), isGlued(index + 1), atoms[index].length <= 3,
      atoms[safe: index + 2]?.kind != .number || !isGlued(index + 2), hourWithH(at: index) == nil
    else { return nil }
    return (TimeSpan(parts: [(.exact(Double(value)), .hour)]), index + 2)
  }

  /// "second" and "quarter" mean a length only where a plain count stands before them.
  private func isUnitHere(_ index: Int, singularNeeds amount: UnitCount) -> Bool {
    guard let named = unit(index) else { return false }
    if named.unit == .second, !named.plural { return tag(index).hasPrefix("NN") && label(index) != "ORDINAL" }
    if named.unit == .quarter {
      return named.plural ? tag(index - 1) == "CD" && isDateLabel(index) && !isWord(index + 1, .of) : false
    }
    return true
  }

  func durationExpression(at index: Int) -> TimeExpression? {
    var start = index
    if isWord(index, .all), unit(index + 1)?.plural == false, unit(index + 1)?.unit == .day {
      return TimeExpression(
        atoms: index..<(index + 2), meaning: .duration(TimeSpan(parts: [(.exact(1), .day)])))
    }
    if isWord(index, .the, .this, .these, .those), unit(index + 1)?.plural != true,
      isWord(index + 1, .entire, .whole, .full), unit(index + 2)?.plural == false
    {
      guard let named = unit(index + 2), named.unit >= .day else { return nil }
      return TimeExpression(
        atoms: index..<(index + 3), meaning: .point(.period(named.unit, offset: 0, from: .text), nil))
    }
    if isWord(index, .the), isWord(index + 1, .first, .last, .final) {
      if count(at: index + 2) != nil { start = index + 2 }
      // "the last week of September"; "the last day of September" is a date
      if let named = unit(index + 2), !named.plural, named.unit > .day, named.unit <= .year,
        isWord(index + 3, .of)
      {
        let span = TimeSpan(parts: [(.exact(Double(named.count)), named.unit)])
        return TimeExpression(
          atoms: index..<(calendar(at: index + 4)?.1 ?? index + 3), meaning: .duration(span))
      }
    }
    guard let (span, end) = timeSpan(at: start), isDuration(start, end, span) else { return nil }
    var next = end
    // Ages: "72-year-old", "18 years old".
    if isMark(next, "-"), isWord(next + 1, .old) {
      next += 2
    } else if isWord(next, .old) {
      next += 1
    } else if isMark(next, "-"), isWord(next + 1, .long) {
      next += 2
    }
    return TimeExpression(atoms: index..<next, meaning: .duration(span))
  }

  /// Whether words that give a length are meant as one.
  private func isDuration(_ start: Int, _ end: Int, _ span: TimeSpan) -> Bool {
    let unitAt = end - 1
    if isMark(start - 1, "-"), isGlued(start), atoms[safe: start - 2]?.kind == .word, unit(start) != nil,
      number(start - 2) == nil
    {
      return false  // the unit of a compound that starts earlier: "light-years"
    }
    if unit(start)?.plural == true {
      // Bare "years": not after "of" a count that was not read, nor as a possessive.
      if isWord(start - 1, .same, .these, .those, .recent, .early, .late) { return false }
      let token = parse.tokens[atoms[start].token]
      if ["compound", "nsubj", "poss", "nsubjpass"].contains(token.dep) { return false }
      return token.tag == "NNS" || token.tag == "NN"
    }
    // "a day", "a year" after a price or a count says how often, which the set's rule reads.
    if isWord(start, .a, .an), end == start + 2 {
      guard span.parts.count == 1 else { return true }
      let token = parse.tokens[atoms[unitAt].token]
      if token.dep == "compound" || token.dep == "nsubj" { return false }
      if let after = atoms[safe: end], after.kind == .word, tag(end).hasPrefix("NN"), !isMark(end - 1, "-") {
        return false
      }
      return true
    }
    return true
  }

  // MARK: Sets

  /// "every Tuesday", "annually", "twice a week", "15 a year", "Mondays".
  func set(at index: Int) -> TimeExpression? {
    func make(_ value: String, _ next: Int, quant: String = "", freq: String = "") -> TimeExpression {
      TimeExpression(atoms: index..<next, meaning: .set(value: value), quant: quant, freq: freq)
    }
    switch word(index) {
    case .daily: return make("P1D", index + 1, quant: "EVERY")
    case .weekly: return make("P1W", index + 1, quant: "EVERY")
    case .monthly: return make("P1M", index + 1, quant: "EVERY")
    case .quarterly: return make("P3M", index + 1, quant: "EVERY")
    case .yearly, .annually, .annual: return make("P1Y", index + 1, quant: "EVERY")
    case .hourly: return make("PT1H", index + 1, quant: "EVERY")
    case .nightly: return make("XXXX-XX-XXTNI", index + 1, quant: "EVERY")
    case .everyday:
      if let (value, end) = dayTime(at: index + 1) { return make(value, end, quant: "EVERY") }
      return make("P1D", index + 1, quant: "EVERY")
    case .semi where isWord(afterHyphen(index + 1), .annually, .annual):
      return make("P6M", afterHyphen(index + 1) + 1, quant: "EVERY")
    case .every, .each:
      let quant = isWord(index, .each) ? "EACH" : "EVERY"
      var next = index + 1
      if isWord(next, .other) {
        next += 1
        if let named = unit(next), !named.plural {
          return make(setValue(2, named.unit), next + 1, quant: quant)
        }
      }
      if isWord(next, .single) { next += 1 }
      if let (value, end) = calendarSet(at: next) { return make(value, end, quant: quant) }
      if unit(next)?.unit == .day, let (value, end) = dayTime(at: next + 1) {
        return make(value, end, quant: quant)
      }
      if let named = unit(next), !named.plural {
        return make(setValue(Double(named.count), named.unit), next + 1, quant: quant)
      }
      if let (span, end) = timeSpan(at: next) { return make(span.value, end, quant: quant) }
      if let (ordinal, end) = ordinal(at: next), let named = unit(end), !named.plural {
        return make(setValue(Double(ordinal), named.unit), end + 1, quant: quant)
      }
      return nil
    case .once, .twice:
      let freq = isWord(index, .once) ? "1X" : "2X"
      guard let (value, next) = perUnit(at: index + 1) else { return nil }
      return make(value, next, freq: freq)
    case .per, .a, .an:
      guard let (value, next) = perUnit(at: index), isWord(index, .per) || isRate(index) else { return nil }
      return make(value, next, quant: "EVERY")
    default: break
    }
    if let (amount, next) = count(at: index), isWord(next, .times), let (value, end) = perUnit(at: next + 1) {
      return make(value, end, freq: amount.text + "X")
    }
    // "3 pm each day"
    if atoms[index].kind == .number, let (time, next) = clock(at: index), isWord(next, .every, .each),
      unit(next + 1)?.unit == .day, unit(next + 1)?.plural == false
    {
      return make("T" + time.text, next + 2, quant: isWord(next, .each) ? "EACH" : "EVERY")
    }
    if unit(index)?.unit == .weekend, unit(index)?.plural == true {
      return make("P1WE", index + 1, quant: "EVERY")
    }
    // "19th of every month"
    if let (day, isOrdinal, next) = dayNumber(at: index), isOrdinal, isWord(next, .of),
      isWord(next + 1, .every, .each),
      unit(next + 2)?.unit == .month, unit(next + 2)?.plural == false
    {
      return make("XXXX-XX-" + TimePeriod.pad(day, 2), next + 3, quant: "EVERY")
    }
    // "Friday mornings"
    if let (day, next) = weekdayName(at: index), let part = part(next), part.plural {
      return make("XXXX-WXX-\(day)T" + part.part.rawValue, next + 1, quant: "EVERY")
    }
    if let atom = atoms[safe: index], case .weekday(let day, false)? = atom.lexeme, atom.isCapital,
      parse.text(atom.start, atom.end).utf8.last == UInt8(ascii: "s"),
      tag(index) == "NNPS" || isWord(index - 1, .on) || isNote
    {
      if isWord(index + 1, .at), let (time, end) = clock(at: index + 2) ?? dottedTime(at: index + 2) {
        return make("XXXX-WXX-\(day)T" + time.text, end, quant: "EVERY")
      }
      return make("XXXX-WXX-\(day)", index + 1, quant: "EVERY")
    }
    return nil
  }

  /// "at 6 am" after "every day".
  private func dayTime(at index: Int) -> (String, Int)? {
    clock(at: isWord(index, .at) ? index + 1 : index).map { ("T" + $0.0.text, $0.1) }
  }

  /// "17.30" where a time must stand.
  private func dottedTime(at index: Int) -> (ClockTime, Int)? {
    guard let hour = number(index), hour < 24, isMark(index + 1, "."), isGlued(index + 1),
      let minute = number(index + 2),
      isGlued(index + 2), atoms[index + 2].length == 2, minute < 60
    else { return nil }
    return (ClockTime(hour: hour, minute: minute), index + 3)
  }

  private func setValue(_ count: Double, _ unit: TimeUnit) -> String {
    TimeSpan(parts: [(.exact(count), unit)]).value
  }

  private func perUnit(at index: Int) -> (String, Int)? {
    guard isWord(index, .a, .an, .per, .each, .every), let named = unit(index + 1), !named.plural else {
      return nil
    }
    return (setValue(Double(named.count), named.unit), index + 2)
  }

  /// "a year" as a rate: after a number or a noun with a number, with no preposition.
  private func isRate(_ index: Int) -> Bool {
    let unitToken = parse.tokens[atoms[index + 1].token]
    guard unitToken.dep == "npadvmod" || unitToken.dep == "nmod" else { return false }
    if isWord(index + 2, .ago, .earlier, .later, .before, .after, .and, .from) { return false }
    let head = parse.tokens[unitToken.head]
    guard unitToken.head < atoms[index].token else { return false }
    return head.tag == "CD" || head.tag.hasPrefix("NN") || head.tag == "$"
  }

  private func calendarSet(at index: Int) -> (String, Int)? {
    if let (day, next) = weekdayName(at: index) {
      if let part = part(next), !part.plural { return ("XXXX-WXX-\(day)T\(part.part.rawValue)", next + 1) }
      return ("XXXX-WXX-\(day)", next)
    }
    if let (month, next) = month(at: index) { return ("XXXX-" + TimePeriod.pad(month, 2), next) }
    if let season = season(index) { return ("XXXX-" + season.rawValue, index + 1) }
    if let part = part(index), !part.plural { return ("XXXX-XX-XXT" + part.part.rawValue, index + 1) }
    return nil
  }

  // MARK: Lists

  /// "6 and 7 January 1916", "May 3–5, 2024": days that share the month beside them, and
  /// "1939–45", "from May to July 2024": what shares a century or a year.
  func list(at index: Int) -> [TimeExpression] {
    dayList(at: index) ?? monthDayList(at: index) ?? yearRange(at: index) ?? clockRange(at: index) ?? []
  }

  private func point(_ atoms: Range<Int>, _ date: PartialDate) -> TimeExpression {
    TimeExpression(atoms: atoms, meaning: .point(.calendar(date), nil))
  }

  private func joiner(_ index: Int) -> Int? {
    if isWord(index, .and, .or, .to, .through) || isMark(index, "-") { return index + 1 }
    if isMark(index, ",") { return isWord(index + 1, .and, .or) ? index + 2 : index + 1 }
    return nil
  }

  private func dayList(at index: Int) -> [TimeExpression]? {
    let first = isWord(index, .the) ? index + 1 : index
    guard number(first) != nil, !tag(first - 1).hasPrefix("NNP") || isMark(first - 1, "(") else { return nil }
    var days: [(Int, Range<Int>)] = []
    var at = first
    while let (day, _, next) = dayNumber(at: at), number(at) != nil {
      if let (date, end) = dayMonth(at: at, afterArticle: at > first), date.month != nil {
        guard !days.isEmpty else { return nil }
        return days.map { point($0.1, PartialDate(year: date.year, month: date.month, day: $0.0)) } + [
          point(at..<end, date)
        ]
      }
      days.append((day, (days.isEmpty ? index : at)..<next))
      guard let following = joiner(next), days.count < 6 else { return nil }
      at = isWord(following, .the) ? following + 1 : following
    }
    return nil
  }

  private func monthDayList(at index: Int) -> [TimeExpression]? {
    guard let (month, next) = month(at: index), let (first, _, afterFirst) = dayNumber(at: next) else {
      return nil
    }
    var days: [(Int, Range<Int>)] = [(first, index..<afterFirst)]
    var at = afterFirst
    while let following = joiner(at), let (day, _, after) = dayNumber(at: following),
      number(following) != nil,
      days.count < 6, !isWord(after, .am, .pm), !isMark(after, ":"), unit(after) == nil,
      self.month(at: after) == nil,
      day > days[days.count - 1].0
    {
      days.append((day, following..<after))
      at = after
    }
    guard days.count > 1 else { return nil }
    let year = yearAfter(at)
    let last = days.count - 1
    return days.enumerated().map { number, day in
      point(
        number == last ? day.1.lowerBound..<(year?.1 ?? day.1.upperBound) : day.1,
        PartialDate(year: year?.0, month: month, day: day.0))
    }
  }

  private func yearRange(at index: Int) -> [TimeExpression]? {
    // "264 to 241 BC"
    if let early = number(index), early > 0, early <= 9999, !isGlued(index) || isMark(index - 1, "("),
      isWord(index + 1, .to, .and) || isMark(index + 1, "-"), let (late, end) = fullYear(at: index + 2),
      late <= 0, early >= 1 - late
    {
      return [
        point(index..<(index + 1), PartialDate(year: .number(1 - early))),
        point((index + 2)..<end, PartialDate(year: .number(late))),
      ]
    }
    guard let (year, next) = fullYear(at: index), next == index + 1, isMark(next, "-"), isGlued(next),
      let second = number(next + 1), isGlued(next + 1)
    else { return nil }
    let length = atoms[next + 1].length
    let end = length == 4 ? second : length == 2 ? year / 100 * 100 + second : -1
    guard end > year, end <= year + 100, end <= 2199, !(length == 2 && second <= 12 && isMark(next + 2, "-"))
    else { return nil }
    if isMark(next + 2, "-"), isGlued(next + 2) { return nil }
    return [
      point(index..<(index + 1), PartialDate(year: .number(year))),
      point((next + 1)..<(next + 2), PartialDate(year: .number(end))),
    ]
  }
}
