import Diagnostics
import Foundation
import LineEditing

/// A shell with nothing behind it, for the editor's tests on a pseudo-terminal: it echoes each block
/// between brackets, with line ends as `⏎`.
@main
enum Probe {
  static func main() {
    let words = [
      Completion.Candidate("Relations", meaning: "who did what to whom", suffix: " "),
      Completion.Candidate("Relatives", meaning: "who belongs to whom"),
      Completion.Candidate("Entities", meaning: "people, organisations, places", suffix: " "),
      Completion.Candidate("Élan", meaning: "brio"),
    ]
    let hooks = EditorHooks(
      isComplete: { text in
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return !trimmed.hasSuffix("|")
          && trimmed.filter { $0 == "(" }.count <= trimmed.filter { $0 == ")" }.count
      },
      complete: { text, cursor in
        let before = String(decoding: Array(text.utf8)[..<cursor], as: UTF8.self)
        let word = String(before.reversed().prefix { $0.isLetter }.reversed())
        return Completion(
          (cursor - word.utf8.count)..<cursor, words.filter { $0.text.hasPrefix(word) })
      },
      colourise: { text in
        var ranges: [StyledRange] = []
        var rest = text[...]
        while let found = rest.firstRange(of: "where") {
          let start = text.utf8.distance(from: text.startIndex, to: found.lowerBound)
          ranges.append(StyledRange(start..<(start + 5), .keyword))
          rest = rest[found.upperBound...]
        }
        return ranges
      },
      indentation: { text in
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        return line.hasSuffix("|") || line.hasPrefix(" ") ? 2 : 0
      })
    let editor: any LineEditor =
      (Terminal.takesEscapes(environment: Terminal.environment) ? LibeditEditor.make(hooks: hooks) : nil)
      ?? PlainEditor(hooks: hooks)
    while true {
      do {
        switch try editor.readBlock(prompt: "probe> ", continuation: "   ..> ") {
        case .text("slow"):
          let interrupted = Flag()
          Interrupts.during({ interrupted.raise() }) {
            print("running")
            fflush(nil)
            while !interrupted.isRaised { usleep(1000) }
          }
          print("cancelled")
        case .text(let block):
          try editor.remember(block)
          print("[\(block.replacingOccurrences(of: "\n", with: "⏎"))]")
        case .interrupted: print("(interrupted)")
        case .endOfInput:
          print("(end)")
          return
        }
      } catch {
        print("\(error)")
      }
      fflush(nil)
    }
  }
}

private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var raised = false
  func raise() { lock.withLock { raised = true } }
  var isRaised: Bool { lock.withLock { raised } }
}
