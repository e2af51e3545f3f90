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
    .init("Path", \.path, "The file, as named or relative to the folder named."),
    .init("Status", \.status, "loaded, partial, failed or skipped."),
    .init("Code", \.code, "The error's code."),
    .init("Message", \.message, "Why."),
    .init("DocId", \.docID, "The document made of it."),
    .init("Batch", \.batch, "The load, from 1."),
  ]
}
