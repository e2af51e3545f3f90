import CArchive
import Diagnostics
import Foundation

/// Goes through an archive in memory, member by member, in the archive's order.
struct ArchiveReader {
  /// One member.
  struct Member {
    /// What it is.
    enum Kind { case file, folder, link, other }
    /// Its path in the archive, as written there.
    var path: String
    /// What it is.
    var kind: Kind
    /// Whether a password is needed.
    var isEncrypted: Bool
    fileprivate let archive: OpaquePointer

    /// Its bytes.
    ///
    /// - Errors: `IMP124` if they can't be unpacked; what `spend` throws, which is told of each piece.
    func bytes(spend: (Int) throws(DossierError) -> Void) throws(DossierError) -> [UInt8] {
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = archive_read_data(archive, &piece, piece.count)
        guard count >= 0 else {
          throw DossierError(.brokenFile, "'\(path)' can't be unpacked: \(ArchiveReader.reason(archive))")
        }
        if count == 0 { return bytes }
        try spend(count)
        guard bytes.count + count <= UnpackBudget.largestMember else {
          throw DossierError(.tooLarge, "'\(path)' is larger than \(UnpackBudget.largestMember >> 20) MB")
        }
        bytes += piece[..<count]
      }
    }
  }

  /// The formats that are looked for.
  enum Format { case zip, tar, anyPacked }

  /// The path, for errors.
  let path: String
  /// The bytes of the archive.
  let bytes: [UInt8]
  /// What it must be.
  let format: Format

  /// Runs `body` on each member; bytes that it does not ask for are not unpacked.
  ///
  /// - Errors: `IMP124` if the archive can't be read (on); what `body` throws, which ends the reading.
  func forEach(_ body: (Member) throws(DossierError) -> Void) throws(DossierError) {
    // Names are decoded by the locale of the thread, which must not depend on the user's.
    let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
    let before = uselocale(locale)
    defer {
      uselocale(before)
      if let locale { freelocale(locale) }
    }
    guard let archive = archive_read_new() else { return }
    defer { archive_read_free(archive) }
    switch format {
    case .zip: archive_read_support_format_zip(archive)
    case .tar: archive_read_support_format_tar(archive)
    case .anyPacked: archive_read_support_format_raw(archive)
    }
    if format != .zip {
      archive_read_support_filter_gzip(archive)
      archive_read_support_filter_bzip2(archive)
      archive_read_support_filter_xz(archive)
    }
    let failure: DossierError? = bytes.withUnsafeBytes { buffer in
      do throws(DossierError) {
        guard archive_read_open_memory(archive, buffer.baseAddress, buffer.count) == ARCHIVE_OK else {
          throw broken(archive)
        }
        try members(of: archive, body)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  private func members(
    of archive: OpaquePointer, _ body: (Member) throws(DossierError) -> Void
  ) throws(DossierError) {
    while true {
      var entry: OpaquePointer?
      let result = archive_read_next_header(archive, &entry)
      if result == ARCHIVE_EOF { return }
      // A warning concerns what we don't use: owners, times.
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else { throw broken(archive) }
      let isLink = archive_entry_hardlink(entry) != nil || archive_entry_symlink(entry) != nil
      let kind: Member.Kind =
        switch archive_entry_filetype(entry) & S_IFMT {
        case _ where isLink: .link
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
      try body(
        Member(
          path: Self.name(of: entry), kind: kind, isEncrypted: archive_entry_is_encrypted(entry) != 0,
          archive: archive))
    }
  }

  private func broken(_ archive: OpaquePointer) -> DossierError {
    DossierError(.brokenFile, "'\(path)' can't be unpacked: \(Self.reason(archive))")
  }

  fileprivate static func reason(_ archive: OpaquePointer) -> String {
    archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
  }

  /// A name of no declared encoding is UTF-8 or else that of the program that first made such archives.
  private static func name(of entry: OpaquePointer) -> String {
    guard let name = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else { return "" }
    let bytes = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
    return String(validating: bytes, as: UTF8.self)
      ?? CharacterSet.decode(bytes, as: "CP437")?.text ?? String(decoding: bytes, as: UTF8.self)
  }
}
