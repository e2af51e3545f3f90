/// The names that spaCy numbers by hand instead of hashing: their ids are small and consecutive.
///
/// Real words are among them (`case`, `root`, `agent`), so the table decides features of the text.
/// Source: the list of names in spaCy 3.8's module `symbols`, in the order of their numbers.
enum Symbols {
  /// The number of a name, if it has one.
  static func number(of name: String) -> UInt64? { numbers[name] }

  /// Names from number 1 on; `FLAG19...FLAG63` stands for a run.
  private static let names = """
    IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL
    IS_STOP IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY
    FLAG19...FLAG63 ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB
    ENT_TYPE HEAD SENT_START SPACY PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON
    PROPN PUNCT SCONJ SYM VERB X EOL SPACE DEPRECATED001...DEPRECATED276 PERSON NORP FACILITY ORG GPE
    LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY ORDINAL CARDINAL acomp
    advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass dep det dobj
    expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj
    obl parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl rcmod root
    xcomp acl ENT_KB_ID MORPH ENT_ID IDX _
    """

  private static let numbers: [String: UInt64] = {
    var numbers: [String: UInt64] = ["": 0]
    for word in names.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      for name in expand(String(word)) { numbers[name] = UInt64(numbers.count) }
    }
    return numbers
  }()

  private static func expand(_ word: String) -> [String] {
    let ends = word.split(separator: ".").map(String.init)
    guard ends.count == 2 else { return [word] }
    let stem = ends[0].prefix { !$0.isNumber }
    let width = ends[0].count - stem.count
    guard let first = Int(ends[0].suffix(width)), let last = Int(ends[1].suffix(width)), first <= last else {
      return [word]
    }
    return (first...last).map { number in
      let digits = String(number)
      return stem + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
  }
}
