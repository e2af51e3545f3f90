import Facts
import Linguistics

/// Nouns that tell what someone does to someone: `nominalisations.txt`, which explains its lines.
struct NominalisationLexicon: Sendable {
  struct Noun: Sendable {
    /// The verb with its particle and the preposition that links its object.
    var verb: String
    /// Prepositions before what it is done to.
    var prepositions: Set<String>
    /// What may be said of one who suffers it: "arrested".
    var participle: String?
    /// Whether the possessor suffers it: "the mayor's arrest".
    var possessorSuffers: Bool
  }

  /// The lexicon, read once.
  static let shared = NominalisationLexicon()
  private let nouns: [String: Noun]

  private init() {
    var nouns: [String: Noun] = [:]
    for fields in Lexicon.entries("nominalisations") where fields.count > 2 {
      let isStarred = fields.count > 3 && fields[3].hasPrefix("*")
      nouns[fields[0]] = Noun(
        verb: fields[1], prepositions: Set(fields[2].split(separator: " ").map(String.init)),
        participle: fields.count > 3 ? String(fields[3].drop { $0 == "*" }) : nil, possessorSuffers: isStarred
      )
    }
    self.nouns = nouns
  }

  /// What a noun tells, by lemma.
  func noun(_ lemma: String) -> Noun? { nouns[lemma] }
}

/// What a noun tells: "Iraq's invasion of Kuwait", "the arrest of the mayor by agents".
struct Nominalisation {
  /// Who does it, or what suffers it where nobody is named as doing it.
  var subjects: [Int]
  var objects: [Int]
  var predicate: String
  /// The verb of the lexicon of events.
  var verb: String
}

/// Reads such nouns with what stands beside them.
struct NominalisationReader {
  let clauses: Clauses
  private let lexicon = NominalisationLexicon.shared
  private var tree: RelationTree { clauses.tree }

  init(clauses: Clauses) { self.clauses = clauses }

  /// What a noun tells; nil unless the text names who does it and to whom or, for one that is suffered, whom.
  func read(_ index: Int) -> Nominalisation? {
    let word = tree.words[index]
    guard word.tag == "NN" || word.tag == "NNS", word.dep != .compound, let noun = lexicon.noun(word.lemma)
    else { return nil }
    let owners = owners(of: index)
    let agents = phrases(of: index, after: ["by"])
    let done = phrases(of: index, after: noun.prepositions)
    if !agents.isEmpty {
      let objects = done.isEmpty ? owners : done
      return objects.isEmpty
        ? nil : Nominalisation(subjects: agents, objects: objects, predicate: noun.verb, verb: noun.verb)
    }
    if !owners.isEmpty, !done.isEmpty {
      return Nominalisation(subjects: owners, objects: done, predicate: noun.verb, verb: noun.verb)
    }
    guard let participle = noun.participle else { return nil }
    // "their release of a film" names nobody who was released.
    let suffers = (done.isEmpty && noun.possessorSuffers ? owners : done).filter {
      clauses.canSpeak($0) || tree.words[$0].tag == "NNP"
    }
    guard !suffers.isEmpty else { return nil }
    return Nominalisation(subjects: suffers, objects: [], predicate: "be \(participle)", verb: noun.verb)
  }

  /// The possessor, or the nation or body that stands before the noun: "the Russian invasion of Georgia". A
  /// pronoun that stands for nobody known is the subject of the clause around: "after its purchase of".
  private func owners(of noun: Int) -> [Int] {
    let possessors = tree.kids(noun, .poss)
    if let first = possessors.first {
      if tree.words[first].tag == "PRP$", clauses.mentions.index(at: first) == nil {
        return clauses.clause(above: noun).map { clauses.subjects($0) } ?? []
      }
      return clauses.joined(possessors)
    }
    return tree.kids(noun, [.amod, .compound, .nmod]).filter {
      ["NORP", "GPE", "ORG"].contains(clauses.mentions.mention(at: $0)?.type ?? "")
    }
  }

  private func phrases(of noun: Int, after prepositions: Set<String>) -> [Int] {
    tree.kids(noun, [.prep, .agent]).filter { $0 > noun && prepositions.contains(tree.words[$0].low) }
      .flatMap { clauses.joined(tree.kids($0, .pobj)) }.filter { clauses.dateOfWord[$0] < 0 }
  }

  /// A predicate that has the phrases beside the noun as its sides, for the time that they tell.
  func frame(_ noun: Int) -> Predicate {
    let sides = tree.kids(noun, .prep).flatMap { preposition in
      tree.kids(preposition, .pobj).map { head in
        Predicate.Side(
          role: clauses.dateOfWord[head] >= 0 ? "time" : tree.words[preposition].low, head: head,
          preposition: tree.words[preposition].low)
      }
    }
    return Predicate(chain: [noun], sides: sides)
  }
}
