import Columnar
import Diagnostics
import Facts

/// Fields by name, as JSON, CSV, front matter and meta tags give them, on their way into a document.
struct DocumentFields {
  /// The document so far.
  var document: Document
  /// What could not be read.
  private(set) var error: DossierError?
  private let location: String

  init(docID: String, text: String, format: String, location: String) {
    document = Document(docID: docID, text: text)
    document.format = format
    self.location = location
  }

  /// Sets a field of a known name; anything else goes into the metadata. Nothing is set by a null.
  mutating func set(_ name: String, _ value: DynamicValue) {
    if value == .null { return }
    switch name {
    case "title": document.title = Self.line(value)
    case "author": document.author = Self.line(value)
    case "language": document.language = Self.line(value)
    case "source": document.source = Self.line(value)
    case "collection": document.collection = Self.line(value)
    case "published":
      let text = value.text
      if text.isEmpty { return }
      do throws(DossierError) {
        document.published = try PublicationDate.require(text, in: location)
      } catch { self.error = error }
    default: document.meta[name] = value
    }
  }

  /// The text of a value; the items of an array one after the other.
  static func line(_ value: DynamicValue) -> String {
    if case .array(let items) = value { return items.map { line($0) }.joined(separator: ", ") }
    return value.text
  }

  /// Records a problem that leaves the document usable.
  mutating func fail(_ error: DossierError) { self.error = self.error ?? error }

  /// The item, with the reader's own settings put over it. A date given by the reader makes up for one
  /// that can't be read, and a document without a single word is an error.
  func item(_ options: ImportOptions) -> ImportedItem {
    var document = document
    options.apply(to: &document)
    guard document.text.unicodeScalars.contains(where: { !$0.properties.isWhitespace && $0 != "\u{0}" })
    else {
      return ImportedItem(
        location: location,
        error: DossierError(.emptyDocument, "there is no text in '\(location)'"))
    }
    let isMended = error?.code == .badDate && options.published != nil
    return ImportedItem(location: location, document: document, error: isMended ? nil : error)
  }
}
