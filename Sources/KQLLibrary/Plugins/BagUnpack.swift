import Collections
import Columnar
import Diagnostics
import KQLEngine
import KQLSyntax

/// `T | evaluate bag_unpack(d, 'prefix_')`: a column for each key of the bags in a column.
///
/// - Output: the other columns, then one for each key of the bags, in order of name, of the type that all its
///   values share, else `dynamic`. With a schema, only the columns that it declares, and the input's where `*` stands
///   first.
/// - Errors: `BND406` for a key that a column of the input is named after, unless `columnsConflict` says otherwise.
/// - Source: KQL reference, "bag_unpack plugin".
enum BagUnpack: TablePlugin {
  static let name = "bag_unpack"
  static let syntax =
    "T | evaluate bag_unpack(column[, OutputColumnPrefix][, columnsConflict][, ignoredProperties]) [: (column:type, …)]"
  static let summary = "Makes a column for each key of the bags in a column."
  static let examples = [
    Example("print d=dynamic({'a': 1, 'b': 'x'}) | evaluate bag_unpack(d)", "a:long  b:string\n1  x"),
    Example(
      "print d=dynamic({'a': 1, 'b': 'x'}) | evaluate bag_unpack(d, 'p_') : (p_b:string)", "p_b:string\nx"),
  ]

  private struct Options {
    var prefix = ""
    var conflict = "error"
    var ignored: [String] = []
  }

  static func bind(
    _ call: Call, over input: any LogicalNode, schema: PluginSchema?, _ binder: Binder
  ) throws(DossierError) -> any LogicalNode {
    guard let first = call.arguments.first, case .name(let name) = first.value.kind else {
      throw DossierError(.argumentCount, "bag_unpack() takes a dynamic column", at: call.name.span)
    }
    let bag = try binder.resolveColumn(name, in: RowScope(input.columns))
    guard bag.type == .dynamic else {
      throw DossierError(
        .argumentType, "bag_unpack() takes a dynamic column; '\(bag.name)' is \(bag.type.rawValue)",
        at: name.span)
    }
    let options = try options(call, binder)
    let value = BoundExpression.column(bag, at: name.span)
    func member(_ key: String, as column: PlanColumn) -> Project.Output {
      let member = BoundExpression(.member(value, key), type: .dynamic, span: name.span)
      return Project.Output(column, binder.converted(member, to: column.type))
    }
    var kept = input.columns.filter { $0.id != bag.id }
    func isTaken(_ name: String) -> Bool {
      kept.contains { !$0.isHidden && sameScalars($0.name, name) }
    }
    if let schema {
      let made = schema.columns.map { column -> Project.Output in
        if !column.name.hasPrefix(options.prefix) || isTaken(column.name) && options.prefix.isEmpty,
          let own = kept.first(where: { sameScalars($0.name, column.name) })
        {
          return Project.Output(
            column, binder.converted(.column(own, at: name.span), to: column.type))
        }
        return member(String(column.name.dropFirst(options.prefix.count)), as: column)
      }
      let others = kept.filter { own in !made.contains { sameScalars($0.column.name, own.name) } }
      return Project(
        input: input,
        outputs: (schema.includesInput ? others.map { Project.Output(keeping: $0) } : []) + made)
    }
    var made: [Project.Output] = []
    for (key, type) in try keys(of: bag, in: input, options, call, binder) {
      let shown = options.prefix + key
      if isTaken(shown) {
        switch options.conflict {
        case "keep_source": continue
        case "replace_source": kept.removeAll { sameScalars($0.name, shown) }
        default:
          throw DossierError(
            .nameConflict, "the input has a column '\(shown)' already, and so would bag_unpack()",
            at: name.span, hint: "bag_unpack(\(name.text), columnsConflict='replace_source'), or a prefix")
        }
      }
      made.append(member(key, as: binder.column(shown, type)))
    }
    return Project(input: input, outputs: kept.map { Project.Output(keeping: $0) } + made)
  }

  private static func options(_ call: Call, _ binder: Binder) throws(DossierError) -> Options {
    let names = ["OutputColumnPrefix", "columnsConflict", "ignoredProperties"]
    var options = Options()
    for (index, argument) in call.arguments.dropFirst().enumerated() {
      let value = try binder.bindConstant(argument.value, "an argument of bag_unpack").0
      let name = argument.name?.text ?? (index < names.count ? names[index] : "")
      switch name {
      case "OutputColumnPrefix": options.prefix = value.text
      case "columnsConflict":
        guard ["error", "replace_source", "keep_source"].contains(value.text) else {
          throw DossierError(
            .unknownKind, "columnsConflict can't be '\(value.text)'", at: argument.value.span,
            hint: "error, replace_source, keep_source")
        }
        options.conflict = value.text
      case "ignoredProperties":
        if case .dynamic(.array(let items)) = value { options.ignored = items.map(\.text) }
      default:
        throw DossierError(
          .argumentCount, "bag_unpack() has no such argument", at: argument.name?.span ?? argument.value.span,
          hint: syntax)
      }
    }
    return options
  }

  /// The keys of the bags in order of name, each with the one type that its values have.
  private static func keys(
    of bag: PlanColumn, in input: any LogicalNode, _ options: Options, _ call: Call, _ binder: Binder
  ) throws(DossierError) -> [(String, ScalarType)] {
    let only = Project(input: input, outputs: [Project.Output(keeping: bag)])
    let rows = try binder.preview(only, "bag_unpack", at: call.name.span)
    var types: OrderedDictionary<String, ScalarType?> = [:]
    for row in 0..<rows.count {
      guard case .dynamic(.bag(let members)) = rows.columns[0].value(row) else { continue }
      for (key, value) in members where !options.ignored.contains(key) {
        let type = type(of: value)
        guard let known = types[key] ?? nil else {
          types.updateValue(type, forKey: key)
          continue
        }
        if let type, type != known { types.updateValue(.dynamic, forKey: key) }
      }
    }
    return types.keys.sorted(by: scalarsPrecede).map { ($0, (types[$0] ?? nil) ?? .dynamic) }
  }

  /// The type of a value; nil for null, which fits all.
  private static func type(of value: DynamicValue) -> ScalarType? {
    switch value {
    case .null: nil
    case .bool: .bool
    case .long: .long
    case .real: .real
    case .decimal: .decimal
    case .string: .string
    case .datetime: .datetime
    case .timespan: .timespan
    case .guid: .guid
    case .array, .bag: .dynamic
    }
  }
}

extension DossierError.Code {
  /// A column that an operator would make has the name of one that is there.
  static let nameConflict: Self = "BND406"
}
