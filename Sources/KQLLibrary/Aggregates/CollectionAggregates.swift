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
  var heldBytes: Int { pairs.heldBytes + 24 * pairs.count }

  mutating func update(_ arguments: [ColumnVector], groups rows: [Int], groupCount: Int) throws(DossierError)
  {
    take(Self.comparable(arguments[0]), rows, groupCount)
  }

  /// Dynamic values count as what they hold: 1 and 1.0 are one value, a text in them is that text.
  fileprivate static func comparable(_ column: ColumnVector) -> ColumnVector {
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

/// Gathers values in order, all or each distinct one once. They stay in columns until the end.
struct ListState: AggregateState {
  let limit: Int
  let isSet: Bool
  let keepsNulls: Bool
  /// Numbers the pairs of group and value; only of a set.
  private var pairs = GroupedValueIndex()
  /// How many values each group has.
  private var counts: [Int] = []
  private var parts: [(groups: [Int], values: ColumnVector)] = []
  /// What the values take as elements of arrays.
  private var elementBytes = 0

  init(limit: Int, isSet: Bool, keepsNulls: Bool) {
    self.limit = limit
    self.isSet = isSet
    self.keepsNulls = keepsNulls
  }

  var heldBytes: Int { elementBytes + (isSet ? pairs.heldBytes : 0) }

  mutating func update(_ arguments: [ColumnVector], groups: [Int], groupCount: Int) throws(DossierError) {
    counts.grow(to: groupCount, with: 0)
    guard isSet, arguments[0].type == .dynamic else { return take(arguments[0], groups) }
    // A set of arrays is the set of their elements.
    var (values, own): ([DynamicValue], [Int]) = ([], [])
    func add(_ value: DynamicValue, _ group: Int) {
      if case .array(let members) = value {
        for member in members { add(member, group) }
      } else {
        values.append(value)
        own.append(group)
      }
    }
    for (row, group) in groups.enumerated() { add(arguments[0].value(row).asDynamic, group) }
    take(ColumnVector(dynamics: values), own)
  }

  private mutating func take(_ column: ColumnVector, _ groups: [Int]) {
    var known = pairs.count
    let numbers = isSet ? pairs.numbers(groups: groups, values: DistinctState.comparable(column)) : []
    let mayBeNull =
      !keepsNulls && (column.validity != nil || column.type == .dynamic || column.constantValue != nil)
    var rows: [Int] = []
    rows.reserveCapacity(groups.count)
    for row in groups.indices {
      if isSet {
        guard numbers[row] >= known else { continue }
        known = numbers[row] + 1
      }
      if mayBeNull, column.isNull(row) { continue }
      guard counts[groups[row]] < limit else { continue }
      counts[groups[row]] += 1
      rows.append(row)
    }
    guard !rows.isEmpty else { return }
    let isWhole = rows.count == groups.count
    let values = isWhole ? column : column.gather(rows)
    elementBytes += Self.elementBytes(values)
    parts.append((isWhole ? groups : rows.map { groups[$0] }, values))
  }

  /// About what values take as elements of arrays, and the numbers of their groups until then.
  private static func elementBytes(_ values: ColumnVector) -> Int {
    switch values.storage {
    case .dynamics(let items): items.reduce(16 * items.count) { $0 + $1.heldBytes }
    case .strings(let strings) where strings.pool.count > 0:
      (strings.pool.isDistinct ? 24 : 96 + strings.pool.bytes.count / strings.pool.count) * values.count
    default: 72 * values.count
    }
  }

  mutating func merge(_ next: Self, mapping: [Int], groupCount: Int) throws(DossierError) {
    counts.grow(to: groupCount, with: 0)
    for part in next.parts { take(part.values, part.groups.map { mapping[$0] }) }
  }

  mutating func finish(groupCount: Int) throws(DossierError) -> [ColumnVector] {
    try finish(groupCount: groupCount, ExecutionContext())
  }

  mutating func finish(
    groupCount: Int, _ context: ExecutionContext
  ) throws(DossierError) -> [ColumnVector] {
    counts.grow(to: groupCount, with: 0)
    var lists = counts.map { count in
      var list: [DynamicValue] = []
      list.reserveCapacity(count)
      return list
    }
    var maker = ElementMaker(total: counts.reduce(0, +))
    for (groups, values) in parts {
      do throws(DossierError) { try context.checkpoint() } catch {
        context.discard(lists)
        throw error
      }
      for (row, group) in groups.enumerated() { lists[group].append(maker.element(values, row)) }
    }
    parts = []
    return [ColumnVector(dynamics: lists.map { .array($0) })]
  }
}

/// Makes elements of arrays of the values of columns; equal strings of one pool become one.
private struct ElementMaker {
  /// How many elements are to be made.
  let total: Int
  private var pool: StringPool?
  private var known: [DynamicValue?] = []

  init(total: Int) { self.total = total }

  mutating func element(_ values: ColumnVector, _ row: Int) -> DynamicValue {
    guard case .strings(let strings) = values.storage, strings.pool.isDistinct, strings.pool.count <= total
    else { return values.value(row).asDynamic }
    if pool !== strings.pool {
      pool = strings.pool
      known = [DynamicValue?](repeating: nil, count: strings.pool.count)
    }
    let code = strings.code(row)
    if let made = known[code] { return made }
    let made = DynamicValue.string(strings.pool[code])
    known[code] = made
    return made
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
