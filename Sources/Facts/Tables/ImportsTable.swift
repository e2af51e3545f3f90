import Columnar

/// A file that was read, or not.
public struct ImportRow: FactRow {
  /// The file, as named or relative to the folder named.
  public var path: String = ""
  /// loaded, partial, failed or skipped.
  public var status: String = ""
  /// The error's code.
  public var code: String = ""
  /// Why.
  public var message: String = ""
  /// The document made of it.
  public var docID: String = ""
  /// The load, from 1.
  public var batch: Int = 0

  /// Makes a row; what is not given is empty.
  public init(
    path: String = "", status: String = "", code: String = "", message: String = "",
    docID:
      String = "", batch: Int = 0
  ) {
    self.path = path
    self.status = status
    self.code = code
    self.message = message
    self.docID = docID
    self.batch = batch
  }

  /// The table's name.
  public static let tableName = "Imports"
  /// What a row is.
  public static let summary = "A file that was read, or not."
  /// Rows do not belong to one document.
  public static let isPerDocument = false
  /// The columns in order.
  public static let columns: [FactColumn<ImportRow>] = [
    .init("Path", .string, "The file, as named or relative to the folder named.") { .string($0.path) },
    .init("Status", .string, "loaded, partial, failed or skipped.") { .string($0.status) },
    .init("Code", .string, "The error's code.") { .string($0.code) },
    .init("Message", .string, "Why.") { .string($0.message) },
    .init("DocId", .string, "The document made of it.") { .string($0.docID) },
    .init("Batch", .long, "The load, from 1.") { .long($0.batch) },
  ]
}
