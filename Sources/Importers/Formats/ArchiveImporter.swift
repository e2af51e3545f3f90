import Diagnostics
import Facts

/// Files packed into one: each member is read as if it stood in a folder of the archive's name, archives in archives
/// too. Members whose path leads out of the archive, and links, are refused. `ParentId` is the archive's name.
public enum ArchiveImporter: Importer {
  /// `archive`.
  public static let name = "archive"
  /// Endings.
  public static let extensions = [
    "zip", "tar", "tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz", "gz", "bz2", "xz",
  ]
  /// What is read.
  public static let summary = "Archives (.zip, .tar.gz and their kin): each member by its own ending."

  /// The documents of all members, in the archive's order.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let reader = ArchiveReader(path: source.path, bytes: source.bytes, format: format(of: source))
    let budget = source.unpackBudget
    var options = options
    // A format that was named is the archive's.
    options.format = nil
    var count = 0
    try reader.forEach { (member: ArchiveReader.Member) throws(DossierError) in
      try budget.spendMember(of: source.path)
      let path = reader.format == .anyPacked ? unpackedName(source.path) : plainPath(member.path)
      if member.kind == .folder || isHidden(path) { return }
      count += 1
      let (shown, docID) = ("\(source.path)/\(path)", "\(source.docID)/\(path)")
      let importer = ImporterRegistry.importer(forFile: path)
      var inner: ImportSource
      do throws(DossierError) {
        try check(member, path, shown)
        inner = ImportSource(
          path: shown, docID: docID, bytes: [],
          nesting: try source.nesting.inner(
            of: shown, parentID: source.nesting.parentID.isEmpty ? source.docID : source.nesting.parentID,
            budget: budget))
        if importer != nil {
          inner.bytes = try member.bytes { (size) throws(DossierError) in
            try budget.spend(size, of: source.path)
          }
        }
      } catch {
        // Past the budget there is nothing more to be had; a single member costs only itself.
        if error.code == .tooLarge, budget.isSpent { throw error }
        try emit(ImportedItem(location: shown, error: error))
        return
      }
      try source.readInner(inner, with: importer, options: options, emit: emit)
    }
    if count == 0 { throw DossierError(.emptyDocument, "there is no file in '\(source.path)'") }
  }

  private static func format(of source: ImportSource) -> ArchiveReader.Format {
    let name = source.path.lowercased()
    if source.bytes.starts(with: Array("PK".utf8)) || name.hasSuffix(".zip") { return .zip }
    let isPackedFile =
      [".gz", ".bz2", ".xz"].contains { name.hasSuffix($0) }
      && ![".tar.gz", ".tar.bz2", ".tar.xz"].contains { name.hasSuffix($0) }
    return isPackedFile ? .anyPacked : .tar
  }

  /// The name of the file that a packed file holds: its own, without the last ending.
  private static func unpackedName(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
  }

  /// A path as systems other than the one that packed the archive write it.
  private static func plainPath(_ path: String) -> String {
    let parts = path.replacing("\\", with: "/").split(separator: "/").filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// What folders hold that no reader put there, as when folders are loaded.
  private static func isHidden(_ path: String) -> Bool {
    path.split(separator: "/").contains { ($0.hasPrefix(".") && $0 != "." && $0 != "..") || $0 == "__MACOSX" }
  }

  /// - Errors: `IMP123`, `IMP111`, `IMP120`.
  private static func check(
    _ member: ArchiveReader.Member, _ path: String, _ shown: String
  ) throws(DossierError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isUnsafe =
      path.hasPrefix("/") || parts.contains("..")
      || path.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    guard !isUnsafe, !path.isEmpty else {
      throw DossierError(
        .unsafePath, "the member '\(printable(path))' leads out of its archive; it is not read")
    }
    switch member.kind {
    case .link: throw DossierError(.linkNotFollowed, "'\(shown)' is a link, which is not followed")
    case .other: throw DossierError(.unreadableFile, "'\(shown)' is no plain file")
    case .file, .folder: break
    }
    if member.isEncrypted { throw DossierError(.encrypted, "'\(shown)' needs a password") }
  }

  private static func printable(_ path: String) -> String {
    String(
      String.UnicodeScalarView(path.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
  }
}
