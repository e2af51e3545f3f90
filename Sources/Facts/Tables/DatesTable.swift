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
    .init("SentenceId", \.sentenceID, "The sentence, from 0."),
    .init("DateId", \.dateID, "Position in the document, from 0."),
    .init("Start", \.start, "First Unicode scalar in the document's text."),
    .init("End", \.end, "After the last Unicode scalar."),
    .init("Text", \.text, "The words of the document."),
    .init("Type", \.type, "DATE, TIME, DURATION or SET."),
    .init("Value", \.value, "TIMEX3 value."),
    .init("Mod", \.mod, "TIMEX3 modifier: APPROX, START, MORE_THAN…"),
    .init("Quant", \.quant, "TIMEX3 quantifier of a SET."),
    .init("Freq", \.freq, "TIMEX3 frequency of a SET."),
    .init("Precision", \.precision, "Grain of the value: year, month, day, hour…"),
    .init("From", \.from, "Start of the interval that is meant; null if unknown."),
    .init("To", \.to, "End of the interval, exclusive; null if unknown."),
  ]
}
