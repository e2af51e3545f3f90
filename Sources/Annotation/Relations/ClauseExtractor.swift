import Facts
import Linguistics

/// Makes rows of Relations from the clauses of a document.
struct ClauseExtractor {
  private let clauses: Clauses
  private let reader: PredicateReader
  private let claims: ClaimReader
  private let events: EventReader
  private let nouns: NominalisationReader
  private var tree: RelationTree { clauses.tree }
  private var facts: DocumentFacts { clauses.facts }

  init(parse: Parse, facts: DocumentFacts) {
    clauses = Clauses(parse: parse, facts: facts)
    reader = PredicateReader(clauses: clauses)
    claims = ClaimReader(clauses: clauses)
    events = EventReader(clauses: clauses)
    nouns = NominalisationReader(clauses: clauses)
  }

  /// All relations in text order, numbered.
  func rows() -> [RelationRow] {
    var rows: [RelationRow] = []
    for index in tree.words.indices {
      if clauses.isPredicate(index) {
        rows += self.rows(of: index)
      } else {
        if tree.words[index].dep == .appos, let row = apposition(index) { rows.append(row) }
        if let noun = nouns.read(index) { rows += self.rows(of: noun, at: index) }
      }
    }
    let order = rows.indices.sorted { (rows[$0].start, $0) < (rows[$1].start, $1) }
    var ordered = order.map { rows[$0] }
    for index in ordered.indices { ordered[index].relationID = index }
    return ordered
  }

  // MARK: Clauses

  private func rows(of main: Int) -> [RelationRow] {
    let predicate = reader.predicate(main)
    let first = predicate.chain[0]
    let subjects = clauses.subjects(first).filter { subject in
      let word = tree.words[subject]
      return word.tag != "EX" && !word.isWhPronoun && !clauses.isPlaceholder(subject, of: first)
    }
    guard !subjects.isEmpty else { return [] }
    let isTurned = !predicate.agents.isEmpty
    var sides = predicate.sides
    if isTurned {
      let role = predicate.link.isEmpty ? "as" : predicate.link
      sides.insert(contentsOf: predicate.objects.map { .init(role: role, head: $0) }, at: 0)
    }
    let lefts = isTurned ? predicate.agents : subjects
    let rights = isTurned ? subjects : predicate.objects
    let words = reader.words(predicate)
    var frame = RelationRow(
      sentenceID: tree.sentence(of: main), predicate: predicate.lemmas.joined(separator: " "),
      predicateText: reader.text(words), confidence: confidence(predicate, hasSides: !sides.isEmpty))
    fill(&frame, claims.claim(predicate.chain), at: first)
    if let time = clauses.time(of: predicate) {
      frame.from = time.from
      frame.to = time.to
    }
    let phrases = sides.map(\.head)
    var rows: [RelationRow] = []
    for left in lefts {
      let arguments = sides.filter { $0.head != left }.map { side -> RelationArgument in
        let argument = clauses.argument(side.head)
        return RelationArgument(role: side.role, text: argument.text, entityID: argument.id)
      }
      var row = frame
      row.arguments = arguments
      set(subject: left, of: &row)
      if rights.isEmpty {
        row.event = events.event(of: predicate, subject: left, object: nil)
        rows.append(placed(row, words: words, phrases: phrases + [left]))
      }
      for right in rights where right != left {
        set(object: right, of: &row)
        row.event = events.event(of: predicate, subject: left, object: right)
        rows.append(placed(row, words: words, phrases: phrases + [left, right]))
      }
    }
    return rows
  }

  /// One side of a relation; "I" in a direct quotation is its speaker, "it" may name the subject before it.
  private func argument(_ head: Int) -> Argument {
    var argument = clauses.argument(head)
    if let named = clauses.antecedent(ofIt: head) {
      let text = argument.text
      argument = clauses.argument(named)
      argument.text = text
    } else if argument.id.isEmpty, ["i", "me", "myself"].contains(tree.words[head].low),
      let quote = quote(around: head)
    {
      argument.name = quote.speaker
      argument.id = quote.speakerID
      let mention = facts.mentions.first { $0.entityID == quote.speakerID && !quote.speakerID.isEmpty }
      argument.type = mention?.type ?? ""
      argument.country = clauses.countries[quote.speakerID] ?? ""
    }
    return argument
  }

  private func set(subject head: Int, of row: inout RelationRow) {
    let argument = argument(head)
    row.subject = argument.name
    row.subjectText = argument.text
    row.subjectID = argument.id
    row.subjectType = argument.type
    row.subjectCountry = argument.country
  }

  private func set(object head: Int, of row: inout RelationRow) {
    var argument = argument(head)
    // "Greenpeace sued the company": a description does not mean the subject of its own clause.
    if argument.id == row.subjectID, clauses.mention(named: head)?.kind == .nominal,
      row.predicate.split(separator: " ").last != "be"
    {
      argument = Argument(head: head, text: argument.text, name: Clauses.name(argument.text, isClause: false))
    }
    row.object = argument.name
    row.objectText = argument.text
    row.objectID = argument.id
    row.objectType = argument.type
    row.objectCountry = argument.country
  }

  private func fill(_ row: inout RelationRow, _ claim: Claim, at verb: Int) {
    row.negated = claim.negated
    row.certainty = claim.certainty
    row.evidence = evidence(row.sentenceID)
    if claim.speakers.isEmpty, let quote = quote(around: verb) {
      row.speaker = quote.speaker
      row.speakerID = quote.speakerID
      row.speakers = [quote.speaker]
      if claim.hedge == nil { row.certainty = .reported }
      return
    }
    let speakers = claim.speakers.map { clauses.argument($0) }
    row.speaker = speakers.last?.name ?? ""
    row.speakerID = speakers.last?.id ?? ""
    row.speakers = speakers.map(\.name)
  }

  /// The direct quotation that a verb stands in, if its speaker is known.
  private func quote(around verb: Int) -> QuoteRow? {
    let word = tree.words[verb]
    return facts.quotes.first {
      $0.direct && !$0.speaker.isEmpty && $0.start <= word.start && word.end <= $0.end
    }
  }

  private func evidence(_ sentence: Int) -> String {
    if facts.sentences.indices.contains(sentence) { return facts.sentences[sentence].text }
    return tree.parse.text(of: tree.parse.sentences[sentence])
  }

  /// The row with the span from the first to the last of the predicate's words and the phrases beside it,
  /// as far as they are in its sentence.
  private func placed(_ row: RelationRow, words: [Int], phrases: [Int]) -> RelationRow {
    var row = row
    let ranges = words.map { $0..<($0 + 1) } + phrases.map(clauses.range)
    let inside = ranges.filter { tree.sentence(of: $0.lowerBound) == row.sentenceID }
    row.start = inside.map { tree.words[$0.lowerBound].start }.min() ?? 0
    row.end = inside.map { tree.words[$0.upperBound - 1].end }.max() ?? 0
    return row
  }

  /// How sure the extraction is: less where the subject was found above the clause, least where nothing
  /// but a subject was found.
  private func confidence(_ predicate: Predicate, hasSides: Bool) -> Double {
    let first = tree.words[predicate.chain[0]]
    var percent = 90
    if !tree.has(predicate.chain[0], .subject) {
      switch first.dep {
      case .conj, .relcl: percent = 80
      case .acl, .advcl: percent = 60
      case .pcomp: percent = 40
      default: percent = 50
      }
    }
    if predicate.objects.isEmpty, predicate.agents.isEmpty, !hasSides { percent -= 30 }
    return Double(percent) / 100
  }

  // MARK: Nouns that tell

  private func rows(of noun: Nominalisation, at index: Int) -> [RelationRow] {
    var frame = RelationRow(
      sentenceID: tree.sentence(of: index), predicate: noun.predicate, predicateText: tree.words[index].text,
      confidence: 0.4)
    fill(&frame, claims.claim(ofNoun: index), at: index)
    if let time = clauses.time(of: nouns.frame(index)) {
      frame.from = time.from
      frame.to = time.to
    }
    var rows: [RelationRow] = []
    for subject in noun.subjects {
      var row = frame
      set(subject: subject, of: &row)
      if noun.objects.isEmpty {
        row.event = events.event(noun.verb, subject) ?? ""
        rows.append(placed(row, words: [index], phrases: [subject]))
      }
      for object in noun.objects where object != subject {
        set(object: object, of: &row)
        row.event = events.event(noun.verb, object) ?? ""
        rows.append(placed(row, words: [index], phrases: [subject, object]))
      }
    }
    return rows
  }

  // MARK: Appositions

  /// "Jeffrey Lewis, director of the center": the name is what the description says.
  private func apposition(_ index: Int) -> RelationRow? {
    let head = tree.words[index].head
    guard tree.words[index].isNominal, tree.words[head].isNominal else { return nil }
    let isNamed = hasName(head)
    guard isNamed != hasName(index) else { return nil }
    let name = isNamed ? head : index
    let description = isNamed ? index : head
    let word = tree.words[description]
    guard word.tag == "NN" || word.tag == "NNS", clauses.dateOfWord[index] < 0, clauses.dateOfWord[head] < 0,
      let mention = clauses.mentions.mention(at: name), !Self.notDescribed.contains(mention.type),
      !clauses.lexicon.roles.contains(word.lemma) || mention.type == "PERSON"
    else { return nil }
    let between = tree.words[min(head, index)...max(head, index)].map(\.low)
    guard between.contains(where: { [",", "(", "—", "–"].contains($0) }), !between.contains(":") else {
      return nil
    }
    var row = RelationRow(sentenceID: tree.sentence(of: index), predicate: "be", confidence: 0.5)
    row.evidence = evidence(row.sentenceID)
    set(subject: name, of: &row)
    let text = tree.parse.text(of: clauses.phrase(description))
    row.objectText = text
    row.object = text.split { $0.isWhitespace }.joined(separator: " ")
    return placed(row, words: [], phrases: [name, description])
  }

  /// Whether a word is in a name; a description that means someone is none.
  private func hasName(_ word: Int) -> Bool {
    clauses.mentions.mention(at: word).map { $0.kind != .nominal } ?? false
  }

  private static let notDescribed: Set<String> = [
    "DATE", "TIME", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY",
  ]
}
