import Diagnostics
import Foundation

/// Reading and replacing whole files.
public enum AtomicFile {
  /// A file's bytes.
  /// - Errors: `NBK002`.
  public static func read(_ path: String) throws(DossierError) -> [UInt8] {
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

  /// Writes a file so that at every moment its name holds either the old bytes or all of the new ones.
  /// - Errors: `NBK002`; the file is then as before.
  public static func write(_ bytes: [UInt8], to path: String) throws(DossierError) {
    try write(to: path) { (file) throws(DossierError) in try file.write(bytes) }
  }

  /// Writes a file in pieces, likewise: a new file in the same folder, synced, then renamed over it. A link's target
  /// is replaced, not the link. The file keeps its permissions; a new one has those that the process gives.
  /// - Errors: `NBK002`, and those of `body`; the file is then as before.
  public static func write(
    to path: String, _ body: (Pieces) throws(DossierError) -> Void
  ) throws(DossierError) {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let file = try Pieces(path, target)
    do throws(DossierError) {
      try body(file)
      try file.finish(as: target)
    } catch {
      file.giveUp()
      throw error
    }
  }

  /// A file that is being written, under another name until it is whole.
  public final class Pieces {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private let mode: mode_t

    fileprivate init(_ path: String, _ target: String) throws(DossierError) {
      self.path = path
      let known = (try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]) as? Int
      let mask = umask(0)
      umask(mask)
      mode = known.map(mode_t.init) ?? (0o666 & ~mask)
      var template = Array((target + ".dossier-XXXXXX").utf8CString)
      descriptor = mkstemp(&template)
      temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard descriptor >= 0 else { throw failure() }
    }

    /// Writes what comes next.
    /// - Errors: `NBK002`.
    public func write(_ bytes: [UInt8]) throws(DossierError) {
      var left = bytes[...]
      while !left.isEmpty {
        let count = left.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure() }
        left = left.dropFirst(count)
      }
    }

    fileprivate func finish(as target: String) throws(DossierError) {
      guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, rename(temporary, target) == 0 else {
        throw failure()
      }
      close(descriptor)
      descriptor = -1
    }

    fileprivate func giveUp() {
      guard descriptor >= 0 else { return }
      close(descriptor)
      unlink(temporary)
    }

    private func failure() -> DossierError {
      DossierError(.notebookFile, "'\(path)' can't be written: \(String(cString: strerror(errno)))")
    }
  }
}
