import KQLEngine

extension Engine {
  /// All names of the language, with all there is to say of them: what `.help`, completion and the reference page
  /// are made of. In the order of the registries, which is the order of the page.
  public var reference: [ReferenceEntry] {
    var entries = statements
    entries += operators.map { ReferenceEntry($0) }
    entries += Evaluate.plugins.map { plugin in
      ReferenceEntry(
        .plugin, group: "Plugins of evaluate", names: [plugin.name], syntax: plugin.syntax,
        summary: plugin.summary, examples: plugin.examples)
    }
    entries += scalarOperators
    for (file, functions) in FunctionRegistry.scalarFamilies {
      entries += functions.map { ReferenceEntry($0, group: heading(file)) }
    }
    entries += specialForms + graphFunctions
    entries += catalog.functions.map { function in
      ReferenceEntry(
        .function, group: "Functions of the store", names: [function.name], syntax: function.signature,
        summary: function.summary, examples: function.examples, readsStore: true)
    }
    entries += storedFunctions.map { function in
      let isShipped = functions.library.contains { $0.name == function.name && $0.text == function.text }
      return ReferenceEntry(
        .libraryFunction, group: isShipped ? "Analyst's functions" : "Your functions", names: [function.name],
        syntax: signature(of: function), summary: function.summary, details: function.details,
        examples: function.examples, readsStore: true)
    }
    for (file, functions) in FunctionRegistry.aggregateFamilies {
      entries += functions.map { ReferenceEntry($0, group: heading(file)) }
    }
    return entries
  }

  /// Whether a name followed by `(` calls something.
  public func isFunction(_ name: String) -> Bool {
    functions.scalar(name) != nil || functions.aggregate(name) != nil
      || (specialForms + graphFunctions).contains { $0.names.contains(name) }
      || catalog.functions.contains { $0.name == name } || storedFunctions.contains { $0.name == name }
  }

  /// The entries that bear a name; a function and an operator may share one.
  public func reference(of name: String) -> [ReferenceEntry] {
    reference.filter { $0.names.contains(name) }
  }
}

/// `ArrayFunctions` as a heading: `Array functions`.
private func heading(_ file: String) -> String {
  var words = ""
  for character in file {
    if character.isUppercase, !words.isEmpty { words.append(" ") }
    words.append(words.isEmpty ? String(character) : character.lowercased())
  }
  return words
}
