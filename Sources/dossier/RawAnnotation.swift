import Columnar
import Diagnostics
import Foundation
import SpacyRuntime

/// What the language model alone says of a text, for comparing it with spaCy: `annotate --raw`.
struct RawAnnotation {
  let model: SpacyModel

  /// Loads the default model.
  ///
  /// - Errors: `NLP101`, on one line with what to run, if it is missing.
  static func loadModel() throws(DossierError) -> SpacyModel {
    try ModelCatalog(environment: ProcessInfo.processInfo.environment).load()
  }

  /// The answer to one line `{"id", "text", "pretokenized"?}`: the tables Tokens, Sentences and Spans, the
  /// last with the model's own entity spans; nil for a line of white space.
  ///
  /// - Errors: `CMD121` if the line is no such object, else the model's.
  func answer(_ line: String) throws(DossierError) -> String? {
    guard line.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    guard case .bag(let request)? = DynamicValue(json: line), case .string(let text)? = request["text"] else {
      throw DossierError("CMD121", "the line is not a JSON object with a 'text'")
    }
    let parse = try model.parse(text, pretokenized: request["pretokenized"] == .bool(true))
    func long(_ value: Int) -> DynamicValue { .long(Int64(value)) }
    var tokens: [DynamicValue] = []
    var sentences: [DynamicValue] = []
    for (number, range) in parse.sentences.enumerated() {
      sentences.append(
        .bag([
          "SentenceId": long(number), "Start": long(parse.tokens[range.lowerBound].start),
          "End": long(parse.tokens[range.upperBound - 1].end),
        ]))
      for index in range {
        let token = parse.tokens[index]
        tokens.append(
          .bag([
            "SentenceId": long(number), "TokenId": long(index - range.lowerBound), "Start": long(token.start),
            "End": long(token.end), "Text": .string(token.text), "Lemma": .string(token.lemma),
            "Pos": .string(token.pos), "Tag": .string(token.tag), "Dep": .string(token.dep),
            "Head": long(token.head - range.lowerBound), "Morph": .string(token.morph),
          ]))
      }
    }
    let spans = parse.entities.map { span -> DynamicValue in
      .bag([
        "Start": long(parse.tokens[span.tokens.lowerBound].start),
        "End": long(parse.tokens[span.tokens.upperBound - 1].end), "Type": .string(span.label),
      ])
    }
    return DynamicValue.bag([
      "id": request["id"] ?? .null,
      "tables": .bag(["Sentences": .array(sentences), "Tokens": .array(tokens), "Spans": .array(spans)]),
    ]).json
  }
}
