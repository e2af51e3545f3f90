import Collections
import Columnar
import Diagnostics
import Facts

/// The contract of `dossier annotate`: one JSON object a line in, one a line out, in the same order.
///
/// In: `id`, `text`, and where wanted `published`, `title`, `source`, `author`, `language`, `pretokenized`,
/// `targets` (`[{"start","end"}]`; with `"explain": true` the answer adds the `features` that a polarity rests on) and `mentions` (`[{"start","end","type"?}]`); offsets count Unicode scalars. Out:
/// `{"id","tables":{"Sentences":[{…}],…}}`, a row an object with the table's columns, and `"targets"` when they
/// were asked for; or `{"id","error":{"code","message"}}`.
public struct AnnotateContract: Sendable {
  private let annotator: Annotator
  private let annotatorName: String
  private let clusters: Bool

  /// Answers with what `annotator` finds.
  ///
  /// - `name`: what a store calls model and settings.
  /// - `clusters`: whether answers also hold what resolution and `load --annotated` need: the hidden table
  ///   `Clusters`, and the annotator's name as `"annotator"`.
  public init(annotator: Annotator, name: String = "", clusters: Bool = false) {
    self.annotator = annotator
    self.annotatorName = name
    self.clusters = clusters
  }

  /// The answer to one line, without a line end; nil for a line of white space, which asks nothing.
  public func answer(_ line: String) -> String? {
    guard line.unicodeScalars.contains(where: { !$0.isWhitespace }) else { return nil }
    guard case .bag(let request)? = DynamicValue(json: line) else {
      return Self.failure(.null, DossierError(.badRequest, "the line is not a JSON object"))
    }
    let id = request["id"] ?? .null
    do {
      let (document, options) = try Self.read(request)
      var facts = try annotator.annotate(document, options: options)
      facts.document.hash = document.contentHash
      return success(id, facts, targets: request["targets"])
    } catch {
      return Self.failure(id, error)
    }
  }

  // MARK: The request

  /// The document, as the importers make it.
  private static func read(
    _ request: OrderedDictionary<String, DynamicValue>
  ) throws(DossierError) -> (Document, AnnotationOptions) {
    guard let id = request["id"], let docID = name(id) else {
      throw DossierError(.badRequest, "'id' is missing, or neither a string nor a number")
    }
    guard case .string(let text)? = request["text"] else {
      throw DossierError(.badRequest, "'text' is missing or not a string")
    }
    var document = Document(docID: docID, text: text)
    document.title = try string(request, "title")
    document.source = try string(request, "source")
    document.author = try string(request, "author")
    document.language = try string(request, "language")
    document.collection = try string(request, "collection")
    // As the importer of JSON lines has it, so that a document is the same document by either way.
    document.format = "jsonl"
    for (key, value) in request where !fields.contains(key) && value != .null { document.meta[key] = value }
    let published = try string(request, "published")
    if !published.isEmpty {
      guard let ticks = Ticks.parseISODatetime(published) else {
        throw DossierError(.badRequest, "'published' is not an ISO 8601 date: '\(published)'")
      }
      document.published = ticks
    }
    document.identifyLanguage()
    var options = AnnotationOptions()
    switch request["pretokenized"] {
    case .bool(let value)?: options.pretokenized = value
    case nil, .null?: break
    default: throw DossierError(.badRequest, "'pretokenized' is neither true nor false")
    }
    if case .bool(let value)? = request["explain"] { options.explainsTargets = value }
    let length = text.unicodeScalars.count
    options.targets = try spans(request["targets"], "targets", length) ?? []
    options.mentions = try spans(request["mentions"], "mentions", length)
    return (document, options)
  }

  /// What the contract gives a meaning; all else goes into the metadata.
  private static let fields: Set<String> = [
    "id", "text", "title", "source", "author", "language", "collection", "published", "pretokenized",
    "explain",
    "targets", "mentions",
  ]

  private static func name(_ id: DynamicValue) -> String? {
    switch id {
    case .string(let text): text
    case .long(let number): String(number)
    case .real: id.json
    default: nil
    }
  }

  private static func string(
    _ request: OrderedDictionary<String, DynamicValue>, _ key: String
  ) throws(DossierError) -> String {
    switch request[key] {
    case .string(let text)?: return text
    case nil, .null?: return ""
    default: throw DossierError(.badRequest, "'\(key)' is not a string")
    }
  }

  private static func spans(
    _ value: DynamicValue?, _ key: String, _ length: Int
  ) throws(DossierError) -> [GivenSpan]? {
    guard let value, value != .null else { return nil }
    guard case .array(let items) = value else { throw DossierError(.badRequest, "'\(key)' is not an array") }
    var spans: [GivenSpan] = []
    for item in items {
      guard case .bag(let span) = item, case .long(let start)? = span["start"],
        case .long(let end)? = span["end"]
      else {
        throw DossierError(.badRequest, "an item of '\(key)' is not an object with 'start' and 'end'")
      }
      guard start >= 0, start < end, end <= Int64(length) else {
        throw DossierError(
          .badRequest, "\(key): \(start)–\(end) is no span of a text of \(length) characters")
      }
      var type: String?
      if case .string(let name)? = span["type"], !name.isEmpty { type = name }
      spans.append(GivenSpan(start: Int(start), end: Int(end), type: type))
    }
    return spans
  }

  // MARK: The answer

  private static func failure(_ id: DynamicValue, _ error: DossierError) -> String {
    DynamicValue.bag([
      "id": id, "error": .bag(["code": .string("\(error.code)"), "message": .string(error.message)]),
    ]).json
  }

  private func success(_ id: DynamicValue, _ facts: DocumentFacts, targets: DynamicValue?) -> String {
    var out = "{\"id\":" + id.json
    if clusters {
      out += ",\"annotator\":"
      writeJSONString(annotatorName, into: &out)
    }
    out += ",\"tables\":"
    facts.writeTables(into: &out, clusters: clusters)
    if case .array(let asked)? = targets {
      out += ",\"targets\":["
      for (index, item) in asked.enumerated() {
        guard case .bag(var target) = item else { continue }
        let tone = facts.targets.indices.contains(index) ? facts.targets[index] : TargetTone(start: 0, end: 0)
        target["polarity"] = .string(tone.label)
        target["score"] = .real(tone.score)
        if !tone.features.isEmpty {
          target["features"] = .bag(
            OrderedDictionary(uniqueKeysWithValues: tone.features.map { ($0.name, .real($0.value)) }))
        }
        if index > 0 { out += "," }
        DynamicValue.bag(target).writeJSON(into: &out)
      }
      out += "]"
    }
    return out + "}"
  }
}

extension DossierError.Code {
  /// A line of `annotate` is not the JSON object that the contract asks for.
  static let badRequest: Self = "NLP320"
}
