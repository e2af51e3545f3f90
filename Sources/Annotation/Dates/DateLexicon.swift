/// A unit of time, from fine to coarse. `precision` columns print its name.
enum TimeUnit: String, Comparable {
  case second, minute, hour, partOfDay = "part of day", day, weekend, week, month, season, quarter, half
  case year, decade, century, millennium

  private var rank: Int {
    switch self {
    case .second: 0
    case .minute: 1
    case .hour: 2
    case .partOfDay: 3
    case .day: 4
    case .weekend: 5
    case .week: 6
    case .month: 7
    case .season: 8
    case .quarter: 9
    case .half: 10
    case .year: 11
    case .decade: 12
    case .century: 13
    case .millennium: 14
    }
  }

  static func < (a: TimeUnit, b: TimeUnit) -> Bool { a.rank < b.rank }

  /// About how many years the unit lasts.
  var years: Double {
    switch self {
    case .second, .minute: 1.0 / 525_600
    case .hour, .partOfDay: 1.0 / 8766
    case .day, .weekend: 1.0 / 365
    case .week: 7.0 / 365
    case .month: 1.0 / 12
    case .season, .quarter: 0.25
    case .half: 0.5
    case .year: 1
    case .decade: 10
    case .century: 100
    case .millennium: 1000
    }
  }

  /// Whether the unit is shorter than a day.
  var isClock: Bool { self < .day }
}

/// A part of the day, with its TIMEX3 code.
enum PartOfDay: String {
  case morning = "MO"
  case midday = "MI"
  case afternoon = "AF"
  case evening = "EV"
  case night = "NI"
  case daytime = "DT"
}

/// A season, with its TIMEX3 code.
enum Season: String {
  case spring = "SP"
  case summer = "SU"
  case autumn = "FA"
  case winter = "WI"
}

/// A word that the grammar names.
enum DateWord: UInt8 {
  case the, a, an, of, `in`, on, at, and, or, to, `for`, since, from, by, until, till, during, through
  case last, past, next, coming, upcoming, following, previous, preceding, prior, same, this, that, these,
    those
  case recent, ago, earlier, later, before, after, hence, now, current, currently, recently, soon, nowadays
  case presently, shortly, formerly, previously, afterwards, present, future, today, tonight, yesterday
  case tomorrow, early, late, mid, middle, beginning, start, end, close, onset, part, half, final, latter
  case rest, first, about, around, approximately, roughly, circa, ca, nearly, almost, someCount, over, more,
    than
  case less, least, most, up, under, no, only, just, exactly, every, each, per, other, once, twice, times
  case few, several, couple, many, dozen, dozens, hundreds, thousands, hundred, thousand, old, long, aged
  case daily, weekly, monthly, yearly, annually, annual, hourly, quarterly, nightly, biweekly, biennial
  case am, pm, noon, midnight, oclock, clock, zone, st, th, nd, rd, s, bc, bce, ad, ce, fiscal, fy, eve
  case new, christmas, easter, thanksgiving, halloween, good, boxing, valentine, q, h, all, nearby
  case overnight, yesteryear, worth, any, one, another, period, single, ancient, mere, full, entire, whole,
    not
  case everyday, semi, ish, pair, moment, time, monthEnd, monthStart, yearEnd, yearStart, cy, calendar
  case right
  case black, labor, memorial, mlk, mother, father, patrick, independence, ides
}

/// What the lexicon knows of a word.
enum DateLexeme: Equatable {
  case month(Int, short: Bool)
  /// 1 for Monday to 7 for Sunday.
  case weekday(Int, short: Bool)
  case unit(TimeUnit, count: Int, plural: Bool)
  case number(Int)
  case ordinal(Int)
  case season(Season)
  case part(PartOfDay, plural: Bool)
  /// Minutes east of Greenwich.
  case zone(Int)
  case decade(Int)
  case word(DateWord)
}

/// The words of time.
enum DateLexicon {
  /// The longest word in the table, in scalars; longer ones are not looked up.
  private static let longest = 14

  static func lookUp(_ scalars: ArraySlice<Unicode.Scalar>) -> DateLexeme? {
    guard scalars.count <= longest else { return nil }
    var key = ""
    key.reserveCapacity(scalars.count)
    for scalar in scalars {
      guard scalar.value < 0x80 else { return nil }
      let isUpper = scalar.value >= 65 && scalar.value <= 90
      key.unicodeScalars.append(isUpper ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
    }
    return table[key]
  }

  private static let table: [String: DateLexeme] = {
    var table: [String: DateLexeme] = [:]
    let months = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
      "november", "december",
    ]
    for (index, name) in months.enumerated() {
      table[name] = .month(index + 1, short: false)
      table[String(name.prefix(3))] = .month(index + 1, short: name.count > 3)
    }
    table["sept"] = .month(9, short: true)
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    for (index, name) in days.enumerated() {
      table[name] = .weekday(index + 1, short: false)
      table[name + "s"] = .weekday(index + 1, short: false)
      table[String(name.prefix(3))] = .weekday(index + 1, short: true)
    }
    table["tues"] = .weekday(2, short: true)
    table["thur"] = .weekday(4, short: true)
    table["thurs"] = .weekday(4, short: true)
    let units: [(String, TimeUnit, Int)] = [
      ("second", .second, 1), ("minute", .minute, 1), ("hour", .hour, 1), ("day", .day, 1),
      ("weekend", .weekend, 1), ("week", .week, 1), ("fortnight", .week, 2), ("month", .month, 1),
      ("quarter", .quarter, 1), ("year", .year, 1), ("decade", .decade, 1), ("century", .century, 1),
      ("millennium", .millennium, 1),
    ]
    for (name, unit, count) in units {
      table[name] = .unit(unit, count: count, plural: false)
      table[name + "s"] = .unit(unit, count: count, plural: true)
    }
    let plurals: [(String, TimeUnit)] = [
      ("centuries", .century), ("millennia", .millennium), ("mins", .minute), ("hrs", .hour),
      ("secs", .second), ("yrs", .year), ("wks", .week), ("qtrs", .quarter), ("mths", .month),
      ("wkends", .weekend),
    ]
    for (name, unit) in plurals { table[name] = .unit(unit, count: 1, plural: true) }
    let short: [(String, TimeUnit)] = [
      ("min", .minute), ("hr", .hour), ("sec", .second), ("yr", .year), ("wk", .week), ("qtr", .quarter),
      ("mth", .month), ("wkend", .weekend), ("workweek", .week),
    ]
    for (name, unit) in short { table[name] = .unit(unit, count: 1, plural: false) }
    let numbers = [
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
      "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    for (index, name) in numbers.enumerated() { table[name] = .number(index) }
    let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    for (index, name) in tens.enumerated() {
      table[name] = .number((index + 2) * 10)
      table[String(name.dropLast()) + "ieth"] = .ordinal((index + 2) * 10)
      table[String(name.dropLast()) + "ies"] = .decade((index + 2) * 10)
    }
    let ordinals = [
      "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
      "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
      "eighteenth", "nineteenth",
    ]
    for (index, name) in ordinals.enumerated() { table[name] = .ordinal(index + 1) }
    table["spring"] = .season(.spring)
    table["summer"] = .season(.summer)
    table["autumn"] = .season(.autumn)
    table["fall"] = .season(.autumn)
    table["winter"] = .season(.winter)
    let parts: [(String, PartOfDay)] = [
      ("morning", .morning), ("midday", .midday), ("afternoon", .afternoon), ("evening", .evening),
      ("night", .night), ("daytime", .daytime), ("lunchtime", .midday),
    ]
    for (name, part) in parts {
      table[name] = .part(part, plural: false)
      table[name + "s"] = .part(part, plural: true)
    }
    // Zones that mean one offset in news English; names with several meanings (IST, CST of China) are out.
    let zones: [(String, Int)] = [
      ("utc", 0), ("gmt", 0), ("bst", 60), ("cet", 60), ("cest", 120), ("eet", 120), ("eest", 180),
      ("est", -300), ("edt", -240), ("cdt", -300), ("cst", -360), ("mst", -420), ("mdt", -360),
      ("pst", -480), ("pdt", -420), ("et", -300), ("pt", -480), ("jst", 540), ("kst", 540), ("msk", 180),
      ("aest", 600), ("aedt", 660), ("hkt", 480),
    ]
    for (name, offset) in zones { table[name] = .zone(offset) }
    for (name, word) in words { table[name] = .word(word) }
    return table
  }()

  private static let words: [(String, DateWord)] = [
    ("the", .the), ("a", .a), ("an", .an), ("of", .of), ("in", .in), ("on", .on), ("at", .at),
    ("and", .and), ("or", .or), ("to", .to), ("for", .for), ("since", .since), ("from", .from), ("by", .by),
    ("until", .until), ("till", .till), ("during", .during), ("through", .through), ("last", .last),
    ("past", .past), ("next", .next), ("coming", .coming), ("upcoming", .upcoming),
    ("following", .following), ("previous", .previous), ("preceding", .preceding), ("prior", .prior),
    ("same", .same), ("this", .this), ("that", .that), ("these", .these), ("those", .those),
    ("recent", .recent), ("ago", .ago), ("earlier", .earlier), ("later", .later), ("before", .before),
    ("after", .after), ("hence", .hence), ("now", .now), ("current", .current), ("currently", .currently),
    ("recently", .recently), ("soon", .soon), ("nowadays", .nowadays), ("presently", .presently),
    ("shortly", .shortly), ("formerly", .formerly), ("previously", .previously),
    ("afterwards", .afterwards), ("afterward", .afterwards), ("present", .present), ("future", .future),
    ("today", .today), ("tonight", .tonight), ("yesterday", .yesterday), ("tomorrow", .tomorrow),
    ("early", .early), ("late", .late), ("mid", .mid), ("middle", .middle), ("beginning", .beginning),
    ("start", .start), ("end", .end), ("close", .close), ("onset", .onset), ("part", .part),
    ("half", .half), ("final", .final), ("latter", .latter), ("rest", .rest), ("about", .about),
    ("around", .around), ("approximately", .approximately), ("roughly", .roughly), ("circa", .circa),
    ("ca", .ca), ("nearly", .nearly), ("almost", .almost), ("some", .someCount), ("over", .over),
    ("more", .more), ("than", .than), ("less", .less), ("least", .least), ("most", .most), ("up", .up),
    ("under", .under), ("no", .no), ("only", .only), ("just", .just), ("exactly", .exactly),
    ("every", .every), ("each", .each), ("per", .per), ("other", .other), ("once", .once),
    ("twice", .twice), ("times", .times), ("few", .few), ("several", .several), ("couple", .couple),
    ("many", .many), ("dozen", .dozen), ("dozens", .dozens), ("hundreds", .hundreds),
    ("thousands", .thousands), ("hundred", .hundred), ("thousand", .thousand), ("old", .old),
    ("long", .long), ("aged", .aged), ("daily", .daily), ("weekly", .weekly), ("monthly", .monthly),
    ("yearly", .yearly), ("annually", .annually), ("annual", .annual), ("hourly", .hourly),
    ("quarterly", .quarterly), ("nightly", .nightly), ("am", .am), ("pm", .pm), ("noon", .noon),
    ("noonish", .noon),
    ("midnight", .midnight), ("o", .oclock), ("clock", .clock), ("st", .st), ("th", .th), ("nd", .nd),
    ("rd", .rd), ("s", .s), ("bc", .bc), ("bce", .bce), ("ad", .ad), ("ce", .ce), ("fiscal", .fiscal),
    ("fy", .fy), ("eve", .eve), ("new", .new), ("christmas", .christmas), ("easter", .easter),
    ("thanksgiving", .thanksgiving), ("halloween", .halloween), ("good", .good), ("boxing", .boxing),
    ("valentine", .valentine), ("q", .q), ("h", .h), ("all", .all), ("overnight", .overnight), ("any", .any),
    ("another", .another), ("period", .period), ("mere", .mere), ("full", .full), ("entire", .entire),
    ("whole", .whole),
    ("not", .not), ("single", .single), ("nearby", .nearby), ("everyday", .everyday), ("semi", .semi),
    ("ish", .ish), ("pair", .pair), ("moment", .moment), ("time", .time), ("eom", .monthEnd),
    ("bom", .monthStart), ("eoy", .yearEnd), ("boy", .yearStart), ("cy", .cy), ("calendar", .calendar),
    ("black", .black), ("labor", .labor), ("labour", .labor), ("memorial", .memorial), ("mlk", .mlk),
    ("mother", .mother), ("mothers", .mother), ("father", .father), ("fathers", .father),
    ("patrick", .patrick), ("patricks", .patrick), ("independence", .independence), ("xmas", .christmas),
    ("tonite", .tonight), ("tomorrows", .tomorrow), ("untill", .until), ("ides", .ides), ("right", .right),
  ]
}
