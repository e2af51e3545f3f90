import Diagnostics
import Foundation
import Store

/// What a notebook's outputs rest on: the model and each document, by hashes.
///
/// `accept` and `.save` keep it beside the pictures, in `findings.assets/inputs.txt`, a line each, so that `check` can
/// tell why an output differs. It is no output itself: nothing fails because it differs.
public struct NotebookInputs: Sendable, Equatable {
  /// What the documents were annotated with.
  public var annotators: [String] = []
  /// The hash of each document's text and metadata, by DocId in order.
  public var documents: [(id: String, hash: String)] = []

  /// From so many documents on they are not listed.
  static let mostDocuments = 20_000
  /// The file's name in the folder of the pictures.
  static let fileName = "inputs.txt"

  /// What is in a store.
  public init(_ store: CorpusStore) throws(DossierError) {
    annotators = try store.annotators()
    if store.documentCount <= Self.mostDocuments { documents = try store.documentHashes() }
  }

  /// Compares all.
  public static func == (a: NotebookInputs, b: NotebookInputs) -> Bool {
    a.annotators == b.annotators
      && a.documents.elementsEqual(b.documents) { $0.id == $1.id && $0.hash == $1.hash }
  }

  // MARK: As text

  /// The lines of the file.
  public var text: String {
    var text = "# What the outputs were accepted on; dossier check compares it to tell why they differ.\n"
    for annotator in annotators { text += "model \(annotator)\n" }
    for (id, hash) in documents { text += "document \(hash) \(id)\n" }
    return text
  }

  /// Reads the lines; those of another kind are passed over.
  public init(text: String) {
    for line in text.split(separator: "\n") {
      if line.hasPrefix("model ") {
        annotators.append(String(line.dropFirst(6)))
      } else if line.hasPrefix("document "), let blank = line.dropFirst(9).firstIndex(of: " ") {
        documents.append((String(line[line.index(after: blank)...]), String(line.dropFirst(9)[..<blank])))
      }
    }
  }

  /// What was kept beside a notebook; nil if nothing was.
  static func read(beside path: String) -> NotebookInputs? {
    guard let bytes = try? AtomicFile.read("\(NotebookFiles.folder(for: path))/\(fileName)") else {
      return nil
    }
    return NotebookInputs(text: String(decoding: bytes, as: UTF8.self))
  }

  /// Keeps it beside a notebook.
  func write(beside path: String) throws(DossierError) {
    let folder = NotebookFiles.folder(for: path)
    if Self.read(beside: path) == self { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DossierError(.notebookFile, "the folder \(folder) can't be made", cause: error)
    }
    try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(Self.fileName)")
  }

  // MARK: Differences

  /// What became of documents between two states, each a sorted list of DocIds.
  struct Difference {
    var changed: [String] = []
    var added: [String] = []
    var removed: [String] = []
    var isOtherModel = false

    var isEmpty: Bool { changed.isEmpty && added.isEmpty && removed.isEmpty && !isOtherModel }
  }

  /// What is different in a later state.
  func difference(to later: NotebookInputs) -> Difference {
    var difference = Difference()
    difference.isOtherModel = annotators != later.annotators
    // Where one side is too long to be listed, nothing is known of single documents.
    if documents.isEmpty || later.documents.isEmpty { return difference }
    let old = Dictionary(documents.map { ($0.id, $0.hash) }) { first, _ in first }
    let new = Set(later.documents.map(\.id))
    for (id, hash) in later.documents {
      if let known = old[id] {
        if known != hash { difference.changed.append(id) }
      } else {
        difference.added.append(id)
      }
    }
    difference.removed = documents.map(\.id).filter { !new.contains($0) }
    return difference
  }
}
