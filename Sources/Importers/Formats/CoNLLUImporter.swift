import Diagnostics
import Facts
import Linguistics

/// Sentences that are annotated already: tokens, lemmas, tags and trees are taken as given, and only what lies above
/// them is annotated. A document starts at `# newdoc id = …`; a file without such lines is one.
///
/// Labels stay as they are written. Stages that read the tree know those of the default model, which are not those of
/// Universal Dependencies.
/// - Source: CoNLL-U format, universaldependencies.org.
public enum CoNLLUImporter: Importer {
  /// `conllu`.
  public static let name = "conllu"
  /// Endings.
  public static let extensions = ["conllu"]
  /// What is read.
  public static let summary = "Annotated sentences in CoNLL-U; their tokens and trees are taken as given."

  /// The documents in their order.
  public static func read(
    _ source: ImportSource, options: ImportOptions, emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    let text = try TextDecoding.text(
      try TextDecoding.body(source.bytes, path: source.path), path: source.path)
    var documents = 0
    var building = TreeBuilder()
    func finish(_ building: TreeBuilder) throws(DossierError) {
      if building.isEmpty { return }
      documents += 1
      let location = building.id.isEmpty ? source.path : "\(source.path)#\(documents)"
      var fields = DocumentFields(
        docID: building.id.isEmpty ? source.docID : building.id, text: building.text, format: name,
        location: location, options)
      fields.document.parse = building.parse()
      for (name, value) in building.comments { fields.set(name, .string(value)) }
      try emit(fields.item())
    }
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let line = line.unicodeScalars.last == "\r" ? line.dropLast() : line
      if line.hasPrefix("#") {
        let words = line.dropFirst().split(separator: "=", maxSplits: 1).map { String($0).trimmedOfBlanks }
        if words.first == "newdoc id" || words.first == "newdoc" {
          try finish(building)
          building = TreeBuilder()
          building.id = words.count > 1 ? words[1] : ""
        } else if words.count == 2 {
          building.comment(words[0], words[1])
        }
      } else if line.isEmpty {
        try building.endSentence(before: number, source.path)
      } else {
        try building.add(line, number, source.path)
      }
    }
    try building.endSentence(before: number, source.path)
    try finish(building)
    if documents == 0 { throw DossierError(.emptyDocument, "there is no sentence in '\(source.path)'") }
  }
}

/// Builds the text and the tree of one document.
private struct TreeBuilder {
  var id = ""
  private(set) var text = ""
  private(set) var comments: [(name: String, value: String)] = []
  private var scalars = 0
  private var tokens: [Token] = []
  private var sentences: [Range<Int>] = []
  private var heads: [Int] = []
  private var first = 0
  private var startsParagraph = false
  /// Tokens of a word such as `don't`, whose parts stand in its text one after the other.
  private var compound: (last: Int, space: Bool)?

  var isEmpty: Bool { sentences.isEmpty }

  mutating func comment(_ name: String, _ value: String) {
    if name == "newpar id" { startsParagraph = true }
    // What the document says of itself stands before its first sentence.
    let isOwn = sentences.isEmpty && tokens.isEmpty && !["sent_id", "text", "newpar id"].contains(name)
    if isOwn { comments.append((name, value)) }
  }

  /// Takes in a line: a token, the surface form of several, or an empty node, which has no words.
  mutating func add(_ line: Substring, _ number: Int, _ path: String) throws(DossierError) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 10 else {
      throw DossierError(
        .brokenAnnotations, "line \(number) of '\(path)' has \(fields.count) fields instead of 10")
    }
    if fields[0].contains(".") { return }
    let noSpace = fields[9].split(separator: "|").contains("SpaceAfter=No")
    if let dash = fields[0].firstIndex(of: "-") {
      guard let last = Int(fields[0][fields[0].index(after: dash)...]) else {
        throw DossierError(.brokenAnnotations, "line \(number) of '\(path)' has no token number")
      }
      compound = (last, !noSpace)
      return
    }
    let place = tokens.count - first + 1
    guard Int(fields[0]) == place, let head = Int(fields[6] == "_" ? "0" : fields[6]), head >= 0,
      !fields[1].isEmpty
    else {
      throw DossierError(
        .brokenAnnotations, "line \(number) of '\(path)' is no token \(place) with a form and a head")
    }
    var space = !noSpace
    if let whole = compound {
      space = place == whole.last && whole.space
      if place >= whole.last { compound = nil }
    }
    if place == 1, !sentences.isEmpty {
      // The sentence before has left its last blank out.
      let gap = startsParagraph ? "\n\n" : " "
      append(gap)
      if !startsParagraph, !tokens.isEmpty { tokens[tokens.count - 1].spaceAfter = true }
      startsParagraph = false
    }
    let start = scalars
    append(fields[1])
    func field(_ index: Int) -> String { fields[index] == "_" ? "" : fields[index] }
    tokens.append(
      Token(
        text: fields[1], start: start, end: scalars, spaceAfter: space,
        lemma: fields[2] == "_" && fields[1] != "_"
          ? "" : fields[2], pos: field(3), tag: field(4), morph: field(5), dep: head == 0 ? "ROOT" : field(7))
    )
    heads.append(head)
    if space { append(" ") }
  }

  /// Ends the sentence; heads count its tokens from 1.
  mutating func endSentence(before line: Int, _ path: String) throws(DossierError) {
    guard tokens.count > first else { return }
    let range = first..<tokens.count
    for index in range {
      let head = heads[index]
      guard head <= range.count, head != index - first + 1 else {
        throw DossierError(
          .brokenAnnotations,
          "the sentence before line \(line) of '\(path)' has a token whose head is none of it")
      }
      tokens[index].head = head == 0 ? index : first + head - 1
    }
    // A ring of heads has no root.
    var (known, steps) = (Set<Int>(), [Int]())
    for index in range {
      var token = index
      steps = []
      while !known.contains(token), tokens[token].head != token, steps.count <= range.count {
        steps.append(token)
        token = tokens[token].head
      }
      guard steps.count <= range.count else {
        throw DossierError(.brokenAnnotations, "the sentence before line \(line) of '\(path)' is no tree")
      }
      known.formUnion(steps)
    }
    // One blank between sentences is put in by the next one.
    if text.unicodeScalars.last == " ", tokens[tokens.count - 1].spaceAfter {
      text.unicodeScalars.removeLast()
      scalars -= 1
      tokens[tokens.count - 1].spaceAfter = false
    }
    sentences.append(range)
    first = tokens.count
    compound = nil
  }

  func parse() -> Parse { Parse(text: text, tokens: tokens, sentences: sentences, entities: []) }

  private mutating func append(_ words: String) {
    text += words
    scalars += words.unicodeScalars.count
  }
}
