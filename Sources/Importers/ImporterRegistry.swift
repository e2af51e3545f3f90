import Diagnostics

/// All formats that can be read. A new one is one file under `Formats` and one line here.
public enum ImporterRegistry {
  /// The importers, in the order in which they are listed.
  public static let importers: [any Importer.Type] = [
    TextImporter.self,
    MarkdownImporter.self,
    HTMLImporter.self,
    JSONLinesImporter.self,
    CSVImporter.self,
    MailImporter.self,
    MailboxImporter.self,
    PDFImporter.self,
    WordImporter.self,
    OpenDocumentImporter.self,
    RichTextImporter.self,
    EPUBImporter.self,
    FeedImporter.self,
    CoNLLUImporter.self,
    ArchiveImporter.self,
  ]

  /// The importer of a format's name; nil if there is none.
  public static func importer(named name: String) -> (any Importer.Type)? {
    importers.first { $0.name == name.lowercased() }
  }

  /// The importer for a file's name, by its ending; nil if none reads such files.
  public static func importer(forFile name: String) -> (any Importer.Type)? {
    let name = name.lowercased()
    return importers.first { $0.extensions.contains { name.hasSuffix("." + $0) } }
  }
}
