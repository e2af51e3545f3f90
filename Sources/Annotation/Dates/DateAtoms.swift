import Linguistics

/// A run of letters, a run of digits, or one other character: what the date grammar reads.
///
/// The grammar does not read the parse's tokens, because tokenizers cut "mid-2023", "1939–45" and
/// "3p.m." each in their own way; atoms are the same whatever the tokenizer did.
struct DateAtom {
  enum Kind: UInt8 { case word, number, mark }

  var kind: Kind
  /// Scalar offsets in the text, half-open.
  var start: Int
  var end: Int
  /// The token that the first scalar is in.
  var token: Int
  /// What the lexicon knows of a word.
  var lexeme: DateLexeme?
  /// Value and number of digits of a number below ten digits; −1 for longer ones.
  var number = 0
  /// The character of a mark; dashes are all `-`, apostrophes all `'`.
  var mark: Unicode.Scalar = " "
  /// Whether the word starts with a capital.
  var isCapital = false
  /// Whether white space stands before it.
  var spaceBefore: Bool
  /// Whether an empty line or a line end stands before it.
  var lineBefore: Bool

  var length: Int { end - start }

  /// Cuts the parse's text into atoms, in text order.
  static func all(of parse: Parse) -> [DateAtom] {
    var atoms: [DateAtom] = []
    atoms.reserveCapacity(parse.tokens.count + parse.tokens.count / 4)
    let scalars = parse.scalars
    var lastEnd = 0
    var lineBreak = false
    for (index, token) in parse.tokens.enumerated() {
      var position = token.start
      let limit = min(token.end, scalars.count)
      while position < limit {
        let scalar = scalars[position]
        if isBlank(scalar) {
          if scalar.value == 10 || scalar.value == 13 { lineBreak = true }
          position += 1
          continue
        }
        let begin = position
        var atom = DateAtom(
          kind: .mark, start: begin, end: begin + 1, token: index, spaceBefore: begin > lastEnd,
          lineBefore: lineBreak)
        if isLetter(scalar) {
          while position < limit, isLetter(scalars[position]) { position += 1 }
          atom.kind = .word
          atom.end = position
          atom.isCapital = scalar.isUppercase
          atom.lexeme = DateLexicon.lookUp(scalars[begin..<position])
        } else if isDigit(scalar) {
          var value = 0
          while position < limit, isDigit(scalars[position]) {
            if position - begin < 9 { value = value * 10 + Int(scalars[position].value - 48) }
            position += 1
          }
          atom.kind = .number
          atom.end = position
          atom.number = position - begin <= 9 ? value : -1
        } else {
          position += 1
          atom.mark = folded(scalar)
        }
        atoms.append(atom)
        lastEnd = atom.end
        lineBreak = false
      }
    }
    return atoms
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value <= 32 || (scalar.value >= 0x80 && scalar.isWhitespace)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 48 && scalar.value <= 57 }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x80 { return (value >= 65 && value <= 90) || (value >= 97 && value <= 122) }
    return scalar.isAlphabetic
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x2010...0x2015, 0x2212: "-"
    case 0x2018, 0x2019, 0x02BC: "'"
    default: scalar
    }
  }
}
