/// Times of the day, alone or with their day.
extension DateGrammar {
  /// "3 p.m.", "15:30 GMT", "midnight", "this morning", "tonight at 8", "9 tomorrow morning".
  func clockExpression(at index: Int) -> TimeExpression? {
    if isWord(index, .tonight, .this), let (reference, part, next) = dayAndPart(at: index), let part {
      if let (time, end) = timeAfterDay(at: next) {
        return TimeExpression(atoms: index..<end, meaning: .point(reference, time.within(part)))
      }
      return TimeExpression(atoms: index..<next, meaning: .point(reference, ClockTime(part: part)))
    }
    if let found = timeBeforeDay(at: index) { return found }
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
      if isWord(start + 1, .at), let (time, end) = timeAfterDay(at: start + 1) {
        return TimeExpression(atoms: index..<end, meaning: .point(.dayOfText, time.within(part.part)))
      }
      return TimeExpression(
        atoms: index..<(start + 1), meaning: .point(.dayOfText, ClockTime(part: part.part)))
    }
    if let part = part(start), !part.plural {
      // "early morning @ 3"
      if isWord(start + 1, .at) || isMark(start + 1, "@"), let (time, end) = timeAfterDay(at: start + 1) {
        return TimeExpression(atoms: index..<end, meaning: .point(.dayOfText, time.within(part.part)))
      }
      if isNote, index == 0, atoms.count == start + 1 {
        return TimeExpression(
          atoms: index..<atoms.count, meaning: .point(.dayOfText, ClockTime(part: part.part)))
      }
    }
    guard var (time, next) = minutesPast(at: index) ?? clock(at: index) ?? looseClock(at: index) else {
      return nil
    }
    if let (part, end) = partAfter(next) { (time, next) = (time.within(part), end) }
    // The day may follow: "3 p.m. on Tuesday", "12:00 UTC Monday".
    var dayAt = isWord(next, .on) ? next + 1 : next
    if isMark(next, ","), !isGlued(next) || true, isWord(next + 1, .on) { dayAt = next + 2 }
    if let (reference, part, end) = dayAndPart(at: dayAt) {
      return TimeExpression(
        atoms: index..<end, meaning: .point(reference, part.map { time.within($0) } ?? time))
    }
    if let (reference, end) = futureShift(at: dayAt) {
      return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
    }
    return TimeExpression(atoms: index..<next, meaning: .point(.dayOfText, time))
  }

  /// "ten thirty", "19h30", "330 in the evening": times that need a preposition, a part of the day or a note's
  /// brevity to be taken for one.
  private func looseClock(at index: Int) -> (ClockTime, Int)? {
    if let (time, next) = hourWithH(at: index) { return zoned(time, next) }
    guard let (time, next) = compactTime(at: index) else { return nil }
    if partAfter(next) != nil { return (time, next) }
    let stands =
      isNote && next == atoms.count && (index == 0 || isWord(index - 1, .at, .around, .about, .by))
      || atoms[index].kind == .word && isWord(index - 1, .at)
    return stands ? (time, next) : nil
  }

  /// "Friday morning", "8 October at 3 p.m.", "May 8 1:00AM", "yesterday evening", "2024-10-08T15:30".
  func dayWithTime(at index: Int) -> TimeExpression? {
    guard let (reference, next) = dayReference(at: index) ?? futureShift(at: index) else { return nil }
    let partAt = isWord(next, .early, .late) ? next + 1 : next
    if let (part, end) = part(partAt).flatMap({ $0.plural ? nil : ($0.part, partAt + 1) }) ?? partAfter(next)
    {
      if let (time, timeEnd) = timeAfterDay(at: end) {
        return TimeExpression(atoms: index..<timeEnd, meaning: .point(reference, time.within(part)))
      }
      return TimeExpression(atoms: index..<end, meaning: .point(reference, ClockTime(part: part)))
    }
    if let letter = atoms[safe: next], letter.kind == .word, letter.length == 1, isGlued(next),
      parse.text(letter.start, letter.end) == "T", let (time, end) = clock(at: next + 1)
    {
      return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
    }
    guard var (time, end) = timeAfterDay(at: next) else { return nil }
    if let (part, after) = partAfter(end) { (time, end) = (time.within(part), after) }
    if let (offset, after) = zone(at: end), time.zone == nil { (time.zone, end) = (offset, after) }
    return TimeExpression(atoms: index..<end, meaning: .point(reference, time))
  }

  /// A reference to a single day.
  func dayReference(at index: Int) -> (TimeReference, Int)? {
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
  func clock(at index: Int, afterDash: Bool = false) -> (ClockTime, Int)? {
    if isWord(index, .noon) {
      return zoned(ClockTime(hour: 12, minute: 0), index + 1)
    }
    if number(index) == 12, isWord(index + 1, .noon) {
      return zoned(ClockTime(hour: 12, minute: 0), index + 2)
    }
    if isWord(index, .midnight) { return zoned(ClockTime(hour: 0, minute: 0), index + 1) }
    if isWord(index, .mid), let part = part(index + 1), part.part == .night, !part.plural {
      return zoned(ClockTime(hour: 0, minute: 0), index + 2)
    }
    if case .number(let hour)? = atoms[safe: index]?.lexeme, (1...12).contains(hour) {
      if let (isPM, next) = halfOfDay(at: index + 1) ?? oclock(at: index + 1) {
        return zoned(ClockTime(hour: to24(hour, isPM), isHalfOpen: isPM == nil), next)
      }
      guard let (time, end) = compactTime(at: index), let (isPM, next) = halfOfDay(at: end) else {
        return nil
      }
      return zoned(ClockTime(hour: to24(hour, isPM), minute: time.minute), next)
    }
    guard let hour = number(index) else { return nil }
    if isGlued(index), let before = atoms[safe: index - 1], before.kind == .mark,
      [".", ",", ":", "$", "/", "-", "#"].contains(before.mark), !(afterDash && before.mark == "-")
    {
      return nil
    }
    // "330 p.m."
    if (3...4).contains(atoms[index].length), let (time, end) = compactTime(at: index), time.isHalfOpen,
      let (isPM, next) = halfOfDay(at: end)
    {
      return zoned(ClockTime(hour: to24(time.hour ?? 0, isPM), minute: time.minute), next)
    }
    guard atoms[index].length <= 2, hour <= 24 else { return nil }
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
      time.isHalfOpen = (1...12).contains(hour) && atoms[index].length == 1 && time.second == nil
      if isWord(next, .ish) { next += 1 }
      // "2.30" is a number unless p.m. follows or somebody says "at 2.30"; a score such as "3:15" needs a label, a
      // zone or a preposition.
      if isDot {
        let after = tag(next)
        return isPersonal && isWord(index - 1, .at) && !after.hasPrefix("NN") && !isMark(next, "%")
          && after != "CD"
          ? (time, next) : nil
      }
      if let zoned = zone(at: next) { return (withZone(time, zoned.0), zoned.1) }
      let prepared =
        isWord(
          index - 1, .at, .by, .until, .till, .from, .since, .before, .after, .around, .about, .than)
        || isNote
      return prepared || label(index) == "TIME" || label(index) == "DATE" || time.second != nil
        || atoms[index].length == 2 ? (time, next) : nil
    }
    if isWord(next, .ish) {
      next += 1
      time.isHalfOpen = (1...12).contains(hour)
      if halfOfDay(at: next) == nil, partAfter(next) == nil { return zoned(time, next) }
    }
    if let (isPM, end) = halfOfDay(at: next), (1...12).contains(hour) {
      time.hour = to24(hour, isPM)
      time.isHalfOpen = false
      return zoned(time, end)
    }
    if let (isPM, end) = oclock(at: next), (1...12).contains(hour) {
      time.hour = to24(hour, isPM)
      time.isHalfOpen = isPM == nil
      return zoned(time, end)
    }
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
      // "am" is also a verb: "I am"; and "3am3io" is a code.
      if isGlued(index + 1), let after = atoms[safe: index + 1], after.kind != .mark { return nil }
      return (isWord(index, .pm), index + 1)
    }
    // "9.am"
    if isMark(index, "."), isGlued(index), isGlued(index + 1), isWord(index + 1, .am, .pm) {
      return (isWord(index + 1, .pm), index + 2)
    }
    guard let letter = atoms[safe: index], letter.kind == .word, letter.length == 1 else { return nil }
    let first = parse.text(letter.start, letter.end).lowercased()
    guard first == "p" || first == "a" else { return nil }
    let dot = isMark(index + 1, ".") ? index + 2 : index + 1
    if let m = atoms[safe: dot], m.kind == .word, m.length == 1,
      parse.text(m.start, m.end).lowercased() == "m"
    {
      return (first == "p", isMark(dot + 1, ".") && dot > index + 1 ? dot + 2 : dot + 1)
    }
    // "9a", "at 3p."
    guard isGlued(index), let before = number(index - 1), before <= 59 else { return nil }
    return (first == "p", index + 1)
  }

  private func oclock(at index: Int) -> (Bool?, Int)? {
    let next: Int
    if isWord(index, .oclock), isMark(index + 1, "'"), isWord(index + 2, .clock) {
      next = index + 3
    } else if let atom = atoms[safe: index], atom.kind == .word, atom.length == 6,
      parse.text(atom.start, atom.end).lowercased() == "oclock"
    {
      next = index + 1
    } else {
      return nil
    }
    if let half = halfOfDay(at: next) { return half }
    if isWord(next, .in), isWord(next + 1, .the), let part = part(next + 2) {
      return (part.part != .morning, next + 3)
    }
    return (nil, next)
  }

  func zone(at index: Int) -> (Int, Int)? {
    if isMark(index, "("), let inner = zone(at: index + 1), isMark(inner.1, ")") {
      return (inner.0, inner.1 + 1)
    }
    if let atom = atoms[safe: index], case .zone(let offset)? = atom.lexeme, atom.length >= 2 {
      let text = parse.text(atom.start, atom.end)
      guard text.utf8.allSatisfy({ $0 < 97 }) || atom.length >= 3 && text.utf8.allSatisfy({ $0 >= 97 }) else {
        return nil
      }
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

  func zoned(_ time: ClockTime, _ next: Int) -> (ClockTime, Int) {
    if let (offset, end) = zone(at: next) { return (withZone(time, offset), end) }
    return (time, next)
  }
}
