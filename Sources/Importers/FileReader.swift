import Diagnostics
import Foundation

/// A file that is open for reading.
public final class FileReader: Sendable {
  private let descriptor: Int32
  private let name: String
  /// How many bytes it seems to have; what room is made for.
  private let size: Int
  /// How many bytes are read at a time where documents are read piece by piece.
  let pieceSize: Int

  /// Opens a file, or standard input.
  ///
  /// - Errors: `IMP103` with what the system says.
  init(_ file: FoundFile, pieceSize: Int) throws(DossierError) {
    self.pieceSize = pieceSize
    name = file.name
    descriptor = file.path == "-" ? dup(STDIN_FILENO) : open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(file.name) }
    var info = stat()
    let isKnown = fstat(descriptor, &info) == 0
    size = isKnown ? max(0, min(Int(info.st_size), 1 << 30)) : 0
    if isKnown, info.st_mode & S_IFMT == S_IFDIR {
      throw DossierError(.unreadableFile, "'\(file.name)' can't be read: it is a folder")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next bytes, as many as are asked for unless the file ends before.
  func read(_ wanted: Int) throws(DossierError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(wanted, size + 1))
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < wanted {
      let count = Foundation.read(descriptor, &piece, min(piece.count, wanted - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(name) }
      if count == 0 { break }
      bytes += piece[..<count]
    }
    return bytes
  }

  static func unreadable(_ name: String) -> DossierError {
    DossierError(.unreadableFile, "'\(name)' can't be read: \(String(cString: strerror(errno)))")
  }
}

extension ImportSource {
  /// Hands out the bytes of a file of many documents piece by piece, so that a large one is never held as a whole.
  ///
  /// - `end`: where the last document that is certainly whole ends in some bytes; nil if none is.
  func forEachPiece(
    endingAt end: (ArraySlice<UInt8>) -> Int?, _ body: (ArraySlice<UInt8>) throws(DossierError) -> Void
  ) throws(DossierError) {
    var piece = bytes[...]
    // What is longer than a piece is looked through again with each that is added, so these grow.
    while let rest, case let next = try rest.read(max(rest.pieceSize, piece.count)), !next.isEmpty {
      if let end = end(piece) {
        try body(piece[..<end])
        piece = piece[end...]
      }
      piece = (Array(piece) + next)[...]
    }
    try body(piece)
  }
}
