import Columnar

extension Document {
  /// SHA-256 of the text and all metadata, but not of the name, as 64 hexadecimal digits. Two documents of
  /// one hash are annotated alike.
  public var contentHash: String {
    var hash = SHA256()
    // Lengths go in first, so that no two lists of fields run together to the same bytes.
    func add(_ field: String) {
      hash.update("\(field.utf8.count):")
      hash.update(field)
    }
    add(text)
    add(title)
    add(published.map(String.init) ?? "")
    for field in [source, author, collection, language, format, parentID, threadID] { add(field) }
    add(DynamicValue.bag(meta).json)
    // Only some documents have these, so that all other documents keep the hash that they had.
    for person in participants { for field in [person.role, person.address, person.name] { add(field) } }
    for range in quoted { add("\(range.lowerBound)-\(range.upperBound)") }
    if !pages.isEmpty { add("pages \(pages)") }
    for token in parse?.tokens ?? [] {
      for field in [token.text, token.lemma, token.pos, token.tag, token.dep, "\(token.start) \(token.head)"]
      {
        add(field)
      }
    }
    return hash.finishHex()
  }
}
