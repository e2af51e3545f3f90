/// What names and titles tell of a person's gender.
enum Genders {
  /// What one name tells: its title, else its given name, else how a Slavic family name ends.
  static func told(by candidate: Candidate) -> NameLists.Gender? {
    if let gender = candidate.title.gender { return gender }
    guard let last = candidate.parts.last else { return nil }
    let lists = NameLists.shared
    if candidate.parts.count > 1 {
      if lists.isFamilyNameFirst(candidate.parts) { return nil }
      if let gender = lists.givenNames[candidate.parts[0]] ?? nil { return gender }
    }
    return ending(of: last)
  }

  /// What the names of one person tell: the first title that tells it, else the first name.
  static func told(by candidates: [Candidate]) -> NameLists.Gender? {
    candidates.lazy.compactMap(\.title.gender).first ?? candidates.lazy.compactMap { told(by: $0) }.first
  }

  /// Family names of East Slavic form have a feminine one. Endings that others share (-in, -ina, -sky) tell nothing.
  private static func ending(of name: String) -> NameLists.Gender? {
    guard name.utf8.count > 5 else { return nil }
    if ["ova", "yeva", "skaya", "skaia"].contains(where: name.hasSuffix) { return .female }
    return name.hasSuffix("ov") || name.hasSuffix("yev") ? .male : nil
  }
}
