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
    .init("SentenceId", .long, "The sentence, from 0.") { .long($0.sentenceID) },
    .init("Start", .long, "First Unicode scalar in the document's text.") { .long($0.start) },
    .init("End", .long, "After the last Unicode scalar.") { .long($0.end) },
    .init("Text", .string, "The words of the document.") { .string($0.text) },
    .init("Type", .string, "MONEY, COUNT, MEASURE or PERCENT.") { .string($0.type) },
    .init("Value", .real, "The number.") { .real(orNull: $0.value) },
    .init("Unit", .string, "Currency (ISO 4217), unit, or the noun that is counted.") { .string($0.unit) },
    .init("Mod", .string, "APPROX, MORE_THAN, LESS_THAN…") { .string($0.mod) },
    .init("OfEntityId", .string, "The entity that is counted or measured, or that it belongs to.") {
      .string($0.ofEntityID)
    },
  ]
}
