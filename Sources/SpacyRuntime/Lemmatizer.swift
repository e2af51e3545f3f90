import Diagnostics

/// spaCy's rule lemmatizer for English: exceptions, then suffix rules checked against a word list.
///
/// - Source: spaCy 3.8's `Lemmatizer.rule_lemmatize` and `EnglishLemmatizer.is_base_form`.
struct Lemmatizer: Sendable {
  /// The parts of speech that the tables are kept for, in lower case.
  static let partsOfSpeech = [
    "adj", "adp", "adv", "aux", "cconj", "conj", "det", "intj", "noun", "num", "part", "pron", "propn",
    "punct",
    "sconj", "sym", "verb", "x",
  ]

  private struct Tables: Sendable {
    var rules: [(suffix: [UInt8], replacement: [UInt8])] = []
    var exceptions: [[UInt8]: [[UInt8]]] = [:]
    /// Hashes of known forms, sorted.
    var index: [UInt64] = []
  }

  private let tables: [String: Tables]

  /// Reads the sections under `lemma`.
  ///
  /// - Errors: `NLP102` if they are malformed.
  init(_ file: FlatFile) throws(DossierError) {
    func damaged() -> DossierError {
      DossierError(.modelDamaged, "the lemma tables of the model file are damaged")
    }
    var tables: [String: Tables] = [:]
    for line in file.lines("lemma.rules") where !line.isEmpty {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map { Array($0.utf8) }
      guard parts.count == 3 else { throw damaged() }
      tables[String(decoding: parts[0], as: UTF8.self), default: Tables()].rules.append((parts[1], parts[2]))
    }
    for line in file.lines("lemma.exceptions") where !line.isEmpty {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map { Array($0.utf8) }
      guard parts.count >= 2 else { throw damaged() }
      tables[String(decoding: parts[0], as: UTF8.self), default: Tables()].exceptions[parts[1]] = Array(
        parts[2...])
    }
    for pos in Self.partsOfSpeech {
      guard let section = file.section("lemma.index.\(pos)") else { continue }
      let bytes = UnsafeRawBufferPointer(rebasing: file.bytes.buffer[section.range])
      guard bytes.count % 8 == 0 else { throw damaged() }
      tables[pos, default: Tables()].index = (0..<bytes.count / 8).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
    self.tables = tables
  }

  /// The lemma of a word with its part of speech and morphology.
  func lemma(text: String, lower: String, pos: String, morph: String) -> String {
    let pos = pos.lowercased()
    if pos.isEmpty || pos == "eol" || pos == "space" || Self.isBaseForm(pos, morph) { return lower }
    guard let tables = tables[pos] else { return pos == "propn" ? text : lower }
    let bytes = Array(lower.utf8)
    var forms: [[UInt8]] = []
    var unknown: [[UInt8]] = []
    for rule in tables.rules
    where bytes.count >= rule.suffix.count && bytes.suffix(rule.suffix.count) == rule.suffix[...] {
      let form = bytes.dropLast(rule.suffix.count) + rule.replacement
      if form.isEmpty { continue }
      if Self.contains(tables.index, form) {
        forms.insert(Array(form), at: 0)
      } else if !PythonText.isAlpha(String(decoding: form, as: UTF8.self)) {
        forms.append(Array(form))
      } else {
        unknown.append(Array(form))
      }
    }
    // Exceptions go to the front one by one; of forms found twice the first stays, which is all that
    // matters, as only the first form is the lemma.
    for form in tables.exceptions[bytes] ?? [] where !forms.contains(form) { forms.insert(form, at: 0) }
    guard let best = forms.first ?? unknown.first else { return text }
    return String(decoding: best, as: UTF8.self)
  }

  private static func contains(_ index: [UInt64], _ form: some Collection<UInt8>) -> Bool {
    let hash = Array(form).withUnsafeBufferPointer { StringID.hash($0) }
    var low = 0
    var high = index.count
    while low < high {
      let middle = (low + high) / 2
      if index[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < index.count && index[low] == hash
  }

  /// Whether a word is uninflected by its morphology.
  private static func isBaseForm(_ pos: String, _ morph: String) -> Bool {
    var number: Substring?
    var verbForm: Substring?
    var tense: Substring?
    var degree: Substring?
    for feature in morph.split(separator: "|") {
      guard let equals = feature.firstIndex(of: "=") else { continue }
      let value = feature[feature.index(after: equals)...]
      switch feature[..<equals] {
      case "Number": number = value
      case "VerbForm": verbForm = value
      case "Tense": tense = value
      case "Degree": degree = value
      default: break
      }
    }
    if pos == "noun", number == "Sing" { return true }
    if pos == "verb", verbForm == "Fin", tense == "Pres", number == nil { return true }
    return verbForm == "Inf" || verbForm == "None" || degree == "Pos"
  }
}
