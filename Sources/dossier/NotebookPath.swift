import Foundation

/// Paths as notebooks have them: relative to the notebook's own folder.
enum NotebookPath {
  /// A path as it is written in a notebook of a folder.
  static func relative(_ path: String, to folder: String) -> String {
    let there = real(path).split(separator: "/")
    let here = folder.split(separator: "/")
    let shared = zip(there, here).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: here.count - shared)
    let parts = up + there.dropFirst(shared).map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// The path without links; a pattern's folder is enough.
  static func real(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
