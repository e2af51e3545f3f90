import Columnar
import Diagnostics

extension StoreExport {
  /// The sentences as CoNLL-U: ID, FORM, LEMMA, UPOS, XPOS, HEAD and DEPREL as the model gives them. `DEPREL` are the
  /// model's own labels, which for the default model are not those of Universal Dependencies.
  /// - Errors: `CMD145` where no text may be passed on.
  public func conllu() throws(DossierError) -> String {
    guard hasText else {
      throw DossierError(
        "CMD145", "CoNLL-U is text; it can't be exported without", hint: "take another format")
    }
    let sentences = try rows("Sentences | project DocId, SentenceId, Text")
    let tokens = try rows(
      "Tokens | project DocId, SentenceId, TokenId, Text, Lemma, Pos, Tag, Dep, Head, Start, End")
    var out = ""
    var at = 0
    var document: String?
    for sentence in sentences {
      let (id, number) = (sentence.text("DocId"), sentence.text("SentenceId"))
      if document != id {
        out += "# newdoc id = \(Self.line(id))\n"
        document = id
      }
      out += "# sent_id = \(Self.line(id))-\(number)\n# text = \(Self.line(sentence.text("Text")))\n"
      let start = at
      while at < tokens.count, tokens[at].text("DocId") == id, tokens[at].text("SentenceId") == number {
        at += 1
      }
      // Blanks that the tokenizer keeps as tokens have no place in the format.
      let own = tokens[start..<at].filter { !$0.text("Text").allSatisfy(\.isWhitespace) }
      var places: [String: Int] = [:]
      for (place, token) in own.enumerated() { places[token.text("TokenId")] = place + 1 }
      for (place, token) in own.enumerated() {
        let isRoot = token.text("Head") == token.text("TokenId")
        let head = isRoot ? 0 : places[token.text("Head")] ?? 0
        let next = place + 1 < own.count ? own[place + 1].text("Start") : ""
        let misc = next == token.text("End") ? "SpaceAfter=No" : "_"
        let fields = [
          "\(place + 1)", Self.field(token.text("Text")), Self.field(token.text("Lemma")),
          Self.field(token.text("Pos")), Self.field(token.text("Tag")), "_", "\(head)",
          head == 0 ? "root" : Self.field(token.text("Dep")), "_", misc,
        ]
        out += fields.joined(separator: "\t") + "\n"
      }
      out += "\n"
    }
    return out
  }

  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func field(_ text: String) -> String {
    let plain = line(text)
    return plain.isEmpty ? "_" : plain
  }
}
