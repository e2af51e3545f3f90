import Columnar

/// A query in parts, so that it can be cut down to what matters.
public struct RandomQuery: Sendable {
  /// The tables it brings along.
  public var tables: [RandomTable]
  /// `let`s after the tables, without semicolons.
  public var statements: [String]
  /// The source and the steps.
  public var steps: [String]

  /// The query's text.
  public var text: String {
    let lets = tables.map(\.statement) + statements
    return lets.map { $0 + ";\n" }.joined() + steps.joined(separator: "\n| ")
  }
}

/// Makes valid queries over random tables. The same seed makes the same queries.
///
/// In the portable dialect a query asks nothing whose answer KQL leaves open: where order matters, rows are in one
/// order only, and floating sums are over numbers that add up exactly.
public struct QueryMaker {
  var random: Randomness
  let dialect: Dialect
  let forms: ExpressionForms
  /// The columns at this place of the pipeline.
  var columns: [RandomColumn] = []
  /// Whether rows stand in one order, which the query says.
  var isOrdered = false
  private var tables: [RandomTable] = []
  private var statements: [String] = []
  /// The type of the constant `v`, if the query defines one.
  private(set) var scalarLet: ScalarType?
  /// The columns of the view `M`, if the query defines one, and whether its rows stand in one order.
  private var view: (columns: [RandomColumn], isOrdered: Bool)?
  private var fresh = 0

  /// Starts a sequence of queries.
  public init(seed: UInt64, dialect: Dialect) {
    random = Randomness(seed: seed)
    self.dialect = dialect
    forms = ExpressionForms(dialect)
  }

  private mutating func someTypes() -> [ScalarType] {
    var types: [ScalarType] = [
      .bool, .int, .long, .long, .long, .real, .real, .string, .string, .string, .datetime, .datetime,
      .timespan, .dynamic,
    ]
    if random.chance(20) { types.append(.guid) }
    if dialect == .full, random.chance(20) { types.append(.decimal) }
    return types
  }

  /// The next query.
  public mutating func next() -> RandomQuery {
    tables = []
    statements = []
    fresh = 0
    scalarLet = nil
    view = nil
    for number in 1...(1 + random.below(2)) {
      let types = someTypes()
      tables.append(random.table(named: "T\(number)", types: types))
    }
    // Calls of this function stand among the expressions.
    statements.append("let sum_of = (a:long, b:long = 3) { a + b }")
    if random.chance(30) { addScalar() }
    if random.chance(20) { addView() }
    let steps = pipeline(steps: 1 + random.below(6), mayNest: true, isWhole: true)
    return RandomQuery(tables: tables, statements: statements, steps: steps)
  }

  private mutating func addScalar() {
    columns = []
    let type = random.pick([ScalarType.long, .real, .string, .datetime])
    statements.append("let v = \(expression(type, depth: 1))")
    scalarLet = type
  }

  /// A table of the query's own, worked out once: as a source it is like the others.
  private mutating func addView() {
    let steps = pipeline(steps: 1 + random.below(2), mayNest: false)
    statements.append("let M = materialize(\(steps.joined(separator: " | ")))")
    view = (columns, isOrdered)
  }

  mutating func freshName() -> String {
    fresh += 1
    return "c\(fresh)"
  }

  // MARK: Pipelines

  /// A source and steps; `columns` and `isOrdered` then tell what it gives.
  private mutating func pipeline(steps count: Int, mayNest: Bool, isWhole: Bool = false) -> [String] {
    var steps = [source()]
    for index in 0..<count { steps += step(mayNest: mayNest, isLast: isWhole && index == count - 1) }
    return steps
  }

  private mutating func source() -> String {
    let choice = random.below(100)
    if choice < 6 {
      columns = [RandomColumn(name: "x", type: .long, isTame: true)]
      isOrdered = true
      return "range x from \(random.below(10) - 5) to \(random.below(30)) step \(1 + random.below(4))"
    }
    if choice < 9 {
      columns = [RandomColumn(name: "x", type: .datetime)]
      isOrdered = true
      return
        "range x from datetime(2024-01-30) to datetime(2024-03-02) step \(random.pick(["1d", "36h", "7d"]))"
    }
    if let view, choice > 70 {
      (columns, isOrdered) = view
      return "M"
    }
    if choice < 13 {
      columns = []
      let made = (0..<(1 + random.below(3))).map { _ -> (RandomColumn, String) in
        let type = random.pick(someTypes())
        return (RandomColumn(name: freshName(), type: type), expression(type, depth: 2))
      }
      columns = made.map(\.0)
      isOrdered = true
      return "print " + made.map { "\($0.written) = \($1)" }.joined(separator: ", ")
    }
    let table = random.pick(tables)
    columns = table.columns
    isOrdered = true
    return choice < 17 ? "materialize(\(table.name))" : table.name
  }

  private mutating func step(mayNest: Bool, isLast: Bool) -> [String] {
    let choice = random.below(100)
    switch choice {
    case ..<20: return ["where \(expression(.bool, depth: 3))"]
    case ..<38: return [extend()]
    case ..<46: return [project()]
    case ..<49: return [arranged()]
    case ..<64: return summarize(isLast: isLast)
    case ..<68: return [distinct()]
    case ..<70:
      columns = [RandomColumn(name: "Count", type: .long)]
      isOrdered = false
      return ["count"]
    case ..<76: return sort()
    case ..<79: return top()
    case ..<80: return topNested()
    case ..<84: return mayNest ? join() : [extend()]
    case ..<88: return mayNest ? union() : [project()]
    case ..<91: return expand()
    case ..<94: return window()
    case ..<96: return mayNest ? [whereIn()] : ["where \(expression(.bool, depth: 2))"]
    default:
      if dialect == .full { return special(isLast: isLast) }
      return random.chance(30) ? refused() : [plain()]
    }
  }

  /// An expression under a name: fresh, or a known one, which it then replaces.
  private mutating func extend() -> String {
    var items: [String] = []
    var made: [RandomColumn] = []
    for _ in 0..<(1 + random.below(2)) {
      let type = random.pick(someTypes())
      let value = expression(type, depth: 3)
      let known = columns.filter { column in !made.contains { $0.name == column.name } }
      let name = random.chance(12) && !known.isEmpty ? random.pick(known).name : freshName()
      let column = RandomColumn(name: name, type: type)
      items.append("\(column.written) = \(value)")
      made.append(column)
    }
    for column in made {
      if let index = columns.firstIndex(where: { $0.name == column.name }) {
        columns[index] = column
      } else {
        columns.append(column)
      }
    }
    return "extend " + items.joined(separator: ", ")
  }

  private mutating func project() -> String {
    var made: [RandomColumn] = []
    var items: [String] = []
    for column in random.sample(columns, 1 + random.below(max(1, columns.count))) {
      made.append(column)
      items.append(column.written)
    }
    if random.chance(60) {
      let type = random.pick(someTypes())
      let column = RandomColumn(name: freshName(), type: type)
      items.append("\(column.written) = \(expression(type, depth: 3))")
      made.append(column)
    }
    columns = made
    return "project " + items.joined(separator: ", ")
  }

  private mutating func arranged() -> String {
    switch random.below(4) {
    case 0: return projectAway()
    case 1: return projectRename()
    case 2:
      let kept = random.sample(columns, 1 + random.below(max(1, columns.count)))
      columns.removeAll { column in !kept.contains { $0.name == column.name } }
      return "project-keep \(kept.map(\.written).joined(separator: ", "))"
    default:
      let first = random.sample(columns, 1 + random.below(2))
      columns = first + columns.filter { column in !first.contains { $0.name == column.name } }
      return "project-reorder \(first.map(\.written).joined(separator: ", "))"
    }
  }

  /// Steps that change no row.
  private mutating func plain() -> String {
    switch random.below(4) {
    case 0 where isOrdered: return "serialize"
    case 1: return "as R\(random.below(9))"
    default: return "where \(expression(.bool, depth: 4))"
    }
  }

  /// Steps that SQL has nothing for: a translation must say so.
  private mutating func refused() -> [String] {
    switch random.below(4) {
    case 0: return ["sample \(random.below(6))"]
    case 1:
      columns = [("Row", .long), ("Column", .string), ("Value", .string)].map { name, type in
        RandomColumn(name: name, type: type)
      }
      isOrdered = true
      return ["evaluate narrow()"]
    case 2:
      guard let text = columns.first(where: { $0.type == .string }) else { return ["sample 2"] }
      let (first, second) = (freshName(), freshName())
      columns += [RandomColumn(name: first, type: .string), RandomColumn(name: second, type: .long)]
      return ["parse \(text.written) with \(first) '-' \(second):long *"]
    default:
      let (name, value) = (freshName(), expression(.string, depth: 1))
      columns.append(RandomColumn(name: name, type: .string))
      return ["extend \(name) = url_encode(\(value))"]
    }
  }

  private mutating func projectAway() -> String {
    guard columns.count > 1 else { return extend() }
    let index = random.below(columns.count)
    let gone = columns.remove(at: index)
    return "project-away \(gone.written)"
  }

  private mutating func projectRename() -> String {
    let index = random.below(columns.count)
    let old = columns[index].written
    columns[index].name = freshName()
    return "project-rename \(columns[index].written) = \(old)"
  }

  // MARK: Order

  static func isSortable(_ type: ScalarType) -> Bool { type != .dynamic }

  private mutating func sortKey(_ text: String) -> String {
    text + random.pick(["", " asc", " desc", " asc nulls last", " desc nulls first"])
  }

  /// Keys that put all rows into one order, up to rows that are the same; dynamic values by their text.
  private mutating func totalKeys() -> String {
    let all = random.sample(columns, columns.count)
    return all.map { sortKey(Self.isSortable($0.type) ? $0.written : "tostring(\($0.written))") }
      .joined(separator: ", ")
  }

  /// A sort that makes the order one; nothing where it is one already.
  private mutating func settled() -> [String] {
    guard !isOrdered, dialect == .portable else { return [] }
    isOrdered = true
    return ["sort by \(totalKeys())"]
  }

  private mutating func sort() -> [String] {
    guard isOrdered || dialect == .full else { return settled() }
    isOrdered = true
    let keys = random.sample(columns.filter { Self.isSortable($0.type) }, 1 + random.below(2))
    if keys.isEmpty { return ["sort by \(totalKeys())"] }
    let words = keys.map { column in
      sortKey(random.chance(20) ? expression(column.type, depth: 1) : column.written)
    }
    return ["\(random.pick(["sort", "order"])) by \(words.joined(separator: ", "))"]
  }

  private mutating func top() -> [String] {
    let count = random.below(6)
    if random.chance(40) { return settled() + ["take \(count)"] }
    let before = settled()
    isOrdered = true
    guard let key = columns.filter({ Self.isSortable($0.type) }).first else {
      return before + ["take \(count)"]
    }
    return before + ["top \(count) by \(sortKey(key.written))"]
  }

  /// The values with the largest or smallest of themselves, so that there are no ties.
  private mutating func topNested() -> [String] {
    let sortable = columns.filter { Self.isSortable($0.type) && $0.type != .bool && $0.type != .guid }
    guard !sortable.isEmpty else { return [extend()] }
    let key = random.pick(sortable)
    let name = freshName()
    columns = [key, RandomColumn(name: name, type: key.type)]
    isOrdered = false
    let order = random.pick(["", " asc", " desc"])
    return ["top-nested \(1 + random.below(4)) of \(key.written) by \(name) = max(\(key.written))\(order)"]
  }

  // MARK: Groups

  private mutating func tame(_ types: [ScalarType]) -> RandomColumn? {
    let found = columns.filter { types.contains($0.type) && $0.isTame }
    return found.isEmpty ? nil : random.pick(found)
  }

  /// An aggregate and the type of its value.
  private mutating func aggregate() -> (String, ScalarType) {
    let scalars: [ScalarType] = [.long, .int, .real, .string, .datetime, .timespan, .bool]
    switch random.below(27) {
    case 0, 1, 2: return ("count()", .long)
    case 3: return ("countif(\(expression(.bool, depth: 2)))", .long)
    case 4: return ("sum(\(expression(.long, depth: 1)))", .long)
    case 5: return ("sumif(\(expression(.long, depth: 1)), \(expression(.bool, depth: 1)))", .long)
    case 6: return ("avg(\(expression(.long, depth: 1)))", .real)
    case 7:
      guard let column = tame([.real]) else { return ("sum(\(expression(.timespan, depth: 1)))", .timespan) }
      return ("\(random.pick(["sum", "avg"]))(\(column.written))", .real)
    case 8:
      let type = random.pick([ScalarType.timespan, .datetime])
      return ("avg(\(expression(type, depth: 1)))", type)
    case 9, 10, 11:
      let type = random.pick(scalars)
      return ("\(random.pick(["min", "max"]))(\(expression(type, depth: 1)))", type)
    case 12:
      let type = random.pick(scalars)
      return (
        "\(random.pick(["minif", "maxif"]))(\(expression(type, depth: 1)), \(expression(.bool, depth: 1)))",
        type
      )
    case 13, 14:
      return (
        "\(random.pick(["dcount", "count_distinct"]))(\(expression(random.pick(scalars), depth: 1)))", .long
      )
    case 15: return ("dcountif(\(expression(.string, depth: 1)), \(expression(.bool, depth: 1)))", .long)
    case 16:
      guard let column = tame([.real, .long]) else { return ("count()", .long) }
      return (
        rounded("\(random.pick(["stdev", "variance", "stdevp", "variancep"]))(\(column.written))"), .real
      )
    case 17:
      let type = random.pick([ScalarType.long, .real, .datetime, .timespan])
      return (
        "percentile(\(expression(type, depth: 1)), \(random.pick(["0", "5", "50", "95", "99.9", "100"])))",
        type
      )
    case 18:
      return (
        "\(random.pick(["binary_all_and", "binary_all_or", "binary_all_xor"]))(\(expression(.long, depth: 1)))",
        .long
      )
    case 19 where isOrdered || dialect == .full:
      let function = random.pick(["make_list", "make_set", "make_list_with_nulls"])
      let type = random.pick([ScalarType.long, .string, .bool, .datetime, .timespan])
      return ("\(function)(\(expression(type, depth: 1)))", .dynamic)
    case 20 where isOrdered || dialect == .full:
      let type = random.pick(scalars)
      return ("take_any(\(expression(type, depth: 1)))", type)
    case 22:
      let type = random.pick([ScalarType.long, .timespan])
      return ("sumif(\(expression(type, depth: 1)), \(expression(.bool, depth: 1)))", type)
    case 23:
      guard let column = tame([.real, .long]) else {
        return ("avgif(\(expression(.long, depth: 1)), \(expression(.bool, depth: 1)))", .real)
      }
      let function = random.pick(["stdevif", "stdevpif", "varianceif", "variancepif", "avgif"])
      return (rounded("\(function)(\(column.written), \(expression(.bool, depth: 1)))"), .real)
    case 24:
      return (
        "count_distinctif(\(expression(random.pick(scalars), depth: 1)), \(expression(.bool, depth: 1)))",
        .long
      )
    case 25 where isOrdered || dialect == .full:
      let function = random.pick(["make_list_if", "make_set_if"])
      let value = expression(random.pick([.long, .string, .bool]), depth: 1)
      return ("\(function)(\(value), \(expression(.bool, depth: 1)))", .dynamic)
    case 26 where isOrdered || dialect == .full:
      let type = random.pick(scalars)
      return ("take_anyif(\(expression(type, depth: 1)), \(expression(.bool, depth: 1)))", type)
    case 21:
      return ("sum(\(expression(.timespan, depth: 1)))", .timespan)
    default: return ("count()", .long)
    }
  }

  /// A deviation without its last digits: another engine sums in another order, and as text the digits would differ.
  private func rounded(_ call: String) -> String { dialect == .portable ? "round(\(call), 9)" : call }

  private mutating func summarize(isLast: Bool) -> [String] {
    var before: [String] = []
    if random.chance(35) { before = settled() }
    var keys: [String] = []
    var made: [RandomColumn] = []
    if random.chance(75) {
      for column in random.sample(columns.filter { $0.type != .dynamic }, 1 + random.below(2)) {
        if random.chance(25), column.type == .long || column.type == .datetime {
          let size = column.type == .long ? random.pick(["2", "10"]) : random.pick(["1d", "30d", "1h"])
          let name = freshName()
          keys.append("\(name) = bin(\(column.written), \(size))")
          made.append(RandomColumn(name: name, type: column.type))
        } else {
          keys.append(column.written)
          made.append(column)
        }
      }
    }
    if random.chance(12), isOrdered || dialect == .full,
      let value = columns.filter({ Self.isSortable($0.type) }).first
    {
      let others = columns.filter { column in
        column.name != value.name && !made.contains { $0.name == column.name }
      }
      if !made.contains(where: { $0.name == value.name }) {
        if random.chance(30) {
          columns = made + [value] + others
          isOrdered = false
          let call = "\(random.pick(["arg_max", "arg_min"]))(\(value.written), *)"
          return before + ["summarize \(call)" + (keys.isEmpty ? "" : " by \(keys.joined(separator: ", "))")]
        }
        let all = [value] + random.sample(others, 2)
        let call = "\(random.pick(["arg_max", "arg_min"]))(\(all.map(\.written).joined(separator: ", ")))"
        columns = made + all
        isOrdered = false
        return before + ["summarize \(call)" + (keys.isEmpty ? "" : " by \(keys.joined(separator: ", "))")]
      }
    }
    var items: [String] = []
    for _ in 0..<(keys.isEmpty ? 1 : 0) + random.below(3) + 1 {
      let (call, type) = aggregate()
      if isLast, random.chance(30) {
        items.append(call)
        continue
      }
      if isLast, random.chance(8) {
        let value = expression(random.pick([.long, .datetime, .timespan]), depth: 1)
        items.append("percentiles(\(value), 10, 50, 99)")
        continue
      }
      let column = RandomColumn(name: freshName(), type: type)
      items.append("\(column.written) = \(call)")
      made.append(column)
    }
    columns = made.isEmpty ? [RandomColumn(name: "none", type: .dynamic)] : made
    isOrdered = false
    return before
      + [
        "summarize \(items.joined(separator: ", "))"
          + (keys.isEmpty ? "" : " by \(keys.joined(separator: ", "))")
      ]
  }

  private mutating func distinct() -> String {
    let kept = random.sample(columns.filter { $0.type != .dynamic }, 1 + random.below(3))
    guard !kept.isEmpty else { return extend() }
    isOrdered = false
    if random.chance(20), !columns.contains(where: { $0.type == .dynamic }) { return "distinct *" }
    columns = kept
    return "distinct " + kept.map(\.written).joined(separator: ", ")
  }

  // MARK: Several tables

  /// Another pipeline, and what it gives; this one's state is as before.
  private mutating func other() -> (text: String, columns: [RandomColumn], isOrdered: Bool) {
    let saved = (columns, isOrdered)
    let steps = pipeline(steps: random.below(3), mayNest: false)
    let made = (columns, isOrdered)
    (columns, isOrdered) = saved
    return (
      steps.count == 1 && !steps[0].contains(" ") ? steps[0] : "(\(steps.joined(separator: " | ")))", made.0,
      made.1
    )
  }

  private mutating func join() -> [String] {
    let right = other()
    let joinable: Set<ScalarType> = [.long, .int, .string, .datetime, .timespan, .bool, .guid, .real]
    var pairs: [(RandomColumn, RandomColumn)] = []
    for left in columns where joinable.contains(left.type) {
      for match in right.columns where match.type == left.type { pairs.append((left, match)) }
    }
    guard !pairs.isEmpty else { return [extend()] }
    let keys = random.sample(pairs, 1 + random.below(2))
    let conditions = keys.map { left, right in
      left.name == right.name && random.chance(60)
        ? left.written : "$left.\(left.written) == $right.\(right.written)"
    }
    if random.chance(20) {
      let kind = random.pick(["", "kind=inner ", "kind=leftouter "])
      let away = Set(keys.map(\.1.name))
      appendRight(right.columns.filter { !away.contains($0.name) })
      isOrdered = false
      return ["lookup \(kind)\(right.text) on \(conditions.joined(separator: ", "))"]
    }
    var kinds = [
      "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "leftanti", "rightsemi", "rightanti",
      "anti",
    ]
    if isOrdered || dialect == .full { kinds += ["", "innerunique"] }
    let kind = random.pick(kinds)
    switch kind {
    case "leftsemi", "leftanti", "anti": break
    case "rightsemi", "rightanti": columns = right.columns
    default: appendRight(right.columns)
    }
    isOrdered = false
    let word = kind.isEmpty ? "" : "kind=\(kind) "
    return ["join \(word)\(right.text) on \(conditions.joined(separator: ", "))"]
  }

  /// The right side's columns as a join names them.
  private mutating func appendRight(_ right: [RandomColumn]) {
    var taken = Set(columns.map(\.name))
    for var column in right {
      var name = column.name
      var number = 0
      while !taken.insert(name).inserted {
        number += 1
        name = "\(column.name)\(number)"
      }
      column.name = name
      columns.append(column)
    }
  }

  private mutating func union() -> [String] {
    let right = other()
    // A name with two types would become two columns: the other side's gets a name of its own.
    var renames: [String] = []
    var theirs = right.columns
    for index in theirs.indices {
      guard let own = columns.first(where: { $0.name == theirs[index].name }), own.type != theirs[index].type
      else { continue }
      let old = theirs[index].written
      theirs[index].name = freshName()
      renames.append("\(theirs[index].written) = \(old)")
    }
    var text = right.text
    if !renames.isEmpty {
      let inner = text.hasPrefix("(") && text.hasSuffix(")") ? String(text.dropFirst().dropLast()) : text
      text = "(\(inner) | project-rename \(renames.joined(separator: ", ")))"
    }
    isOrdered = false
    if random.chance(20) {
      columns = columns.filter { own in theirs.contains { $0.name == own.name } }
      if columns.isEmpty {
        columns = [RandomColumn(name: "src", type: .string)]
        return ["union kind=inner withsource=src \(text)", "project src = 'u'"]
      }
      return ["union kind=inner \(text)"]
    }
    for column in theirs where !columns.contains(where: { $0.name == column.name }) { columns.append(column) }
    if random.chance(15) {
      let name = freshName()
      columns.insert(RandomColumn(name: name, type: .string), at: 0)
      // What the sources are called is left open.
      return ["union withsource=\(name) \(text)", "extend \(name) = iff(\(name) == '', '', 'table')"]
    }
    return ["union \(text)"]
  }

  private mutating func whereIn() -> String {
    let right = other()
    let matches = columns.filter { own in right.columns.first?.type == own.type && own.type != .dynamic }
    guard let own = matches.first, own.type != .guid, own.type != .bool else {
      return "where \(expression(.bool, depth: 2))"
    }
    let inner = right.text.hasPrefix("(") ? right.text : "(\(right.text))"
    return "where \(own.written) \(random.pick(["in", "!in"])) \(inner)"
  }

  private mutating func expand() -> [String] {
    let found = columns.filter { $0.type == .dynamic }
    guard let column = found.first else { return [extend()] }
    let index = columns.firstIndex { $0.name == column.name } ?? 0
    let type = random.pick([ScalarType.dynamic, .long, .string, .real])
    columns[index].type = type
    let to = type == .dynamic ? "" : " to typeof(\(type))"
    var items = [column.written + to]
    if found.count > 1, random.chance(50) { items.append(found[1].written) }
    var text = "mv-expand "
    if random.chance(20) { text += random.pick(["kind=array ", "bagexpansion=array ", "kind=bag "]) }
    if random.chance(30) {
      let name = freshName()
      columns.append(RandomColumn(name: name, type: .long))
      text += "with_itemindex=\(name) "
    }
    let limit = random.chance(15) ? " limit \(1 + random.below(3))" : ""
    return [text + items.joined(separator: ", ") + limit]
  }

  private mutating func window() -> [String] {
    let before: [String]
    if isOrdered {
      before = []
    } else if dialect == .portable {
      before = settled()
    } else {
      before = ["serialize"]
      isOrdered = true
    }
    let name = freshName()
    let column = random.pick(columns)
    var made = RandomColumn(name: name, type: .long)
    let call: String
    switch random.below(7) {
    case 0: call = "row_number()"
    case 1: call = "row_number(\(random.below(5)), \(expression(.bool, depth: 1)))"
    case 2: call = "row_cumsum(\(expression(.long, depth: 1)))"
    case 3: call = "row_cumsum(\(expression(.long, depth: 1)), \(expression(.bool, depth: 1)))"
    case 4 where Self.isSortable(column.type):
      call = "\(random.pick(["row_rank_dense", "row_rank_min"]))(\(column.written))"
    case 5 where column.type != .dynamic:
      made.type = column.type
      call = "\(random.pick(["prev", "next"]))(\(column.written), 1, \(random.literal(column.type)))"
    default:
      made.type = column.type
      let offset = random.pick(["", ", 1", ", 2"])
      call = "\(random.pick(["prev", "next"]))(\(column.written)\(offset))"
    }
    columns.append(made)
    return before + ["extend \(name) = \(call)"]
  }

  /// Steps that have no translation, for Dossier alone.
  private mutating func special(isLast: Bool) -> [String] {
    switch random.below(10) {
    case 8:
      let name = freshName()
      columns.append(RandomColumn(name: name, type: .real))
      return ["extend \(name) = rand()"]
    case 0:
      guard let column = columns.first(where: { $0.type == .dynamic }) else { return ["as R1"] }
      let name = freshName()
      columns.append(RandomColumn(name: name, type: .long))
      return ["mv-apply e = \(column.written) to typeof(long) on (summarize \(name) = sum(e))"]
    case 1:
      guard let key = columns.first(where: { $0.type == .string }) else { return ["serialize"] }
      isOrdered = false
      return ["partition by \(key.written) (where \(expression(.bool, depth: 1)) | take 3)"]
    case 2:
      guard let text = columns.first(where: { $0.type == .string }) else { return ["serialize"] }
      let (first, second) = (freshName(), freshName())
      columns += [RandomColumn(name: first, type: .string), RandomColumn(name: second, type: .long)]
      return ["parse \(text.written) with \(first) '-' \(second):long *"]
    case 3:
      isOrdered = true
      let name = freshName()
      let step = "scan declare (\(name):long = 0) with (step s: true => \(name) = s.\(name) + 1;)"
      columns.append(RandomColumn(name: name, type: .long))
      return ["serialize", step]
    case 4:
      guard let axis = columns.first(where: { $0.type == .long && $0.isTame }) else { return ["sample 3"] }
      columns = [RandomColumn(name: "s", type: .dynamic), RandomColumn(name: axis.name, type: .dynamic)]
      isOrdered = false
      return ["make-series s = count() default=0 on \(axis.written) from -20 to 30 step 7"]
    case 5:
      guard isLast, let key = columns.first(where: { $0.type != .dynamic }) else { return ["sample 4"] }
      return ["top-nested 2 of \(key.written) by count()"]
    case 6: return ["sample \(random.below(6))"]
    case 7:
      return isLast
        ? [random.pick(["getschema", "evaluate narrow()", "search '\(random.pick(["a", "foo", "10"]))'"])]
        : ["serialize"]
    default:
      let column = random.pick(columns)
      return ["project-reorder \(column.written)"]
    }
  }
}
