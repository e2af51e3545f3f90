import Columnar

/// What a text claims of a relation.
public enum Certainty: String, Sendable, CaseIterable, FactValue {
  case asserted, reported, probable, possible, planned, conditional
}

/// A further argument of a relation.
public struct RelationArgument: Sendable, Hashable, FactListItem {
  /// Its part: a preposition (`in`), or `time`, `place`, `manner`, `extent`, `content` (a clause that is said
  /// or thought), `to` (a receiver, an infinitive), `as` (what the object is called or made).
  public var role: String
  /// The words of the document.
  public var text: String
  /// Its entity; empty if it is none.
  public var entityID: String
  /// Makes an argument.
  public init(role: String, text: String, entityID: String = "") {
    self.role = role
    self.text = text
    self.entityID = entityID
  }
  /// The argument as a bag with the keys role, text, entityId.
  public var asDynamic: DynamicValue {
    .bag(["role": .string(role), "text": .string(text), "entityId": .string(entityID)])
  }
  /// Reads such a bag.
  public init?(_ value: DynamicValue) {
    guard case .string(let role) = value["role"], case .string(let text) = value["text"],
      case .string(let entityID) = value["entityId"]
    else { return nil }
    self.init(role: role, text: text, entityID: entityID)
  }
}

/// Who did what to whom.
public struct RelationRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// Position in the document, from 0.
  public var relationID: Int = 0
  /// Canonical name of who does it, else the words.
  public var subject: String = ""
  /// The words of the document.
  public var subjectText: String = ""
  /// Entity of the subject.
  public var subjectID: String = ""
  /// Its type.
  public var subjectType: String = ""
  /// Its country.
  public var subjectCountry: String = ""
  /// Lemmatised verb phrase with particles and linking preposition.
  public var predicate: String = ""
  /// The words of the document.
  public var predicateText: String = ""
  /// Canonical name of whom it is done to, else the words.
  public var object: String = ""
  /// The words of the document.
  public var objectText: String = ""
  /// Entity of the object.
  public var objectID: String = ""
  /// Its type.
  public var objectType: String = ""
  /// Its country.
  public var objectCountry: String = ""
  /// Further arguments: role, text, entityId.
  public var arguments: [RelationArgument] = []
  /// Whether the text denies it.
  public var negated: Bool = false
  /// asserted, reported, probable, possible, planned, conditional.
  public var certainty: Certainty = .asserted
  /// Who says so, the nearest; empty: the document itself.
  public var speaker: String = ""
  /// Entity of the speaker.
  public var speakerID: String = ""
  /// All who pass it on, outermost first.
  public var speakers: [String] = []
  /// Start of the time it is said to happen.
  public var from: Int64?
  /// End of that time, exclusive.
  public var to: Int64?
  /// The kind of political event, a class of `events.txt`; empty when unsure.
  public var event: String = ""
  /// How sure the extraction is, 0 to 1.
  public var confidence: Double = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The sentence.
  public var evidence: String = ""

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, relationID: Int = 0, subject: String = "", subjectText: String = "",
    subjectID: String = "", subjectType: String = "", subjectCountry: String = "",
    predicate: String =
      "", predicateText: String = "", object: String = "", objectText: String = "", objectID: String = "",
    objectType: String = "", objectCountry: String = "", arguments: [RelationArgument] = [],
    negated:
      Bool = false, certainty: Certainty = .asserted, speaker: String = "", speakerID: String = "",
    speakers: [String] = [], from: Int64? = nil, to: Int64? = nil, event: String = "",
    confidence:
      Double = 0, start: Int = 0, end: Int = 0, evidence: String = ""
  ) {
    self.sentenceID = sentenceID
    self.relationID = relationID
    self.subject = subject
    self.subjectText = subjectText
    self.subjectID = subjectID
    self.subjectType = subjectType
    self.subjectCountry = subjectCountry
    self.predicate = predicate
    self.predicateText = predicateText
    self.object = object
    self.objectText = objectText
    self.objectID = objectID
    self.objectType = objectType
    self.objectCountry = objectCountry
    self.arguments = arguments
    self.negated = negated
    self.certainty = certainty
    self.speaker = speaker
    self.speakerID = speakerID
    self.speakers = speakers
    self.from = from
    self.to = to
    self.event = event
    self.confidence = confidence
    self.start = start
    self.end = end
    self.evidence = evidence
  }

  /// The table's name.
  public static let tableName = "Relations"
  /// What a row is.
  public static let summary = "Who did what to whom."
  /// The columns in order.
  public static let columns: [FactColumn<RelationRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("RelationId", \.relationID, "Position in the document, from 0."),
    .init("Subject", \.subject, "Canonical name of who does it, else the words."),
    .init("SubjectText", \.subjectText, "The words of the document."),
    .init("SubjectId", \.subjectID, "Entity of the subject."),
    .init("SubjectType", \.subjectType, "Its type."),
    .init("SubjectCountry", \.subjectCountry, "Its country."),
    .init("Predicate", \.predicate, "Lemmatised verb phrase with particles and linking preposition."),
    .init("PredicateText", \.predicateText, "The words of the document."),
    .init("Object", \.object, "Canonical name of whom it is done to, else the words."),
    .init("ObjectText", \.objectText, "The words of the document."),
    .init("ObjectId", \.objectID, "Entity of the object."),
    .init("ObjectType", \.objectType, "Its type."),
    .init("ObjectCountry", \.objectCountry, "Its country."),
    .init("Arguments", \.arguments, "Further arguments: role, text, entityId."),
    .init("Negated", \.negated, "Whether the text denies it."),
    .init("Certainty", \.certainty, "asserted, reported, probable, possible, planned, conditional."),
    .init("Speaker", \.speaker, "Who says so, the nearest; empty: the document itself."),
    .init("SpeakerId", \.speakerID, "Entity of the speaker."),
    .init("Speakers", \.speakers, "All who pass it on, outermost first."),
    .init("From", \.from, "Start of the time it is said to happen."),
    .init("To", \.to, "End of that time, exclusive."),
    .init("Event", \.event, "Its kind: say, consult, aid, fight…; empty when unsure."),
    .init("Confidence", \.confidence, "How sure the extraction is, 0 to 1."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Evidence", \.evidence, "The sentence."),
  ]
}
