import Columnar
import Diagnostics
import Foundation

/// A notebook as it is kept: its text, and the pictures of its charts in a folder beside it.
///
/// Forges take `<svg>` and `data:` pictures out of Markdown, but show an SVG file that lies in the repository.
/// So `findings.md` has its charts in `findings.assets`, one file a cell.
public struct NotebookFiles: Sendable {
  /// The Markdown text.
  public internal(set) var text: [UInt8] = []
  /// Pictures by file name, in the order of the cells.
  public internal(set) var pictures: [(name: String, svg: String)] = []
  /// The folder's name; nil where there is none, so that charts are text.
  let folder: String?
  /// Pictures of cells that did not run, which stay as they are.
  var untouched: [String] = []
  /// What the picture of the current cell is called, without its ending.
  var nextPicture = ""

  init(folder: String?) { self.folder = folder }

  /// The folder of a notebook's pictures: `findings.assets` for `findings.md`.
  static func folder(for name: String) -> String {
    let dot = name.lastIndex(of: ".")
    return (dot.map { String(name[..<$0]) } ?? name) + ".assets"
  }

  /// Keeps a picture, and gives the address that the text shows it by; nil where there is no folder.
  mutating func add(_ svg: String) -> String? {
    guard let folder else { return nil }
    let name = nextPicture + ".svg"
    pictures.append((name, svg))
    return Self.escaped(folder) + "/" + Self.escaped(name)
  }

  /// SHA-256 of the text and the pictures, as 64 hexadecimal digits; without pictures, that of the text.
  public var digest: String {
    var bytes = text
    for (name, svg) in pictures { bytes += Array("\0\(name)\0\(svg)".utf8) }
    return SHA256.hex(of: bytes)
  }

  // MARK: On disk

  /// Reads the pictures that a folder beside a notebook has, by name in order. Other files are not ours.
  static func pictures(beside path: String) -> [(name: String, svg: String)] {
    let folder = Self.folder(for: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".svg") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { name in
        guard let bytes = try? AtomicFile.read("\(folder)/\(name)") else { return nil }
        let svg = String(decoding: bytes, as: UTF8.self)
        return isOurs(svg) ? (name, svg) : nil
      }
  }

  /// Writes pictures, then the text, so that the text never shows a picture that isn't there; then removes
  /// pictures of ours that it doesn't show any more. A file that has not changed is not touched.
  /// - Errors: `NBK002`.
  func write(to path: String) throws(DossierError) {
    let folder = Self.folder(for: path)
    let known = Self.pictures(beside: path)
    if !pictures.isEmpty {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw DossierError(.notebookFile, "the folder \(folder) can't be made", cause: error)
      }
    }
    for (name, svg) in pictures where !known.contains(where: { $0.name == name && $0.svg == svg }) {
      try AtomicFile.write(Array(svg.utf8), to: "\(folder)/\(name)")
    }
    if (try? AtomicFile.read(path)) != text { try AtomicFile.write(text, to: path) }
    for (name, _) in known where !pictures.contains(where: { $0.name == name }) && !untouched.contains(name) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    if pictures.isEmpty, !known.isEmpty,
      (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == true
    {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  private static func isOurs(_ svg: String) -> Bool {
    svg.hasPrefix("<svg ") && svg.prefix(200).contains("class=\"dossier-chart\"")
  }

  /// A part of an address in Markdown: all but plain characters percent-encoded.
  private static func escaped(_ part: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in part.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
