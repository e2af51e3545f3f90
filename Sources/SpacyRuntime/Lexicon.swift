import Diagnostics

/// What is known of a word whatever its context: made once per spelling (and norm set by an exception).
struct Lexeme {
  let text: String
  let lower: String
  let isSpace: Bool
  /// Length in Unicode scalars.
  let scalars: Int
  /// Node of the tokenizer's phrase trie that this word leads to from the root; -1 if none.
  let phrase: Int32
  /// Hash of the text, as the tokenizer's phrases know it.
  let hash: UInt64
  private let orth: UInt64
  private let lowerID: UInt64
  private let norm: UInt64
  private let prefix: UInt64
  private let suffix: UInt64
  private let shape: UInt64
  /// Which of the ruler's predicates on spelling this word fulfils, a bit each.
  let spelling: [UInt64]

  init(text: String, norm: String, hash: UInt64, phrase: Int32, ruler: AttributeRuler?, _ matcher: Matcher) {
    self.text = text
    lower = PythonText.lower(text)
    isSpace = PythonText.isSpace(text)
    let view = text.unicodeScalars
    scalars = view.count
    self.phrase = phrase
    self.hash = hash
    orth = StringID.of(text)
    lowerID = StringID.of(lower)
    self.norm = StringID.of(norm)
    prefix = StringID.of(String(view.prefix(1)))
    suffix = StringID.of(String(view.suffix(3)))
    shape = StringID.of(PythonText.shape(text))
    spelling = ruler?.spelling(text: text, lower: lower, matcher) ?? []
  }

  /// The number that an embedding hashes for an attribute.
  func id(_ attribute: TokenAttribute, spaceAfter: Bool) -> UInt64 {
    switch attribute {
    case .orth: orth
    case .lower: lowerID
    case .norm: norm
    case .prefix: prefix
    case .suffix: suffix
    case .shape: shape
    case .spacy: spaceAfter ? 1 : 0
    case .isSpace: isSpace ? 1 : 0
    }
  }
}

/// Norms of words: the package's table, then `BaseNorms`, then lower case.
struct NormTable: Sendable {
  private let table: [UInt64: String]

  /// Reads `vocab/lookups.bin`.
  ///
  /// - Errors: `NLP104` if it is malformed.
  init(_ bytes: UnsafeRawBufferPointer) throws(DossierError) {
    var table: [UInt64: String] = [:]
    let document = try Msgpack.read(bytes, "vocab/lookups.bin")
    for entry in document["lexeme_norm"]?.map ?? [] {
      if let id = entry.key.id, let norm = entry.value.string { table[id] = norm }
    }
    self.table = table
  }

  /// The norm of a word that no exception gives one.
  func norm(of text: String) -> String {
    table[StringID.of(text)] ?? BaseNorms.norm(of: text) ?? PythonText.lower(text)
  }
}

/// Byte strings numbered in the order of their first use, with a salt that tells equal ones apart.
///
/// An open-addressing table over one pool of bytes: looking up makes no Swift object.
struct ByteStringTable {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var salts: [Int32] = []
  private var ends: [Int] = [0]
  private var pool: [UInt8] = []

  init() { slots = [Int32](repeating: -1, count: 1024) }

  /// How many strings are numbered.
  var count: Int { hashes.count }

  /// The number of a string, if it has one.
  func find(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, salt: Int32 = -1) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash, salts[number] == salt, ends[number + 1] - ends[number] == bytes.count {
        let from = ends[number]
        let equal = pool.withUnsafeBufferPointer { pool in
          UnsafeBufferPointer(rebasing: pool[from..<(from + bytes.count)]).elementsEqual(bytes)
        }
        if equal { return number }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Numbers a string that is not numbered yet.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, salt: Int32 = -1) -> Int {
    let number = hashes.count
    hashes.append(hash)
    salts.append(salt)
    pool.append(contentsOf: bytes)
    ends.append(pool.count)
    if hashes.count * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for other in hashes.indices { place(other) }
    } else {
      place(number)
    }
    return number
  }

  private mutating func place(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hashes[number]) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }
}
