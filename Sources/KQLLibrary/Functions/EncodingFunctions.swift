import Columnar
import Diagnostics
import KQLEngine

/// Texts in other clothes: base 64, URL escapes, Punycode, compressed.
enum EncodingFunctions {
  static let all: [ScalarFunction] =
    [base64Encode, base64Decode, base64DecodeArray, base64EncodeArray, base64EncodeGuid, base64DecodeGuid]
    + [urlEncode, urlEncodeComponent, urlDecode]
    + [punycodeEncode, punycodeDecode, punycodeDomainEncode, punycodeDomainDecode, gzipRead, zlibRead]

  /// Bytes as text; nil when they are not UTF-8.
  private static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

  static let base64Encode = ScalarFunction.unary(
    "base64_encode_tostring", aliases: ["base64_encodestring"], .string("text"), gives: .string,
    "The UTF-8 bytes of a text in base 64.", ("base64_encode_tostring('Kusto')", "S3VzdG8=")
  ) { (value: String) -> String? in base64Text(Array(value.utf8)) }

  static let base64Decode = ScalarFunction.unary(
    "base64_decode_tostring", aliases: ["base64_decodestring"], .string("text"), gives: .string,
    "The text in a base 64 text; empty when it holds no UTF-8.",
    ("base64_decode_tostring('S3VzdG8=')", "Kusto")
  ) { (value: String) -> String? in base64Bytes(value).flatMap { text($0) } ?? "" }

  static let base64DecodeArray = ScalarFunction.unary(
    "base64_decode_toarray", aliases: ["base64_decodearray"], .string("text"), gives: .dynamic,
    "The bytes in a base 64 text, as an array of numbers.",
    ("base64_decode_toarray('S3VzdG8=')", "[75,117,115,116,111]")
  ) { (value: String) -> DynamicValue? in base64Bytes(value).map { .array($0.map { .long(Int64($0)) }) } }

  static let base64EncodeArray = ScalarFunction.kernel(
    "base64_encode_fromarray", [.dynamic("bytes")], gives: .string, "An array of bytes in base 64.",
    ("base64_encode_fromarray(dynamic([75, 117]))", "S3U=")
  ) { (call) throws(DossierError) in
    try call.mapAll([call.lane(0, as: DynamicValue.self)]) { items -> String? in
      guard case .array(let numbers) = items[0] ?? .null else { return "" }
      let bytes = numbers.compactMap { item -> UInt8? in
        if case .long(let number) = item { UInt8(exactly: number) } else { nil }
      }
      return bytes.count == numbers.count ? base64Text(bytes) : ""
    }
  }

  /// A guid's bytes as .NET keeps them: the first three fields with the lowest byte first.
  private static let guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

  static let base64EncodeGuid = ScalarFunction.unary(
    "base64_encode_fromguid", .any("guid"), gives: .string, "A guid's bytes in base 64.",
    ("base64_encode_fromguid(toguid('ae3133f2-6e22-49ae-b06a-16e6a9b212eb'))", "8jMxriJurkmwahbmqbIS6w==")
  ) { (value: String) -> String? in
    guard let guid = GUID(value) else { return "" }
    let bytes = [guid.high, guid.low].flatMap { half in
      (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
    }
    return base64Text(guidOrder.map { bytes[$0] })
  }

  static let base64DecodeGuid = ScalarFunction.unary(
    "base64_decode_toguid", .string("text"), gives: .guid, "The guid in a base 64 text.",
    ("base64_decode_toguid('8jMxriJurkmwahbmqbIS6w==')", "ae3133f2-6e22-49ae-b06a-16e6a9b212eb")
  ) { (value: String) -> GUID? in
    guard let bytes = base64Bytes(value), bytes.count == 16 else { return nil }
    func half(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(bytes[guidOrder[$1]]) } }
    return GUID(high: half(0..<8), low: half(8..<16))
  }

  private static func escaped(_ value: String, keeps: String, blankAsPlus: Bool, lowerCase: Bool) -> String {
    let kept = Set(keeps.utf8)
    var output = ""
    for byte in value.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: output.append(Character(Unicode.Scalar(byte)))
      case 0x20 where blankAsPlus: output += "+"
      case let byte where kept.contains(byte): output.append(Character(Unicode.Scalar(byte)))
      default: output += "%" + (lowerCase ? hexText([byte]) : hexText([byte]).uppercased())
      }
    }
    return output
  }

  static let urlEncode = ScalarFunction.unary(
    "url_encode", .string("url"), gives: .string, "A text with URL escapes; a blank becomes a plus sign.",
    ("url_encode('https://a.b/hello world')", "https%3a%2f%2fa.b%2fhello+world")
  ) { (value: String) -> String? in escaped(value, keeps: "-_.!*()", blankAsPlus: true, lowerCase: true) }

  static let urlEncodeComponent = ScalarFunction.unary(
    "url_encode_component", .string("url"), gives: .string, "A text with URL escapes; a blank becomes %20.",
    ("url_encode_component('https://a.b/hello world')", "https%3A%2F%2Fa.b%2Fhello%20world")
  ) { (value: String) -> String? in escaped(value, keeps: "-_.~", blankAsPlus: false, lowerCase: false) }

  /// A text with its URL escapes undone.
  static func unescaped(_ value: String) -> String {
    let input = Array(value.utf8)
    var output: [UInt8] = []
    var index = 0
    while index < input.count {
      if input[index] == UInt8(ascii: "%"), index + 2 < input.count,
        let byte = UInt8(String(decoding: input[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        output.append(byte)
        index += 3
      } else {
        output.append(input[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : input[index])
        index += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  static let urlDecode = ScalarFunction.unary(
    "url_decode", .string("url"), gives: .string, "A text with its URL escapes undone.",
    ("url_decode('https%3a%2f%2fa.b%2f')", "https://a.b/")
  ) { (value: String) -> String? in unescaped(value) }

  static let punycodeEncode = ScalarFunction.unary(
    "punycode_from_string", .string("text"), gives: .string, "A text in Punycode.",
    ("punycode_from_string('académie-française')", "acadmie-franaise-npb1a")
  ) { (value: String) -> String? in Punycode.encoded(value) }

  static let punycodeDecode = ScalarFunction.unary(
    "punycode_to_string", .string("text"), gives: .string, "The text that a Punycode text stands for.",
    ("punycode_to_string('acadmie-franaise-npb1a')", "académie-française")
  ) { (value: String) -> String? in Punycode.decoded(value) }

  // The documentation gives "from" the direction to readable names.
  static let punycodeDomainDecode = ScalarFunction.unary(
    "punycode_domain_from_string", .string("domain"), gives: .string,
    "A domain name with its Punycode labels (xn--...) made readable.",
    ("punycode_domain_from_string('xn--Ge-mia.Bulg.edu')", "Gáe.Bulg.edu")
  ) { (value: String) -> String? in
    parts(of: value, by: ".").map { label in
      lowered(label).hasPrefix("xn--") ? Punycode.decoded(String(label.dropFirst(4))) ?? label : label
    }.joined(separator: ".")
  }

  static let punycodeDomainEncode = ScalarFunction.unary(
    "punycode_domain_to_string", .string("domain"), gives: .string,
    "A domain name with labels outside ASCII written in Punycode (xn--...).",
    ("punycode_domain_to_string('艺术.com')", "xn--cqv902d.com")
  ) { (value: String) -> String? in
    parts(of: value, by: ".").map { label in
      label.utf8.allSatisfy { $0 < 0x80 } ? label : Punycode.encoded(label).map { "xn--" + $0 } ?? label
    }.joined(separator: ".")
  }

  static let gzipRead = ScalarFunction.unary(
    "gzip_decompress_from_base64_string", .string("text"), gives: .string,
    "The text in gzip data that is given in base 64; empty when it is damaged.",
    (
      "gzip_decompress_from_base64_string('H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==')",
      "1234567890qwertyuiop"
    )
  ) { (value: String) -> String? in base64Bytes(value).flatMap(Inflater.gzip).flatMap { text($0) } ?? "" }

  static let zlibRead = ScalarFunction.unary(
    "zlib_decompress_from_base64_string", .string("text"), gives: .string,
    "The text in zlib data that is given in base 64; empty when it is damaged.",
    (
      "zlib_decompress_from_base64_string('eJwBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAcGPA==')",
      "1234567890qwertyuiop"
    )
  ) { (value: String) -> String? in base64Bytes(value).flatMap(Inflater.zlib).flatMap { text($0) } ?? "" }
}

/// Unicode text in letters, digits and hyphens.
/// - Source: RFC 3492.
enum Punycode {
  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k = 0
    while delta > 455 {
      delta /= 35
      k += 36
    }
    return k + 36 * delta / (delta + 38)
  }

  /// The Punycode of a text; nil past the algorithm's range.
  static func encoded(_ value: String) -> String? {
    let input = value.unicodeScalars.map { Int($0.value) }
    guard input.count < 10_000 else { return nil }
    var output = input.filter { $0 < 0x80 }.map { UInt8($0) }
    let basic = output.count
    var handled = basic
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var (n, delta, bias) = (128, 0, 72)
    while handled < input.count {
      guard let next = input.filter({ $0 >= n }).min() else { return nil }
      delta += (next - n) * (handled + 1)
      n = next
      for point in input {
        if point < n { delta += 1 }
        guard point == n else { continue }
        var (q, k) = (delta, 36)
        while true {
          let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
          if q < threshold { break }
          output.append(digit(threshold + (q - threshold) % (36 - threshold)))
          q = (q - threshold) / (36 - threshold)
          k += 36
        }
        output.append(digit(q))
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? value + 97 : value + 22) }

  /// The text of a Punycode text; nil if it is none.
  static func decoded(_ value: String) -> String? {
    let input = Array(value.utf8)
    guard input.count < 10_000 else { return nil }
    var output: [Unicode.Scalar] = []
    var index = 0
    if let hyphen = input.lastIndex(of: UInt8(ascii: "-")) {
      output = input[..<hyphen].map { Unicode.Scalar($0) }
      index = hyphen + 1
    }
    var (n, i, bias) = (128, 0, 72)
    while index < input.count {
      let start = i
      var (weight, k) = (1, 36)
      while true {
        guard index < input.count else { return nil }
        let byte = input[index]
        index += 1
        let digit: Int
        switch byte {
        case 0x30...0x39: digit = Int(byte) - 22
        case 0x41...0x5A: digit = Int(byte) - 65
        case 0x61...0x7A: digit = Int(byte) - 97
        default: return nil
        }
        let (step, overflow) = digit.multipliedReportingOverflow(by: weight)
        guard !overflow, step < 1 << 40 else { return nil }
        i += step
        let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
        if digit < threshold { break }
        weight *= 36 - threshold
        guard weight < 1 << 40 else { return nil }
        k += 36
      }
      bias = adapted(i - start, output.count + 1, isFirst: start == 0)
      n += i / (output.count + 1)
      i %= output.count + 1
      guard let scalar = UInt32(exactly: n).flatMap(Unicode.Scalar.init) else { return nil }
      output.insert(scalar, at: i)
      i += 1
    }
    return KQLLibrary.text(output)
  }
}
