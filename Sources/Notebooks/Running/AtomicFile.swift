import Diagnostics
import Foundation

/// Reading and replacing whole files.
enum AtomicFile {
  /// A file's bytes.
  /// - Errors: `NBK002`.
  static func read(_ path: String) throws(DossierError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw unreadable(path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      bytes += piece[..<count]
      if count < piece.count {
        // A folder opens, and fails here.
        if ferror(file) != 0 { throw unreadable(path) }
        return bytes
      }
    }
  }

  private static func unreadable(_ path: String) -> DossierError {
    DossierError(.notebookFile, "'\(path)' can't be read: \(String(cString: strerror(errno)))")
  }

  /// Writes a file so that at every moment its name holds either the old bytes or all of the new ones:
  /// a new file in the same folder, synced, then renamed over it. A link's target is replaced, not the link.
  /// The file keeps its permissions; a new one has those that the process gives.
  /// - Errors: `NBK002`; the file is then as before.
  static func write(_ bytes: [UInt8], to path: String) throws(DossierError) {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let old = FileManager.default.fileExists(atPath: target)
    let mode =
      old ? (try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]) as? Int : nil
    var template = Array((target + ".dossier-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    func failure(_ what: String) -> DossierError {
      DossierError(.notebookFile, "\(path) can't be written: \(what)")
    }
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    var left = bytes[...]
    while !left.isEmpty {
      let count = left.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let what = String(cString: strerror(errno))
        close(descriptor)
        unlink(temporary)
        throw failure(what)
      }
      left = left.dropFirst(count)
    }
    let mask = umask(0)
    umask(mask)
    let ok = fchmod(descriptor, mode.map(mode_t.init) ?? (0o666 & ~mask)) == 0 && fsync(descriptor) == 0
    close(descriptor)
    guard ok, rename(temporary, target) == 0 else {
      let what = String(cString: strerror(errno))
      unlink(temporary)
      throw failure(what)
    }
  }
}
