/// xxHash64 of bytes.
/// - Source: the xxHash specification, "XXH64 algorithm description".
func xxHash64(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
  let (p1, p2): (UInt64, UInt64) = (0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F)
  let (p3, p4): (UInt64, UInt64) = (0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63)
  let p5: UInt64 = 0x27D4_EB2F_1656_67C5
  func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
  func word(_ index: Int, _ size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(bytes[index + $1]) << UInt64(8 * $1) }
  }
  func round(_ accumulator: UInt64, _ lane: UInt64) -> UInt64 {
    rotate(accumulator &+ lane &* p2, 31) &* p1
  }
  var index = 0
  var hash: UInt64
  if bytes.count >= 32 {
    var lanes = [seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1]
    while index + 32 <= bytes.count {
      for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(index + 8 * lane, 8)) }
      index += 32
    }
    hash = rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
    for lane in lanes { hash = (hash ^ round(0, lane)) &* p1 &+ p4 }
  } else {
    hash = seed &+ p5
  }
  hash = hash &+ UInt64(bytes.count)
  while index + 8 <= bytes.count {
    hash = rotate(hash ^ round(0, word(index, 8)), 27) &* p1 &+ p4
    index += 8
  }
  if index + 4 <= bytes.count {
    hash = rotate(hash ^ (word(index, 4) &* p1), 23) &* p2 &+ p3
    index += 4
  }
  while index < bytes.count {
    hash = rotate(hash ^ (UInt64(bytes[index]) &* p5), 11) &* p1
    index += 1
  }
  hash = (hash ^ (hash >> 33)) &* p2
  hash = (hash ^ (hash >> 29)) &* p3
  return hash ^ (hash >> 32)
}

/// Bytes as lower-case hexadecimal digits.
func hexText(_ bytes: some Sequence<UInt8>) -> String {
  var text = ""
  for byte in bytes {
    let digits = String(byte, radix: 16)
    text += digits.count == 1 ? "0" + digits : digits
  }
  return text
}

/// A message with the padding that MD5 and the SHA family share, in blocks of 64 bytes.
private func padded(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
  var message = bytes + [0x80]
  while message.count % 64 != 56 { message.append(0) }
  let bits = UInt64(bytes.count) * 8
  for index in 0..<8 {
    message.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * (bigEndian ? 7 - index : index))))
  }
  return message
}

private func rotateLeft(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }

private func bigEndianWord(_ message: [UInt8], _ index: Int) -> UInt32 {
  (0..<4).reduce(0) { $0 << 8 | UInt32(message[index + $1]) }
}

private func bigEndianBytes(_ words: [UInt32]) -> [UInt8] {
  words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
}

/// MD5.
/// - Source: RFC 1321.
func md5(_ bytes: [UInt8]) -> [UInt8] {
  let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
  let message = padded(bytes, bigEndian: false)
  for block in stride(from: 0, to: message.count, by: 64) {
    let words = (0..<16).map { word in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(message[block + 4 * word + $1]) << UInt32(8 * $1) }
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let mixed: UInt32
      let word: Int
      switch step / 16 {
      case 0: (mixed, word) = (b & c | ~b & d, step)
      case 1: (mixed, word) = (d & b | ~d & c, (5 * step + 1) % 16)
      case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) % 16)
      default: (mixed, word) = (c ^ (b | ~d), 7 * step % 16)
      }
      let sum = a &+ mixed &+ md5Constants[step] &+ words[word]
      (a, d, c) = (d, c, b)
      b = b &+ rotateLeft(sum, shifts[step / 16 * 4 + step % 4])
    }
    state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
  }
  return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
}

/// SHA-1.
/// - Source: FIPS 180-4, 6.1.
func sha1(_ bytes: [UInt8]) -> [UInt8] {
  var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
  let message = padded(bytes, bigEndian: true)
  for block in stride(from: 0, to: message.count, by: 64) {
    var words = (0..<16).map { bigEndianWord(message, block + 4 * $0) }
    for index in 16..<80 {
      words.append(rotateLeft(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for step in 0..<80 {
      let mixed: UInt32
      let constant: UInt32
      switch step / 20 {
      case 0: (mixed, constant) = (b & c | ~b & d, 0x5a82_7999)
      case 1: (mixed, constant) = (b ^ c ^ d, 0x6ed9_eba1)
      case 2: (mixed, constant) = (b & c | b & d | c & d, 0x8f1b_bcdc)
      default: (mixed, constant) = (b ^ c ^ d, 0xca62_c1d6)
      }
      let next = rotateLeft(a, 5) &+ mixed &+ e &+ constant &+ words[step]
      (e, d, c, b, a) = (d, c, rotateLeft(b, 30), a, next)
    }
    state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d, state[4] &+ e]
  }
  return bigEndianBytes(state)
}

/// SHA-256.
/// - Source: FIPS 180-4, 6.2.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
  let message = padded(bytes, bigEndian: true)
  for block in stride(from: 0, to: message.count, by: 64) {
    var words = (0..<16).map { bigEndianWord(message, block + 4 * $0) }
    for index in 16..<64 {
      let (x, y) = (words[index - 15], words[index - 2])
      let low = rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)
      let high = rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10)
      words.append(words[index - 16] &+ low &+ words[index - 7] &+ high)
    }
    var v = state
    for step in 0..<64 {
      let high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
      let first = v[7] &+ high &+ (v[4] & v[5] ^ ~v[4] & v[6]) &+ sha256Constants[step] &+ words[step]
      let low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
      let second = low &+ (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2])
      v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for index in 0..<8 { state[index] = state[index] &+ v[index] }
  }
  return bigEndianBytes(state)
}

/// The whole part of 2³² · |sin(i + 1)|.
private let md5Constants: [UInt32] = [
  0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
  0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
  0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
  0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
  0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
  0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
  0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
  0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
]

/// The first 32 bits of the fractions of the cube roots of the first 64 primes.
private let sha256Constants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
