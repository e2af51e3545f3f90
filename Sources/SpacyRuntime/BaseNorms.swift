/// Norms of punctuation that hold for every language: quotation marks, full stops, dashes, currencies.
///
/// A norm groups spellings that should look alike to the model; a package's own table goes first.
/// Source: the facts in spaCy 3.8's module `lang.norm_exceptions`, which packages don't repeat.
enum BaseNorms {
  /// The norm of a form, if it is listed.
  static func norm(of form: String) -> String? { forms[Array(form.utf8)] }

  private static let groups: [(norm: String, forms: [String])] = [
    ("'s", ["'s", "'S", "’s", "’S"]),
    ("'", ["’", "‘", "´", "`"]),
    ("\"", ["”", "“", "''", "``", "´´", "„", "»", "«", "‘‘", "’’"]),
    ("?", ["？"]),
    ("!", ["！"]),
    (",", ["，"]),
    (";", ["；"]),
    (":", ["："]),
    (".", ["。", "।"]),
    ("...", ["…"]),
    ("-", ["—", "–", "--", "---", "——"]),
    ("$", ["€", "£", "¥", "฿", "US$", "C$", "A$", "₺", "₹", "৳", "₩", "Mex$", "₣", "E£"]),
  ]

  // By bytes: Swift's text equality would also take in canonically equivalent spellings.
  private static let forms: [[UInt8]: String] = {
    var forms: [[UInt8]: String] = [:]
    for group in groups { for form in group.forms { forms[Array(form.utf8)] = group.norm } }
    return forms
  }()
}
