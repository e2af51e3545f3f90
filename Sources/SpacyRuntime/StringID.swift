import CKernels

/// The ids that spaCy's string store gives texts: features are these numbers.
enum StringID {
  /// The id of a text: its number in `Symbols` or its hash; 0 if it is empty.
  static func of(_ text: String) -> UInt64 {
    // Bytes are looked at first: Swift's text equality knows canonical equivalents of ASCII names.
    if text.utf8.count <= 20, text.utf8.allSatisfy({ $0 < 0x80 }), let number = Symbols.number(of: text) {
      return number
    }
    return hash(text)
  }

  /// The hash of a text's UTF-8 bytes.
  static func hash(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { hash($0) }
  }

  /// The hash of UTF-8 bytes.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    ck_string_id(bytes.baseAddress, bytes.count)
  }
}

/// The attributes of a token that a model's embedding may read.
enum TokenAttribute: String, Sendable {
  case orth = "ORTH"
  case lower = "LOWER"
  case norm = "NORM"
  case prefix = "PREFIX"
  case suffix = "SUFFIX"
  case shape = "SHAPE"
  case spacy = "SPACY"
  case isSpace = "IS_SPACE"
}
