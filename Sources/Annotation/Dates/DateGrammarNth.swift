/// Members of a period by their number: "the first Monday of October", "last day of 2015", "week 31",
/// "20 of next month", "three Fridays from now".
extension DateGrammar {
  func nthExpression(at index: Int) -> TimeExpression? {
    guard let (reference, next) = weekNumber(at: index) ?? weekdaysAhead(at: index) ?? nth(at: index) else {
      return nil
    }
    return TimeExpression(atoms: index..<next, meaning: .point(reference, nil))
  }

  /// "first Monday of October", "the third last week of 2018", "the 15th day of next month".
  private func nth(at index: Int) -> (TimeReference, Int)? {
    let start = isWord(index, .the) ? index + 1 : index
    guard let (number, afterNumber) = rank(at: start) else { return nil }
    let nounAt = afterHyphen(afterNumber)
    let counted: NthUnit
    let afterNoun: Int
    if let (weekday, next) = weekdayName(at: nounAt) {
      (counted, afterNoun) = (.weekday(weekday), next)
    } else if let named = unit(nounAt), !named.plural, named.count == 1,
      [.day, .weekend, .week, .month].contains(named.unit)
    {
      (counted, afterNoun) = (.unit(named.unit), nounAt + 1)
    } else if isWord(afterNumber, .of), number > 0, number <= 31, self.number(start) != nil,
      let (offset, anchor, unitAt) = determiner(at: afterNumber + 1), unit(unitAt)?.unit == .month,
      unit(unitAt)?.plural == false
    {
      return (.nth(number, .unit(.day), of: .period(.month, offset: offset, from: anchor)), unitAt + 1)
    } else {
      return nil
    }
    guard isWord(afterNoun, .of, .in), let (whole, next) = whole(at: afterNoun + 1) else { return nil }
    return (.nth(number, counted, of: whole), next)
  }

  /// "first", "3rd", "last" (−1), "second last" (−2).
  private func rank(at index: Int) -> (Int, Int)? {
    if isWord(index, .last, .final) { return (-1, index + 1) }
    if let (value, next) = ordinal(at: index), value >= 1 {
      return isWord(afterHyphen(next), .last) ? (-value, afterHyphen(next) + 1) : (value, next)
    }
    guard let value = number(index), (1...31).contains(value), isWord(index + 1, .of) else { return nil }
    return (value, index + 1)
  }

  /// A month or longer, as something to count in.
  private func whole(at index: Int) -> (TimeReference, Int)? {
    if let (offset, anchor, next) = determiner(at: index), let named = unit(next), !named.plural,
      named.unit >= .month
    {
      return (.period(named.unit, offset: offset, from: anchor), next + 1)
    }
    if isWord(index, .the), let named = unit(index + 1), !named.plural, [.month, .year].contains(named.unit) {
      return (.period(named.unit, offset: 0, from: .text), index + 2)
    }
    guard let (reference, next) = calendar(at: index) else { return nil }
    switch reference {
    case .calendar(let date) where date.day == nil && date.weekday == nil && date.holiday == nil:
      return (reference, next)
    case .era: return (reference, next)
    default: return nil
    }
  }

  private func weekNumber(at index: Int) -> (TimeReference, Int)? {
    let start = isWord(index, .the) ? index + 1 : index
    guard unit(start)?.unit == .week, unit(start)?.plural == false, let value = number(start + 1),
      (1...53).contains(value), atoms[start + 1].length <= 2, unit(start + 2) == nil, !isMark(start + 2, "-"),
      !isGlued(start + 1)
    else { return nil }
    if let (year, next) = yearAfter(start + 2), case .number(let number) = year {
      return (.nth(value, .unit(.week), of: .calendar(PartialDate(year: .number(number)))), next)
    }
    return (.weekNumber(value), start + 2)
  }

  /// "three Fridays from now".
  private func weekdaysAhead(at index: Int) -> (TimeReference, Int)? {
    guard case (.exact(let amount), let next)? = count(at: index), amount >= 1, amount <= 60,
      amount == amount.rounded(), let (weekday, end) = weekdayName(at: next), isWord(end, .from),
      isWord(end + 1, .now, .today)
    else { return nil }
    return (.weekdays(Int(amount), weekday: weekday), end + 2)
  }
}
