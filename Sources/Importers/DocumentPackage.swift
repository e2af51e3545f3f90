import Diagnostics

/// The parts of a document that is a zip archive inside, as word processors and publishers write them.
struct DocumentPackage {
  private var parts: [String: [UInt8]] = [:]
  private let path: String

  /// Unpacks the parts that `isWanted` names.
  ///
  /// - Errors: `IMP124` if it is no such archive, `IMP120` if it is encrypted, `IMP122` if it unpacks to too much.
  init(_ source: ImportSource, isWanted: (String) -> Bool) throws(DossierError) {
    path = source.path
    // Office programs put an encrypted document into a container of another kind.
    if source.bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      throw DossierError(
        .encrypted, "'\(path)' needs a password, or is in the format of old word processors",
        hint: "save a copy without a password, and load that")
    }
    let budget = source.unpackBudget
    var parts: [String: [UInt8]] = [:]
    try ArchiveReader(path: path, bytes: source.bytes, format: .zip).forEach {
      (member: ArchiveReader.Member) throws(DossierError) in
      try budget.spendMember(of: source.path)
      guard member.kind == .file, isWanted(member.path), parts[member.path] == nil else { return }
      if member.isEncrypted { throw DossierError(.encrypted, "'\(source.path)' needs a password") }
      var size = 0
      parts[member.path] = try member.bytes { (count) throws(DossierError) in
        size += count
        // A document of words alone that large is none.
        guard size <= 64 << 20 else {
          throw DossierError(.tooLarge, "'\(member.path)' in '\(source.path)' is larger than 64 MB")
        }
        try budget.spend(count, of: source.path)
      }
    }
    self.parts = parts
  }

  /// A part's bytes.
  func bytes(_ name: String) -> [UInt8]? { parts[name] }

  /// A part as XML; nil if there is none.
  func xml(_ name: String) throws(DossierError) -> MarkupDocument? {
    guard let bytes = parts[name] else { return nil }
    return try MarkupDocument(xml: bytes, path: "\(path)/\(name)")
  }

  /// A part that must be there.
  ///
  /// - Errors: `IMP124`.
  func required(_ name: String) throws(DossierError) -> MarkupNode {
    guard let root = try xml(name)?.root else {
      throw DossierError(.brokenFile, "'\(path)' has no '\(name)': it is not the document that its name says")
    }
    return root
  }
}

extension DocumentFields {
  /// Sets title, author, language and keywords by their names in the Dublin Core. The day that a file was made is not
  /// that of publication: it is kept as `created`, for `--map published=created`.
  mutating func setCore(_ properties: MarkupNode) {
    let names = [
      "title": "title", "creator": "author", "initial-creator": "author", "language": "language",
      "subject": "subject", "keyword": "keywords", "keywords": "keywords", "description": "description",
      "created": "created", "creation-date": "created", "modified": "modified", "publisher": "source",
    ]
    var seen = Set<String>()
    for element in properties.children {
      guard let field = names[element.name], case let value = element.line, !value.isEmpty,
        seen.insert(field).inserted
      else { continue }
      set(field, .string(value))
    }
  }
}
