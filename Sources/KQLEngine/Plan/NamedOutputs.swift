import Columnar
import Diagnostics
import KQLSyntax

/// How columns that are given no name get one.
public enum NamingRule: Sendable {
  /// `Column1`, `Column2`…
  case numbered
  /// `print_0` for the first item, `print_3` for the fourth.
  case printed
}

extension DossierError.Code {
  /// More columns than a table may have.
  static let tooManyColumns: Self = "BND213"
}

extension Binder {
  /// The most columns that a step may make.
  private static let maximumColumns = 10_000

  /// Binds the items of `project`, `extend` and `print` to columns with names. Errors are recorded; the
  /// columns of an item with an error stand in the result and are marked.
  public func bindOutputs(
    _ items: [NamedExpression], in scope: RowScope, naming: NamingRule
  ) -> [Project.Output] {
    var items = items
    if items.count > Self.maximumColumns {
      record(
        DossierError(
          .tooManyColumns, "there are more than \(Self.maximumColumns) columns",
          at: items[Self.maximumColumns].span,
          hint: "make rows of them: datatable(…)[…], or mv-expand a dynamic list"))
      items.removeSubrange(Self.maximumColumns...)
    }
    namesOfStep = items.flatMap { $0.names.map(\.text) }
    defer { namesOfStep = [] }
    var outputs: [Project.Output] = []
    var explicit: [Bool] = []
    var unnamed = 0
    func add(_ name: String?, _ value: BoundExpression, index: Int, isExplicit: Bool) {
      var final = name
      if final == nil {
        switch naming {
        case .printed: final = "print_\(index)"
        case .numbered:
          unnamed += 1
          final = "Column\(unnamed)"
        }
      }
      let made = column(final ?? "", value.type, isErroneous: value.isErroneous)
      outputs.append(Project.Output(made, value))
      explicit.append(isExplicit)
    }
    for (index, item) in items.enumerated() {
      if item.names.isEmpty,
        addStar(
          item.value, scope, { add($0.name, .column($0, at: item.span), index: index, isExplicit: true) })
      {
        continue
      }
      if let name = item.name {
        add(name.text, bindOrRecord(item.value, in: scope), index: index, isExplicit: true)
      } else if let fields = spreadFields(item.value, in: scope) {
        let whole = bindOrRecord(item.value, in: scope)
        for (position, field) in fields.enumerated() {
          if item.isTuple, position >= item.names.count { break }
          let key = BoundExpression.constant(.long(Int64(position)), .long, at: item.value.span)
          let cell = fold(BoundExpression(.index(whole, key), type: .dynamic, span: item.value.span))
          let name = position < item.names.count ? item.names[position].text : field.name
          add(
            name, whole.isErroneous ? whole : converted(cell, to: field.type), index: index,
            isExplicit: item.isTuple)
        }
      } else if item.isTuple {
        if item.names.count == 1 {
          add(item.names[0].text, bindOrRecord(item.value, in: scope), index: index, isExplicit: true)
        } else {
          record(
            DossierError(
              .wrongShape, "\(item.names.count) names for one value", at: item.span,
              hint: "(a, b) = … takes a function that makes several columns"))
          for name in item.names { add(name.text, .erroneous(at: item.span), index: index, isExplicit: true) }
        }
      } else {
        let name = naming == .printed ? nil : defaultName(of: item.value, in: scope)
        add(name, bindOrRecord(item.value, in: scope), index: index, isExplicit: false)
      }
    }
    return makeUnique(outputs, explicit, items)
  }

  /// Hands out the columns that `*` or `a*` stands for; false if the expression is neither.
  private func addStar(_ value: Expression, _ scope: RowScope, _ add: (PlanColumn) -> Void) -> Bool {
    switch value.kind {
    case .star:
      for column in scope.columns where !column.isHidden { add(column) }
      return true
    case .wildcard(let text):
      let pattern = NamePattern(name: Name(text, at: value.span), isPattern: true)
      for column in scope.columns where !column.isHidden && pattern.matches(column.name) { add(column) }
      return true
    default: return false
    }
  }

  /// The columns of a call that makes several at once; nil for all other expressions.
  private func spreadFields(_ value: Expression, in scope: RowScope) -> [Field]? {
    guard case .call(let call) = value.kind, environment[call.name.text] == nil,
      let rule = functions.scalar(call.name.text)?.spread
    else { return nil }
    var infos: [ArgumentInfo] = []
    for argument in call.arguments {
      guard let bound = try? bind(argument.value, in: scope), !bound.isErroneous else { return nil }
      var told = info(bound, scope, syntax: argument.value)
      if told.columnName == nil, case .name(let name) = argument.value.kind {
        told = ArgumentInfo(
          type: told.type, constant: told.constant, span: told.span, columnName: name.text)
      }
      infos.append(told)
    }
    return (try? rule(infos)).flatMap { $0 }
  }

  /// Numbers repeated default names; a name written twice is an error.
  private func makeUnique(
    _ outputs: [Project.Output], _ explicit: [Bool], _ items: [NamedExpression]
  ) -> [Project.Output] {
    var outputs = outputs
    var taken: Set<[UInt8]> = []
    for (index, output) in outputs.enumerated() where explicit[index] {
      if !taken.insert(Array(output.column.name.utf8)).inserted {
        record(
          DossierError(
            .duplicateName, "the column '\(output.column.name)' is given twice",
            at: output.value.span == SourceSpan(0, 0) ? items.first?.span : output.value.span,
            hint: "give one of them another name: b = …"))
      }
    }
    for index in outputs.indices where !explicit[index] {
      let name = uniqueName(outputs[index].column.name, &taken)
      outputs[index].column.name = name
    }
    return outputs
  }

  /// The name, with the smallest number appended that makes it new; it is then taken.
  public func uniqueName(_ name: String, _ taken: inout Set<[UInt8]>) -> String {
    var candidate = name
    var number = 0
    while !taken.insert(Array(candidate.utf8)).inserted {
      number += 1
      candidate = "\(name)\(number)"
    }
    return candidate
  }
}
