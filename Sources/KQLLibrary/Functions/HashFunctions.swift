import Columnar
import Diagnostics
import KQLEngine

/// Hashes of values. Equal values of one type have equal hashes, on every machine.
enum HashFunctions {
  static let all: [ScalarFunction] = [
    hash, digest("hash_md5", md5), digest("hash_sha1", sha1), digest("hash_sha256", sha256),
  ]

  static let hash = ScalarFunction.kernel(
    "hash", aliases: ["hash_xxhash64"], [.any("value"), .long("mod", optional: true)], gives: .long,
    "The xxHash64 of a value as a whole number, optionally modulo another.",
    ("hash('World')", "1846988464401551951")
  ) { (call) throws(DossierError) in
    let column = call.arguments[0]
    let mods: Lane<Int64> = call.arguments.count > 1 ? call.lane(1) : Lane(constant: 0)
    func reduce(_ hash: UInt64, _ mod: Int64?) -> Int64? {
      let value = Int64(bitPattern: hash)
      guard call.arguments.count > 1 else { return value }
      guard let mod, mod != 0 else { return nil }
      let rest = mod == -1 ? 0 : value % mod
      return rest < 0 ? rest + Int64(clamping: mod.magnitude) : rest
    }
    if column.type == .string {
      let lane = String.lane(of: column)
      return try call.collect([lane.shape, mods.shape]) { (step, byCode) in
        reduce(xxHash64(Array((lane.at(step, byCode: byCode) ?? "").utf8)), mods.at(step, byCode: byCode))
      }
    }
    return try call.mapValues { values -> Int64? in
      var mod: Int64?
      if values.count > 1, case .long(let number) = values[1] { mod = number }
      return reduce(xxHash64(hashedBytes(values[0], column.type)), mod)
    }
  }

  /// The bytes that `hash` looks at: whole numbers and ticks as 8 bytes, lowest first.
  private static func hashedBytes(_ value: Value, _ type: ScalarType) -> [UInt8] {
    func bytes(_ bits: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
    switch value {
    case .bool(let flag): return [flag ? 1 : 0]
    case .long(let number): return bytes(UInt64(bitPattern: number))
    case .datetime(let ticks), .timespan(let ticks): return bytes(UInt64(bitPattern: ticks))
    case .real(let number): return bytes(number.bitPattern)
    default: return Array(value.text.utf8)
    }
  }

  private static func digest(_ name: String, _ digest: @escaping @Sendable ([UInt8]) -> [UInt8])
    -> ScalarFunction
  {
    let kind = name.dropFirst(5).uppercased()
    return .unary(
      name, .any("value"), gives: .string, "The \(kind) hash of a value's text, in hexadecimal digits.",
      ("\(name)('World')", hexText(digest(Array("World".utf8))))
    ) { (value: String) -> String? in hexText(digest(Array(value.utf8))) }
  }
}
