import Columnar

/// What an expression means once it is resolved.
struct ResolvedTime: Equatable {
  var type: String
  var value: String
  var precision = ""
  var from: Int64?
  var to: Int64?
  /// Whether more knowledge (the day of publication, an earlier date) would have given an interval.
  var isOpen = false
}

/// Resolves expressions in text order.
///
/// - What the words point at from their own now ("last week", "Tuesday", "June") counts from the day of
///   publication; without one it stays open, with a value such as `XXXX-06`, and nothing is guessed.
/// - What points back in the text ("the next day") counts from the date last spoken of.
/// - A text that mostly speaks of years far from its publication is a narrative: its bare months and
///   days belong to the year last spoken of.
struct DateResolver {
  /// Moment of publication, in ticks.
  let published: Int64?
  fileprivate let today: CivilDate?
  fileprivate let isNarrative: Bool
  /// Whether the text is a note, whose dates are to come.
  fileprivate let isNote: Bool
  /// Whether somebody is spoken to: weeks and months then count from the day itself.
  private let isPersonal: Bool
  /// The date last spoken of, and the sentence it was in.
  private var spoken: (period: TimePeriod, sentence: Int)?
  private var spokenDay: (period: TimePeriod, sentence: Int)?

  /// Sentences after which news no longer counts from a date spoken of.
  private static let memory = 2
  /// Months that a story must seem to go back by for its year to have turned.
  fileprivate static let yearTurn = 9

  init(published: Int64?, isNarrative: Bool, isNote: Bool = false, isPersonal: Bool = false) {
    self.isNote = isNote
    self.isPersonal = isPersonal
    self.published = published
    today = published.map { CivilDate(ticks: $0) }
    self.isNarrative = isNarrative && published != nil
  }

  /// Whether years far from the publication outweigh what counts from it.
  static func isNarrative(_ expressions: [TimeExpression], published: Int64?) -> Bool {
    guard let published else { return false }
    let year = CivilDate(ticks: published).year
    var far = 0
    var explicit = 0
    var deictic = 0
    for expression in expressions {
      guard case .point(let reference, _) = expression.meaning else { continue }
      switch reference {
      case .calendar(let date):
        if date.weekday != nil, date.month == nil { deictic += 1 }
        if case .number(let named)? = date.year {
          explicit += 1
          if abs(named - year) >= 2 { far += 1 }
        }
      case .period(_, _, .published), .shifted(_, _, .published): deictic += 1
      default: break
      }
    }
    return far >= 4 && far * 2 > explicit && far > deictic * 2
  }

  /// Resolves the next expression.
  /// - Parameters:
  ///   - tense: of the clause that it stands in.
  ///   - sentence: its sentence, to know how far back the last date lies.
  mutating func resolve(_ expression: TimeExpression, tense: Tense, sentence: Int) -> ResolvedTime {
    switch expression.meaning {
    case .set(let value): return ResolvedTime(type: "SET", value: value)
    case .duration(let span):
      return ResolvedTime(
        type: "DURATION", value: span.value, precision: span.parts.last?.unit.rawValue ?? "")
    case .span(let span, let sign, let anchor):
      var result = ResolvedTime(
        type: "DURATION", value: span.value, precision: span.parts.last?.unit.rawValue ?? "")
      if let interval = interval(of: span, sign: sign, from: anchor, sentence: sentence) {
        (result.from, result.to) = interval
      }
      return result
    case .point(let reference, let clock):
      let target = target(of: reference, tense: tense, sentence: sentence)
      if var clock {
        let day = upcoming(&clock, reference, target)
        if isPersonal, reference == .dayOfText, clock.part == nil, dayInMind(sentence) == nil {
          // The words give no day: the value has none, and the interval is that of the day of publication.
          let (spoken, spokenDay) = (spoken, spokenDay)
          var result = time(clock, mod: expression.mod, on: day, sentence: sentence)
          (self.spoken, self.spokenDay) = (spoken, spokenDay)
          result.value = "T" + clock.text
          return result
        }
        return time(clock, mod: expression.mod, on: day, sentence: sentence)
      }
      return date(target, mod: expression.mod, reference: reference, sentence: sentence)
    }
  }

  /// A note's bare time is the next one on the dial: "3am" written at 4:30 is tomorrow's, "three twenty" this afternoon's.
  private func upcoming(_ clock: inout ClockTime, _ reference: TimeReference, _ target: Target) -> Target {
    guard isNote, reference == .dayOfText, clock.part == nil, clock.zone == nil, let hour = clock.hour,
      let published,
      published % Ticks.perDay != 0, case .period(let day) = target, day.first.ticks == today?.ticks
    else { return target }
    let now = published % Ticks.perDay / Ticks.perMinute
    let minute = Int64(hour * 60 + (clock.minute ?? 0))
    if minute > now { return target }
    if clock.isHalfOpen, hour < 12, minute + 720 > now {
      clock.hour = hour + 12
      return target
    }
    return .period(day.moved(by: 1))
  }

  // MARK: Results

  fileprivate enum Target {
    case period(TimePeriod)
    /// A moment within a day, in ticks.
    case moment(Int64)
    case open(String)
    case vague(String)
  }

  private mutating func remember(_ period: TimePeriod, _ sentence: Int) {
    guard period.unit <= .year else { return }
    spoken = (period, sentence)
    if period.unit <= .day { spokenDay = (period, sentence) } else { spokenDay = nil }
  }

  private mutating func date(
    _ target: Target, mod: String, reference: TimeReference, sentence: Int
  ) -> ResolvedTime {
    switch target {
    case .vague(let value):
      if isNote, value == "PRESENT_REF", let published, published % Ticks.perDay != 0 {
        return timeResult(published, value: value, width: Ticks.perSecond, precision: .second)
      }
      return ResolvedTime(type: "DATE", value: value)
    case .open(let value):
      let part = mod == "BEFORE" ? "PAST_REF" : mod == "AFTER" ? "FUTURE_REF" : value
      return ResolvedTime(type: "DATE", value: value == "PRESENT_REF" ? part : value, isOpen: true)
    case .moment(let ticks):
      if ticks % Ticks.perMinute != 0 {
        let value =
          Self.momentText(ticks) + ":" + TimePeriod.pad(Int(ticks % Ticks.perMinute / Ticks.perSecond), 2)
        return timeResult(ticks, value: value, width: Ticks.perSecond, precision: .second)
      }
      return timeResult(ticks, value: Self.momentText(ticks), width: Ticks.perMinute, precision: .minute)
    case .period(let period):
      if !isNarrative || !reference.isDeictic { remember(period, sentence) }
      var result = ResolvedTime(type: "DATE", value: period.value, precision: period.unit.rawValue)
      guard var (from, to) = period.interval else { return result }
      if mod == "BEFORE" || mod == "AFTER", let published, published > from, published < to {
        if mod == "BEFORE" { to = published } else { from = published }
      } else if ["START", "MID", "END"].contains(mod) {
        (from, to) = Self.part(mod, of: period)
      }
      result.from = from
      result.to = to
      return result
    }
  }

  /// The part of a period that "early", "mid" and "late" pick: about a third of it, in whole days or,
  /// from quarters up, whole months.
  private static func part(_ mod: String, of period: TimePeriod) -> (Int64, Int64) {
    let first = period.first
    let end = period.end
    let cut1: CivilDate
    let cut2: CivilDate
    switch period.unit {
    case .week:
      cut1 = first.adding(days: 2)
      cut2 = first.adding(days: 4)
    case .month:
      cut1 = first.adding(days: 10)
      cut2 = first.adding(days: 20)
    case .season, .quarter:
      cut1 = first.adding(months: 1)
      cut2 = first.adding(months: 2)
    case .half:
      cut1 = first.adding(months: 2)
      cut2 = first.adding(months: 4)
    case .year:
      cut1 = first.adding(months: 4)
      cut2 = first.adding(months: 8)
    case .decade:
      cut1 = first.adding(months: 48)
      cut2 = first.adding(months: 84)
    case .century, .millennium:
      let years = period.unit == .century ? 100 : 1000
      cut1 = first.adding(months: years * 4)
      cut2 = first.adding(months: years * 8)
    default: return (first.ticks, end.ticks)
    }
    switch mod {
    case "START": return (first.ticks, cut1.ticks)
    case "MID": return (cut1.ticks, cut2.ticks)
    default: return (cut2.ticks, end.ticks)
    }
  }

  private mutating func time(_ clock: ClockTime, mod: String, on target: Target, sentence: Int)
    -> ResolvedTime
  {
    let suffix = clock.text
    switch target {
    case .period(let period) where period.unit <= .day:
      remember(period, sentence)
      let value = period.value + "T" + suffix
      guard let (start, _) = period.interval else { return ResolvedTime(type: "TIME", value: value) }
      if let part = clock.part {
        let (from, to) = Self.hours(of: part, mod: mod)
        return timeResult(
          start + from * Ticks.perHour, value: value, width: (to - from) * Ticks.perHour,
          precision: .partOfDay)
      }
      let ticks =
        start + Int64(clock.hour ?? 0) * Ticks.perHour + Int64((clock.minute ?? 0) - (clock.zone ?? 0))
        * Ticks.perMinute
        + Int64(clock.second ?? 0) * Ticks.perSecond
      if clock.second != nil {
        return timeResult(ticks, value: value, width: Ticks.perSecond, precision: .second)
      }
      if clock.minute != nil {
        return timeResult(ticks, value: value, width: Ticks.perMinute, precision: .minute)
      }
      return timeResult(ticks, value: value, width: Ticks.perHour, precision: .hour)
    case .open(let value):
      let isDay = value.utf8.count >= 8
      return ResolvedTime(type: "TIME", value: (isDay ? value : "XXXX-XX-XX") + "T" + suffix, isOpen: true)
    default: return ResolvedTime(type: "TIME", value: "XXXX-XX-XXT" + suffix, isOpen: true)
    }
  }

  private func timeResult(_ ticks: Int64, value: String, width: Int64, precision: TimeUnit) -> ResolvedTime {
    var result = ResolvedTime(type: "TIME", value: value, precision: precision.rawValue)
    if Ticks.isDatetime(ticks), Ticks.isDatetime(ticks + width) {
      (result.from, result.to) = (ticks, ticks + width)
    }
    return result
  }

  /// Hours of the day, from and to: the morning begins at midnight (3 in the morning is one), night reaches into
  /// the next day.
  private static func hours(of part: PartOfDay, mod: String) -> (Int64, Int64) {
    switch part {
    case .morning where mod == "START": (0, 9)
    case .morning where mod == "END": (9, 12)
    case .evening where mod == "END": (21, 24)
    case .night where mod == "END": (21, 30)
    case .morning: (0, 12)
    case .midday: (12, 14)
    case .afternoon: (12, 18)
    case .evening: (18, 24)
    case .night: (18, 30)
    case .daytime: (6, 18)
    }
  }

  private static func momentText(_ ticks: Int64) -> String {
    let minutes = Int((ticks % Ticks.perDay) / Ticks.perMinute)
    return TimePeriod(.day, holding: CivilDate(ticks: ticks)).value + "T" + TimePeriod.pad(minutes / 60, 2)
      + ":"
      + TimePeriod.pad(minutes % 60, 2)
  }

  // MARK: Anchors

  /// The period that an anchor stands for: the day of publication, or what the text spoke of last.
  fileprivate func anchor(_ anchor: DateAnchor, sentence: Int) -> TimePeriod? {
    let now = today.map { TimePeriod(.day, holding: $0) }
    guard anchor == .text else { return now }
    guard let spoken else { return isNarrative ? nil : now }
    if isNarrative || sentence - spoken.sentence <= Self.memory { return spoken.period }
    return now
  }

  fileprivate func day(_ anchor: DateAnchor, sentence: Int) -> CivilDate? {
    guard let period = self.anchor(anchor, sentence: sentence) else { return nil }
    return period.unit <= .day ? period.first : anchor == .text && !isNarrative ? today : nil
  }

  /// The day last spoken of, while it is still in mind.
  private func dayInMind(_ sentence: Int) -> TimePeriod? {
    guard let spokenDay, sentence - spokenDay.sentence <= (isNarrative ? 3 : 1) else { return nil }
    return spokenDay.period
  }

  fileprivate func year(_ reference: YearReference, sentence: Int) -> Int? {
    switch reference {
    case .number(let year): return year
    case .offset(let count, let from):
      guard let period = anchor(from, sentence: sentence), period.unit <= .year else { return nil }
      return period.first.year + count
    }
  }

  // MARK: References

  private func target(of reference: TimeReference, tense: Tense, sentence: Int) -> Target {
    switch reference {
    case .calendar(let date): return calendar(date, tense: tense, sentence: sentence)
    case .era(let unit, let first): return .period(TimePeriod(unit, holding: CivilDate(first, 1, 1)))
    case .shortDecade(let decade):
      guard let today else { return .open("XX" + String(decade / 10)) }
      // The latest such decade that has begun.
      var first = today.year / 100 * 100 + decade
      if first > today.year { first -= 100 }
      return .period(TimePeriod(.decade, holding: CivilDate(first, 1, 1)))
    case .vague(let value): return .vague(value)
    case .dayOfText:
      if let day = dayInMind(sentence) { return .period(day) }
      guard let today, !isNarrative else { return .open("XXXX-XX-XX") }
      return .period(TimePeriod(.day, holding: today))
    case .period(let unit, let offset, let from):
      guard let base = anchor(from, sentence: sentence) else { return .open(Self.vagueValue(offset)) }
      guard base.unit <= unit else {
        // "the day" after a year was spoken of is the day of the news.
        if offset == 0, !isNarrative, let today { return .period(TimePeriod(unit, holding: today)) }
        return .open(Self.coarse(base, unit))
      }
      return .period(TimePeriod(unit, holding: base.first).moved(by: offset))
    case .sameIn(let reference):
      guard let base = anchor(.text, sentence: sentence), base.unit <= .year, base.unit != .week,
        let year = year(reference, sentence: sentence)
      else { return .open("XXXX") }
      let moved = base.first.adding(months: 12 * (year - base.first.year))
      return .period(TimePeriod(base.unit, holding: moved))
    case .shifted(let span, let sign, let from):
      if span.parts.contains(where: { $0.count == .vague }) { return .vague(Self.vagueValue(sign)) }
      guard let base = anchor(from, sentence: sentence) else { return .open(Self.vagueValue(sign)) }
      if span.parts.allSatisfy({ $0.unit.isClock }) {
        guard from == .published || spoken == nil, let published, published % Ticks.perDay != 0 else {
          return .open(Self.vagueValue(sign))
        }
        guard let ticks = Self.move(published, by: span, sign: sign), Ticks.isDatetime(ticks) else {
          return .open(Self.vagueValue(sign))
        }
        return .moment(ticks)
      }
      if isPersonal, from == .published, let day = Self.dayShift(base, by: span, sign: sign) {
        return .period(day)
      }
      return shift(base, by: span, sign: sign)
    case .shiftedFrom(let span, let sign, let reference):
      guard case .period(let base) = target(of: reference, tense: tense, sentence: sentence) else {
        return .open(Self.vagueValue(sign))
      }
      if let day = Self.dayShift(base, by: span, sign: sign) { return .period(day) }
      return shift(base, by: span, sign: sign)
    case .nth(let number, let counted, let reference):
      guard case .period(let whole) = target(of: reference, tense: tense, sentence: sentence) else {
        return .open("XXXX")
      }
      return whole.member(number, counted).map(Target.period) ?? .open("XXXX")
    case .weekdays(let count, let weekday):
      guard let today else { return .open("FUTURE_REF") }
      let ahead = (weekday - today.isoWeekday + 7) % 7
      let days = (ahead == 0 ? 7 : ahead) + 7 * (count - 1)
      return .period(TimePeriod(.day, holding: today.adding(days: days)))
    case .weekNumber(let number):
      guard let day = anchor(.text, sentence: sentence) ?? today.map({ TimePeriod(.day, holding: $0) }) else {
        return .open("XXXX-W" + TimePeriod.pad(number, 2))
      }
      let year = TimePeriod(.year, holding: day.first)
      return year.member(number, .unit(.week)).map(Target.period)
        ?? .open("XXXX-W" + TimePeriod.pad(number, 2))
    }
  }

  private static func vagueValue(_ sign: Int) -> String {
    sign < 0 ? "PAST_REF" : sign > 0 ? "FUTURE_REF" : "PRESENT_REF"
  }

  /// A value for what is finer than all that is known: `1915-XX-XX`.
  private static func coarse(_ base: TimePeriod, _ unit: TimeUnit) -> String {
    guard base.unit <= .year else { return unit <= .day ? "XXXX-XX-XX" : "XXXX" }
    let year = TimePeriod.yearText(base.first.year)
    switch unit {
    case .week, .weekend: return year + "-WXX"
    case .month: return year + "-XX"
    case .day: return base.unit == .month ? base.value + "-XX" : year + "-XX-XX"
    default: return year
    }
  }

  /// From a day, weeks and months lead to a day: "two weeks before 13 May".
  private static func dayShift(_ base: TimePeriod, by span: TimeSpan, sign: Int) -> TimePeriod? {
    guard base.unit == .day, span.parts.allSatisfy({ !$0.unit.isClock && $0.unit <= .month }),
      let ticks = move(base.first.ticks, by: span, sign: sign)
    else { return nil }
    return TimePeriod(.day, holding: CivilDate(ticks: ticks))
  }

  private func shift(_ base: TimePeriod, by span: TimeSpan, sign: Int) -> Target {
    guard let finest = span.parts.last?.unit else { return .open(Self.vagueValue(sign)) }
    var unit = finest
    if unit == .decade { unit = .year }  // "two decades ago" is about a year, not any year of that decade
    if unit.isClock || unit == .weekend { unit = .day }
    guard base.unit <= unit else { return .open(Self.coarse(base, unit)) }
    guard let ticks = Self.move(base.first.ticks, by: span, sign: sign) else {
      return .open(Self.vagueValue(sign))
    }
    return .period(TimePeriod(unit, holding: CivilDate(ticks: ticks)))
  }

  /// A moment moved by a length: months and years by the calendar, the rest by ticks. Halves of years
  /// and months are counted in months and days.
  ///
  /// Nil for lengths that lead out of any calendar.
  static func move(_ ticks: Int64, by span: TimeSpan, sign: Int) -> Int64? {
    var date = CivilDate(ticks: ticks)
    var rest = ticks - date.ticks
    for (count, unit) in span.parts {
      guard case .exact(let amount) = count, amount * unit.years <= 10_000 else { return nil }
      let value = amount * Double(sign)
      switch unit {
      case .second: rest += Int64(value * Double(Ticks.perSecond))
      case .minute: rest += Int64(value * Double(Ticks.perMinute))
      case .hour: rest += Int64(value * Double(Ticks.perHour))
      case .partOfDay, .day: date = date.adding(days: Int(value.rounded()))
      case .week, .weekend: date = date.adding(days: Int((value * 7).rounded()))
      case .month:
        date = date.adding(months: Int(value)).adding(days: Int((value - value.rounded(.towardZero)) * 30))
      case .season, .quarter: date = date.adding(months: Int((value * 3).rounded()))
      case .half: date = date.adding(months: Int((value * 6).rounded()))
      case .year: date = date.adding(months: Int((value * 12).rounded()))
      case .decade: date = date.adding(months: Int((value * 120).rounded()))
      case .century: date = date.adding(months: Int((value * 1200).rounded()))
      case .millennium: date = date.adding(months: Int((value * 12_000).rounded()))
      }
    }
    return date.ticks + rest
  }

  private func interval(of span: TimeSpan, sign: Int, from: DateAnchor, sentence: Int) -> (Int64, Int64)? {
    guard !span.parts.contains(where: { $0.count == .vague }) else { return nil }
    let base: Int64
    if from == .published || (!isNarrative && spokenDay == nil) {
      guard let published else { return nil }
      base = published
    } else {
      guard let spokenDay else { return nil }
      base = spokenDay.period.first.ticks
    }
    if isNote, let whole = Self.wholeUnits(of: span, sign: sign, from: base) { return whole }
    guard let other = Self.move(base, by: span, sign: sign), Ticks.isDatetime(other) else { return nil }
    return sign < 0 ? (other, base) : (base, other)
  }
}

extension DateResolver {
  /// "next 3 weeks" in a note: whole units after the one that runs, or before it.
  private static func wholeUnits(of span: TimeSpan, sign: Int, from base: Int64) -> (Int64, Int64)? {
    guard span.parts.count == 1, case (.exact(let amount), let unit) = span.parts[0], amount >= 1,
      amount == amount.rounded(), amount * unit.years <= 1000
    else { return nil }
    let count = Int(amount)
    if unit.isClock {
      let width = unit == .second ? Ticks.perSecond : unit == .minute ? Ticks.perMinute : Ticks.perHour
      let start = base / width * width
      return sign > 0
        ? (start + width, start + Int64(count + 1) * width) : (start - Int64(count) * width, start)
    }
    let running = TimePeriod(unit, holding: CivilDate(ticks: base))
    let first = running.moved(by: sign > 0 ? 1 : -count)
    let end = running.moved(by: sign > 0 ? count + 1 : 0)
    guard first.first.year >= 1, end.first.year <= 9999 else { return nil }
    return (first.first.ticks, end.first.ticks)
  }
}

// MARK: Which June, which Tuesday

extension DateResolver {
  private func calendar(_ date: PartialDate, tense: Tense, sentence: Int) -> Target {
    if let reference = date.year {
      guard let year = year(reference, sentence: sentence) else { return .open(Self.openValue(date)) }
      return Self.inYear(year, date).map(Target.period) ?? .open(Self.openValue(date))
    }
    if let weekday = date.weekday, date.month == nil, date.day == nil {
      return self.weekday(weekday, date, tense: tense, sentence: sentence)
    }
    if let day = date.day, let weekday = date.weekday, date.month == nil {
      return dayWithWeekday(day, weekday, tense: tense, sentence: sentence)
    }
    if isNote, let today, let day = date.day, date.month == nil, date.holiday == nil {
      let months = (0...2).map { today.adding(months: $0) }.map { CivilDate($0.year, $0.month, day) }
      return months.first { $0.isValid && $0 >= today }.map { .period(TimePeriod(.day, holding: $0)) }
        ?? .open(Self.openValue(date))
    }
    if date.day != nil, date.month == nil, date.holiday == nil {
      // "the 20th": of the month spoken of.
      guard let base = anchor(.text, sentence: sentence), base.unit <= .month, let day = date.day else {
        return .open(Self.openValue(date))
      }
      let found = CivilDate(base.first.year, base.first.month, day)
      return found.isValid ? .period(TimePeriod(.day, holding: found)) : .open(Self.openValue(date))
    }
    switch date.direction {
    case .previous, .same, .following:
      guard let base = anchor(.text, sentence: sentence), base.unit <= .year else {
        return .open(Self.openValue(date))
      }
      return pick(date, from: base.first, direction: date.direction)
    case .open where isNarrative:
      guard let base = anchor(.text, sentence: sentence), base.unit <= .year else {
        return .open(Self.openValue(date))
      }
      return Self.inYear(narrativeYear(of: date, after: base), date).map(Target.period)
        ?? .open(Self.openValue(date))
    case .open:
      guard let today else { return .open(Self.openValue(date)) }
      let direction: Direction =
        switch tense {
        case .past: .previous
        case .future: .following
        case .present, .none: .open
        }
      return pick(date, from: today, direction: direction, inclusive: true)
    case .afterNext:
      guard let today, case .period(let next) = pick(date, from: today, direction: .following) else {
        return .open(Self.openValue(date))
      }
      return pick(date, from: next.first, direction: .following)
    case .last, .this, .next:
      guard let today else { return .open(Self.openValue(date)) }
      let direction: Direction =
        switch date.direction {
        case .last: .previous
        case .next: .following
        default: .same
        }
      return pick(date, from: today, direction: direction)
    }
  }

  /// A story goes on: after December, January is that of the next year.
  private func narrativeYear(of date: PartialDate, after base: TimePeriod) -> Int {
    guard base.unit <= .month, let month = date.month, base.first.month - month >= Self.yearTurn else {
      return base.first.year
    }
    return base.first.year + 1
  }

  /// Among the date's instances in the years around, the one that a direction picks, seen from a day.
  ///
  /// - Parameter inclusive: whether the instance that holds the day counts as past and as to come.
  private func pick(_ date: PartialDate, from day: CivilDate, direction: Direction, inclusive: Bool = false)
    -> Target
  {
    var candidates = (day.year - 8...day.year + 8).compactMap { Self.inYear($0, date) }
    // "Fri, Jul 18": a year in which that day is a Friday, where there is one.
    if let weekday = date.weekday {
      let matching = candidates.filter { $0.first.isoWeekday == weekday }
      if !matching.isEmpty { candidates = matching }
    }
    let chosen: TimePeriod?
    switch direction {
    case .previous, .last: chosen = candidates.last { inclusive ? $0.first <= day : $0.end <= day }
    case .following, .next, .afterNext:
      chosen = candidates.first { inclusive ? $0.end > day : $0.first > day }
    case .same, .this:
      // "this winter" in February began last year.
      chosen =
        candidates.first { date.season != nil && $0.first <= day && day < $0.end }
        ?? Self.inYear(day.year, date)
    case .open:
      // The nearest; the past wins a tie.
      let now = day.daysFromYearOne
      chosen = candidates.min { a, b in
        let (x, y) = (Self.distance(a, now), Self.distance(b, now))
        return x != y ? x < y : a.first < b.first
      }
    }
    return chosen.map(Target.period) ?? .open(Self.openValue(date))
  }

  private static func distance(_ period: TimePeriod, _ day: Int) -> Int {
    let first = period.first.daysFromYearOne
    let end = period.end.daysFromYearOne
    return day < first ? first - day : day >= end ? day - end + 1 : 0
  }

  private func weekday(_ weekday: Int, _ date: PartialDate, tense: Tense, sentence: Int) -> Target {
    let fromText: Bool =
      switch date.direction {
      case .previous, .same, .following: true
      default: isNarrative && date.week == nil
      }
    guard let day = day(fromText || date.weekOfText ? .text : .published, sentence: sentence) else {
      return .open(Self.openValue(date))
    }
    let today = day.isoWeekday
    if let weeks = date.week {
      return .period(TimePeriod(.day, holding: day.adding(days: weekday - today + 7 * weeks)))
    }
    let back = (today - weekday + 7) % 7
    let ahead = (weekday - today + 7) % 7
    let offset: Int
    switch date.direction {
    case .last, .previous: offset = back == 0 ? -7 : -back
    case .following: offset = ahead == 0 ? 7 : ahead
    // "next Friday" on a Tuesday is not the Friday of this week.
    case .next: offset = weekday - today + 7
    case .afterNext: offset = (ahead == 0 ? 7 : ahead) + 7
    case .this where tense == .future: offset = isNote && ahead == 0 ? 7 : ahead
    case .this, .same: offset = weekday - today
    case .open where isNote: offset = ahead == 0 ? 7 : ahead
    case .open: offset = tense == .future || (isNarrative && date.direction == .open) ? ahead : -back
    }
    return .period(TimePeriod(.day, holding: day.adding(days: offset)))
  }

  /// "Tuesday 19th": the nearest month, seen by the tense, whose 19th is a Tuesday.
  private func dayWithWeekday(_ day: Int, _ weekday: Int, tense: Tense, sentence: Int) -> Target {
    let open = Target.open(Self.openValue(PartialDate(day: day)))
    guard let base = isNarrative ? anchor(.text, sentence: sentence)?.first : today else { return open }
    let first = CivilDate(base.year, base.month, 1)
    let months =
      tense == .future
      ? Array(0...24) : tense == .past ? Array(0...24).map { -$0 } : (0...24).flatMap { [$0, -$0] }
    for offset in months {
      let month = first.adding(months: offset)
      let found = CivilDate(month.year, month.month, day)
      if found.isValid, found.isoWeekday == weekday { return .period(TimePeriod(.day, holding: found)) }
    }
    return open
  }

  /// The date's instance in a year; nil where there is none (29 February).
  static func inYear(_ year: Int, _ date: PartialDate) -> TimePeriod? {
    if let holiday = date.holiday {
      return TimePeriod(
        date.isWeekend ? .weekend : .day, holding: holiday.day(in: year, forWeekend: date.isWeekend))
    }
    if let month = date.month {
      guard let day = date.day else { return TimePeriod(.month, holding: CivilDate(year, month, 1)) }
      let found = CivilDate(year, month, day)
      return found.isValid ? TimePeriod(.day, holding: found) : nil
    }
    if let season = date.season { return TimePeriod(season, of: year) }
    if let quarter = date.quarter {
      return TimePeriod(.quarter, holding: CivilDate(year, quarter * 3 - 2, 1))
    }
    if let half = date.half { return TimePeriod(.half, holding: CivilDate(year, half == 1 ? 1 : 7, 1)) }
    return TimePeriod(.year, holding: CivilDate(year, 1, 1))
  }

  /// The value of a date whose year is not known.
  static func openValue(_ date: PartialDate) -> String {
    if let month = date.month {
      return "XXXX-" + TimePeriod.pad(month, 2) + (date.day.map { "-" + TimePeriod.pad($0, 2) } ?? "")
    }
    if let weekday = date.weekday { return "XXXX-WXX-\(weekday)" }
    if let season = date.season { return "XXXX-" + season.rawValue }
    if let quarter = date.quarter { return "XXXX-Q\(quarter)" }
    if let half = date.half { return "XXXX-H\(half)" }
    if let day = date.day { return "XXXX-XX-" + TimePeriod.pad(day, 2) }
    if let holiday = date.holiday, holiday.isFixed {
      let day = holiday.day(in: 2000)
      return "XXXX-" + TimePeriod.pad(day.month, 2) + "-" + TimePeriod.pad(day.day, 2)
    }
    return "XXXX"
  }
}

extension Holiday {
  /// Whether it falls on the same day of every year.
  var isFixed: Bool {
    switch self {
    case .christmas, .christmasEve, .boxingDay, .newYear, .newYearsEve, .valentine, .halloween, .patrick,
      .independence:
      true
    default: false
    }
  }

  /// The day, or for a feast's weekend a day of the week whose weekend it is: that before a Monday.
  fileprivate func day(in year: Int, forWeekend: Bool) -> CivilDate {
    let day = day(in: year)
    return forWeekend && day.isoWeekday == 1 ? day.adding(days: -1) : day
  }

  /// The day of the feast in a year; Easter is the western one.
  /// - Source: the anonymous Gregorian computus (Meeus, "Astronomical Algorithms", chapter 8).
  func day(in year: Int) -> CivilDate {
    switch self {
    case .christmas: return CivilDate(year, 12, 25)
    case .christmasEve: return CivilDate(year, 12, 24)
    case .boxingDay: return CivilDate(year, 12, 26)
    case .newYear: return CivilDate(year, 1, 1)
    case .newYearsEve: return CivilDate(year, 12, 31)
    case .valentine: return CivilDate(year, 2, 14)
    case .halloween: return CivilDate(year, 10, 31)
    case .patrick: return CivilDate(year, 3, 17)
    case .independence: return CivilDate(year, 7, 4)
    case .laborDay: return Self.weekday(1, number: 1, of: year, month: 9)
    case .memorialDay: return Self.weekday(1, number: -1, of: year, month: 5)
    case .martinLutherKing: return Self.weekday(1, number: 3, of: year, month: 1)
    case .mothersDay: return Self.weekday(7, number: 2, of: year, month: 5)
    case .fathersDay: return Self.weekday(7, number: 3, of: year, month: 6)
    case .thanksgiving: return Self.weekday(4, number: 4, of: year, month: 11)
    case .blackFriday: return Self.weekday(4, number: 4, of: year, month: 11).adding(days: 1)
    case .easter, .goodFriday, .easterMonday:
      let a = year % 19
      let b = year / 100
      let c = year % 100
      let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
      let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
      let m = (a + 11 * h + 22 * l) / 451
      let sum = h + l - 7 * m + 114
      let easter = CivilDate(year, sum / 31, sum % 31 + 1)
      return easter.adding(days: self == .easter ? 0 : self == .goodFriday ? -2 : 1)
    }
  }

  private static func weekday(_ weekday: Int, number: Int, of year: Int, month: Int) -> CivilDate {
    let month = TimePeriod(.month, holding: CivilDate(year, month, 1))
    return month.member(number, .weekday(weekday))?.first ?? month.first
  }
}
