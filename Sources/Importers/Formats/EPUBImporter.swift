import Diagnostics
import Facts
import Foundation

/// Books in EPUB: the chapters in reading order, each read as a web page.
/// - Source: EPUB 3.3, "Open Container Format" and "Package document".
public enum EPUBImporter: Importer {
  /// `epub`.
  public static let name = "epub"
  /// Endings.
  public static let extensions = ["epub"]
  /// What is read.
  public static let summary = "Books in EPUB, with title, author, publisher and language."

  /// One document.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let endings = [".xhtml", ".html", ".htm", ".xml", ".opf"]
    let package = try DocumentPackage(source) { name in endings.contains { name.lowercased().hasSuffix($0) } }
    let container = try package.required("META-INF/container.xml")
    guard let place = container.child("rootfiles")?.child("rootfile")?.attribute("full-path") else {
      throw DossierError(.brokenFile, "'\(source.path)' does not say where its package document is")
    }
    let book = try package.required(place)
    let folder = place.split(separator: "/").dropLast().map(String.init)
    let locked = package.bytes("META-INF/encryption.xml").map { String(decoding: $0, as: UTF8.self) } ?? ""
    var files: [String: String] = [:]
    for item in book.child("manifest")?.children ?? [] {
      if let id = item.attribute("id"), let address = item.attribute("href") {
        files[id] = path(address, from: folder)
      }
    }
    var chapters: [String] = []
    for reference in book.child("spine")?.children ?? [] {
      guard let file = reference.attribute("idref").flatMap({ files[$0] }), let bytes = package.bytes(file)
      else {
        continue
      }
      if locked.contains("URI=\"\(file)\"") {
        throw DossierError(.encrypted, "'\(source.path)' is protected against copying")
      }
      let decoded = try TextDecoding.decode(
        bytes, path: source.path, declared: HTMLImporter.declaredEncoding(bytes))
      let text = try HTMLPage(decoded.text, path: source.path).text
      if !text.isEmpty { chapters.append(text) }
    }
    var fields = DocumentFields(
      docID: source.docID, text: chapters.joined(separator: "\n\n"), format: name, location: source.path,
      options)
    if let properties = book.child("metadata") { fields.setCore(properties) }
    try emit(fields.item())
  }

  /// The archive's name for an address that a package document in `folder` gives.
  private static func path(_ address: String, from folder: [String]) -> String {
    var parts = folder
    for part in (address.removingPercentEncoding ?? address).prefix(while: { $0 != "#" }).split(
      separator: "/")
    {
      if part == ".." { parts = parts.dropLast() } else if part != "." { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }
}
