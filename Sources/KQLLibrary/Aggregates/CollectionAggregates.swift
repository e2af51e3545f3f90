import Collections
import Columnar
import Diagnostics
import KQLEngine

/// Distinct counts, and lists, sets and bags of a group's values.
enum CollectionAggregates {
  static let all: [AggregateFunction] =
    counts + distinctCounts + lists + listsWithNulls + sets + bags + [buildSchema]

  /// The most elements that a list or set holds.
  private static let mostElements = 1_048_576

  private static let counts = AggregateFunction.family(
    "dcount", ifName: "dcountif", [.any("value"), .long("accuracy", optional: true)],
    summary: "How many distinct values there are; exact, whatever the accuracy asked for.",
    example: .aggregate("dcount(x % 2)", .long, "2"),
    ifExample: .aggregate("dcountif(x % 2, x > 3)", .long, "1"),
    gives: { _ in .long }, state: { _ in DistinctState() })

  private static let distinctCounts = AggregateFunction.family(
    "count_distinct", ifName: "count_distinctif", [.any("value"), .any("more", optional: true)],
    summary: "How many distinct values there are.",
    example: .aggregate("count_distinct(x % 2)", .long, "2"),
    ifExample: .aggregate("count_distinctif(x % 2, x > 3)", .long, "1"),
    gives: { _ in .long }, state: { _ in DistinctState() })

  private static func limit(_ arguments: [ArgumentInfo]) -> Int {
    guard arguments.count > 1, case .long(let count) = arguments[1].constant ?? .null else {
      return mostElements
    }
    return max(0, min(Int(clamping: count), mostElements))
  }

  private static let lists = AggregateFunction.family(
    "make_list", aliases: ["makelist"], ifName: "make_list_if",
    [.any("value"), .long("maxSize", optional: true)],
    prefix: "list", summary: "The values as an array, in the order of rows, without nulls.",
    example: .aggregate("make_list(x)", .dynamic, "[1,2,3,4]"),
    ifExample: .aggregate("make_list_if(x, x > 2)", .dynamic, "[3,4]"),
    gives: { _ in .dynamic },
    state: { (arguments) in ListState(limit: limit(arguments), isSet: false, keepsNulls: false) })

  private static let listsWithNulls = AggregateFunction.family(
    "make_list_with_nulls", [.any("value")], prefix: "list",
    summary: "The values as an array, in the order of rows, with nulls.",
    example: .aggregate("make_list_with_nulls(iff(x == 2, long(null), x))", .dynamic, "[1,null,3,4]"),
    gives: { _ in .dynamic },
    state: { _ in ListState(limit: mostElements, isSet: false, keepsNulls: true) })

  private static let sets = AggregateFunction.family(
    "make_set", aliases: ["makeset"], ifName: "make_set_if",
    [.any("value"), .long("maxSize", optional: true)],
    prefix: "set", summary: "The distinct values as an array, in the order in which they first appear.",
    example: .aggregate("make_set(x % 2)", .dynamic, "[1,0]"),
    ifExample: .aggregate("make_set_if(x % 2, x > 3)", .dynamic, "[0]"),
    gives: { _ in .dynamic },
    state: { (arguments) in ListState(limit: limit(arguments), isSet: true, keepsNulls: false) })

  private static let bags = AggregateFunction.family(
    "make_bag", aliases: ["make_dictionary"], ifName: "make_bag_if",
    [.dynamic("bag"), .long("maxSize", optional: true)],
    prefix: "bag", summary: "All bags of the group in one; of a repeated key, the first value stays.",
    example: .aggregate("make_bag(bag_pack(strcat('k', x), x), 2)", .dynamic, "{\"k1\":1,\"k2\":2}"),
    ifExample: .aggregate("make_bag_if(bag_pack(strcat('k', x), x), x > 3)", .dynamic, "{\"k4\":4}"),
    gives: { _ in .dynamic },
    state: { (arguments) in BagState(limit: limit(arguments)) })

  static let buildSchema = AggregateFunction(
    "buildschema", [.dynamic("value")],
    summary: "The smallest schema that all dynamic values of the group fit.",
    examples: [.aggregate("buildschema(pack_array(x))", .dynamic, "{\"`indexer`\":\"long\"}")],
    outputs: { [Field(AggregateFunction.defaultName("schema", $0.first), .dynamic)] },
    makeState: { _ in
      FoldState<SchemaShape, DynamicValue>(
        SchemaShape(), .dynamic, add: { $0.add($1) }, combine: { $0.merge($1) },
        result: { .dynamic($0.asDynamic) })
    })
}

/// Counts distinct values.
struct DistinctState: AggregateState {
  /// Numbers the pairs of group and value; values of dynamic columns come as their keys.
  private var pairs = GroupedValueIndex()
  private var counts: [Int64] = []
  /// The values that were new, with their groups: what a merge takes over.
  private var fresh: [(groups: [Int], values: ColumnVector)] = []

  var isOrderFree: Bool { true }
  var heldBytes: Int { pairs.byteCount + 24 * pairs.count }

  mutating func update(_ arguments: [ColumnVector], groups rows: [Int], groupCount: Int) throws(DossierError)
  {
    take(Self.comparable(arguments[0]), rows, groupCount)
  }

  /// Dynamic values count as what they hold: 1 and 1.0 are one value, a text in them is that text.
  private static func comparable(_ column: ColumnVector) -> ColumnVector {
    guard column.type == .dynamic else { return column }
    let keys = (0..<column.count).map { row -> Value in
      let value = column.value(row)
      return value.isNull ? .null : .dynamic(.string(ValueKey(value).text))
    }
    return ColumnVector(keys, type: .dynamic)
  }

  private mutating func take(_ column: ColumnVector, _ rows: [Int], _ groupCount: Int) {
    counts.grow(to: groupCount, with: 0)
    var known = pairs.count
    let numbers = pairs.numbers(groups: rows, values: column)
    var first: [Int] = []
    for (row, number) in numbers.enumerated() where number >= known {
      known = number + 1
      if column.isNull(row) { continue }
      counts[rows[row]] += 1
      first.append(row)
    }
    if !first.isEmpty { fresh.append((first.map { rows[$0] }, column.gather(first))) }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    for part in next.fresh { take(part.values, part.groups.map { mapping[$0] }, groupCount) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    counts.grow(to: groupCount, with: 0)
    return [ColumnVector(integers: counts)]
  }
}

/// Gathers values in order, all or each distinct one once.
struct ListState: AggregateState {
  let limit: Int
  let isSet: Bool
  let keepsNulls: Bool
  private var items: [[DynamicValue]] = []
  private var keys: [Set<ValueKey>] = []
  private(set) var heldBytes = 0

  init(limit: Int, isSet: Bool, keepsNulls: Bool) {
    self.limit = limit
    self.isSet = isSet
    self.keepsNulls = keepsNulls
  }

  private mutating func grow(_ count: Int) {
    items.grow(to: count, with: [])
    if isSet { keys.grow(to: count, with: []) }
  }

  private mutating func take(_ value: DynamicValue, _ group: Int) {
    guard items[group].count < limit, value != .null || keepsNulls else { return }
    // A set of arrays is the set of their elements.
    if isSet, case .array(let members) = value {
      for member in members { take(member, group) }
      return
    }
    let size = value.heldBytes
    if isSet {
      guard keys[group].insert(ValueKey(value)).inserted else { return }
      heldBytes += size + 48
    }
    heldBytes += size
    items[group].append(value)
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    let column = arguments[0]
    for (row, group) in groups.enumerated() { take(column.value(row).asDynamic, group) }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    grow(groupCount)
    for (group, values) in next.items.enumerated() {
      for value in values { take(value, mapping[group]) }
    }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    grow(groupCount)
    return [ColumnVector(dynamics: items.map { .array($0) })]
  }
}

/// Gathers the members of bags, of each key the first.
struct BagState: AggregateState {
  let limit: Int
  private var bags: [OrderedDictionary<String, DynamicValue>] = []
  private(set) var heldBytes = 0

  init(limit: Int) { self.limit = limit }

  private mutating func take(_ members: OrderedDictionary<String, DynamicValue>, _ group: Int) {
    for (key, value) in members where bags[group].count < limit && bags[group][key] == nil {
      bags[group][key] = value
      heldBytes += 48 + key.utf8.count + value.heldBytes
    }
  }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    bags.grow(to: groupCount, with: [:])
    for (row, group) in groups.enumerated() {
      if case .bag(let members) = arguments[0].value(row).asDynamic { take(members, group) }
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    bags.grow(to: groupCount, with: [:])
    for (group, members) in next.bags.enumerated() { take(members, mapping[group]) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    bags.grow(to: groupCount, with: [:])
    return [ColumnVector(dynamics: bags.map { .bag($0) })]
  }
}

/// What types a place in dynamic values holds.
struct SchemaShape: Sendable {
  private var scalars: [String] = []
  private var members: OrderedDictionary<String, SchemaShape> = [:]
  private var elements: [SchemaShape] = []

  mutating func add(_ value: DynamicValue) {
    switch value {
    case .null: break
    case .bool: note("bool")
    case .long: note("long")
    case .real: note("double")
    case .decimal: note("decimal")
    case .string: note("string")
    case .datetime: note("datetime")
    case .timespan: note("timespan")
    case .guid: note("guid")
    case .array(let items):
      if elements.isEmpty { elements = [SchemaShape()] }
      for item in items { elements[0].add(item) }
    case .bag(let bag):
      for (key, item) in bag { members[key, default: SchemaShape()].add(item) }
    }
  }

  private mutating func note(_ name: String) {
    if !scalars.contains(name) { scalars.append(name) }
  }

  mutating func merge(_ next: SchemaShape) {
    for name in next.scalars { note(name) }
    for (key, shape) in next.members { members[key, default: SchemaShape()].merge(shape) }
    if let shape = next.elements.first {
      if elements.isEmpty { elements = [SchemaShape()] }
      elements[0].merge(shape)
    }
  }

  /// A name, a bag of members, or an array of alternatives.
  var asDynamic: DynamicValue {
    var forms: [DynamicValue] = scalars.map { .string($0) }
    var bag: OrderedDictionary<String, DynamicValue> = [:]
    for (key, shape) in members { bag[key] = shape.asDynamic }
    if let shape = elements.first { bag["`indexer`"] = shape.asDynamic }
    if !bag.isEmpty { forms.append(.bag(bag)) }
    return forms.count == 1 ? forms[0] : .array(forms)
  }
}
