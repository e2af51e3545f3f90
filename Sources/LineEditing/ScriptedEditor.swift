import Diagnostics

/// Plays given answers, for tests and for blocks that come from elsewhere than a terminal.
public final class ScriptedEditor: LineEditor {
  /// The prompts that were asked for, in order.
  public private(set) var prompts: [String] = []
  /// The blocks kept for recall, oldest first.
  public private(set) var history: [String] = []
  private var answers: [ReadResult]

  /// Gives the answers one by one, then the end of input.
  public init(_ answers: [ReadResult]) { self.answers = answers.reversed() }

  /// Gives the blocks one by one, then the end of input.
  public convenience init(blocks: [String]) { self.init(blocks.map { .text($0) }) }

  /// Reads one block; see `LineEditor`.
  public func readBlock(prompt: String, continuation: String) throws(DossierError) -> ReadResult {
    prompts.append(prompt)
    return answers.popLast() ?? .endOfInput
  }

  /// Keeps a block for recall; see `LineEditor`.
  public func remember(_ block: String) throws(DossierError) {
    if HistoryRules.keeps(block, after: history.last) { history.append(block) }
  }
}
