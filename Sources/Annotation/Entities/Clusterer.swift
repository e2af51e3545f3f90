import Linguistics

/// Names of one document that mean one thing.
struct NameCluster {
  /// Indices into the candidates, in text order.
  var members: [Int]
  /// Entity type.
  var type: String
  /// Canonical name.
  var name = ""
  /// ISO 3166 alpha-2 code.
  var country = ""
}

/// Groups the names of a document: people by the parts of their names, organisations by name, acronym and
/// shortened name, places and nationalities by the gazetteer, all else by the same words.
///
/// The order of the candidates is the text's; every choice is by rule and by that order, so the outcome
/// depends on nothing else.
struct Clusterer {
  let candidates: [Candidate]
  let parse: Parse
  let lists = NameLists.shared
  /// The cluster of each candidate.
  private var clusterOf: [Int]
  private var members: [[Int]] = []
  private var persons = PersonIndex()

  init(_ candidates: [Candidate], parse: Parse) {
    self.candidates = candidates
    self.parse = parse
    clusterOf = [Int](repeating: -1, count: candidates.count)
  }

  /// The clusters, in the order of their first member.
  mutating func clusters() -> [NameCluster] {
    clusterPeople()
    clusterOrganisations()
    clusterOthers()
    clusterOffices()
    let order = members.indices.filter { !members[$0].isEmpty }
      .sorted { (members[$0].min() ?? 0) < (members[$1].min() ?? 0) }
    return order.map { describe(members[$0].sorted()) }
  }

  private mutating func open(_ member: Int) -> Int {
    members.append([])
    join(member, members.count - 1)
    return members.count - 1
  }

  private mutating func join(_ member: Int, _ cluster: Int) {
    clusterOf[member] = cluster
    members[cluster].append(member)
  }

  // MARK: People

  private mutating func clusterPeople() {
    let people = candidates.indices.filter {
      candidates[$0].type == "PERSON" && !candidates[$0].parts.isEmpty && candidates[$0].office.isEmpty
    }
    let full = people.filter { isFullName(candidates[$0].parts) && !Self.isRegnal(candidates[$0].parts) }
    // Names with a given name in full come first: an initial joins one of them only if it can be no other.
    for index in full where !startsWithInitial(candidates[index].parts) {
      let fitting = persons.mayBear(stem(index)).first { agree($0, index) }
      add(index, toPerson: fitting ?? open())
    }
    for index in full where clusterOf[index] < 0 {
      let fitting = persons.mayBear(stem(index)).filter { agree($0, index) }
      add(index, toPerson: fitting.count == 1 ? fitting[0] : open())
    }
    for cluster in members.indices {
      for member in members[cluster].sorted() { note(member, isBare: false, of: cluster) }
    }
    // Bare names in text order, so that each can look at those before it.
    var bare: [String: Int] = [:]
    let reigns = Set(people.map { candidates[$0].parts }.filter(Self.isRegnal))
    for index in people where clusterOf[index] < 0 {
      var parts = candidates[index].parts
      // "Norton I" is the Norton of the text unless there is a second of the name.
      if Self.isRegnal(parts), !reigns.contains(where: { $0[0] == parts[0] && $0 != parts }) {
        parts.removeLast()
      }
      let key = parts.joined(separator: " ")
      if let person = personMeant(by: index, called: parts) {
        add(index, toPerson: person)
        note(index, isBare: true, of: person)
      } else if let cluster = bare[key], gendersAgree(cluster, index) {
        join(index, cluster)
        persons.learn(cluster, gender: gender(index))
      } else {
        bare[key] = open(index)
        persons.learn(clusterOf[index], gender: gender(index))
      }
    }
  }

  /// An empty cluster.
  private mutating func open() -> Int {
    members.append([])
    return members.count - 1
  }

  private mutating func add(_ member: Int, toPerson cluster: Int) {
    join(member, cluster)
    let candidate = candidates[member]
    persons.add(candidate.parts, stem: stem(member), role: candidate.title.role, to: cluster)
    persons.learn(cluster, gender: gender(member))
  }

  private mutating func note(_ member: Int, isBare: Bool, of cluster: Int) {
    persons.note(
      PersonIndex.Mention(
        place: member, sentence: sentence(of: member), isSubject: isSubject(candidates[member].tokens)),
      called: candidates[member].parts, isBare: isBare, of: cluster)
  }

  private func stem(_ index: Int) -> [String] { withoutGeneration(candidates[index].parts) }

  private func sentence(of index: Int) -> Int {
    parse.sentenceOfToken[candidates[index].tokens.lowerBound]
  }

  /// Whether a name is one word and a ruler's number.
  static func isRegnal(_ parts: [String]) -> Bool {
    parts.count == 2 && ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"].contains(parts[1])
  }

  private func isFullName(_ parts: [String]) -> Bool { parts.count >= 2 }

  private func startsWithInitial(_ parts: [String]) -> Bool { parts[0].utf8.count == 1 }

  /// Whether a full name may be that of all full names of a cluster.
  private func agree(_ cluster: Int, _ index: Int) -> Bool {
    gendersAgree(cluster, index)
      && persons[cluster].names.allSatisfy { samePerson($0, candidates[index].parts) }
  }

  private func gender(_ index: Int) -> NameLists.Gender? {
    Genders.told(by: candidates[index])
  }

  private func gendersAgree(_ cluster: Int, _ index: Int) -> Bool {
    guard let gender = gender(index) else { return true }
    return persons[cluster].genders.allSatisfy { $0 == gender }
  }

  private static let generations: Set<String> = ["jr", "sr", "junior", "senior", "ii", "iii", "iv"]

  /// Whether two full names may be one person's: equal words, an initial for a given name, middle names
  /// left out, or family name first in one and last in the other.
  func samePerson(_ left: [String], _ right: [String]) -> Bool {
    let a = withoutGeneration(left)
    let b = withoutGeneration(right)
    // Father and son differ by nothing else.
    if a.count < left.count, b.count < right.count, left.last != right.last { return false }
    if a == b || a.joined() == b.joined() { return true }
    guard a.count >= 2, b.count >= 2 else { return false }
    if a.count == b.count, lists.isFamilyNameFirst(a) || lists.isFamilyNameFirst(b) {
      if Array(a.dropFirst()) + [a[0]] == b || Array(b.dropFirst()) + [b[0]] == a { return true }
    }
    if lists.isFamilyNameFirst(a) && lists.isFamilyNameFirst(b) { return false }
    guard a[a.count - 1] == b[b.count - 1] else { return false }
    guard mayAbbreviate(a[0], b[0]) else { return false }
    let (middleA, middleB) = (a.dropFirst().dropLast(), b.dropFirst().dropLast())
    if middleA.isEmpty || middleB.isEmpty { return true }
    return middleA.count == middleB.count && zip(middleA, middleB).allSatisfy(mayAbbreviate)
  }

  private func withoutGeneration(_ parts: [String]) -> [String] {
    guard parts.count > 2, let last = parts.last, Self.generations.contains(last) else { return parts }
    return Array(parts.dropLast())
  }

  private func mayAbbreviate(_ a: String, _ b: String) -> Bool {
    a == b || (a.utf8.count == 1 && b.hasPrefix(a)) || (b.utf8.count == 1 && a.hasPrefix(b))
  }

  /// How a bare name may stand for a full one: 3 as its family name, 2 as the other end, 1 as the given
  /// name, 0 not at all.
  func bareFit(_ bare: [String], _ full: [String]) -> Int {
    let full = withoutGeneration(full)
    guard bare.count < full.count else { return 0 }
    let isFirst = lists.isFamilyNameFirst(full)
    if Array(full.suffix(bare.count)) == bare { return isFirst ? 2 : 3 }
    guard Array(full.prefix(bare.count)) == bare else { return 0 }
    if isFirst { return bare.count == 1 ? 3 : 0 }
    return bare.count > 1 ? 0 : lists.familyNamesFirst.contains(bare[0]) ? 2 : 1
  }

  /// The person named in full whom a bare name means: of those whom it fits best, the one who stands out
  /// most in the text before, else the first to be named after.
  private func personMeant(by index: Int, called parts: [String]) -> Int? {
    var best = 0
    var fitting: [Int] = []
    for person in persons.mayBeCalled(parts) where gendersAgree(person, index) {
      let fit = persons[person].names.map { bareFit(parts, $0) }.max() ?? 0
      if fit > best {
        (best, fitting) = (fit, [person])
      } else if fit == best, fit > 0 {
        fitting.append(person)
      }
    }
    if fitting.count <= 1 { return fitting.first }
    // A title tells two bearers of one name apart ("President Kim").
    let role = candidates[index].title.role
    if !role.isEmpty {
      let titled = fitting.filter { persons[$0].roles.contains(role) }
      if titled.count == 1 { return titled[0] }
    }
    var meant: (score: Double, person: Int)?
    for person in fitting {
      let score = persons[person].salience(
        before: index, in: sentence(of: index), called: candidates[index].parts)
      if score > meant?.score ?? 0 { meant = (score, person) }
    }
    return meant?.person ?? fitting.min { (members[$0].min() ?? 0) < (members[$1].min() ?? 0) }
  }

  private func isSubject(_ tokens: Range<Int>) -> Bool {
    tokens.contains { ["nsubj", "nsubjpass"].contains(parse.tokens[$0].dep) }
  }

  // MARK: Organisations

  private static let organisationTypes: Set<String> = [
    "ORG", "PRODUCT", "FAC", "WORK_OF_ART", "EVENT", "LAW",
  ]

  private mutating func clusterOrganisations() {
    let names = candidates.indices.filter {
      clusterOf[$0] < 0 && candidates[$0].office.isEmpty
        && Self.organisationTypes.contains(candidates[$0].type)
    }
    // The same name, the gazetteer's names for one body, then names that differ by their legal form.
    var byKey: [String: Int] = [:]
    var keys: [(key: [String], cluster: Int)] = []
    for index in names {
      let key = organisationKey(candidates[index])
      if let cluster = byKey[key.joined(separator: " ")] {
        join(index, cluster)
      } else {
        let cluster = open(index)
        byKey[key.joined(separator: " ")] = cluster
        keys.append((key, cluster))
      }
    }
    // An acronym joins the one name that it stands for; in parentheses right after a name, that name.
    for (place, item) in keys.enumerated() where item.key.count == 1 && !members[item.cluster].isEmpty {
      guard let first = members[item.cluster].first, candidates[first].entry == nil,
        let letters = NameText.acronym(candidates[first].name)
      else { continue }
      let explicit = members[item.cluster].compactMap(nameBeforeParenthesis).first
      if let explicit, clusterOf[explicit] != item.cluster,
        Acronyms.mayStand(letters, for: candidates[explicit].parts)
      {
        merge(item.cluster, into: clusterOf[explicit])
        continue
      }
      let fitting = keys.enumerated().filter { other in
        other.offset != place && !members[other.element.cluster].isEmpty
          && members[other.element.cluster].contains { Acronyms.stands(letters, for: candidates[$0].parts) }
      }
      if fitting.count == 1 { merge(item.cluster, into: fitting[0].element.cluster) }
    }
    // A shortened name joins the one longer name that begins with it, else the one that ends with it.
    for fits in [isShortened, isLastWord] {
      for item in keys where !members[item.cluster].isEmpty {
        let longer = keys.filter { other in
          other.cluster != item.cluster && !members[other.cluster].isEmpty
            && sameKind(item.cluster, other.cluster) && fits(item.key, other.key)
            && !isDescription(other.cluster)
        }
        if longer.count == 1 { merge(item.cluster, into: longer[0].cluster) }
      }
    }
  }

  /// Whether a given span is called by a common noun behind a name ("Intel processors").
  private func isDescription(_ cluster: Int) -> Bool {
    members[cluster].allSatisfy { member in
      guard candidates[member].isGiven, let last = candidates[member].parts.last else { return false }
      return !NameText.isCapitalised(candidates[member].name.split(separator: " ").last ?? "")
        && !lists.organisationWords.contains(last) && last.utf8.allSatisfy { $0 > 0x60 }
    }
  }

  private func sameKind(_ a: Int, _ b: Int) -> Bool {
    guard let left = members[a].first, let right = members[b].first else { return false }
    return candidates[left].type == candidates[right].type || candidates[left].isGuess
      || candidates[right].isGuess
  }

  private func organisationKey(_ candidate: Candidate) -> [String] {
    if let entry = candidate.entry { return NameText.parts(entry.canonical) }
    var words = candidate.parts
    while words.count > 1, let last = words.last, lists.legalForms.contains(last) { words.removeLast() }
    // "A380s": a model's name with a number is the same in the plural.
    if let last = words.last, last.hasSuffix("s"), let digit = last.utf8.dropLast().last,
      (0x30...0x39).contains(digit)
    {
      words[words.count - 1] = String(last.dropLast())
    }
    return words
  }

  /// The candidate that ends right before the parenthesis in which this one stands alone.
  private func nameBeforeParenthesis(_ index: Int) -> Int? {
    let tokens = candidates[index].tokens
    guard tokens.lowerBound > 1, tokens.upperBound < parse.tokens.count,
      parse.tokens[tokens.lowerBound - 1].text == "(", parse.tokens[tokens.upperBound].text == ")"
    else { return nil }
    return candidates.indices.last {
      candidates[$0].tokens.upperBound == tokens.lowerBound - 1 && clusterOf[$0] >= 0
    }
  }

  /// Whether `short` is the start of `long`, and what is left off is what names are shortened by: one or
  /// two words, or words like "news agency", or what follows "of". What ends in a number is a product of the
  /// maker that it begins with.
  private func isShortened(_ short: [String], _ long: [String]) -> Bool {
    guard short.count < long.count, Array(long.prefix(short.count)) == short else { return false }
    let rest = long.dropFirst(short.count)
    if rest.contains(where: { $0.utf8.contains { (0x30...0x39).contains($0) } }) { return false }
    if rest.first == "of" { return true }
    if short.count == 1, lists.organisationWords.contains(short[0]) { return false }
    if rest.contains("of") || rest.contains("for") || rest.contains("and") { return false }
    return rest.count <= 2 || rest.allSatisfy(lists.organisationWords.contains)
  }

  /// Whether `short` is the end of `long`, and what is left off is a name of the text itself: the maker of a
  /// product ("Airbus A380"), the country of a parliament.
  private func isLastWord(_ short: [String], _ long: [String]) -> Bool {
    guard short.count < long.count, Array(long.suffix(short.count)) == short else { return false }
    let rest = Array(long.dropLast(short.count))
    return Gazetteer.shared.entry(NameText.titleCased(rest.joined(separator: " ")), words: rest) != nil
      || candidates.contains { $0.parts == rest }
  }

  private mutating func merge(_ cluster: Int, into other: Int) {
    guard cluster != other else { return }
    for member in members[cluster] { join(member, other) }
    members[cluster] = []
  }

  // MARK: Places, nationalities and the rest

  private mutating func clusterOthers() {
    var byKey: [String: Int] = [:]
    for index in candidates.indices where clusterOf[index] < 0 && candidates[index].office.isEmpty {
      let candidate = candidates[index]
      let key =
        candidate.entry.map { "\($0.role) \($0.canonical)" }
        ?? "\(placeKind(candidate.type)) \(candidate.parts.joined(separator: " "))"
      if let cluster = byKey[key] { join(index, cluster) } else { byKey[key] = open(index) }
    }
  }

  private func placeKind(_ type: String) -> String { type == "LOC" || type == "GPE" ? "place" : type }

  // MARK: Offices

  /// Names of offices ("the President", "Director of X") mean who is so called beside them, else the one person
  /// of that title in the text, the last one before if there are several; else each office is its own cluster.
  private mutating func clusterOffices() {
    var holders: [String: Int] = [:]
    for index in candidates.indices where !candidates[index].office.isEmpty {
      // "Emperor of X and Protector of Y" is one person's.
      if let before = candidates[..<index].indices.last(where: {
        candidates[$0].end < candidates[index].start
      }),
        !candidates[before].office.isEmpty, clusterOf[before] >= 0,
        (candidates[before].tokens.upperBound..<candidates[index].tokens.lowerBound).allSatisfy({
          ["and", ",", "the"].contains(parse.tokens[$0].text.lowercased())
        })
      {
        join(index, clusterOf[before])
      } else if let person = personBeside(index) {
        join(index, clusterOf[person])
      } else if let person = bearer(of: candidates[index].office, at: index) {
        join(index, clusterOf[person])
      } else if let cluster = holders[candidates[index].office] {
        join(index, cluster)
      } else {
        holders[candidates[index].office] = open(index)
      }
    }
  }

  /// The person whose name a comma or nothing parts from an office, or of whom the office is said.
  private func personBeside(_ index: Int) -> Int? {
    let tokens = candidates[index].tokens
    let people = candidates.indices.filter {
      candidates[$0].type == "PERSON" && candidates[$0].office.isEmpty && clusterOf[$0] >= 0
    }
    for person in people {
      let name = candidates[person].tokens
      if name.upperBound <= tokens.lowerBound, isJoined(name.upperBound..<tokens.lowerBound) { return person }
      if tokens.upperBound <= name.lowerBound, isJoined(tokens.upperBound..<name.lowerBound) { return person }
    }
    guard let head = tokens.first(where: { !tokens.contains(parse.tokens[$0].head) }) else { return nil }
    let verb = parse.tokens[head].head
    guard parse.tokens[head].dep == "attr", parse.tokens[verb].lemma == "be" else { return nil }
    return people.first { person in
      candidates[person].tokens.contains { parse.tokens[$0].dep == "nsubj" && parse.tokens[$0].head == verb }
    }
  }

  private func isJoined(_ between: Range<Int>) -> Bool {
    between.count <= 1 && between.allSatisfy { [",", "-", "–", "("].contains(parse.tokens[$0].text) }
  }

  private func bearer(of office: String, at index: Int) -> Int? {
    let bearers = candidates.indices.filter { other in
      clusterOf[other] >= 0 && candidates[other].office.isEmpty && candidates[other].title.role == office
    }
    if Set(bearers.map { clusterOf[$0] }).count == 1 { return bearers.first }
    return bearers.last { $0 < index }
  }

  // MARK: What a cluster is called

  private func describe(_ members: [Int]) -> NameCluster {
    var types: [(String, Int)] = []
    for member in members {
      let type = candidates[member].type
      if let index = types.firstIndex(where: { $0.0 == type }) {
        types[index].1 += 1
      } else {
        types.append((type, 1))
      }
    }
    var cluster = NameCluster(members: members, type: types.first?.0 ?? "")
    for (type, count) in types where count > types.first(where: { $0.0 == cluster.type })?.1 ?? 0 {
      cluster.type = type
    }
    if let entry = members.compactMap({ candidates[$0].entry }).first {
      cluster.name = entry.canonical
      cluster.country = entry.country
    } else {
      cluster.name = canonicalName(members, type: cluster.type)
    }
    if cluster.country.isEmpty { cluster.country = country(members) }
    return cluster
  }

  /// The fullest of the frequent forms: of those that aren't acronyms or bare names where others are there,
  /// the most frequent, then the longest, then the first.
  private func canonicalName(_ members: [Int], type: String) -> String {
    var forms: [(text: String, parts: [String], count: Int)] = []
    let named = members.filter { candidates[$0].office.isEmpty }
    for member in named.isEmpty ? members : named {
      let name = displayName(candidates[member].name, type: type)
      if let index = forms.firstIndex(where: { $0.text.utf8.elementsEqual(name.utf8) }) {
        forms[index].count += 1
      } else {
        forms.append((name, candidates[member].parts, 1))
      }
    }
    let isPerson = type == "PERSON"
    func rank(_ form: (text: String, parts: [String], count: Int)) -> (Int, Int, Int) {
      let fullness: Int
      if isPerson {
        fullness = form.parts.count < 2 ? 0 : startsWithInitial(form.parts) ? 1 : 2
      } else {
        fullness =
          form.parts.count < 2 && NameText.acronym(form.text) != nil ? 0 : form.parts.count < 2 ? 1 : 2
      }
      return (fullness, form.count, form.text.unicodeScalars.count)
    }
    guard var best = forms.first else { return "" }
    for form in forms.dropFirst() where rank(best) < rank(form) { best = form }
    return best.text
  }

  /// A name on one line, without a possessive ending; a person's or a place's not in capitals alone.
  private func displayName(_ text: String, type: String) -> String {
    var words = text.split { $0.isWhitespace }.map { String($0) }
    if ["PERSON", "GPE", "LOC"].contains(type),
      words.allSatisfy({ NameText.isShouted($0) }), words.contains(where: { $0.unicodeScalars.count > 4 })
    {
      words = words.map { NameText.titleCased($0) }
    }
    var name = words.joined(separator: " ")
    for ending in ["'s", "’s"] where name.hasSuffix(ending) { name = String(name.dropLast(2)) }
    return name
  }

  /// The country that titles, modifiers or words of the name tell; the first one told.
  private func country(_ members: [Int]) -> String {
    for member in members where !candidates[member].title.country.isEmpty {
      return candidates[member].title.country
    }
    guard let first = members.first, candidates[first].type == "ORG" else { return "" }
    for member in members {
      let words = candidates[member].name.split { $0 == " " }
      for length in [3, 2, 1] where words.count > length {
        for start in 0...(words.count - length) {
          let text = words[start..<(start + length)].joined(separator: " ")
          if let entry = Gazetteer.shared.entry(text), entry.role == .country || entry.role == .nationality {
            return entry.country
          }
        }
      }
    }
    return ""
  }
}
