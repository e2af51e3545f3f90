import Columnar
import Linguistics

extension Document {
  /// The document; or where its text is longer than so many Unicode scalars, parts of it that are documents of their own.
  ///
  /// The first part keeps the DocId and is the parent of the others, `DOCID#part=2` and so on. Pages keep their numbers.
  /// A document that brings its tokens along stays whole.
  public func parts(longest: Int) -> [Document] {
    guard parse == nil else { return [self] }
    let pieces = TextPieces.cut(text, longest: longest)
    guard pieces.count > 1 else { return [self] }
    var offset = 0
    var parts: [Document] = []
    for (number, piece) in pieces.enumerated() {
      let end = offset + piece.unicodeScalars.count
      var part = self
      part.text = String(piece)
      let name = "part \(number + 1) of \(pieces.count)"
      part.title = title.isEmpty ? name : "\(title) (\(name))"
      part.meta["part"] = .long(Int64(number + 1))
      part.meta["parts"] = .long(Int64(pieces.count))
      if number > 0 {
        part.docID = "\(docID)#part=\(number + 1)"
        part.parentID = docID
        part.participants = []
      }
      // Pages that began before still count.
      part.pages = pages.filter { $0 < end }.map { max(0, $0 - offset) }
      part.quoted = quoted.filter { $0.lowerBound < end && $0.upperBound > offset }.map {
        max($0.lowerBound, offset) - offset..<min($0.upperBound, end) - offset
      }
      parts.append(part)
      offset = end
    }
    return parts
  }
}
