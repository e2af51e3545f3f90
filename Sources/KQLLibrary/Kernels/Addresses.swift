/// An IPv4 or IPv6 address as 128 bits, and how many of them count. IPv4 stands in ::ffff:0:0/96.
struct NetworkAddress: Hashable {
  var bits: UInt128
  /// Leading bits that count, of 128.
  var prefix: Int
  /// Whether it was written as IPv4.
  let isV4: Bool

  init(bits: UInt128, prefix: Int, isV4: Bool) {
    self.bits = bits & Self.mask(prefix)
    self.prefix = prefix
    self.isV4 = isV4
  }

  /// The bits that a prefix keeps.
  static func mask(_ prefix: Int) -> UInt128 {
    prefix <= 0 ? 0 : prefix >= 128 ? .max : ~(UInt128.max >> UInt128(prefix))
  }

  /// The IPv4 number.
  var number: UInt32 { UInt32(truncatingIfNeeded: bits) }

  /// Reads an IPv4 address with an optional `/prefix` of 0 to 32; nil for anything else.
  init?(v4 text: some StringProtocol) {
    let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let number = Self.quad(sides[0]) else { return nil }
    var prefix = 32
    if sides.count > 1 {
      guard let given = Self.decimal(sides[1], max: 32) else { return nil }
      prefix = given
    }
    self.init(bits: 0xFFFF << 32 | UInt128(number), prefix: 96 + prefix, isV4: true)
  }

  /// Reads an IPv4 or IPv6 address with an optional `/prefix`; nil for anything else.
  init?(_ text: some StringProtocol) {
    if let v4 = NetworkAddress(v4: text) {
      self = v4
      return
    }
    let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bits = Self.groups(String(sides[0])) else { return nil }
    var prefix = 128
    if sides.count > 1 {
      guard let given = Self.decimal(sides[1], max: 128) else { return nil }
      prefix = given
    }
    self.init(bits: bits, prefix: prefix, isV4: false)
  }

  /// The same address with fewer bits that count.
  func limited(to prefix: Int) -> NetworkAddress {
    NetworkAddress(bits: bits, prefix: min(prefix, self.prefix), isV4: isV4)
  }

  /// `192.168.1.1`.
  var quadText: String { (0..<4).map { "\(number >> UInt32(24 - 8 * $0) & 255)" }.joined(separator: ".") }

  /// Eight groups of four hexadecimal digits.
  var fullText: String {
    (0..<8).map { group in
      let digits = String(UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * group)), radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }.joined(separator: ":")
  }

  private static func decimal(_ text: some StringProtocol, max: Int) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text).flatMap { $0 <= max ? $0 : nil }
  }

  private static func quad(_ text: some StringProtocol) -> UInt32? {
    let fields = text.split(separator: ".", omittingEmptySubsequences: false)
    guard fields.count == 4 else { return nil }
    var number: UInt32 = 0
    for field in fields {
      guard let value = decimal(field, max: 255) else { return nil }
      number = number << 8 | UInt32(value)
    }
    return number
  }

  private static func groups(_ text: String) -> UInt128? {
    let halves = parts(of: text, by: "::")
    guard halves.count <= 2, text.utf8.count <= 45 else { return nil }
    func words(_ half: String) -> [UInt16]? {
      if half.isEmpty { return [] }
      var words: [UInt16] = []
      let fields = half.split(separator: ":", omittingEmptySubsequences: false)
      for (index, field) in fields.enumerated() {
        if field.contains(".") {
          guard index == fields.count - 1, let number = quad(field) else { return nil }
          words += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
        } else {
          guard (1...4).contains(field.utf8.count), field.first != "+", let word = UInt16(field, radix: 16)
          else {
            return nil
          }
          words.append(word)
        }
      }
      return words
    }
    guard let front = words(halves[0]), let back = halves.count > 1 ? words(halves[1]) : [] else {
      return nil
    }
    guard halves.count > 1 ? front.count + back.count < 8 : front.count == 8 else { return nil }
    let all = front + [UInt16](repeating: 0, count: 8 - front.count - back.count) + back
    return all.reduce(0) { $0 << 16 | UInt128($1) }
  }
}

/// The IPv4 addresses in a text, each between characters that are neither letters nor digits.
func addresses(in text: String) -> [NetworkAddress] {
  var found: [NetworkAddress] = []
  let bytes = Array(text.utf8)
  func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    default: false
    }
  }
  func isPart(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") }
  var start = 0
  while start < bytes.count {
    guard isPart(bytes[start]) else {
      start += 1
      continue
    }
    var end = start
    while end < bytes.count, isPart(bytes[end]) { end += 1 }
    let isFree = (start == 0 || !isWord(bytes[start - 1])) && (end == bytes.count || !isWord(bytes[end]))
    let run = String(decoding: bytes[start..<end], as: UTF8.self)
    // A sentence's full stop may follow.
    let candidate = run.hasSuffix(".") ? String(run.dropLast()) : run
    if isFree, let address = NetworkAddress(v4: candidate) { found.append(address) }
    start = end
  }
  return found
}
