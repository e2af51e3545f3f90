/// Times of the day, alone or with their day.
extension DateGrammar {
  /// "3 p.m.", "15:30 GMT", "midnight", "this morning", "tonight".
  func clockExpression(at index: Int) -> TimeExpression? {
    if isWord(index, .tonight) {
      return TimeExpression(
        atoms: index..<(index + 1),
        meaning: .point(.period(.day, offset: 0, from: .published), ClockTime(part: .night)))
    }
    if isWord(index, .this), let part = part(index + 1), !part.plural {
      return TimeExpression(
        atoms: index..<(index + 2),
        meaning: .point(.period(.day, offset: 0, from: .published), ClockTime(part: part.part)))
    }
    if isWord(index, .last), let part = part(index + 1), part.part == .night, !part.plural {
      return TimeExpression(
        atoms: index..<(index + 2),
        meaning: .point(.period(.day, offset: -1, from: .published), ClockTime(part: .night)))
    }
    // "the next morning", "that evening"
    if let (offset, anchor, next) = determiner(at: index), let part = part(next), !part.plural,
      !isWord(index, .last, .past)
    {
      let from: DateAnchor = isWord(index, .next) ? .text : anchor
      return TimeExpression(
        atoms: index..<(next + 1),
        meaning: .point(.period(.day, offset: offset, from: from), ClockTime(part: part.part)))
    }
    let start = isWord(index, .the) ? index + 1 : index
    if let part = part(start), !part.plural, isWord(start + 1, .of),
      let (reference, next) = dayReference(at: start + 2)
    {
      return TimeExpression(atoms: index..<next, meaning: .point(reference, ClockTime(part: part.part)))
    }
    if start > index, let part = part(start), !part.plural, isWord(index - 1, .in, .during),
      part.part != .daytime,
      !(atoms[safe: start + 1]?.kind == .word && tag(start + 1).hasPrefix("NN"))
    {
      return TimeExpression(
        atoms: index..<(start + 1), meaning: .point(.dayOfText, ClockTime(part: part.part)))
    }
    guard let (time, next) = clock(at: index) else { return nil }
    // The day may follow: "3 p.m. on Tuesday", "12:00 UTC Monday".
    var dayAt = isWord(next, .on) ? next + 1 : next
    if isMark(next, ","), !isGlued(next) || true, isWord(next + 1, .on) { dayAt = next + 2 }
    if let (reference, end) = dayReference(at: dayAt) {
      return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
    }
    return TimeExpression(atoms: index..<next, meaning: .point(.dayOfText, time))
  }

  /// "Friday morning", "8 October at 3 p.m.", "May 8 1:00AM", "yesterday evening", "2024-10-08T15:30".
  func dayWithTime(at index: Int) -> TimeExpression? {
    guard let (reference, next) = dayReference(at: index) else { return nil }
    if let part = part(next), !part.plural {
      return TimeExpression(atoms: index..<(next + 1), meaning: .point(reference, ClockTime(part: part.part)))
    }
    if isWord(next, .in), isWord(next + 1, .the), let part = part(next + 2), !part.plural {
      return TimeExpression(atoms: index..<(next + 3), meaning: .point(reference, ClockTime(part: part.part)))
    }
    if let letter = atoms[safe: next], letter.kind == .word, letter.length == 1, isGlued(next),
      parse.text(letter.start, letter.end) == "T", let (time, end) = clock(at: next + 1)
    {
      return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
    }
    var timeAt = next
    if isMark(timeAt, ",") { timeAt += 1 }
    if isWord(timeAt, .at) { timeAt += 1 }
    if isWord(timeAt, .around, .about) { timeAt += 1 }
    if let (time, end) = clock(at: timeAt) {
      return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
    }
    return nil
  }

  /// A reference to a single day.
  private func dayReference(at index: Int) -> (TimeReference, Int)? {
    switch word(index) {
    case .today: return (.period(.day, offset: 0, from: .published), index + 1)
    case .yesterday: return (.period(.day, offset: -1, from: .published), index + 1)
    case .tomorrow: return (.period(.day, offset: 1, from: .published), index + 1)
    default: break
    }
    if let (offset, anchor, next) = determiner(at: index), unit(next)?.unit == .day,
      unit(next)?.plural == false,
      anchor == .text
    {
      return (.period(.day, offset: offset, from: anchor), next + 1)
    }
    guard let (reference, next) = calendar(at: index), case .calendar(let date) = reference,
      date.day != nil || date.weekday != nil || date.holiday != nil
    else { return nil }
    return (reference, next)
  }

  /// A time on the clock.
  func clock(at index: Int) -> (ClockTime, Int)? {
    if isWord(index, .noon) { return zoned(ClockTime(hour: 12, minute: 0), index + 1) }
    if isWord(index, .midnight) { return zoned(ClockTime(hour: 0, minute: 0), index + 1) }
    if case .number(let hour)? = atoms[safe: index]?.lexeme, (1...12).contains(hour) {
      guard let (isPM, next) = halfOfDay(at: index + 1) ?? oclock(at: index + 1) else { return nil }
      return zoned(ClockTime(hour: to24(hour, isPM)), next)
    }
    guard let hour = number(index), atoms[index].length <= 2, hour <= 24 else { return nil }
    if isGlued(index), let before = atoms[safe: index - 1], before.kind == .mark,
      [".", ",", ":", "$", "/", "-", "#"].contains(before.mark)
    {
      return nil
    }
    var time = ClockTime(hour: hour)
    var next = index + 1
    if isMark(next, ":") || isMark(next, "."), isGlued(next), let minute = number(next + 1),
      isGlued(next + 1),
      atoms[next + 1].length == 2, minute < 60
    {
      let isDot = isMark(next, ".")
      time.minute = minute
      next += 2
      if !isDot, isMark(next, ":"), isGlued(next), let second = number(next + 1), second < 60,
        atoms[next + 1].length == 2
      {
        time.second = second
        next += 2
      }
      if let (isPM, end) = halfOfDay(at: next), hour <= 12 {
        time.hour = to24(hour, isPM)
        return zoned(time, end)
      }
      guard hour < 24 else { return nil }
      // "2.30" is a number unless p.m. follows; a score such as "3:15" needs a label, a zone or a preposition.
      if isDot { return nil }
      if let zoned = zone(at: next) { return (withZone(time, zoned.0), zoned.1) }
      let prepared = isWord(
        index - 1, .at, .by, .until, .till, .from, .since, .before, .after, .around, .about)
      return prepared || label(index) == "TIME" || label(index) == "DATE" || time.second != nil
        || atoms[index].length == 2 ? (time, next) : nil
    }
    if let (isPM, end) = halfOfDay(at: next), (1...12).contains(hour) {
      time.hour = to24(hour, isPM)
      return zoned(time, end)
    }
    if let (_, end) = oclock(at: next), (1...12).contains(hour) { return zoned(time, end) }
    return nil
  }

  private func to24(_ hour: Int, _ isPM: Bool?) -> Int {
    switch isPM {
    case true?: hour == 12 ? 12 : hour + 12
    case false?: hour == 12 ? 0 : hour
    case nil: hour
    }
  }

  /// "pm", "p.m.", "in the afternoon".
  private func halfOfDay(at index: Int) -> (Bool?, Int)? {
    if isWord(index, .am, .pm) {
      // "am" is also a verb: "I am".
      return (isWord(index, .pm), index + 1)
    }
    if let letter = atoms[safe: index], letter.kind == .word, letter.length == 1, isMark(index + 1, "."),
      isGlued(index + 1),
      let m = atoms[safe: index + 2], m.kind == .word, m.length == 1, isGlued(index + 2)
    {
      let pair = parse.text(letter.start, letter.end) + parse.text(m.start, m.end)
      guard ["pm", "PM", "am", "AM"].contains(pair) else { return nil }
      let isPM = pair == "pm" || pair == "PM"
      return (isPM, isMark(index + 3, ".") && isGlued(index + 3) ? index + 4 : index + 3)
    }
    return nil
  }

  private func oclock(at index: Int) -> (Bool?, Int)? {
    guard isWord(index, .oclock), isMark(index + 1, "'"), isWord(index + 2, .clock) else { return nil }
    if isWord(index + 3, .in), isWord(index + 4, .the), let part = part(index + 5) {
      return (part.part != .morning, index + 6)
    }
    return (nil, index + 3)
  }

  private func zone(at index: Int) -> (Int, Int)? {
    if isMark(index, "("), let inner = zone(at: index + 1), isMark(inner.1, ")") {
      return (inner.0, inner.1 + 1)
    }
    if let atom = atoms[safe: index], case .zone(let offset)? = atom.lexeme, atom.isCapital, atom.length >= 2,
      parse.text(atom.start, atom.end).utf8.allSatisfy({ $0 < 97 })
    {
      return (offset, index + 1)
    }
    if let letter = atoms[safe: index], letter.length == 1, letter.kind == .word, isGlued(index),
      parse.text(letter.start, letter.end) == "Z"
    {
      return (0, index + 1)
    }
    return nil
  }

  private func withZone(_ time: ClockTime, _ offset: Int) -> ClockTime {
    var copy = time
    copy.zone = offset
    return copy
  }

  private func zoned(_ time: ClockTime, _ next: Int) -> (ClockTime, Int) {
    if let (offset, end) = zone(at: next) { return (withZone(time, offset), end) }
    return (time, next)
  }
}
