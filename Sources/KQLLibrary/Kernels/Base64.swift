/// Bytes in base 64 with padding.
func base64Text(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var output: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - start)
    var group = 0
    for index in 0..<3 { group = group << 8 | (index < count ? Int(bytes[start + index]) : 0) }
    for index in 0..<4 {
      output.append(index <= count ? digits[group >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: output, as: UTF8.self)
}

/// The bytes of a base 64 text with its padding; nil for anything else.
func base64Bytes(_ text: String) -> [UInt8]? {
  let input = Array(text.utf8)
  guard input.count % 4 == 0 else { return nil }
  let padding = input.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
  var output: [UInt8] = []
  var (group, bits) = (0, 0)
  for byte in input.dropLast(padding) {
    let digit: UInt8
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): digit = 62
    case UInt8(ascii: "/"): digit = 63
    default: return nil
    }
    group = (group << 6 | Int(digit)) & 0xFFFF
    bits += 6
    if bits >= 8 {
      bits -= 8
      output.append(UInt8(truncatingIfNeeded: group >> bits))
    }
  }
  return output
}

/// Reads compressed bytes: DEFLATE data, alone or in a zlib or gzip wrapper. Nil when they are damaged, or
/// when more than 64 MiB would come out.
/// - Source: RFC 1951, 1950 and 1952.
struct Inflater {
  private let input: [UInt8]
  private var position: Int
  private var bitBuffer: UInt32 = 0
  private var bitCount: UInt32 = 0
  private var output: [UInt8] = []
  private static let largest = 64 << 20

  private init(_ input: [UInt8], from position: Int) {
    self.input = input
    self.position = position
  }

  /// What a zlib stream holds.
  static func zlib(_ input: [UInt8]) -> [UInt8]? {
    guard input.count > 2, input[0] & 0x0F == 8, (Int(input[0]) << 8 | Int(input[1])) % 31 == 0,
      input[1] & 0x20 == 0
    else { return nil }
    var reader = Inflater(input, from: 2)
    return reader.run()
  }

  /// What a gzip file holds.
  static func gzip(_ input: [UInt8]) -> [UInt8]? {
    guard input.count > 18, input[0] == 0x1F, input[1] == 0x8B, input[2] == 8 else { return nil }
    let flags = input[3]
    var position = 10
    if flags & 4 != 0 {
      guard position + 2 <= input.count else { return nil }
      position += 2 + Int(input[position]) + Int(input[position + 1]) << 8
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard position < input.count, let end = input[position...].firstIndex(of: 0) else { return nil }
      position = end + 1
    }
    if flags & 2 != 0 { position += 2 }
    guard position < input.count else { return nil }
    var reader = Inflater(input, from: position)
    return reader.run()
  }

  private mutating func bits(_ count: UInt32) -> Int? {
    while bitCount < count {
      guard position < input.count else { return nil }
      bitBuffer |= UInt32(input[position]) << bitCount
      position += 1
      bitCount += 8
    }
    let value = bitBuffer & ((1 << count) - 1)
    bitBuffer >>= count
    bitCount -= count
    return Int(value)
  }

  /// A canonical prefix code: how many codes there are of each length, and the symbols in code order.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(lengths: [Int]) {
      for length in lengths { counts[length] += 1 }
      counts[0] = 0
      for length in 1...15 {
        for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
      }
    }
  }

  private mutating func symbol(_ code: Code) -> Int? {
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      guard let bit = bits(1) else { return nil }
      value |= bit
      let count = code.counts[length]
      if value - count < first {
        let place = index + value - first
        return code.symbols.indices.contains(place) ? code.symbols[place] : nil
      }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return nil
  }

  private mutating func run() -> [UInt8]? {
    while true {
      guard let isLast = bits(1), let kind = bits(2) else { return nil }
      switch kind {
      case 0:
        (bitBuffer, bitCount) = (0, 0)
        guard position + 4 <= input.count else { return nil }
        let length = Int(input[position]) | Int(input[position + 1]) << 8
        position += 4
        guard position + length <= input.count else { return nil }
        output += input[position..<(position + length)]
        position += length
      case 1:
        let literals = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        guard block(Code(lengths: literals), Code(lengths: [Int](repeating: 5, count: 30))) else {
          return nil
        }
      case 2:
        guard let codes = dynamicCodes(), block(codes.0, codes.1) else { return nil }
      default: return nil
      }
      if isLast == 1 { return output }
    }
  }

  private mutating func dynamicCodes() -> (Code, Code)? {
    guard let literals = bits(5), let distances = bits(5), let count = bits(4) else { return nil }
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<(count + 4) {
      guard let length = bits(3) else { return nil }
      lengths[order[index]] = length
    }
    let code = Code(lengths: lengths)
    let wanted = literals + 257 + distances + 1
    var all: [Int] = []
    while all.count < wanted {
      guard let symbol = symbol(code) else { return nil }
      switch symbol {
      case 0...15: all.append(symbol)
      case 16:
        guard let last = all.last, let times = bits(2) else { return nil }
        all += [Int](repeating: last, count: times + 3)
      case 17:
        guard let times = bits(3) else { return nil }
        all += [Int](repeating: 0, count: times + 3)
      default:
        guard let times = bits(7) else { return nil }
        all += [Int](repeating: 0, count: times + 11)
      }
    }
    guard all.count == wanted else { return nil }
    return (Code(lengths: Array(all[..<(literals + 257)])), Code(lengths: Array(all[(literals + 257)...])))
  }

  private mutating func block(_ literals: Code, _ distances: Code) -> Bool {
    while output.count <= Self.largest {
      guard let value = symbol(literals) else { return false }
      if value < 256 {
        output.append(UInt8(value))
        continue
      }
      if value == 256 { return true }
      guard value < 286 else { return false }
      // Lengths and distances grow in steps of 4 and 2 codes an extra bit.
      let place = value - 257
      let lengthBits = place < 8 || place == 28 ? 0 : place / 4 - 1
      let lengthBase = place == 28 ? 258 : place < 8 ? place + 3 : (4 + place % 4) << lengthBits + 3
      guard let extra = bits(UInt32(lengthBits)), let far = symbol(distances), far < 30 else { return false }
      let distanceBits = far < 4 ? 0 : far / 2 - 1
      let distanceBase = far < 4 ? far + 1 : (2 + far % 2) << distanceBits + 1
      guard let more = bits(UInt32(distanceBits)), distanceBase + more <= output.count else { return false }
      for _ in 0..<(lengthBase + extra) { output.append(output[output.count - distanceBase - more]) }
    }
    return false
  }
}
