import Columnar

/// Money, a count or a measure.
public struct AmountRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The words of the document.
  public var text: String = ""
  /// MONEY, COUNT, MEASURE or PERCENT.
  public var type: String = ""
  /// The number.
  public var value: Double?
  /// Currency (ISO 4217) or unit.
  public var unit: String = ""
  /// APPROX, MORE_THAN, LESS_THAN…
  public var mod: String = ""
  /// The entity that is counted or measured, or that it belongs to.
  public var ofEntityID: String = ""

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, start: Int = 0, end: Int = 0, text: String = "", type: String = "",
    value: Double? = nil, unit: String = "", mod: String = "", ofEntityID: String = ""
  ) {
    self.sentenceID = sentenceID
    self.start = start
    self.end = end
    self.text = text
    self.type = type
    self.value = value
    self.unit = unit
    self.mod = mod
    self.ofEntityID = ofEntityID
  }

  /// The table's name.
  public static let tableName = "Amounts"
  /// What a row is.
  public static let summary = "Money, a count or a measure."
  /// The columns in order.
  public static let columns: [FactColumn<AmountRow>] = [
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Text", \.text, "The words of the document."),
    .init("Type", \.type, "MONEY, COUNT, MEASURE or PERCENT."),
    .init("Value", \.value, "The number."),
    .init("Unit", \.unit, "Currency (ISO 4217), unit, or the noun that is counted."),
    .init("Mod", \.mod, "APPROX, MORE_THAN, LESS_THAN…"),
    .init("OfEntityId", \.ofEntityID, "The entity that is counted or measured, or that it belongs to."),
  ]
}
