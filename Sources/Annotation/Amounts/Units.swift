/// Units of money and measure, by the symbols and words that a text uses.
struct Units: Sendable {
  /// What an amount is of.
  enum Kind: String, Sendable, Hashable {
    case money = "MONEY"
    case measure = "MEASURE"
    case percent = "PERCENT"
  }

  /// A currency or another unit.
  struct Unit: Sendable, Hashable {
    /// What it measures.
    let kind: Kind
    /// ISO 4217 code of a currency, else the usual symbol.
    let name: String
  }

  /// The list that is compiled in.
  static let shared = Units()

  private var units: [String: Unit] = [:]
  /// The largest number of words in a unit.
  private(set) var longest = 1

  init() {
    for fields in Lexicon.entries("units") where fields.count > 2 {
      let kind: Kind = fields[1] == "money" ? .money : fields[1] == "percent" ? .percent : .measure
      for item in fields[2].split(separator: ";") {
        let words = item.split(separator: " ")
        let key = words.joined(separator: " ")
        longest = max(longest, words.count)
        if units[key] == nil { units[key] = Unit(kind: kind, name: fields[0]) }
      }
    }
  }

  /// The unit that words in lower case name.
  func unit(_ words: String) -> Unit? { units[words] }
}
