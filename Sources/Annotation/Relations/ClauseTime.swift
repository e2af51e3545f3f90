import Facts
import Linguistics

/// The time that a clause tells of itself.
struct ClauseTime {
  /// Half-open, in ticks; null where it can't be known.
  var from: Int64?
  var to: Int64?
}

extension Clauses {
  /// Prepositions that put an event inside, before or after what follows: "during his visit in June".
  private static let placing: Set<String> = [
    "in", "on", "at", "during", "within", "after", "following", "before", "since", "until", "till", "by",
    "from",
    "between",
  ]

  /// When a relation is said to happen: from a date beside its verb, from one in a phrase like "during his
  /// visit in June", or from one that hangs on its object ("signed a treaty on Wednesday"). For a verb
  /// joined to another, a date in front of both serves it too.
  func time(of predicate: Predicate) -> ClauseTime? {
    if let time = ownTime(of: predicate) { return time }
    let first = predicate.chain[0]
    guard tree.words[first].dep == .conj, !tree.has(first, .subject), tree.isVerbal[tree.words[first].head]
    else { return nil }
    let other = tree.words[first].head
    let sides = PredicateReader(clauses: self).predicate(other).sides.filter { $0.head < other }
    return time(beside: sides)
  }

  private func ownTime(of predicate: Predicate) -> ClauseTime? {
    if let time = time(beside: predicate.sides) { return time }
    for object in predicate.objects where !tree.isVerbal[object] {
      for preposition in tree.kids(object, .prep)
      where ["in", "on", "at", "during"].contains(tree.words[preposition].low) {
        for head in tree.kids(preposition, .pobj) {
          if let row = date(at: head), let time = interval(tree.words[preposition].low, row) { return time }
        }
      }
    }
    return nil
  }

  private func time(beside sides: [Predicate.Side]) -> ClauseTime? {
    for (position, side) in sides.enumerated() where side.role == "time" {
      guard let row = date(at: side.head), var time = interval(side.preposition, row) else { continue }
      // "between A and B", "from A to B"
      if ["between", "from"].contains(side.preposition), position + 1 < sides.count,
        ["between", "to", "until", "till", "through"].contains(sides[position + 1].preposition),
        let end = date(at: sides[position + 1].head)?.to
      {
        time.to = end
      }
      return time
    }
    for side in sides where side.role != "time" && Self.placing.contains(side.preposition) {
      guard !tree.isVerbal[side.head], let row = date(inside: side.head, 0) else { continue }
      if let time = interval(side.preposition, row) { return time }
    }
    return nil
  }

  /// The date that a noun phrase gives for what it names.
  private func date(inside head: Int, _ depth: Int) -> DateRow? {
    guard depth < 4 else { return nil }
    for preposition in tree.kids(head, .prep) {
      for inner in tree.kids(preposition, .pobj) {
        if let row = date(at: inner) ?? date(inside: inner, depth + 1) { return row }
      }
    }
    return nil
  }

  /// What a preposition makes of a date; nil if nothing is known of it.
  private func interval(_ preposition: String, _ row: DateRow) -> ClauseTime? {
    guard row.type != "SET", row.from != nil || row.to != nil else { return nil }
    switch preposition {
    case "since", "from": return ClauseTime(from: row.from, to: nil)
    case "until", "till", "by": return ClauseTime(from: nil, to: row.to)
    case "after", "following": return ClauseTime(from: row.to, to: nil)
    case "before": return ClauseTime(from: nil, to: row.from)
    default: return ClauseTime(from: row.from, to: row.to)
    }
  }
}
