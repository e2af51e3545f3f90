import Columnar

/// A time expression.
public struct DateRow: FactRow {
  /// The sentence, from 0.
  public var sentenceID: Int = 0
  /// Position in the document, from 0.
  public var dateID: Int = 0
  /// First Unicode scalar in the document's text.
  public var start: Int = 0
  /// After the last Unicode scalar.
  public var end: Int = 0
  /// The words of the document.
  public var text: String = ""
  /// DATE, TIME, DURATION or SET.
  public var type: String = ""
  /// TIMEX3 value.
  public var value: String = ""
  /// TIMEX3 modifier: APPROX, START, MORE_THAN…
  public var mod: String = ""
  /// TIMEX3 quantifier of a SET.
  public var quant: String = ""
  /// TIMEX3 frequency of a SET.
  public var freq: String = ""
  /// Grain of the value: year, month, day, hour…
  public var precision: String = ""
  /// Start of the interval that is meant; null if unknown.
  public var from: Int64?
  /// End of the interval, exclusive; null if unknown.
  public var to: Int64?

  /// Makes a row; what is not given is empty.
  public init(
    sentenceID: Int = 0, dateID: Int = 0, start: Int = 0, end: Int = 0, text: String = "",
    type: String = "", value: String = "", mod: String = "", quant: String = "", freq: String = "",
    precision: String = "", from: Int64? = nil, to: Int64? = nil
  ) {
    self.sentenceID = sentenceID
    self.dateID = dateID
    self.start = start
    self.end = end
    self.text = text
    self.type = type
    self.value = value
    self.mod = mod
    self.quant = quant
    self.freq = freq
    self.precision = precision
    self.from = from
    self.to = to
  }

  /// The table's name.
  public static let tableName = "Dates"
  /// What a row is.
  public static let summary = "A time expression."
  /// The columns in order.
  public static let columns: [FactColumn<DateRow>] = [
    .init("SentenceId", .long, "The sentence, from 0.") { .long($0.sentenceID) },
    .init("DateId", .long, "Position in the document, from 0.") { .long($0.dateID) },
    .init("Start", .long, "First Unicode scalar in the document's text.") { .long($0.start) },
    .init("End", .long, "After the last Unicode scalar.") { .long($0.end) },
    .init("Text", .string, "The words of the document.") { .string($0.text) },
    .init("Type", .string, "DATE, TIME, DURATION or SET.") { .string($0.type) },
    .init("Value", .string, "TIMEX3 value.") { .string($0.value) },
    .init("Mod", .string, "TIMEX3 modifier: APPROX, START, MORE_THAN…") { .string($0.mod) },
    .init("Quant", .string, "TIMEX3 quantifier of a SET.") { .string($0.quant) },
    .init("Freq", .string, "TIMEX3 frequency of a SET.") { .string($0.freq) },
    .init("Precision", .string, "Grain of the value: year, month, day, hour…") { .string($0.precision) },
    .init(
      "From", .datetime, "Start of the interval that is meant; null if unknown."
    ) { .datetime(orNull: $0.from) },
    .init("To", .datetime, "End of the interval, exclusive; null if unknown.") { .datetime(orNull: $0.to) },
  ]
}
