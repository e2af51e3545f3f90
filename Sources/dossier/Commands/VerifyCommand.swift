import ArgumentParser

/// `dossier verify`: do a notebook's outputs depend on anything that they must not depend on?
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Runs a notebook under varied circumstances and prints one digest.",
    discussion: """
      Each run is a process of its own, with other hash seeds, another number of threads, another time zone and \
      language, the kernels of another CPU, and the notebook's documents in another order. The digest is SHA-256 \
      of the notebook with its outputs and charts: a colleague who has the same documents gets the same. Exit \
      code 1, and a diff, if two runs differ.
      """)
  @OptionGroup var notebook: NotebookOptions

  func run() throws {
    try notebook.perform { commands in
      commands.verify(notebook.notebook, with: ProcessReplayer(arguments: arguments))
    }
  }

  private var arguments: [String] {
    let options = notebook.options
    var words: [String] = []
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { words += [name, value.description] }
    }
    add("--store", notebook.store)
    add("--as-of", options.asOf)
    add("--seed", options.seed)
    add("--timeout", options.timeout)
    add("--memory-limit", options.memoryLimit)
    for parameter in options.parameter { words += ["-p", parameter] }
    return words
  }
}
