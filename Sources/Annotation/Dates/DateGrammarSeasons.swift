/// Seasons, quarters, feasts, decades and centuries.
extension DateGrammar {
  // MARK: Seasons, quarters, feasts

  func seasonal(at index: Int, afterArticle: Bool) -> (PartialDate, Int)? {
    if !afterArticle, let (year, next) = fullYear(at: index), let season = season(next) {
      return (PartialDate(year: .number(year), season: season), next + 1)
    }
    var direction = Direction.open
    var nameAt = index
    if !afterArticle, let (found, next) = nameDirection(at: index) { (direction, nameAt) = (found, next) }
    guard let season = season(nameAt) else { return nil }
    var date = PartialDate(season: season, direction: direction)
    if direction == .open, let (year, end) = yearAfter(nameAt + 1) {
      date.year = year
      return (date, end)
    }
    if direction != .open { return (date, nameAt + 1) }
    // Alone, "spring" and "fall" are more often something else.
    let prepared = isWord(nameAt - 1, .in, .by, .during, .until, .since, .early, .late, .mid, .of)
    let preparedArticle =
      afterArticle && (isWord(index - 2, .in, .by, .during, .until, .since, .of) || isDateLabel(nameAt))
    let isNoun = !tag(nameAt).hasPrefix("VB")
    guard isNoun, prepared || preparedArticle || (isDateLabel(nameAt) && !afterArticle) else { return nil }
    // "the fall of Saigon"
    if season == .autumn, !isDateLabel(nameAt), isWord(nameAt + 1, .of, .in) { return nil }
    if let after = atoms[safe: nameAt + 1], after.kind == .word, after.isCapital, !isDateLabel(nameAt) {
      return nil
    }
    return (date, nameAt + 1)
  }

  func quarter(at index: Int, afterArticle: Bool) -> (PartialDate, Int)? {
    var date = PartialDate()
    var next = index
    if !afterArticle, isWord(index, .q, .h), let value = number(index + 1), isGlued(index + 1), value >= 1,
      value <= (isWord(index, .q) ? 4 : 2)
    {
      if isWord(index, .q) { date.quarter = value } else { date.half = value }
      next = index + 2
      guard let (year, end) = yearAfter(next) else {
        return date.quarter != nil && isDateLabel(index) ? (date, next) : nil
      }
      date.year = year
      return (date, end)
    }
    if !afterArticle, let (year, afterYear) = fullYear(at: index), isWord(afterYear, .q),
      let value = number(afterYear + 1), isGlued(afterYear + 1), (1...4).contains(value)
    {
      return (PartialDate(year: .number(year), quarter: value), afterYear + 2)
    }
    guard
      let (value, unitAt) = ordinal(at: index)
        ?? (isWord(index, .final, .last, .latter) ? (0, index + 1) : nil)
    else {
      return nil
    }
    let nounAt = afterHyphen(unitAt)
    if unit(nounAt)?.unit == .quarter, unit(nounAt)?.plural == false, value <= 4 {
      date.quarter = value == 0 ? 4 : value
      next = nounAt + 1
    } else if isWord(nounAt, .half), value <= 2 {
      date.half = value == 0 ? 2 : value
      next = nounAt + 1
      guard let (year, end) = yearAfter(next) else { return nil }
      date.year = year
      return (date, end)
    } else {
      return nil
    }
    if let (year, end) = yearAfter(next) {
      date.year = year
      return (date, end)
    }
    if isWord(index, .last, .latter) { return nil }
    return afterArticle || isNote || isDateLabel(nounAt) ? (date, next) : nil
  }

  func holiday(at index: Int) -> (PartialDate, Int)? {
    var feast: Holiday?
    var next = index + 1
    // "the weekend of Thanksgiving"
    if let named = unit(index), named.unit == .weekend, !named.plural, isWord(next, .of),
      case (var date, let end)? = holiday(at: next + 1)
    {
      date.isWeekend = true
      return (date, end)
    }
    func isDay(_ at: Int) -> Bool { unit(at)?.unit == .day && unit(at)?.plural == false }
    func afterPossessive(_ at: Int) -> Int { isMark(at, "'") ? (isWord(at + 1, .s) ? at + 2 : at + 1) : at }
    if let (direction, nameAt) = nameDirection(at: index), direction != .open {
      guard let (found, end) = holiday(at: nameAt), found.year == nil, found.direction == .open else {
        return nil
      }
      return (PartialDate(holiday: found.holiday, direction: direction), end)
    }
    func isDayAfterPossessive(_ at: Int) -> Bool { isDay(afterPossessive(at)) }
    switch word(index) {
    case .christmas:
      feast = .christmas
      if isWord(next, .eve) { (feast, next) = (.christmasEve, next + 1) } else if isDay(next) { next += 1 }
    case .new:
      guard unit(next)?.unit == .year,
        atoms[next].isCapital || isDay(afterPossessive(next + 1)) || isWord(afterPossessive(next + 1), .eve)
      else { return nil }
      next = afterPossessive(next + 1)
      if isWord(next, .eve) {
        (feast, next) = (.newYearsEve, next + 1)
      } else if isDay(next) {
        (feast, next) = (.newYear, next + 1)
      }
    case .boxing where isDay(next): (feast, next) = (.boxingDay, next + 1)
    case .valentine:
      next = afterPossessive(next)
      if isDay(next) { (feast, next) = (.valentine, next + 1) }
    case .halloween: feast = .halloween
    case .easter:
      feast = .easter
      if weekdayName(at: next)?.weekday == 7 {
        next += 1
      } else if weekdayName(at: next)?.weekday == 1 {
        (feast, next) = (.easterMonday, next + 1)
      } else if let (_, _) = weekdayName(at: next) {
        return nil
      }
    case .good:
      guard weekdayName(at: next)?.weekday == 5 else { return nil }
      (feast, next) = (.goodFriday, next + 1)
    case .black where weekdayName(at: next)?.weekday == 5: (feast, next) = (.blackFriday, next + 1)
    case .thanksgiving:
      feast = .thanksgiving
      if isDay(next) { next += 1 }
    case .labor where isDay(next): (feast, next) = (.laborDay, next + 1)
    case .memorial where isDay(next): (feast, next) = (.memorialDay, next + 1)
    case .independence where isDay(next): (feast, next) = (.independence, next + 1)
    case .mlk where isDay(next): (feast, next) = (.martinLutherKing, next + 1)
    case .mother where isDayAfterPossessive(next): (feast, next) = (.mothersDay, afterPossessive(next) + 1)
    case .father where isDayAfterPossessive(next): (feast, next) = (.fathersDay, afterPossessive(next) + 1)
    case .patrick where isDayAfterPossessive(next): (feast, next) = (.patrick, afterPossessive(next) + 1)
    default: return nil
    }
    guard let feast else { return nil }
    var date = PartialDate(holiday: feast)
    if let (year, end) = yearAfter(next) {
      date.year = year
      next = end
    }
    // "labor day weekend"
    if unit(next)?.unit == .weekend, unit(next)?.plural == false {
      date.isWeekend = true
      next += 1
    }
    return (date, next)
  }

  // MARK: Decades and centuries

  func eraOf(at index: Int, afterArticle: Bool) -> (TimeReference, Int)? {
    var at = index
    if afterArticle {
      if isWord(at, .early, .late, .mid) { return nil }  // the modifier's rule reads these
    }
    if let (value, next) = ordinal(at: at) {
      let nounAt = afterHyphen(next)
      guard let named = unit(nounAt), !named.plural, named.unit == .century || named.unit == .millennium,
        value >= 1, value <= 40
      else { return nil }
      let length = named.unit == .century ? 100 : 1000
      if let (isBC, end) = eraMark(at: nounAt + 1) {
        return (.era(named.unit, first: isBC ? -value * length : (value - 1) * length), end)
      }
      return (.era(named.unit, first: (value - 1) * length), nounAt + 1)
    }
    if let value = number(at), isDecadeEnding(at + 1) {
      let length = atoms[at].length
      let next = isMark(at + 1, "'") ? at + 3 : at + 2
      if let (isBC, end) = eraMark(at: next), isBC {
        return (.era(.decade, first: -(value / 10) * 10 - 10), end)
      }
      if length == 4, (1000...2190).contains(value), value % 10 == 0 {
        return (.era(value % 100 == 0 ? .century : .decade, first: value), next)
      }
      return nil
    }
    if isMark(at, "'"), isGlued(at + 1), let value = number(at + 1), value % 10 == 0, value < 100,
      isDecadeEnding(at + 2)
    {
      return (.shortDecade(value), at + 3)
    }
    if afterArticle, case .decade(let value)? = atoms[safe: at]?.lexeme {
      return (.shortDecade(value), at + 1)
    }
    if case .number(let hundreds)? = atoms[safe: at]?.lexeme, hundreds >= 15, hundreds < 22 {
      at = afterHyphen(at + 1)
      if case .decade(let value)? = atoms[safe: at]?.lexeme {
        return (.era(.decade, first: hundreds * 100 + value), at + 1)
      }
    }
    return nil
  }

  /// "s" or "'s" glued to digits.
  private func isDecadeEnding(_ index: Int) -> Bool {
    guard isGlued(index) else { return false }
    if isWord(index, .s) { return true }
    return isMark(index, "'") && isWord(index + 1, .s) && isGlued(index + 1)
  }
}
