import Facts
import Linguistics

/// Reads time expressions from atoms: at each atom, the longest reading that a rule gives.
///
/// Rules are methods that take an index and give what they read with the index after it, or nil; this
/// file has the entry, the modifiers and the small parts; calendar forms, relative forms, clock times,
/// and durations and sets have a file each.
struct DateGrammar {
  let atoms: [DateAtom]
  let parse: Parse
  /// Label of the model's entity span for each token; empty outside.
  let labels: [String]
  /// Whether the text is a note without a verb ("dentist tuesday at 3"), whose dates are still to come.
  let isNote: Bool
  /// Whether someone speaks to somebody ("I'll be back at 3", "book a table in two weeks") or jots a note: such
  /// words count from the day itself, and a bare clock time is no day of a report.
  let isPersonal: Bool

  init(_ parse: Parse) {
    self.parse = parse
    var atoms = DateAtom.all(of: parse)
    for index in atoms.indices where Self.isVerbLast(index, atoms, parse) { atoms[index].lexeme = nil }
    self.atoms = atoms
    var labels = [String](repeating: "", count: parse.tokens.count)
    for entity in parse.entities {
      for token in entity.tokens where labels.indices.contains(token) { labels[token] = entity.label }
    }
    self.labels = labels
    isNote =
      parse.tokens.count <= Self.longestNote
      && !parse.tokens.contains { Self.isVerb($0) }
    isPersonal =
      isNote
      || parse.tokens.count <= Self.longestMessage
        && parse.tokens.indices.contains { Self.addresses($0, in: parse) }
  }

  /// "to last two days", "talks last three hours": no days that lie behind. A small tagger takes the verb behind a
  /// plural for the adjective.
  private static func isVerbLast(_ index: Int, _ atoms: [DateAtom], _ parse: Parse) -> Bool {
    guard case .word(.last)? = atoms[index].lexeme else { return false }
    let token = atoms[index].token
    if parse.tokens[token].tag.hasPrefix("VB") { return true }
    guard token > 0, parse.tokens[token - 1].tag == "NNS", parse.tokens[token - 1].dep != "pobj",
      token + 1 < parse.tokens.count
    else { return false }
    return parse.tokens[token + 1].tag == "CD"
  }

  /// The tagger takes "sat." and the "am" of "8 am" for verbs.
  private static func isVerb(_ token: Token) -> Bool {
    guard token.tag == "MD" || token.tag.hasPrefix("VB") && token.tag != "VBG" else { return false }
    let letters = token.text.unicodeScalars.filter { $0 != "." }
    return DateLexicon.lookUp(ArraySlice(letters)) == nil
  }

  /// Tokens that a note has at most.
  private static let longestNote = 16

  /// Tokens that a message has at most.
  private static let longestMessage = 60

  /// Whether a token shows that somebody is spoken to: the first or second person, a question, a request, or
  /// the "it" of "it's half past eight".
  private static func addresses(_ index: Int, in parse: Parse) -> Bool {
    let token = parse.tokens[index]
    switch token.tag {
    case "PRP", "PRP$":
      return ["i", "me", "my", "we", "us", "our", "you", "your", "'s"].contains(token.text.lowercased())
    case ".": return token.text == "?"
    case "VB":
      return token.dep == "ROOT" && !parse.children[index].contains { parse.tokens[$0].dep == "nsubj" }
    case "VBZ":
      return token.dep == "ROOT" && token.lemma == "be"
        && parse.children[index].contains {
          parse.tokens[$0].dep == "nsubj" && parse.tokens[$0].lemma == "it"
        }
    default: return false
    }
  }

  /// All expressions, in text order, not overlapping.
  func expressions() -> [TimeExpression] {
    var found: [TimeExpression] = []
    var index = 0
    while index < atoms.count {
      guard mayStart(index) else {
        index += 1
        continue
      }
      let read = list(at: index)
      if !read.isEmpty {
        found += read
        index = read[read.count - 1].atoms.upperBound
      } else if let one = expression(at: index) {
        found.append(one)
        index = one.atoms.upperBound
      } else {
        index += 1
      }
    }
    return found
  }

  // MARK: Atoms

  func word(_ index: Int) -> DateWord? {
    guard atoms.indices.contains(index), case .word(let word)? = atoms[index].lexeme else { return nil }
    return word
  }

  func isWord(_ index: Int, _ words: DateWord...) -> Bool {
    guard let word = word(index) else { return false }
    return words.contains(word)
  }

  func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool {
    atoms.indices.contains(index) && atoms[index].kind == .mark && atoms[index].mark == mark
  }

  func number(_ index: Int) -> Int? {
    guard atoms.indices.contains(index), atoms[index].kind == .number, atoms[index].number >= 0 else {
      return nil
    }
    return atoms[index].number
  }

  /// Whether the atom stands directly behind the one before, without white space.
  func isGlued(_ index: Int) -> Bool { atoms.indices.contains(index) && !atoms[index].spaceBefore }

  func unit(_ index: Int) -> (unit: TimeUnit, count: Int, plural: Bool)? {
    guard atoms.indices.contains(index) else { return nil }
    if case .unit(let unit, let count, let plural)? = atoms[index].lexeme { return (unit, count, plural) }
    return nil
  }

  func part(_ index: Int) -> (part: PartOfDay, plural: Bool)? {
    guard atoms.indices.contains(index), case .part(let part, let plural)? = atoms[index].lexeme else {
      return nil
    }
    return (part, plural)
  }

  func season(_ index: Int) -> Season? {
    guard atoms.indices.contains(index), case .season(let season)? = atoms[index].lexeme else { return nil }
    return season
  }

  /// The treebank tag; empty outside the text.
  func tag(_ index: Int) -> String { atoms[safe: index].map { parse.tokens[$0.token].tag } ?? "" }

  /// The label of the model's entity span; empty outside of one.
  func label(_ index: Int) -> String { atoms[safe: index].map { labels[$0.token] } ?? "" }

  func isDateLabel(_ index: Int) -> Bool { ["DATE", "TIME"].contains(label(index)) }

  /// Skips a hyphen or nothing.
  func afterHyphen(_ index: Int) -> Int { isMark(index, "-") ? index + 1 : index }

  /// Cheap test whether an expression may start here.
  private func mayStart(_ index: Int) -> Bool {
    let atom = atoms[index]
    if atom.kind == .number { return true }
    if atom.kind == .mark { return atom.mark == "'" || fraction(index) != nil }
    return atom.lexeme != nil
  }

  // MARK: One expression

  /// The longest expression that starts at `index`, modifiers included.
  func expression(at index: Int) -> TimeExpression? {
    guard let found = modified(at: index), let first = atomsBreak(found.atoms) else { return nil }
    guard first >= found.atoms.upperBound else { return nil }
    return isNameOfSomething(found) ? nil : found
  }

  /// The first atom in the range, after its start, that a line end stands before; else the range's end.
  private func atomsBreak(_ range: Range<Int>) -> Int? {
    for index in range.dropFirst() where atoms[index].lineBefore { return index }
    return range.upperBound
  }

  private func modified(at index: Int) -> TimeExpression? {
    var best = core(at: index)
    func offer(_ candidate: TimeExpression?) {
      if let candidate, candidate.atoms.upperBound > best?.atoms.upperBound ?? -1 { best = candidate }
    }
    if let (mod, next) = quantityModifier(at: index), let inner = core(at: next) {
      switch inner.meaning {
      // "over the past five years" is "during" them.
      case .span where isWord(index, .over): break
      case .duration, .span, .point(.shifted, _):
        offer(wrap(inner, from: index, mod: mod))
      case .point(.calendar, _), .point(.era, _):
        if mod == "APPROX" { offer(wrap(inner, from: index, mod: mod)) }
      default: break
      }
    }
    if let (mod, next) = partModifier(at: index), let inner = core(at: next) ?? bareUnit(at: next) {
      switch inner.meaning {
      case .point(.calendar, _), .point(.era, _), .point(.shortDecade, _), .point(.period, _),
        .point(.dayOfText, _):
        offer(wrap(inner, from: index, mod: mod))
      default: break
      }
    }
    return best
  }

  /// "month" in "the end of month", "the year" in "by the end of the year".
  private func bareUnit(at index: Int) -> TimeExpression? {
    let at = isWord(index, .the) ? index + 1 : index
    guard let named = unit(at), !named.plural, [.week, .month, .quarter, .year].contains(named.unit),
      isWord(index - 1, .of), !isWord(at + 1, .of), !atoms[at].isCapital, spokenNumber(at: at + 1) == nil
    else { return nil }
    return TimeExpression(
      atoms: index..<(at + 1), meaning: .point(.period(named.unit, offset: 0, from: .published), nil))
  }

  /// "EOM", "EOY": the end or the beginning of the month or year that runs.
  private func abbreviation(at index: Int) -> TimeExpression? {
    let unit: TimeUnit
    let mod: String
    switch word(index) {
    case .monthEnd: (unit, mod) = (.month, "END")
    case .monthStart: (unit, mod) = (.month, "START")
    case .yearEnd: (unit, mod) = (.year, "END")
    case .yearStart: (unit, mod) = (.year, "START")
    default: return nil
    }
    let atom = atoms[index]
    guard parse.text(atom.start, atom.end).utf8.allSatisfy({ $0 < 97 }) else { return nil }
    return TimeExpression(
      atoms: index..<(index + 1), meaning: .point(.period(unit, offset: 0, from: .published), nil), mod: mod)
  }

  private func wrap(_ inner: TimeExpression, from start: Int, mod: String) -> TimeExpression {
    var outer = inner
    outer.atoms = start..<inner.atoms.upperBound
    if outer.mod.isEmpty { outer.mod = mod }
    return outer
  }

  private func core(at index: Int) -> TimeExpression? {
    guard atoms.indices.contains(index) else { return nil }
    var best: TimeExpression?
    func offer(_ candidate: TimeExpression?) {
      if let candidate, candidate.atoms.upperBound > best?.atoms.upperBound ?? -1 { best = candidate }
    }
    offer(set(at: index))
    offer(relative(at: index))
    offer(dayWithTime(at: index))
    offer(calendarExpression(at: index))
    offer(clockExpression(at: index))
    offer(durationExpression(at: index))
    offer(vague(at: index))
    offer(nthExpression(at: index))
    offer(abbreviation(at: index))
    return best
  }

  /// "about", "more than", "at least": words before a count.
  func quantityModifier(at index: Int) -> (String, Int)? {
    switch word(index) {
    case .about, .around, .approximately, .roughly, .circa, .someCount: return ("APPROX", index + 1)
    case .ca: return ("APPROX", isMark(index + 1, ".") ? index + 2 : index + 1)
    case .nearly, .almost: return ("LESS_THAN", index + 1)
    case .under: return ("LESS_THAN", index + 1)
    case .over: return ("MORE_THAN", index + 1)
    case .more: return isWord(index + 1, .than) ? ("MORE_THAN", index + 2) : nil
    case .less: return isWord(index + 1, .than) ? ("LESS_THAN", index + 2) : nil
    case .up: return isWord(index + 1, .to) ? ("EQUAL_OR_LESS", index + 2) : nil
    case .no:
      if isWord(index + 1, .more), isWord(index + 2, .than) { return ("EQUAL_OR_LESS", index + 3) }
      if isWord(index + 1, .less), isWord(index + 2, .than) { return ("EQUAL_OR_MORE", index + 3) }
      return nil
    case .at:
      if isWord(index + 1, .least) { return ("EQUAL_OR_MORE", index + 2) }
      if isWord(index + 1, .most) { return ("EQUAL_OR_LESS", index + 2) }
      return nil
    case .only, .just, .exactly: return ("", index + 1)
    default: return nil
    }
  }

  /// "early", "mid-", "the end of": words that pick a part of a period.
  func partModifier(at index: Int) -> (String, Int)? {
    switch word(index) {
    case .early: return ("START", afterHyphen(isWord(index + 1, .in, .on) ? index + 2 : index + 1))
    case .late: return ("END", afterHyphen(isWord(index + 1, .in, .on) ? index + 2 : index + 1))
    case .mid: return ("MID", afterHyphen(index + 1))
    case .end where isWord(index + 1, .of): return ("END", index + 2)
    case .beginning where isWord(index + 1, .of): return ("START", index + 2)
    case .middle where isWord(index + 1, .of): return ("MID", index + 2)
    case .the:
      let next = index + 1
      if isWord(next, .early, .late, .mid) { return partModifier(at: next) }
      var noun = next
      if isWord(next, .latter, .early, .late, .first) { noun += 1 }
      guard isWord(noun + 1, .of) else { return nil }
      switch word(noun) {
      case .end, .close: return ("END", noun + 2)
      case .beginning, .start, .onset: return ("START", noun + 2)
      case .middle: return ("MID", noun + 2)
      case .part:
        return noun > next ? (isWord(next, .latter, .late) ? "END" : "START", noun + 2) : nil
      default: return nil
      }
    default: return nil
    }
  }

  /// A month, weekday, season or year inside a person's, firm's or work's name is no date.
  private func isNameOfSomething(_ found: TimeExpression) -> Bool {
    guard case .point(let reference, nil) = found.meaning else { return false }
    var names = ["PERSON", "ORG", "WORK_OF_ART", "FAC", "PRODUCT", "LAW"]
    switch reference {
    case .calendar(let date):
      // Years stand in names of events ("the 2008 election"), months and weekdays make names of their own.
      if date.year == nil { names += ["EVENT", "GPE", "LOC"] }
    case .period: break
    default: return false
    }
    let first = atoms[found.atoms.lowerBound].token
    let last = atoms[found.atoms.upperBound - 1].token
    let start = parse.entities.partitioningIndex { $0.tokens.upperBound > first }
    for entity in parse.entities[start...] {
      guard entity.tokens.lowerBound <= last else { break }
      guard names.contains(entity.label) else { continue }
      let reachesOut = entity.tokens.lowerBound < first || entity.tokens.upperBound > last + 1
      if reachesOut || entity.label == "PERSON" { return true }
    }
    return false
  }
}
