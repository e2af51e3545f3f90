import CKernels

/// What a text is like, in 256 bytes: two texts that share most of their words in sequence have sketches that are alike.
///
/// The set of a text's sequences of three words, in small letters and without punctuation, is sketched by MinHash with 128
/// hash functions of which 16 bits are kept. The share of places where two sketches agree estimates how much of the two
/// sets together is in both (Jaccard), with a standard error of at most 0.045.
public struct TextSketch: Sendable, Hashable {
  /// Four places each; lower ones in lower bits.
  public let words: [UInt64]

  /// How many words a sketch has.
  public static let width = Int(CK_SKETCH) / 4

  /// The sketch of a text; nil if it has less than eight words, as short answers are alike without being copies.
  ///
  /// - `omitting`: parts that are left out, Unicode scalars, in order, such as what a mail repeats of an earlier one.
  public init?(of text: String, omitting: [Range<Int>] = []) {
    var reader = WordReader(omitting: omitting)
    var offset = 0
    for scalar in text.unicodeScalars {
      reader.add(scalar, at: offset)
      offset += 1
    }
    reader.endWord()
    guard reader.count >= 8 else { return nil }
    var sketch = [UInt16](repeating: 0, count: Int(CK_SKETCH))
    ck_sketch(reader.sequences, reader.sequences.count, &sketch)
    words = stride(from: 0, to: sketch.count, by: 4).map { at in
      (0..<4).reduce(into: 0) { $0 |= UInt64(sketch[at + $1]) << (16 * UInt64($1)) }
    }
  }

  /// The sketch that `hexadecimal` has written; nil if it is none.
  public init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 16 * Self.width else { return nil }
    var words: [UInt64] = []
    for start in stride(from: 0, to: digits.count, by: 16) {
      guard let word = UInt64(String(decoding: digits[start..<start + 16], as: UTF8.self), radix: 16) else {
        return nil
      }
      words.append(word)
    }
    self.words = words
  }

  /// The sketch as text, 16 digits a word: words of two sketches that are alike are alike here.
  public var hexadecimal: String { words.map { hexadecimalText($0) }.joined() }

  /// Which of several texts repeat an earlier one, by their sketches in order of precedence: for each the first that is no
  /// copy itself and of which it has at least three quarters; nil for a text that is no copy.
  ///
  /// What is told depends on the texts and their order of precedence alone.
  ///
  /// - `sketches`: `width` words each, one after the other.
  /// - Complexity: texts are compared where four places in a row agree, with 64 others at most for each such row.
  /// - Source: locality-sensitive hashing in bands, A. Rajaraman and J. Ullman, "Mining of Massive Datasets", 3.4.
  public static func originals(_ sketches: [UInt64]) -> [Int?] {
    let count = sketches.count / width
    var originals = [Int?](repeating: nil, count: count)
    let shared = sharedBands(sketches, count)
    struct Band: Hashable { var number: Int, value: UInt64 }
    var known: [Band: [Int32]] = [:]
    for text in 0..<count where shared[text] != 0 {
      let start = text * width
      var candidates = Set<Int32>()
      for band in 0..<width where shared[text] >> UInt32(band) & 1 != 0 {
        if let found = known[Band(number: band, value: sketches[start + band])] {
          candidates.formUnion(found)
        }
      }
      if let first = candidates.sorted().first(where: {
        agreements(sketches, Int($0) * width, start) * 4 >= Int(CK_SKETCH) * 3
      }) {
        originals[text] = Int(first)
        continue
      }
      for band in 0..<width where shared[text] >> UInt32(band) & 1 != 0 {
        let key = Band(number: band, value: sketches[start + band])
        if known[key, default: []].count < 64 { known[key, default: []].append(Int32(text)) }
      }
    }
    return originals
  }

  /// For each text a bit for each band that another text has as well: most texts have none, and need not be looked up.
  private static func sharedBands(_ sketches: [UInt64], _ count: Int) -> [UInt32] {
    var shared = [UInt32](repeating: 0, count: count)
    for band in 0..<width {
      let values = (0..<count).map { sketches[$0 * width + band] }
      let sorted = values.sorted()
      var repeated = Set<UInt64>()
      for (value, next) in zip(sorted, sorted.dropFirst()) where value == next { repeated.insert(value) }
      if repeated.isEmpty { continue }
      for text in 0..<count where repeated.contains(values[text]) { shared[text] |= 1 << UInt32(band) }
    }
    return shared
  }

  /// In how many places two sketches agree.
  private static func agreements(_ sketches: [UInt64], _ a: Int, _ b: Int) -> Int {
    var count = 0
    for word in 0..<width {
      let difference = sketches[a + word] ^ sketches[b + word]
      for place in 0..<UInt64(4) where difference >> (16 * place) & 0xFFFF == 0 { count += 1 }
    }
    return count
  }
}

/// A number as 16 hexadecimal digits.
public func hexadecimalText(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Cuts a text into words and hashes each three in a row.
private struct WordReader {
  private(set) var count = 0
  private(set) var sequences: [UInt64] = []
  private var omitting: ArraySlice<Range<Int>>
  private var last: (UInt64, UInt64) = (0, 0)
  private var word: UInt64 = 0
  private var isInside = false

  init(omitting: [Range<Int>]) { self.omitting = omitting[...] }

  mutating func add(_ scalar: Unicode.Scalar, at offset: Int) {
    while let range = omitting.first, range.upperBound <= offset { omitting.removeFirst() }
    if let range = omitting.first, range.contains(offset) { return endWord() }
    switch scalar.value {
    case 0x61...0x7A, 0x30...0x39: put(scalar.value)
    case 0x41...0x5A: put(scalar.value + 32)
    case 0..<0x80: endWord()
    // Scripts without spaces between words: each character counts as one.
    case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF,
      0x20000...0x3FFFF:
      endWord()
      put(scalar.value)
      endWord()
    default:
      let properties = scalar.properties
      if properties.isAlphabetic || properties.numericType != nil {
        for lower in properties.lowercaseMapping.unicodeScalars { put(lower.value) }
      } else if properties.generalCategory != .nonspacingMark, properties.generalCategory != .format {
        endWord()
      }
    }
  }

  private mutating func put(_ scalar: UInt32) {
    if !isInside { word = 0xcbf2_9ce4_8422_2325 }
    isInside = true
    word = (word ^ UInt64(scalar)) &* 0x100_0000_01b3
  }

  mutating func endWord() {
    guard isInside else { return }
    isInside = false
    count += 1
    if count >= 3 {
      sequences.append(
        (last.0 &* 0x9e37_79b9_7f4a_7c15 ^ last.1) &* 0xbf58_476d_1ce4_e5b9 ^ word)
    }
    last = (last.1, word)
  }
}
