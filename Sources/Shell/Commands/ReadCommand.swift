import Diagnostics
import Foundation

/// `.read FILE`: runs the queries and commands of a file.
enum ReadCommand: ShellCommand {
  static let names = ["read"]
  static let usage = ".read FILE"
  static let summary = "Runs the queries and commands of a file."
  static let examples = [".read questions.kql"]
  static let argument = CommandArgument.path

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let path = words.path(0) else { throw misused("which file?") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DossierError(.unreadable, "'\(path)' can't be read")
    }
    guard shell.readDepth < 16 else { throw misused("files read each other without end") }
    shell.readDepth += 1
    defer { shell.readDepth -= 1 }
    guard shell.runScript(String(decoding: data, as: UTF8.self), name: path) == 0 else {
      throw DossierError(.unreadable, "stopped at an error in '\(path)'")
    }
  }
}

extension DossierError.Code {
  static let unreadable: Self = "CMD926"
}
