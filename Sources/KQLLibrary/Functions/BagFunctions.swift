import Collections
import Columnar
import Diagnostics
import KQLEngine

/// Property bags, sets kept in arrays, and JSON.
enum BagFunctions {
  static let all: [ScalarFunction] =
    [pack, merge, keys, hasKey, removeKeys, setKey, zip, treePath, toJSON]
    + [union, intersection, difference, hasElement, jaccard]

  private typealias Bag = OrderedDictionary<String, DynamicValue>

  static let pack = ScalarFunction(
    "bag_pack", aliases: ["pack", "pack_dictionary"],
    [.any("key", optional: true), .any("value", optional: true)],
    variadic: true, summary: "A bag of keys and values, given by turns.",
    examples: [.of("bag_pack('a', 1, 'b', 'x')", .dynamic, "{\"a\":1,\"b\":\"x\"}")],
    result: { (arguments) throws(DossierError) in
      guard arguments.count % 2 == 0 else {
        throw DossierError(
          .argumentCount, "bag_pack() needs pairs of a key and a value", at: arguments.last?.span)
      }
      return .dynamic
    },
    evaluate: { (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        var bag: Bag = [:]
        for index in stride(from: 0, to: values.count - 1, by: 2) {
          bag[values[index].text] = values[index + 1].asDynamic
        }
        return .bag(bag)
      }
    })

  static let merge = ScalarFunction.kernel(
    "bag_merge", [.dynamic("bag")], variadic: true, gives: .dynamic,
    "All members of several bags in one; of a repeated key, the leftmost value stays.",
    ("bag_merge(dynamic({'a': 1}), dynamic({'a': 2, 'b': 3}))", "{\"a\":1,\"b\":3}")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      var result: Bag?
      for value in values {
        guard case .bag(let members) = value.asDynamic else { continue }
        guard var merged = result else {
          result = members
          continue
        }
        for (key, member) in members where merged[key] == nil { merged[key] = member }
        result = merged
      }
      return result.map { .bag($0) }
    }
  }

  static let keys = ScalarFunction.unary(
    "bag_keys", .dynamic("bag"), gives: .dynamic, "The keys of a bag, as an array.",
    ("bag_keys(dynamic({'a': 1, 'b': {'c': 2}}))", "[\"a\",\"b\"]")
  ) { (value: DynamicValue) -> DynamicValue? in
    guard case .bag(let members) = value else { return nil }
    return dynamicArray(Array(members.keys))
  }

  /// The steps of a path such as `$.a['b'].c`; a text without `$.` is one key.
  private static func steps(_ path: String) -> [String] {
    guard path.hasPrefix("$.") || path.hasPrefix("$[") else { return [path] }
    var steps: [String] = []
    var rest = path.dropFirst()
    while let sign = rest.first {
      rest.removeFirst()
      if sign == "." {
        let key = rest.prefix { $0 != "." && $0 != "[" }
        rest = rest.dropFirst(key.count)
        steps.append(String(key))
      } else if sign == "[", let end = rest.firstIndex(of: "]") {
        steps.append(
          rest[..<end].trimmingPrefix { $0 == "'" || $0 == "\"" }.filter { $0 != "'" && $0 != "\"" })
        rest = rest[rest.index(after: end)...]
      } else {
        return [path]
      }
    }
    return steps
  }

  static let hasKey = ScalarFunction.binary(
    "bag_has_key", .dynamic("bag"), .string("key"), gives: .bool,
    "Whether a bag has a key, or something at a path such as $.a.b.",
    ("bag_has_key(dynamic({'a': {'b': 1}}), '$.a.b')", "true")
  ) { (value: DynamicValue, key: String) -> Bool? in
    guard case .bag = value else { return nil }
    var current = value
    for step in steps(key) {
      guard case .bag(let members) = current, let next = members[step] else { return false }
      current = next
    }
    return true
  }

  static let removeKeys = ScalarFunction.binary(
    "bag_remove_keys", .dynamic("bag"), .dynamic("keys"), gives: .dynamic,
    "A bag without some keys; keys may be paths such as $.a.b.",
    ("bag_remove_keys(dynamic({'a': 1, 'b': 2}), dynamic(['a']))", "{\"b\":2}")
  ) { (value: DynamicValue, keys: DynamicValue) -> DynamicValue? in
    guard case .bag = value else { return nil }
    func removing(_ value: DynamicValue, _ path: ArraySlice<String>) -> DynamicValue {
      guard case .bag(var members) = value, let key = path.first, let inner = members[key] else {
        return value
      }
      if path.count == 1 {
        members.removeValue(forKey: key)
      } else {
        members[key] = removing(inner, path.dropFirst())
      }
      return .bag(members)
    }
    return (texts(keys) ?? []).reduce(value) { removing($0, steps($1)[...]) }
  }

  static let setKey = ScalarFunction.kernel(
    "bag_set_key", [.dynamic("bag"), .string("key"), .any("value")], gives: .dynamic,
    "A bag with a key set to a value; the key may be a path such as $.a.b.",
    ("bag_set_key(dynamic({'a': 1}), 'b', 2)", "{\"a\":1,\"b\":2}")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> DynamicValue? in
      let start: DynamicValue = values[0].isNull ? .bag([:]) : values[0].asDynamic
      guard case .bag = start else { return nil }
      func setting(_ value: DynamicValue, _ path: ArraySlice<String>) -> DynamicValue {
        guard let key = path.first else { return values[2].asDynamic }
        var members: Bag = [:]
        if case .bag(let known) = value { members = known }
        members[key] = setting(members[key] ?? .null, path.dropFirst())
        return .bag(members)
      }
      return setting(start, steps(values[1].text)[...])
    }
  }

  static let zip = ScalarFunction.binary(
    "bag_zip", .dynamic("keys"), .dynamic("values"), gives: .dynamic,
    "A bag of the keys in one array and the values in another; keys that are no texts are left out.",
    ("bag_zip(dynamic(['a', 'b']), dynamic([1, 2]))", "{\"a\":1,\"b\":2}")
  ) { (keys: DynamicValue, values: DynamicValue) -> DynamicValue? in
    guard case .array(let keys) = keys, case .array(let values) = values else { return nil }
    var bag: Bag = [:]
    for (index, key) in keys.enumerated() {
      if case .string(let name) = key { bag[name] = index < values.count ? values[index] : .null }
    }
    return .bag(bag)
  }

  static let treePath = ScalarFunction.unary(
    "treepath", .dynamic("value"), gives: .dynamic, "All paths that lead to something in a dynamic value.",
    ("treepath(dynamic({'a': 1}))", "[\"['a']\"]")
  ) { (value: DynamicValue) -> DynamicValue? in
    var paths: OrderedSet<String> = []
    func visit(_ value: DynamicValue, _ path: String) {
      if !path.isEmpty { paths.append(path) }
      switch value {
      case .bag(let members): for (key, member) in members { visit(member, path + "['\(key)']") }
      case .array(let items): for item in items { visit(item, path + "[0]") }
      default: break
      }
    }
    visit(value, "")
    return dynamicArray(Array(paths))
  }

  static let toJSON = ScalarFunction.unary(
    "dynamic_to_json", .dynamic("value"), gives: .string,
    "A dynamic value as JSON text with the keys in order.",
    ("dynamic_to_json(dynamic({'b': 1, 'a': [2]}))", "{\"a\":[2],\"b\":1}")
  ) { (value: DynamicValue) -> String? in
    func canonical(_ value: DynamicValue) -> DynamicValue {
      switch value {
      case .array(let items): return .array(items.map(canonical))
      case .bag(let members):
        var bag: Bag = [:]
        for key in members.keys.sorted(by: scalarsPrecede) { bag[key] = members[key].map(canonical) }
        return .bag(bag)
      default: return value
      }
    }
    return canonical(value).json
  }

  private static func set(
    _ name: String, aliases: [String] = [], _ summary: String, _ example: (String, String),
    _ body: @escaping @Sendable ([[DynamicValue]]) -> [DynamicValue]
  ) -> ScalarFunction {
    .kernel(name, aliases: aliases, [.dynamic("array")], variadic: true, gives: .dynamic, summary, example) {
      (call) throws(DossierError) in
      try call.mapValues { values -> DynamicValue? in
        let arrays = values.compactMap { ArrayFunctions.elements($0.asDynamic) }
        guard arrays.count == values.count else { return nil }
        return .array(body(arrays))
      }
    }
  }

  /// Elements without repeats, in order of first appearance.
  static func distinct(_ items: [DynamicValue]) -> [DynamicValue] {
    var seen = Set<ValueKey>()
    return items.filter { seen.insert(ValueKey($0)).inserted }
  }

  static let union = set(
    "set_union", "The distinct elements of several arrays, in order of first appearance.",
    ("set_union(dynamic([1, 2]), dynamic([2, 3]))", "[1,2,3]")
  ) { distinct($0.flatMap { $0 }) }

  static let intersection = set(
    "set_intersect", "The distinct elements that all arrays have.",
    ("set_intersect(dynamic([1, 2, 3]), dynamic([3, 2, 4]))", "[2,3]")
  ) { arrays in
    let others = arrays.dropFirst().map { Set($0.map { ValueKey($0) }) }
    return distinct(arrays.first ?? []).filter { item in
      let key = ValueKey(item)
      return others.allSatisfy { $0.contains(key) }
    }
  }

  static let difference = set(
    "set_difference", aliases: ["set_except"], "The distinct elements of the first array that no other has.",
    ("set_difference(dynamic([1, 2, 3]), dynamic([2]))", "[1,3]")
  ) { arrays in
    let others = Set(arrays.dropFirst().flatMap { $0.map { ValueKey($0) } })
    return distinct(arrays.first ?? []).filter { !others.contains(ValueKey($0)) }
  }

  static let hasElement = ScalarFunction.kernel(
    "set_has_element", [.dynamic("array"), .any("value")], gives: .bool, "Whether an array has an element.",
    ("set_has_element(dynamic(['a', 'b']), 'b')", "true")
  ) { (call) throws(DossierError) in
    try call.mapValues { values -> Bool? in
      let key = ValueKey(values[1])
      return ArrayFunctions.elements(values[0].asDynamic)?.contains { ValueKey($0) == key }
    }
  }

  static let jaccard = ScalarFunction.binary(
    "jaccard_index", .dynamic("a"), .dynamic("b"), gives: .real,
    "How much two sets have in common: shared elements by all elements.",
    ("jaccard_index(dynamic([1, 2]), dynamic([2, 3, 4]))", "0.25")
  ) { (a: DynamicValue, b: DynamicValue) -> Double? in
    guard let a = ArrayFunctions.elements(a), let b = ArrayFunctions.elements(b) else { return nil }
    let (first, second) = (Set(a.map { ValueKey($0) }), Set(b.map { ValueKey($0) }))
    let all = first.union(second).count
    return all == 0 ? .nan : Double(first.intersection(second).count) / Double(all)
  }
}
