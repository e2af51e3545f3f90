import Columnar
import Diagnostics
import KQLEngine

/// IPv4 and IPv6 addresses and their networks (`address/prefix`). What is no address gives null.
enum NetworkFunctions {
  static let all: [ScalarFunction] =
    [
      parseV4, parseV4Mask, formatV4, formatV4Mask, netmask, isPrivate, inRangeV4, cidrList, parseV6,
      parseV6Mask,
    ]
    + comparisons + [hasV4, hasAnyV4, hasV4Prefix, hasAnyV4Prefix, inAnyRangeV4, inAnyRangeV6, inRangeV6]

  private static func whole(_ value: Value) -> Int64? {
    if case .long(let number) = value { number } else { nil }
  }

  /// An IPv4 address from text or from its number.
  private static func v4(_ value: Value) -> NetworkAddress? {
    switch value {
    case .long(let number):
      UInt32(exactly: number).map {
        NetworkAddress(bits: 0xFFFF << 32 | UInt128($0), prefix: 128, isV4: true)
      }
    default: NetworkAddress(v4: value.text)
    }
  }

  static let parseV4 = ScalarFunction.unary(
    "parse_ipv4", .string("ip"), gives: .long, "The number of an IPv4 address, cut to its prefix.",
    ("parse_ipv4('192.168.1.1/24')", "3232235776")
  ) { (ip: String) -> Int64? in NetworkAddress(v4: ip).map { Int64($0.number) } }

  static let parseV4Mask = ScalarFunction.binary(
    "parse_ipv4_mask", .string("ip"), .long("prefix"), gives: .long,
    "The number of an IPv4 address, cut to a prefix.", ("parse_ipv4_mask('192.168.1.1', 24)", "3232235776")
  ) { (ip: String, prefix: Int64) -> Int64? in
    guard (0...32).contains(prefix) else { return nil }
    return NetworkAddress(v4: ip).map { Int64($0.limited(to: 96 + Int(prefix)).number) }
  }

  private static func format(_ name: String, withMask: Bool, _ value: String) -> ScalarFunction {
    .kernel(
      name, [.any("ip"), .long("prefix", optional: true)], gives: .string,
      "An IPv4 address, given as text or number, cut to a prefix"
        + (withMask ? " and written with it." : "."),
      ("\(name)('192.168.1.1', 24)", value)
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> String? in
        let prefix = values.count > 1 ? whole(values[1]) ?? -1 : 32
        guard (0...32).contains(prefix), let address = v4(values[0])?.limited(to: 96 + Int(prefix)) else {
          return ""
        }
        return withMask ? "\(address.quadText)/\(address.prefix - 96)" : address.quadText
      }
    }
  }
  static let formatV4 = format("format_ipv4", withMask: false, "192.168.1.0")
  static let formatV4Mask = format("format_ipv4_mask", withMask: true, "192.168.1.0/24")

  static let netmask = ScalarFunction.unary(
    "ipv4_netmask_suffix", .string("ip"), gives: .long, "The prefix of an IPv4 network, 32 if it has none.",
    ("ipv4_netmask_suffix('10.1.2.3/24')", "24")
  ) { (ip: String) -> Int64? in NetworkAddress(v4: ip).map { Int64($0.prefix - 96) } }

  static let isPrivate = ScalarFunction.unary(
    "ipv4_is_private", .string("ip"), gives: .bool, "Whether an IPv4 address is in a private network.",
    ("ipv4_is_private('192.168.1.1')", "true")
  ) { (ip: String) -> Bool? in
    guard let address = NetworkAddress(v4: ip) else { return nil }
    return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].contains { isInside(address, $0) == true }
  }

  /// Whether an address lies in a network; nil when the network is none.
  private static func isInside(_ address: NetworkAddress, _ network: String) -> Bool? {
    guard let range = NetworkAddress(network) else { return nil }
    return address.bits & NetworkAddress.mask(range.prefix) == range.bits
  }

  private static func inRange(_ name: String, v6: Bool, _ example: (String, String)) -> ScalarFunction {
    .binary(
      name, .string("ip"), .string("range"), gives: .bool, "Whether an address lies in a network.", example
    ) { (ip: String, range: String) -> Bool? in
      guard let address = v6 ? NetworkAddress(ip) : NetworkAddress(v4: ip),
        v6 || NetworkAddress(v4: range) != nil
      else { return nil }
      return isInside(address, range)
    }
  }
  static let inRangeV4 = inRange(
    "ipv4_is_in_range", v6: false, ("ipv4_is_in_range('192.168.1.6', '192.168.1.1/24')", "true"))
  static let inRangeV6 = inRange(
    "ipv6_is_in_range", v6: true, ("ipv6_is_in_range('a5e:f127:8a9d::1', 'a5e:f127:8a9d::/48')", "true"))

  private static func inAnyRange(_ name: String, v6: Bool, _ example: (String, String)) -> ScalarFunction {
    .kernel(
      name, [.string("ip"), .any("range")], variadic: true, gives: .bool,
      "Whether an address lies in one of several networks, given one by one or in an array.", example
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> Bool? in
        guard let address = v6 ? NetworkAddress(values[0].text) : NetworkAddress(v4: values[0].text) else {
          return nil
        }
        let ranges = values.dropFirst().flatMap { texts($0.asDynamic) ?? [$0.text] }
        return ranges.contains { isInside(address, $0) == true }
      }
    }
  }
  static let inAnyRangeV4 = inAnyRange(
    "ipv4_is_in_any_range", v6: false,
    ("ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8')", "true"))
  static let inAnyRangeV6 = inAnyRange(
    "ipv6_is_in_any_range", v6: true,
    ("ipv6_is_in_any_range('a5e:f127::1', dynamic(['a5e:f127::/32']))", "true"))

  /// How two addresses compare over the bits that count in both; nil when one is no address.
  private static func comparison(_ values: [Value], v6: Bool) -> Int64? {
    let read = { (value: Value) in v6 ? NetworkAddress(value.text) : NetworkAddress(v4: value.text) }
    guard let a = read(values[0]), let b = read(values[1]) else { return nil }
    var prefix = min(a.prefix, b.prefix)
    if values.count > 2 {
      guard let given = whole(values[2]), (0...(v6 ? 128 : 32)).contains(given) else { return nil }
      // A prefix for two IPv4 addresses counts IPv4's bits.
      prefix = min(prefix, Int(given) + (a.isV4 && b.isV4 && given <= 32 ? 96 : 0))
    }
    let (x, y) = (a.limited(to: prefix).bits, b.limited(to: prefix).bits)
    return x < y ? -1 : x > y ? 1 : 0
  }

  private static let comparisons: [ScalarFunction] = [false, true].flatMap { v6 -> [ScalarFunction] in
    let family = v6 ? "ipv6" : "ipv4"
    let parameters: [Parameter] = [.any("ip1"), .any("ip2"), .long("prefix", optional: true)]
    return [
      .kernel(
        "\(family)_compare", parameters, gives: .long,
        "0 when two addresses are equal over their prefix, -1 or 1 when the first is below or above.",
        ("\(family)_compare('192.168.1.1/24', '192.168.1.255')", "0")
      ) { (call) throws(DossierError) in try call.mapValues { comparison($0, v6: v6) } },
      .kernel(
        "\(family)_is_match", parameters, gives: .bool, "Whether two addresses are equal over their prefix.",
        ("\(family)_is_match('192.168.1.1/24', '192.168.1.255')", "true")
      ) { (call) throws(DossierError) in try call.mapValues { comparison($0, v6: v6).map { $0 == 0 } } },
    ]
  }

  static let cidrList = ScalarFunction.binary(
    "ipv4_range_to_cidr_list", .string("start"), .string("end"), gives: .dynamic,
    "The networks that cover exactly the addresses from one to another.",
    (
      "ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')",
      "[\"1.1.128.0/21\",\"1.1.136.0/22\",\"1.1.140.0/24\"]"
    )
  ) { (start: String, end: String) -> DynamicValue? in
    guard let first = NetworkAddress(v4: start), let last = NetworkAddress(v4: end) else { return nil }
    var current = UInt64(first.number)
    let stop = UInt64(last.number)
    var found: [String] = []
    while current <= stop {
      // The largest aligned block that does not reach past the end.
      var size = current == 0 ? 32 : min(32, current.trailingZeroBitCount)
      while current + (1 << UInt64(size)) - 1 > stop { size -= 1 }
      let block = NetworkAddress(bits: UInt128(current), prefix: 128, isV4: true)
      found.append("\(block.quadText)/\(32 - size)")
      current += 1 << UInt64(size)
    }
    return dynamicArray(found)
  }

  static let parseV6 = ScalarFunction.unary(
    "parse_ipv6", .string("ip"), gives: .string, "An IPv6 or IPv4 address in full, cut to its prefix.",
    ("parse_ipv6('127.0.0.1')", "0000:0000:0000:0000:0000:ffff:7f00:0001")
  ) { (ip: String) -> String? in NetworkAddress(ip)?.fullText ?? "" }

  static let parseV6Mask = ScalarFunction.binary(
    "parse_ipv6_mask", .string("ip"), .long("prefix"), gives: .string,
    "An IPv6 or IPv4 address in full, cut to a prefix.",
    ("parse_ipv6_mask('192.168.255.255', 120)", "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
  ) { (ip: String, prefix: Int64) -> String? in
    guard (0...128).contains(prefix) else { return "" }
    return NetworkAddress(ip)?.limited(to: Int(prefix)).fullText ?? ""
  }

  /// A search for addresses in a text: whole ones, or beginnings such as `10.1.`.
  private static func search(
    _ name: String, any: Bool, prefixes: Bool, _ summary: String, _ example: (String, String)
  ) -> ScalarFunction {
    .kernel(
      name, [.string("source"), .any(prefixes ? "prefix" : "ip")], variadic: any, gives: .bool, summary,
      example
    ) { (call) throws(DossierError) in
      try call.mapValues { values -> Bool? in
        let found = addresses(in: values[0].text)
        let wanted = values.dropFirst().flatMap { texts($0.asDynamic) ?? [$0.text] }
        return wanted.contains { text in
          if let address = NetworkAddress(v4: text) { return found.contains { $0.bits == address.bits } }
          return prefixes && text.hasSuffix(".") && found.contains { $0.quadText.hasPrefix(text) }
        }
      }
    }
  }
  static let hasV4 = search(
    "has_ipv4", any: false, prefixes: false, "Whether a text has an IPv4 address.",
    ("has_ipv4('a 127.0.0.1 b', '127.0.0.1')", "true"))
  static let hasAnyV4 = search(
    "has_any_ipv4", any: true, prefixes: false, "Whether a text has one of several IPv4 addresses.",
    ("has_any_ipv4('a 127.0.0.1 b', '127.0.0.2', '127.0.0.1')", "true"))
  static let hasV4Prefix = search(
    "has_ipv4_prefix", any: false, prefixes: true, "Whether a text has an IPv4 address that begins so.",
    ("has_ipv4_prefix('a 127.0.0.1 b', '127.0.')", "true"))
  static let hasAnyV4Prefix = search(
    "has_any_ipv4_prefix", any: true, prefixes: true,
    "Whether a text has an IPv4 address that begins in one of several ways.",
    ("has_any_ipv4_prefix('a 127.0.0.1 b', '10.', '127.0.')", "true"))
}
