/// Clock times as people say and jot them: "half past three", "ten thirty", "19h30", "330 p.m.", "tonight at 8".
extension DateGrammar {
  /// A number in words, below a hundred.
  func spokenNumber(at index: Int) -> (Int, Int)? {
    guard case .number(let value)? = atoms[safe: index]?.lexeme, value < 100 else { return nil }
    let onesAt = afterHyphen(index + 1)
    if value >= 20, value % 10 == 0, case .number(let ones)? = atoms[safe: onesAt]?.lexeme,
      (1...9).contains(ones)
    {
      return (value + ones, onesAt + 1)
    }
    return (value, index + 1)
  }

  /// "half past three", "a quarter to 5", "20 min past eight", "15 past 3pm".
  func minutesPast(at index: Int) -> (ClockTime, Int)? {
    let start = isWord(index, .a) ? index + 1 : index
    var minutes: Int
    var next = start + 1
    var isNamed = true
    if isWord(start, .half) {
      minutes = 30
    } else if unit(start)?.unit == .quarter, unit(start)?.plural == false {
      minutes = 15
    } else if let value = number(start), value < 60, atoms[start].length <= 2 {
      minutes = value
      isNamed = false
    } else if let (value, end) = spokenNumber(at: start), value < 60 {
      (minutes, next, isNamed) = (value, end, false)
    } else {
      return nil
    }
    var isShift = false
    if !isNamed, unit(next)?.unit == .minute {
      (next, isNamed) = (next + 1, true)
      isShift = isWord(next, .from, .after, .before)
    } else if !isNamed, unit(next)?.unit == .hour, isWord(next + 1, .from, .after, .before) {
      (next, isNamed, isShift, minutes) = (next + 1, true, true, minutes * 60)
    }
    // "15 minutes from 1 pm", "two hours after midnight"
    if isShift, let (time, end) = clock(at: next + 1), !time.isHalfOpen {
      return (time.moved(byMinutes: isWord(next, .before) ? -minutes : minutes), end)
    }
    let sign: Int
    switch word(next) {
    case .past, .after: sign = 1
    case .to where isNamed, .before where isNamed: sign = -1
    default:
      // "half three" is half past three.
      guard isWord(start, .half), let (time, end) = hour(at: next), isWord(start - 1, .at) || isNote,
        unit(end) == nil
      else { return nil }
      return (time.moved(byMinutes: 30), end)
    }
    guard !isWord(next, .to) || !isWord(start, .half),
      let (time, end) = clock(at: next + 1) ?? hour(at: next + 1),
      time.minute ?? 0 == 0, unit(end) == nil
    else { return nil }
    if isWord(next, .after, .before), !isNamed { return nil }
    if isWord(next, .after, .before), !isWord(start, .half), unit(start) == nil, time.isHalfOpen {
      return nil
    }
    return (time.moved(byMinutes: sign * minutes), end)
  }

  /// A bare hour, "3", "eight" or "3ish", that only its neighbours make a time.
  ///
  /// - Parameter beforeDash: whether a hyphen and another time may follow ("9-11am").
  func hour(at index: Int, beforeDash: Bool = false) -> (ClockTime, Int)? {
    guard let atom = atoms[safe: index] else { return nil }
    let value: Int
    var next = index + 1
    if atom.kind == .number, atom.length <= 2, atom.number >= 0, atom.number <= 24 {
      value = atom.number
      if let mark = atoms[safe: next], mark.kind == .mark, isGlued(next), number(next + 1) != nil,
        isGlued(next + 1), !(beforeDash && mark.mark == "-")
      {
        return nil
      }
    } else if case .number(let number)? = atom.lexeme, (1...12).contains(number) {
      value = number
    } else {
      return nil
    }
    if isWord(next, .ish) { next += 1 } else if isGlued(next), atoms[safe: next]?.kind == .word { return nil }
    if isMark(next, "%") || unit(next) != nil { return nil }
    return (ClockTime(hour: value, isHalfOpen: (1...12).contains(value)), next)
  }

  /// "ten thirty", "ten-thirty", "twelve o three", "330", "1030", "3 15": hour and minutes without a colon.
  func compactTime(at index: Int) -> (ClockTime, Int)? {
    guard let atom = atoms[safe: index] else { return nil }
    if atom.kind == .number, (3...4).contains(atom.length), atom.number >= 100 {
      let (hour, minute) = (atom.number / 100, atom.number % 100)
      guard hour < 24, minute < 60 else { return nil }
      let next = isWord(index + 1, .ish) ? index + 2 : index + 1
      return (ClockTime(hour: hour, minute: minute, isHalfOpen: hour <= 12), next)
    }
    guard let (time, afterHour) = hour(at: index), let hour = time.hour else { return nil }
    let minuteAt = afterHyphen(afterHour)
    var minute: Int?
    var next = minuteAt
    if atom.kind == .number {
      if atoms[safe: minuteAt]?.length == 2, minuteAt == afterHour, let value = number(minuteAt) {
        (minute, next) = (value, minuteAt + 1)
      }
    } else if let (value, end) = spokenNumber(at: minuteAt), value >= 10 {
      (minute, next) = (value, end)
    } else if isWord(minuteAt, .oclock), let (value, end) = spokenNumber(at: minuteAt + 1), value < 10 {
      (minute, next) = (value, end)
    }
    guard let minute, minute < 60 else { return nil }
    if unit(next)?.unit == .minute, isWord(index - 1, .at) { next += 1 }
    guard unit(next) == nil else { return nil }
    return (ClockTime(hour: hour, minute: minute, isHalfOpen: hour <= 12), next)
  }

  /// "15h", "19h30": the hour with an h; alone only where it can't be a length.
  func hourWithH(at index: Int) -> (ClockTime, Int)? {
    guard let hour = number(index), hour <= 24, atoms[index].length <= 2, isWord(index + 1, .h),
      isGlued(index + 1)
    else { return nil }
    if let minute = number(index + 2), isGlued(index + 2), atoms[index + 2].length == 2, minute < 60 {
      return (ClockTime(hour: hour, minute: minute), index + 3)
    }
    let isClock =
      isWord(index - 1, .at, .from, .until, .till) || isMark(index - 1, "-") || zone(at: index + 2) != nil
      || isNote && hour > 12
    return isClock ? (ClockTime(hour: hour, minute: 0), index + 2) : nil
  }

  /// A time after a day or a part of the day, where a bare hour is enough: "at 8", "@ 10", "around 4", ", 3:20".
  func timeAfterDay(at index: Int) -> (ClockTime, Int)? {
    var at = isMark(index, ",") ? index + 1 : index
    var isPrepared = false
    while isWord(at, .at, .around, .about) || isMark(at, "@") { (at, isPrepared) = (at + 1, true) }
    if let found = minutesPast(at: at) ?? clock(at: at) ?? hourWithH(at: at) { return found }
    guard isPrepared else { return nil }
    return compactTime(at: at) ?? hour(at: at)
  }

  /// "8 tonight", "9 tomorrow morning", "five-thirty tomorrow evening", "3 in the morning".
  func timeBeforeDay(at index: Int) -> TimeExpression? {
    guard !isGlued(index) || isMark(index - 1, "(") || index == 0,
      let (time, next) = compactTime(at: index) ?? hour(at: index)
    else { return nil }
    if let (part, end) = partAfter(next) {
      return TimeExpression(atoms: index..<end, meaning: .point(.dayOfText, time.within(part)))
    }
    switch word(next) {
    case .tonight, .tomorrow, .today, .yesterday, .this: break
    default: return nil
    }
    guard let (reference, part, end) = dayAndPart(at: next) else { return nil }
    if isWord(next, .this), part == nil { return nil }
    return TimeExpression(
      atoms: index..<end, meaning: .point(reference, part.map { time.within($0) } ?? time))
  }

  /// "in the morning", "at night".
  func partAfter(_ index: Int) -> (PartOfDay, Int)? {
    if isWord(index, .in), isWord(index + 1, .the), let part = part(index + 2), !part.plural {
      return (part.part, index + 3)
    }
    if isWord(index, .in), isWord(index + 1, .the), isWord(index + 2, .am, .pm) {
      return (isWord(index + 2, .am) ? .morning : .afternoon, index + 3)
    }
    if isWord(index, .at), let part = part(index + 1), part.part == .night, !part.plural {
      return (.night, index + 2)
    }
    return nil
  }

  /// A day with a part of it, where one is said: "tonight", "this afternoon", "tomorrow evening", "Friday".
  func dayAndPart(at index: Int) -> (TimeReference, PartOfDay?, Int)? {
    if isWord(index, .tonight) { return (.period(.day, offset: 0, from: .published), .night, index + 1) }
    if isWord(index, .this), let part = part(index + 1), !part.plural {
      return (.period(.day, offset: 0, from: .published), part.part, index + 2)
    }
    guard let (reference, next) = dayReference(at: index) else { return nil }
    if let part = part(next), !part.plural { return (reference, part.part, next + 1) }
    if let (part, end) = partAfter(next) { return (reference, part, end) }
    return (reference, nil, next)
  }

  // MARK: From and to

  /// "from 3:30 to six p.m.", "9-11am", "Thursday from 9a to 11a": what the first leaves open, the second says.
  func clockRange(at index: Int) -> [TimeExpression]? {
    var reference = TimeReference.dayOfText
    var start = index
    var dayEnd: Int?
    if let (day, part, next) = dayAndPart(at: index), part == nil {
      (reference, dayEnd) = (day, next)
      start = isMark(next, ",") ? next + 1 : next
      if isWord(start, .from) { start += 1 }
    }
    guard atoms[safe: start]?.kind == .number || spokenNumber(at: start) != nil,
      !isGlued(start) || isMark(start - 1, "(") || start == 0,
      let (first, afterFirst) = anyTime(at: start),
      isWord(afterFirst, .to, .until, .till) || isMark(afterFirst, "-")
    else { return nil }
    let secondAt = afterFirst + 1
    guard var (second, end) = anyTime(at: secondAt, afterDash: true) else { return nil }
    var opening = first
    let isCertain = !second.isHalfOpen || partAfter(end) != nil
    if let (part, next) = partAfter(end), second.isHalfOpen { (second, end) = (second.within(part), next) }
    // "3 to 5" is no time; "9:30 to 11" is one, and so is what a day or an a.m. makes one.
    guard
      isCertain && (second.hour ?? 0) > 0 || dayEnd != nil && isWord(start - 1, .from)
        || first.minute != nil && second.minute != nil && clock(at: start) != nil
    else { return nil }
    if opening.isHalfOpen, let a = opening.hour, let b = second.hour, !second.isHalfOpen {
      let later = a % 12 + 12
      if b >= 12, later * 60 + (opening.minute ?? 0) < b * 60 + (second.minute ?? 0) { opening.hour = later }
      opening.isHalfOpen = false
    }
    if opening.zone == nil { opening.zone = second.zone }
    if dayEnd == nil {
      let dayAt = isWord(end, .on) ? end + 1 : end
      if let (day, part, next) = dayAndPart(at: dayAt), part == nil { (reference, end) = (day, next) }
    }
    return [
      TimeExpression(atoms: index..<afterFirst, meaning: .point(reference, opening)),
      TimeExpression(atoms: secondAt..<end, meaning: .point(reference, second)),
    ]
  }

  private func anyTime(at index: Int, afterDash: Bool = false) -> (ClockTime, Int)? {
    if let found = clock(at: index, afterDash: afterDash) { return found }
    guard let (time, next) = hourWithH(at: index) ?? hour(at: index, beforeDash: !afterDash) else {
      return nil
    }
    return zoned(time, next)
  }
}

extension ClockTime {
  /// The time some minutes later or earlier, on the same day's dial.
  func moved(byMinutes minutes: Int) -> ClockTime {
    guard let hour else { return self }
    var copy = self
    let total = (hour * 60 + (minute ?? 0) + minutes + 24 * 60) % (24 * 60)
    copy.hour = total / 60
    copy.minute = total % 60
    return copy
  }
}
