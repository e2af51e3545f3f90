import Columnar
import Diagnostics
import Facts

/// Fields by name, as JSON, CSV, front matter and meta tags give them, on their way into a document.
///
/// `ImportOptions.fieldMap` may say which of the source's names gives a field of the document. That name then gives
/// nothing else; where the source doesn't have it, a field's own name is taken.
struct DocumentFields {
  /// The document so far.
  var document: Document
  /// What could not be read.
  private(set) var error: DossierError?
  /// Fields that the map has given.
  private var mapped: Set<String> = []
  private let location: String
  private let options: ImportOptions

  init(docID: String, text: String, format: String, location: String, _ options: ImportOptions) {
    document = Document(docID: docID, text: text)
    document.format = format
    self.location = location
    self.options = options
  }

  /// Sets a field of a known name; anything else goes into the metadata. Nothing is set by a null.
  mutating func set(_ name: String, _ value: DynamicValue) {
    if value == .null { return }
    var isTaken = false
    for field in options.fields(from: name) where Self.names.contains(field) {
      isTaken = true
      mapped.insert(field)
      put(value, into: field)
    }
    if isTaken { return }
    if Self.names.contains(name), !mapped.contains(name) {
      put(value, into: name)
    } else {
      document.meta[name] = value
    }
  }

  /// All but the two that a document has from the start.
  private static let names = Set(ImportOptions.fields).subtracting(["id", "text"])

  private mutating func put(_ value: DynamicValue, into field: String) {
    switch field {
    case "title": document.title = Self.line(value)
    case "author": document.author = Self.line(value)
    case "language": document.language = Self.line(value)
    case "source": document.source = Self.line(value)
    case "collection": document.collection = Self.line(value)
    default:
      let text = value.text
      if text.isEmpty { return }
      do throws(DossierError) {
        document.published = try PublicationDate.require(text, in: location)
      } catch { self.error = error }
    }
  }

  /// The text of a value; the items of an array one after the other.
  static func line(_ value: DynamicValue) -> String {
    if case .array(let items) = value { return items.map { line($0) }.joined(separator: ", ") }
    return value.text
  }

  /// Records a problem that leaves the document usable.
  mutating func fail(_ error: DossierError) { self.error = self.error ?? error }

  /// Says in the metadata how the bytes were read, where that is not plain, and what could not be read.
  mutating func note(_ decoded: DecodedText) {
    if !decoded.encoding.isEmpty { document.meta["encoding"] = .string(decoded.encoding) }
    if let problem = decoded.problem { fail(problem) }
  }

  /// The item, with the reader's own settings put over it. A date given by the reader makes up for one
  /// that can't be read, and a document without a single word is an error.
  func item() -> ImportedItem {
    var document = document
    options.apply(to: &document)
    guard document.text.unicodeScalars.contains(where: { !$0.properties.isWhitespace && $0 != "\u{0}" })
    else {
      return ImportedItem(location: location, error: .noText(in: location))
    }
    let isMended = error?.code == .badDate && options.published != nil
    return ImportedItem(location: location, document: document, error: isMended ? nil : error)
  }
}
