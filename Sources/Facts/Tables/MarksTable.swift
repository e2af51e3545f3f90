import Columnar

/// A reader's own tag or note.
public struct MarkRow: FactRow {
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The tag.
  public var tag: String = ""
  /// The note.
  public var note: String = ""

  /// Makes a row; what is not given is empty.
  public init(start: Int = 0, end: Int = 0, tag: String = "", note: String = "") {
    self.start = start
    self.end = end
    self.tag = tag
    self.note = note
  }

  /// The table's name.
  public static let tableName = "Marks"
  /// What a row is.
  public static let summary = "A reader's own tag or note."
  /// The columns in order.
  public static let columns: [FactColumn<MarkRow>] = [
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Tag", \.tag, "The tag."),
    .init("Note", \.note, "The note."),
  ]
}
