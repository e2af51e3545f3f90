/// What counts from another moment: "last week", "three days ago", "the next day", "earlier this year".
extension DateGrammar {
  func relative(at index: Int) -> TimeExpression? {
    var best: (TimeExpression.Meaning, String, Int)?
    func offer(_ meaning: TimeExpression.Meaning, _ mod: String, _ next: Int) {
      if next > best?.2 ?? -1 { best = (meaning, mod, next) }
    }
    if let (reference, mod, next) = named(at: index) { offer(.point(reference, nil), mod, next) }
    if let (reference, mod, next) = shifted(at: index) { offer(.point(reference, nil), mod, next) }
    if let (span, sign, anchor, next) = boundedSpan(at: index) {
      offer(.span(span, sign: sign, from: anchor), "", next)
    }
    guard let (meaning, mod, next) = best else { return nil }
    return TimeExpression(atoms: index..<next, meaning: meaning, mod: mod)
  }

  /// "yesterday", "this week", "earlier this year", "the day before", "the year".
  private func named(at index: Int) -> (TimeReference, String, Int)? {
    switch word(index) {
    case .today: return (.period(.day, offset: 0, from: .published), "", index + 1)
    case .yesterday: return (.period(.day, offset: -1, from: .published), "", index + 1)
    case .tomorrow: return (.period(.day, offset: 1, from: .published), "", index + 1)
    case .earlier, .later, .late, .early:
      let start = isWord(index + 1, .in, .on) ? index + 2 : index + 1
      let mod =
        switch word(index) {
        case .earlier: "BEFORE"
        case .later: "AFTER"
        case .late: "END"
        default: "START"
        }
      if let (reference, inner, next) = named(at: start), inner.isEmpty, isPeriod(reference) {
        return (reference, mod, next)
      }
      return nil
    case .the:
      if unit(index + 1)?.unit == .day, isWord(index + 2, .before, .after) {
        let sign = isWord(index + 2, .before) ? -1 : 1
        if isWord(index + 3, .yesterday), sign < 0 {
          return (.period(.day, offset: -2, from: .published), "", index + 4)
        }
        if isWord(index + 3, .tomorrow), sign > 0 {
          return (.period(.day, offset: 2, from: .published), "", index + 4)
        }
        if let (date, next) = fullDate(at: index + 3) {
          return (.shiftedFrom(TimeSpan(parts: [(.exact(1), .day)]), sign: sign, base: date), "", next)
        }
      }
      // "the week after next"
      if let named = unit(index + 1), !named.plural, named.unit >= .week, named.count == 1,
        isWord(index + 2, .after), isWord(index + 3, .next)
      {
        return (.period(named.unit, offset: 2, from: .published), "", index + 4)
      }
      if let named = unit(index + 1), !named.plural, named.unit >= .day, named.count == 1,
        isWord(index + 2, .before, .after, .previous, .earlier, .prior, .following),
        atoms[safe: index + 3].map({ $0.kind == .mark }) ?? true
      {
        let sign = isWord(index + 2, .after, .following) ? 1 : -1
        return (.period(named.unit, offset: sign, from: .text), "", index + 3)
      }
      // "the day", "the year" as something already spoken of; as "the day that …" it is not.
      if let named = unit(index + 1), !named.plural, named.count == 1,
        [.day, .month, .year, .weekend].contains(named.unit), isBareAnaphor(index + 1, named.unit)
      {
        return (.period(named.unit, offset: 0, from: .text), "", index + 2)
      }
    default: break
    }
    guard let (offset, anchor, afterDeterminer) = determiner(at: index) else { return nil }
    var next = afterDeterminer
    // "the same month last year", "the same period a year earlier"
    if isWord(index + 1, .same), atoms[safe: next]?.kind == .word, unit(next)?.plural != true,
      unit(next) != nil || isWord(next, .period), let (year, end) = yearAfter(next + 1)
    {
      return (.sameIn(year), "", end)
    }
    if isWord(next, .calendar), unit(next + 1)?.unit == .year { next += 1 }
    guard let named = unit(next), !named.plural, named.unit >= .day, named.count == 1 else { return nil }
    // "the last week of the war" is not the week that lies behind us.
    if isWord(next + 1, .of), isWord(index + 1, .last, .past) { return nil }
    // "last quarter of 2009" is read by the calendar's rules; "next day" without article counts from the text.
    if named.unit == .day {
      if isWord(index, .last, .past) || isWord(index + 1, .last, .past) { return nil }
      if isWord(index, .this) { return (.period(.day, offset: 0, from: .text), "", next + 1) }
      return (.period(.day, offset: offset, from: .text), "", next + 1)
    }
    return (.period(named.unit, offset: offset, from: anchor), "", next + 1)
  }

  private func isPeriod(_ reference: TimeReference) -> Bool {
    if case .period(let unit, _, _) = reference { return unit >= .day }
    return false
  }

  /// "the day", "the year": speaks of a known one where it ends a phrase.
  private func isBareAnaphor(_ index: Int, _ unit: TimeUnit) -> Bool {
    guard let token = parse.tokens[safe: atoms[index].token] else { return false }
    guard
      !parse.children[atoms[index].token].contains(where: {
        ["relcl", "prep", "acl", "amod", "compound"].contains(parse.tokens[$0].dep)
      })
    else { return false }
    // "won the day" is no day.
    if token.dep == "dobj",
      ["carry", "win", "save", "seize", "rule", "call"].contains(parse.tokens[token.head].lemma)
    {
      return false
    }
    return ["pobj", "npadvmod", "dobj"].contains(token.dep)
  }

  /// "two weeks from tomorrow" is a point; "64 days from 21 November" a length with its start.
  private func isFromHere(_ reference: TimeReference) -> Bool {
    switch reference {
    case .period: true
    case .calendar(let date): date.month == nil && (date.weekday != nil || date.holiday != nil)
    default: false
    }
  }

  /// A day of the calendar with its month, to count from.
  private func fullDate(at index: Int) -> (TimeReference, Int)? {
    if let found = dayReference(at: index) { return found }
    guard let (reference, next) = calendar(at: index), case .calendar(let date) = reference, date.year != nil
    else { return nil }
    return (reference, next)
  }

  /// "in two weeks", "in a quarter of an hour": what counts from now because the clause looks ahead.
  func futureShift(at index: Int) -> (TimeReference, Int)? {
    guard isWord(index, .in), let (reference, _, next) = shifted(at: index) else { return nil }
    return (reference, next)
  }

  /// "in a quarter of an hour", "in 1/2 h", "in three-quarters of an hour": a broken hour, in minutes.
  private func brokenHour(at index: Int) -> (TimeSpan, Int)? {
    var minutes: Int?
    var next = index
    if let above = number(index), isMark(index + 1, "/"), let below = number(index + 2), below > 0,
      below <= 6,
      above < below
    {
      (minutes, next) = (60 * above / below, index + 3)
    } else {
      let start = isWord(index, .a) ? index + 1 : index
      let times = spokenNumber(at: start).map { ($0.0, afterHyphen($0.1)) } ?? (1, start)
      if let named = unit(times.1), named.unit == .quarter { (minutes, next) = (15 * times.0, times.1 + 1) }
      guard minutes != nil, isWord(next, .of) else { return nil }
      next += 1
    }
    if isWord(next, .of) { next += 1 }
    if isWord(next, .a, .an) { next += 1 }
    guard let minutes, unit(next)?.unit == .hour || isWord(next, .h) else { return nil }
    return (TimeSpan(parts: [(.exact(Double(minutes)), .minute)]), next + 1)
  }

  /// "1h", "1'", "1\"": a count with a sign for its unit, which only "in" before it makes a length.
  private func signedCount(at index: Int) -> (TimeSpan, Int)? {
    guard let value = number(index), isGlued(index + 1) else { return nil }
    let unit: TimeUnit
    if isWord(index + 1, .h) {
      unit = .hour
    } else if isMark(index + 1, "'") {
      unit = .minute
    } else if isMark(index + 1, "\"") {
      unit = .second
    } else {
      return nil
    }
    return (TimeSpan(parts: [(.exact(Double(value)), unit)]), index + 2)
  }

  /// "a couple of minutes": two, where something is counted from a moment.
  private func pair(at index: Int) -> (TimeSpan, Int)? {
    guard isWord(index, .a), isWord(index + 1, .couple, .pair) else { return nil }
    let unitAt = isWord(index + 2, .of) ? index + 3 : index + 2
    guard let named = unit(unitAt), named.plural else { return nil }
    return (TimeSpan(parts: [(.exact(2 * Double(named.count)), named.unit)]), unitAt + 1)
  }

  /// "in a few hours": about three, where an appointment is made.
  private func few(at index: Int) -> (TimeSpan, Int)? {
    let fewAt = isWord(index, .a) ? index + 1 : index
    guard isPersonal, isWord(fewAt, .few), let named = unit(fewAt + 1), named.plural else { return nil }
    return (TimeSpan(parts: [(.exact(3 * Double(named.count)), named.unit)]), fewAt + 2)
  }

  /// "three days ago", "two weeks later", "a year earlier", "five days after 3 May", "two days from now".
  private func shifted(at index: Int) -> (TimeReference, String, Int)? {
    var mod = ""
    var start = index
    if isWord(index, .in), let atom = atoms[safe: index] {
      // "will meet in two weeks" counts from now; "was built in two weeks" is a length.
      var (found, counted) = quantityModifier(at: index + 1) ?? ("", index + 1)
      let some = few(at: counted)
      if some != nil, found.isEmpty { found = "APPROX" }
      let read =
        some ?? brokenHour(at: counted) ?? pair(at: counted) ?? timeSpan(at: counted)
        ?? signedCount(at: counted)
      guard let (span, afterSpan) = read, unit(counted) == nil, !isMark(afterSpan, "-"),
        looksAhead(atom.token)
      else {
        return nil
      }
      var next = afterSpan
      if isMark(next, "'") {  // "in a fortnight's time"
        let noun = isWord(next + 1, .s) ? next + 2 : next + 1
        guard isWord(noun, .time) else { return nil }
        next = noun + 1
      }
      if isWord(next, .from), isWord(next + 1, .now) { next += 2 }
      return (.shifted(span, sign: 1, from: .published), found, next)
    }
    if let (found, next) = quantityModifier(at: index) { (mod, start) = (found, next) }
    guard let (span, next) = pair(at: start) ?? timeSpan(at: start) else { return nil }
    switch word(next) {
    case .ago: return (.shifted(span, sign: -1, from: .published), mod, next + 1)
    case .earlier, .previously: return (.shifted(span, sign: -1, from: .text), mod, next + 1)
    case .later, .afterwards: return (.shifted(span, sign: 1, from: .text), mod, next + 1)
    case .hence: return (.shifted(span, sign: 1, from: .published), mod, next + 1)
    case .from where isWord(next + 1, .now):
      return (.shifted(span, sign: 1, from: .published), mod, next + 2)
    case .from where isWord(next + 1, .today) && isClosed(next + 2):
      return (.shifted(span, sign: 1, from: .published), mod, next + 2)
    case .from where isWord(next + 1, .just, .right) && isWord(next + 2, .now):
      return (.shifted(span, sign: 1, from: .published), mod, next + 3)
    case .before, .after, .from:
      let sign = isWord(next, .before) ? -1 : 1
      if isWord(next + 1, .that), unit(next + 2) == nil, !(isWord(next, .from)) {
        return (.shifted(span, sign: sign, from: .text), mod, next + 2)
      }
      if let (date, end) = fullDate(at: next + 1), !isWord(next, .from) || isFromHere(date) {
        return (.shiftedFrom(span, sign: sign, base: date), mod, end)
      }
      if !isWord(next, .from), atoms[safe: next + 1].map({ $0.kind == .mark && $0.mark != "\"" }) ?? true {
        return (.shifted(span, sign: sign, from: .text), mod, next + 1)
      }
      return nil
    default: return nil
    }
  }

  /// "the past five years", "the next two weeks", "the last few days".
  private func boundedSpan(at index: Int) -> (TimeSpan, Int, DateAnchor, Int)? {
    let start = isWord(index, .the, .these, .those) ? index + 1 : index
    let sign: Int
    let anchor: DateAnchor
    switch word(start) {
    case .past: (sign, anchor) = (-1, .published)
    case .last: (sign, anchor) = (-1, .published)
    case .next, .coming: (sign, anchor) = (1, start > index ? .text : .published)
    case .upcoming: (sign, anchor) = (1, .published)
    case .following: (sign, anchor) = (1, .text)
    case .previous, .preceding, .prior: (sign, anchor) = (-1, .text)
    default: return nil
    }
    guard let (span, next) = timeSpan(at: start + 1), isCounted(start + 1) || span.parts.count > 1 else {
      return nil
    }
    // "the last days of the war" is a part of something else, not what lies behind us.
    if isWord(next, .of) { return nil }
    return (span, sign, anchor, next)
  }

  /// Whether a clause looks ahead: by its verb's tense, or as a note or a sentence without one.
  private func looksAhead(_ token: Int) -> Bool {
    let tense = Tense.governing(token, in: parse)
    if tense == .future || isNote && tense == .none { return true }
    guard tense == .none, let sentence = parse.sentences[safe: parse.sentenceOfToken[token]] else {
      return false
    }
    return !parse.tokens[sentence].contains { $0.tag == "MD" || $0.tag.hasPrefix("VB") }
  }

  private func isCounted(_ index: Int) -> Bool { unit(index) == nil || unit(index)?.plural == true }

  /// Words that only say past, present or future.
  func vague(at index: Int) -> TimeExpression? {
    var reference: String?
    var next = index + 1
    switch word(index) {
    case .now, .currently, .nowadays, .presently: reference = "PRESENT_REF"
    case .current: reference = "PRESENT_REF"
    case .right where isWord(next, .now): (reference, next) = ("PRESENT_REF", next + 1)
    case .at where isWord(next, .the) && isWord(next + 1, .moment) && !isWord(next + 2, .of):
      (reference, next) = ("PRESENT_REF", next + 2)
    case .these where unit(next)?.unit == .day && unit(next)?.plural == true && !isWord(next + 1, .of):
      (reference, next) = ("PRESENT_REF", next + 1)
    case .recently: reference = "PAST_REF"
    case .formerly: reference = "PAST_REF"
    case .recent:
      reference = "PAST_REF"
      if let named = unit(next), named.plural { next += 1 }
    case .soon:
      // "soon became" tells what happened, not what will.
      guard !isWord(index + 1, .after, .afterwards), Tense.governing(atoms[index].token, in: parse) != .past
      else {
        return nil
      }
      reference = "FUTURE_REF"
    case .the:
      switch word(index + 1) {
      case .past where isClosed(index + 2): (reference, next) = ("PAST_REF", index + 2)
      case .present where isClosed(index + 2): (reference, next) = ("PRESENT_REF", index + 2)
      case .future where isClosed(index + 2): (reference, next) = ("FUTURE_REF", index + 2)
      default: return nil
      }
    case .future where tag(index).hasPrefix("JJ"): reference = "FUTURE_REF"
    default: return nil
    }
    guard let reference else { return nil }
    return TimeExpression(atoms: index..<next, meaning: .point(.vague(reference), nil))
  }

  /// Whether no noun follows that the word before would describe.
  private func isClosed(_ index: Int) -> Bool {
    guard let atom = atoms[safe: index], atom.kind == .word || atom.kind == .number else { return true }
    let tag = tag(index)
    return !(tag.hasPrefix("NN") || tag.hasPrefix("JJ") || tag == "CD")
  }
}
