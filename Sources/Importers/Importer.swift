import Columnar
import Diagnostics
import Facts

/// The bytes of one file, and what they are called.
public struct ImportSource: Sendable {
  /// The path as it is shown: as named on the command line, or relative to the folder that was named.
  public var path: String
  /// The DocId of the file's document, where the file does not give one itself.
  public var docID: String
  /// The bytes of the file, or its beginning if there is a rest.
  public var bytes: [UInt8]
  /// What stands behind the bytes, for importers that read pieces.
  var rest: FileReader?
  /// What the file is in, if it is an attachment or a member of an archive.
  var nesting: Nesting

  /// Makes a source; `docID` is the path if it is not given.
  public init(path: String, docID: String? = nil, bytes: [UInt8]) {
    self.init(path: path, docID: docID, bytes: bytes, nesting: Nesting())
  }

  init(path: String, docID: String? = nil, bytes: [UInt8], nesting: Nesting) {
    self.path = path
    self.docID = docID ?? path
    self.bytes = bytes
    self.nesting = nesting
  }
}

/// What the reader says of all documents of an import; what is given wins over what a file says of itself.
public struct ImportOptions: Sendable, Hashable {
  /// Moment of publication in ticks.
  public var published: Int64?
  /// Headline.
  public var title: String?
  /// Who wrote it.
  public var author: String?
  /// BCP 47 tag.
  public var language: String?
  /// Publisher, feed or account.
  public var source: String?
  /// The reader's own grouping.
  public var collection: String?
  /// The field or column that gives a field of the document, by the document's name for it: `text` from `body`, say.
  public var fieldMap: [String: String] = [:]
  /// The name of the importer to use, whatever files are called.
  public var format: String?

  /// Nothing is said.
  public init() {}

  /// The fields of a document that a source may name.
  public static let fields = [
    "id", "text", "title", "published", "author", "language", "source", "collection",
  ]

  /// The source's name for a field of the document.
  func name(of field: String) -> String { fieldMap[field] ?? field }

  /// The document's fields that one of the source's names gives, by the map alone.
  func fields(from name: String) -> [String] {
    fieldMap.isEmpty ? [] : fieldMap.filter { sameScalars($0.value, name) }.map(\.key).sorted()
  }

  /// Sets a document's fields to what is given, and its language to that of the text if none is given.
  func apply(to document: inout Document) {
    if let published { document.published = published }
    if let title { document.title = title }
    if let author { document.author = author }
    if let language { document.language = language } else { document.identifyLanguage() }
    if let source { document.source = source }
    if let collection { document.collection = collection }
  }
}

/// One document of a file, or why there is none.
public struct ImportedItem: Sendable {
  /// The place: the file's path, or `path#17` for the 17th line or row of one.
  public var location: String
  /// The document. With an error beside it, it is only part of what was there: a date could not be read,
  /// say, and is missing.
  public var document: Document?
  /// What went wrong.
  public var error: DossierError?

  /// Makes an item.
  public init(location: String, document: Document? = nil, error: DossierError? = nil) {
    self.location = location
    self.document = document
    self.error = error
  }
}

/// Reads one file format.
public protocol Importer: Sendable {
  /// The format's name, in `Documents.Format` and `--format`.
  static var name: String { get }
  /// Endings of file names, in small letters, without the dot.
  static var extensions: [String] { get }
  /// What is read, in one line.
  static var summary: String { get }
  /// Whether it reads the file by `forEachPiece`, so that one of many documents is never held as a whole.
  static var readsPieces: Bool { get }
  /// Reads a file, handing out its documents in their order. Any bytes give documents or errors.
  ///
  /// - Errors: what concerns the file as a whole; and whatever `emit` throws, which ends the reading.
  static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError)
}

extension Importer {
  /// Most formats are read as a whole.
  public static var readsPieces: Bool { false }

  /// All of a file's items in a list; an error of the file as a whole is the last of them.
  public static func items(_ source: ImportSource, options: ImportOptions = ImportOptions()) -> [ImportedItem]
  {
    var items: [ImportedItem] = []
    do throws(DossierError) {
      try read(source, options: options) { items.append($0) }
    } catch {
      items.append(ImportedItem(location: source.path, error: error))
    }
    return items
  }
}

extension DossierError.Code {
  /// The bytes are no UTF-8 text.
  static let notUTF8: Self = "IMP101"
  /// No importer reads such files.
  static let unknownFormat: Self = "IMP102"
  /// The system won't let the file be read.
  static let unreadableFile: Self = "IMP103"
  /// Two documents have one name.
  static let docIDCollision: Self = "IMP104"
  /// A line is no JSON object.
  static let brokenLine: Self = "IMP105"
  /// A line, row or header has no text.
  static let noTextField: Self = "IMP106"
  /// A date of publication can't be read.
  static let badDate: Self = "IMP107"
  /// Front matter is no YAML mapping.
  static let brokenFrontMatter: Self = "IMP108"
  /// There is no such file or folder.
  static let noSuchFile: Self = "IMP109"
  /// There is no text in the document.
  static let emptyDocument: Self = "IMP110"
  /// A symbolic link is not followed.
  static let linkNotFollowed: Self = "IMP111"
  /// A row of CSV does not fit the header, or a quote is never closed.
  static let brokenRow: Self = "IMP112"
  /// A library could not read the markup.
  static let brokenMarkup: Self = "IMP113"
  /// There is no mail in the file.
  static let noMail: Self = "IMP116"
  /// Files are in files that are in files too often.
  static let nestedTooDeep: Self = "IMP117"
  /// A program that reads the format is not installed.
  static let toolMissing: Self = "IMP118"
  /// A program that reads the format has failed, or needed too much time or memory.
  static let toolFailed: Self = "IMP119"
  /// The file can't be read without its password.
  static let encrypted: Self = "IMP120"
  /// Pages are pictures, without words.
  static let pagesWithoutText: Self = "IMP121"
  /// An archive unpacks to more than is taken.
  static let tooLarge: Self = "IMP122"
  /// The name of an archive's member leads out of the archive.
  static let unsafePath: Self = "IMP123"
  /// The bytes are not of the format that the name says.
  static let brokenFile: Self = "IMP124"
  /// Annotations that a file gives do not make a tree over its words.
  static let brokenAnnotations: Self = "IMP125"
}

extension DossierError {
  /// Whether it says that there was nothing to load, rather than that something went wrong.
  public var meansSkipped: Bool {
    code == .emptyDocument || code == .linkNotFollowed || code == .unknownFormat
  }

  /// A file, or a part of one, that holds no text.
  static func noText(in location: String) -> DossierError {
    DossierError(.emptyDocument, "there is no text in '\(location)'")
  }

  /// Two documents of one name: `first` and `second` say where they come from.
  public static func docIDCollision(_ docID: String, _ first: String, _ second: String) -> DossierError {
    DossierError(
      .docIDCollision, "'\(second)' would be document '\(docID)', which '\(first)' is already",
      hint: "load the folder above both, so that their names differ, or give the rows an id")
  }
}
