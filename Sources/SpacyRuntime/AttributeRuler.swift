import Diagnostics

/// spaCy's attribute ruler: patterns over one or more tokens that set part of speech, morphology, lemma,
/// tag or relation.
///
/// All matches are taken on the tagger's and the parser's output; then rules are applied by number, a
/// later one over an earlier one. Predicates on spelling are decided once per word, those on tags and
/// relations once per label, each as a bit.
struct AttributeRuler: Sendable {
  /// What the rules say of a token; indices into `values`, -1 where no rule speaks.
  struct Result {
    var pos: Int32 = -1
    var morph: Int32 = -1
    var lemma: Int32 = -1
    var tag: Int32 = -1
    var dep: Int32 = -1
  }

  /// Every text that a rule can set; morphology normalised.
  let values: [String]
  private let rules: [Rule]
  private let spellings: [SpellingTest]
  /// Which conditions on tags each of the tagger's labels fulfils.
  private let tagTable: [[Bool]]
  private let deps: ConditionSet
  /// Patterns that may start at a token, by the tagger's label.
  private let candidates: [[Candidate]]

  private struct Rule: Sendable {
    var index = 0
    var result = Result()
  }

  private struct Candidate: Sendable {
    let rule: Int
    let tokens: [PatternToken]
  }

  private struct PatternToken: Sendable {
    var spelling: [Int] = []
    var tag: Int?
    var dep: Int?
    var isSpace: Bool?
  }

  private struct SpellingTest: Sendable {
    let lower: Bool
    let condition: Condition
  }

  /// Reads a package's `attribute_ruler/patterns`, for a tagger with these labels.
  ///
  /// - Errors: `NLP103` naming a pattern key, operator or attribute that is not supported, `NLP104` if the
  ///   file is malformed.
  init(_ bytes: UnsafeRawBufferPointer, labels: [String]) throws(DossierError) {
    func malformed() -> DossierError {
      DossierError(.modelPackageUnreadable, "model file 'attribute_ruler/patterns' is malformed")
    }
    guard let list = try Msgpack.read(bytes, "attribute_ruler/patterns").array else { throw malformed() }
    var values: [String] = []
    var numbers: [[UInt8]: Int32] = [:]
    func intern(_ text: String) -> Int32 {
      let key = Array(text.utf8)
      if let number = numbers[key] { return number }
      values.append(text)
      numbers[key] = Int32(values.count - 1)
      return Int32(values.count - 1)
    }
    var rules: [Rule] = []
    var spellings: [SpellingTest] = []
    var tags = ConditionSet()
    var deps = ConditionSet()
    var patterns: [Candidate] = []
    for (number, entry) in list.enumerated() {
      var rule = Rule()
      rule.index = entry["index"]?.integer ?? 0
      for attribute in entry["attrs"]?.map ?? [] {
        guard let text = attribute.value.string else { throw malformed() }
        switch attribute.key.string ?? "" {
        case "POS": rule.result.pos = intern(text)
        case "MORPH": rule.result.morph = intern(Self.normalised(text))
        case "LEMMA": rule.result.lemma = intern(text)
        case "TAG": rule.result.tag = intern(text)
        case "DEP": rule.result.dep = intern(text)
        case let key: throw Self.unsupported("the attribute '\(key)'")
        }
      }
      for pattern in entry["patterns"]?.array ?? [] {
        var tokens: [PatternToken] = []
        for token in pattern.array ?? [] {
          var parsed = PatternToken()
          for test in token.map ?? [] {
            switch test.key.string ?? "" {
            case "LOWER", "ORTH", "TEXT":
              parsed.spelling.append(spellings.count)
              spellings.append(
                SpellingTest(lower: test.key.string == "LOWER", condition: try Condition(test.value)))
            case "TAG": parsed.tag = tags.add(try Condition(test.value))
            case "DEP": parsed.dep = deps.add(try Condition(test.value))
            case "IS_SPACE":
              guard let flag = test.value.bool else { throw malformed() }
              parsed.isSpace = flag
            case let key: throw Self.unsupported("the pattern key '\(key)'")
            }
          }
          tokens.append(parsed)
        }
        let index = rule.index < 0 ? rule.index + tokens.count : rule.index
        guard !tokens.isEmpty, tokens.indices.contains(index) else { throw malformed() }
        patterns.append(Candidate(rule: number, tokens: tokens))
      }
      rules.append(rule)
    }
    let matcher = Matcher()
    let table = tags.table(labels, matcher)
    candidates = labels.indices.map { label in
      patterns.filter { pattern in pattern.tokens[0].tag.map { table[label][$0] } ?? true }
    }
    tagTable = table
    self.values = values
    self.rules = rules
    self.spellings = spellings
    self.deps = deps
  }

  private static func unsupported(_ what: String) -> DossierError {
    DossierError(.unsupportedModel, "the model's attribute ruler uses \(what), which Dossier does not run")
  }

  /// Morphology as spaCy prints it: features sorted by name without regard to case; `_` is none.
  private static func normalised(_ morph: String) -> String {
    if morph == "_" { return "" }
    return morph.split(separator: "|").map(String.init)
      .map { (key: Array($0.lowercased().utf8), text: $0) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map(\.text).joined(separator: "|")
  }

  /// Which predicates on spelling a word fulfils, a bit each.
  func spelling(text: String, lower: String, _ matcher: Matcher) -> [UInt64] {
    var bits = [UInt64](repeating: 0, count: (spellings.count + 63) / 64)
    for (index, test) in spellings.enumerated() where test.condition.holds(test.lower ? lower : text, matcher)
    {
      bits[index / 64] |= 1 << UInt64(index % 64)
    }
    return bits
  }

  /// What the rules say of each token of a text.
  func apply(
    _ tokens: [TokenState], _ lexemes: [Lexeme], tags: [Int32], deps: [String], _ matcher: Matcher
  ) -> [Result] {
    var found = [[Int32]](repeating: [], count: rules.count)
    var known: [String: Int] = [:]
    var depTable: [[Bool]] = []
    let depNumbers = deps.map { label in
      if let number = known[label] { return number }
      known[label] = depTable.count
      depTable += self.deps.table([label], matcher)
      return depTable.count - 1
    }
    func fits(_ pattern: PatternToken, _ token: Int, skipTag: Bool) -> Bool {
      let lexeme = lexemes[Int(tokens[token].lexeme)]
      if let isSpace = pattern.isSpace, isSpace != lexeme.isSpace { return false }
      for test in pattern.spelling where lexeme.spelling[test / 64] & 1 << UInt64(test % 64) == 0 {
        return false
      }
      if let tag = pattern.tag, !skipTag, !tagTable[Int(tags[token])][tag] { return false }
      if let dep = pattern.dep, !depTable[depNumbers[token]][dep] { return false }
      return true
    }
    for start in tokens.indices {
      for candidate in candidates[Int(tags[start])] where start + candidate.tokens.count <= tokens.count {
        // The candidate's tag was looked at when the list was made.
        if !fits(candidate.tokens[0], start, skipTag: true) { continue }
        var matches = true
        for offset in 1..<max(1, candidate.tokens.count)
        where !fits(candidate.tokens[offset], start + offset, skipTag: false) {
          matches = false
          break
        }
        if !matches { continue }
        let index = rules[candidate.rule].index
        found[candidate.rule].append(Int32(start + (index < 0 ? index + candidate.tokens.count : index)))
      }
    }
    var results = [Result](repeating: Result(), count: tokens.count)
    for (rule, targets) in found.enumerated() {
      let said = rules[rule].result
      for target in targets {
        let token = Int(target)
        if said.pos >= 0 { results[token].pos = said.pos }
        if said.morph >= 0 { results[token].morph = said.morph }
        if said.lemma >= 0 { results[token].lemma = said.lemma }
        if said.tag >= 0 { results[token].tag = said.tag }
        if said.dep >= 0 { results[token].dep = said.dep }
      }
    }
    return results
  }
}

/// A test of a text in a pattern: equality, membership, expressions; all parts must hold.
private struct Condition: Sendable {
  private enum Part: Sendable {
    case equals([UInt8])
    case oneOf(Set<[UInt8]>)
    case noneOf(Set<[UInt8]>)
    case matches(Regex)
  }

  private var parts: [Part] = []

  init(_ value: Msgpack) throws(DossierError) {
    if let text = value.string {
      parts = [.equals(Array(text.utf8))]
      return
    }
    for entry in value.map ?? [] {
      let set = Set((entry.value.array ?? []).compactMap(\.string).map { Array($0.utf8) })
      switch (entry.key.string ?? "", entry.value.string) {
      case ("IN", _): parts.append(.oneOf(set))
      case ("NOT_IN", _): parts.append(.noneOf(set))
      case ("REGEX", let pattern?): parts.append(.matches(try Regex(pattern)))
      case (let key, _):
        throw DossierError(
          .unsupportedModel,
          "the model's attribute ruler uses the predicate '\(key)', which Dossier does not run")
      }
    }
  }

  func holds(_ text: String, _ matcher: Matcher) -> Bool {
    let bytes = Array(text.utf8)
    return parts.allSatisfy { part in
      switch part {
      case .equals(let wanted): bytes == wanted
      case .oneOf(let set): set.contains(bytes)
      case .noneOf(let set): !set.contains(bytes)
      case .matches(let regex): bytes.withUnsafeBufferPointer { matcher.search(regex, $0) != nil }
      }
    }
  }
}

/// Conditions on labels, decided once for each label in a text.
private struct ConditionSet: Sendable {
  private var conditions: [Condition] = []

  mutating func add(_ condition: Condition) -> Int {
    conditions.append(condition)
    return conditions.count - 1
  }

  /// Which conditions each label fulfils.
  func table(_ labels: [String], _ matcher: Matcher) -> [[Bool]] {
    labels.map { label in conditions.map { $0.holds(label, matcher) } }
  }
}
