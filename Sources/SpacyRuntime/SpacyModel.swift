import Diagnostics
import Linguistics
import Synchronization

/// A trained spaCy v3 pipeline, run natively: text in, tokens, tags, lemmas, trees, sentences and entity
/// spans out, as spaCy itself gives them.
///
/// A parse is a pure function of text and model: the same bits on every CPU and kernel level, whatever was
/// parsed before and however many threads parse at the same time.
public final class SpacyModel: Sendable {
  /// The model's name, such as `en_core_web_sm`.
  public let name: String
  /// The model's version, such as `3.8.0`.
  public let version: String
  /// SHA-256, in hexadecimal, of all that decides the model's output.
  public let hash: String
  /// The licences that go with the model.
  public let notices: String

  private let tokenizer: Tokenizer
  private let norms: NormTable
  private let encoders: [Tok2Vec]
  private let tagger: (layer: Tagger, encoder: Int)?
  private let parser: (layer: DependencyParser, encoder: Int)?
  private let recognizer: (layer: EntityRecognizer, encoder: Int)?
  private let ruler: AttributeRuler?
  private let lemmatizer: Lemmatizer?
  // Rooms for parsing that are not in use; a parse takes one, or makes one.
  private let idle = Mutex<[Workspace]>([])

  /// Reads an installed model's flat file.
  ///
  /// - `kernels`: how matrix products are computed; changes the speed, never a bit.
  /// - Errors: `NLP102` if the file is damaged, `NLP103` if it asks for something that is not supported,
  ///   `NLP104` or `NLP105` if a part of the package in it can't be read.
  public init(flatFile: ModelBytes, kernels: KernelLevel = .best) throws(DossierError) {
    let file = try FlatFile(flatFile, name: "model")
    let kernels = Kernels(kernels)
    var meta: [String: String] = [:]
    for line in file.lines(FlatFile.meta) {
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { meta[String(parts[0])] = String(parts[1]) }
    }
    name = meta["name"] ?? ""
    version = meta["version"] ?? ""
    hash = file.hash
    notices = file.lines(FlatFile.notices).joined(separator: "\n")
    tokenizer = try Tokenizer(try file.raw("tokenizer"))
    norms = try NormTable(try file.raw("norms"))

    let pipeline = file.lines("pipeline")
    var encoders: [Tok2Vec] = []
    var shared: Int?
    /// The encoder of a component: its own, or the shared one.
    func encoder(_ component: String) throws(DossierError) -> Int {
      let own = file.section("\(component).tok2vec.columns") != nil
      if !own, let shared { return shared }
      encoders.append(try Tok2Vec(file, own ? "\(component).tok2vec" : "tok2vec", kernels))
      if !own { shared = encoders.count - 1 }
      return encoders.count - 1
    }
    var tagger: (layer: Tagger, encoder: Int)?
    var parser: (layer: DependencyParser, encoder: Int)?
    var recognizer: (layer: EntityRecognizer, encoder: Int)?
    if pipeline.contains("tagger") {
      let index = try encoder("tagger")
      tagger = (try Tagger(file, width: encoders[index].width, kernels), index)
    }
    if pipeline.contains("parser") {
      let index = try encoder("parser")
      parser = (try DependencyParser(file, width: encoders[index].width, kernels), index)
    }
    if pipeline.contains("ner") {
      let index = try encoder("ner")
      recognizer = (try EntityRecognizer(file, width: encoders[index].width, kernels), index)
    }
    ruler =
      pipeline.contains("attribute_ruler")
      ? try AttributeRuler(try file.raw("ruler"), labels: tagger?.layer.labels ?? [""]) : nil
    lemmatizer = pipeline.contains("lemmatizer") ? try Lemmatizer(file) : nil
    self.encoders = encoders
    self.tagger = tagger
    self.parser = parser
    self.recognizer = recognizer
  }

  /// Parses a text.
  ///
  /// - `pretokenized`: tokens are what stands between single spaces; the model's tokenizer is not used.
  ///   Where spaces follow each other, those after the first are a token of white space.
  /// - Returns: tokens that, with the spaces after them, make up the text. Offsets count Unicode scalars.
  /// - Errors: `NLP106` if the text has 2^30 bytes or more.
  public func parse(_ text: String, pretokenized: Bool = false) throws(DossierError) -> Parse {
    guard text.utf8.count < 1 << 30 else {
      throw DossierError(.textTooLong, "a text of \(text.utf8.count) bytes is too long to parse")
    }
    let workspace = idle.withLock { $0.popLast() } ?? Workspace(encoders: encoders.count)
    defer { idle.withLock { $0.append(workspace) } }
    workspace.trim()
    var copy = text
    let tokens = copy.withUTF8 { tokenize($0, pretokenized, workspace) }
    return analyse(text, tokens, workspace)
  }

  // MARK: Tokens

  private func tokenize(
    _ text: UnsafeBufferPointer<UInt8>, _ pretokenized: Bool, _ workspace: Workspace
  ) -> [TokenState] {
    var raw: [RawToken] = []
    var words: [Int32] = []
    if pretokenized {
      Self.forEachToken(of: text) { range, spaceAfter in
        raw.append(RawToken(start: range.lowerBound, end: range.upperBound, norm: -1, spaceAfter: spaceAfter))
        words.append(lexeme(UnsafeBufferPointer(rebasing: text[range]), -1, workspace))
      }
    } else {
      Tokenizer.forEachChunk(of: text) { range, spaceAfter in
        let chunk = UnsafeBufferPointer(rebasing: text[range])
        for index in pieces(of: chunk, workspace) {
          let (piece, word) = workspace.pieces[index]
          raw.append(
            RawToken(
              start: range.lowerBound + piece.start, end: range.lowerBound + piece.end, norm: piece.norm,
              spaceAfter: false))
          words.append(word)
        }
        if spaceAfter, !raw.isEmpty { raw[raw.count - 1].spaceAfter = true }
      }
      let lexemes = workspace.lexemes
      if let changed = tokenizer.withPhrases(
        raw, text, hash: { lexemes[Int(words[$0])].hash }, node: { lexemes[Int(words[$0])].phrase })
      {
        raw = changed
        words = raw.map { lexeme(UnsafeBufferPointer(rebasing: text[$0.start..<$0.end]), $0.norm, workspace) }
      }
    }
    return raw.indices.map { TokenState(lexeme: words[$0], spaceAfter: raw[$0].spaceAfter) }
  }

  /// Calls `body` with what stands between single spaces, and with the further spaces of a run.
  private static func forEachToken(
    of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Bool) -> Void
  ) {
    var start = 0
    while start < text.count {
      let isSpace = text[start] == 0x20
      let end = text[start...].firstIndex { ($0 == 0x20) != isSpace } ?? text.count
      let spaceAfter = !isSpace && end < text.count
      body(start..<end, spaceAfter)
      start = spaceAfter ? end + 1 : end
    }
  }

  /// The pieces of a chunk, as indices into the workspace's list.
  private func pieces(of chunk: UnsafeBufferPointer<UInt8>, _ workspace: Workspace) -> Range<Int> {
    let hash = StringID.hash(chunk)
    let number =
      workspace.chunkTable.find(chunk, hash: hash)
      ?? {
        let number = workspace.chunkTable.add(chunk, hash: hash)
        for piece in tokenizer.pieces(of: chunk, workspace.matcher) {
          let word = lexeme(
            UnsafeBufferPointer(rebasing: chunk[piece.start..<piece.end]), piece.norm, workspace)
          workspace.pieces.append((piece, word))
        }
        workspace.pieceEnds.append(workspace.pieces.count)
        return number
      }()
    return workspace.pieceEnds[number]..<workspace.pieceEnds[number + 1]
  }

  private func lexeme(_ bytes: UnsafeBufferPointer<UInt8>, _ norm: Int32, _ workspace: Workspace) -> Int32 {
    let hash = StringID.hash(bytes)
    if let number = workspace.lexemeTable.find(bytes, hash: hash, salt: norm) { return Int32(number) }
    let text = String(decoding: bytes, as: UTF8.self)
    let normText = norm >= 0 ? tokenizer.norms[Int(norm)] : norms.norm(of: text)
    workspace.lexemes.append(
      Lexeme(
        text: text, norm: normText, hash: hash, phrase: tokenizer.phraseNode(hash), ruler: ruler,
        workspace.matcher))
    return Int32(workspace.lexemeTable.add(bytes, hash: hash, salt: norm))
  }

  // MARK: Analysis

  private func analyse(_ text: String, _ tokens: [TokenState], _ workspace: Workspace) -> Parse {
    let count = tokens.count
    if count == 0 { return Parse(text: text, tokens: [], sentences: [], entities: []) }
    let lexemes = workspace.lexemes
    func isSpace(_ token: Int) -> Bool { lexemes[Int(tokens[token].lexeme)].isSpace }

    var tags = [Int32](repeating: 0, count: count)
    let arcs = parser.map { TransitionScorer.Inputs($0.layer.scorer, count: count, workspace.arcs) }
    let names = recognizer.map { TransitionScorer.Inputs($0.layer.scorer, count: count, workspace.names) }
    for (index, encoder) in encoders.enumerated() {
      encoder.encode(tokens, lexemes, workspace.vectors[index]) { block, vectors in
        if let tagger, tagger.encoder == index {
          tagger.layer.predict(block, vectors, workspace.scores, into: &tags)
        }
        if let parser, parser.encoder == index, let arcs {
          parser.layer.scorer.narrow(block, vectors, into: arcs)
        }
        if let recognizer, recognizer.encoder == index, let names {
          recognizer.layer.scorer.narrow(block, vectors, into: names)
        }
      }
    }

    var tree = DependencyParser.Tree(
      heads: (0..<count).map { Int32($0) }, labels: [String](repeating: "", count: count),
      starts: [Bool](repeating: false, count: count))
    if let parser, let arcs { tree = parser.layer.parse(arcs, count: count, isSpace: isSpace) }
    tree.starts[0] = true
    let entities =
      names.flatMap { names in
        recognizer?.layer.entities(names, count: count, starts: tree.starts, isSpace: isSpace)
      } ?? []
    let rules = ruler?.apply(tokens, lexemes, tags: tags, deps: tree.labels, workspace.matcher) ?? []

    var result: [Token] = []
    result.reserveCapacity(count)
    var offset = 0
    for (index, token) in tokens.enumerated() {
      let lexeme = lexemes[Int(token.lexeme)]
      let said = rules.isEmpty ? AttributeRuler.Result() : rules[index]
      func value(_ number: Int32) -> String { ruler?.values[Int(number)] ?? "" }
      let pos = said.pos >= 0 ? value(said.pos) : ""
      let morph = said.morph >= 0 ? value(said.morph) : ""
      var lemma = said.lemma >= 0 ? value(said.lemma) : ""
      if said.lemma < 0, let lemmatizer {
        let key = Workspace.LemmaKey(lexeme: token.lexeme, pos: said.pos, morph: said.morph)
        if let known = workspace.lemmas[key] {
          lemma = known
        } else {
          lemma = lemmatizer.lemma(text: lexeme.text, lower: lexeme.lower, pos: pos, morph: morph)
          workspace.lemmas[key] = lemma
        }
      }
      let tag = tagger.map { $0.layer.labels[Int(tags[index])] } ?? ""
      result.append(
        Token(
          text: lexeme.text, start: offset, end: offset + lexeme.scalars, spaceAfter: token.spaceAfter,
          lemma: lemma, pos: pos, tag: said.tag >= 0 ? value(said.tag) : tag, morph: morph,
          dep: said.dep >= 0 ? value(said.dep) : tree.labels[index], head: Int(tree.heads[index])))
      offset += lexeme.scalars + (token.spaceAfter ? 1 : 0)
    }
    var sentences: [Range<Int>] = []
    var start = 0
    for token in 1...count where token == count || tree.starts[token] {
      sentences.append(start..<token)
      start = token
    }
    return Parse(text: text, tokens: result, sentences: sentences, entities: entities)
  }
}

/// A token in the course of a parse: which word it is, and whether one plain space follows.
struct TokenState {
  var lexeme: Int32
  var spaceAfter: Bool
}

extension DossierError.Code {
  /// A text is too long to be parsed at once.
  static let textTooLong: Self = "NLP106"
}

/// What one parse needs, kept for the next: words seen, chunks cut, vectors computed.
///
/// Everything in it is a function of the text alone, so that what is kept changes no output.
private final class Workspace: @unchecked Sendable {
  // Used by one parse at a time, hence unchecked.
  struct LemmaKey: Hashable {
    var lexeme: Int32
    var pos: Int32
    var morph: Int32
  }

  let matcher = Matcher()
  var lexemeTable = ByteStringTable()
  var lexemes: [Lexeme] = []
  var chunkTable = ByteStringTable()
  var pieces: [(TokenPiece, Int32)] = []
  var pieceEnds = [0]
  var lemmas: [LemmaKey: String] = [:]
  var vectors: [Tok2Vec.Cache]
  let arcs = TransitionScorer.Room()
  let names = TransitionScorer.Room()
  let scores = FloatRoom()

  init(encoders: Int) { vectors = (0..<encoders).map { _ in Tok2Vec.Cache() } }

  /// Forgets everything once it has grown large: about 50 MB.
  func trim() {
    guard lexemes.count > 20_000 || chunkTable.count > 40_000 || pieces.count > 200_000 else { return }
    lexemeTable = ByteStringTable()
    lexemes = []
    chunkTable = ByteStringTable()
    pieces = []
    pieceEnds = [0]
    lemmas = [:]
    vectors = vectors.map { _ in Tok2Vec.Cache() }
  }
}
