import ArgumentParser
import CKernels
import Diagnostics
import Foundation

/// The command line: subcommands, exit codes, and what goes to which stream.
@main
struct Dossier: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dossier",
    abstract: "Finds out what a pile of documents says.",
    discussion: """
      dossier load STORE PATH…   reads documents into a store
      dossier STORE              opens a prompt on it; queries on standard input run as a script
      dossier query STORE KQL    answers one query

      Exit codes: 0 fine, 1 a check found a difference, 2 an error in the input or the query (also when some
      files of a load failed), 64 wrong usage, 130 interrupted.
      """,
    version: Version.text,
    subcommands: CommandRegistry.commands, defaultSubcommand: ShellCommand.self)

  /// The parser has no options whose value may be left out: one that has its value is a flag of its own.
  static func main() {
    // A closed pipe ends us quietly, also where whoever started us ignores the signal.
    signal(SIGPIPE, SIG_DFL)
    ck_prepare_heap()
    main(CommandLine.arguments.dropFirst().map { $0 == "--explain=analyze" ? "--explain-analyze" : $0 })
  }
}

/// What this program calls itself.
enum Version {
  /// The program's version.
  static let number = "0.1.0"
  /// As `--version` prints it.
  static let text = "dossier \(number)"
}

/// All subcommands, in the order of `--help`. A new one is one file and one line here.
enum CommandRegistry {
  static let commands: [any ParsableCommand.Type] = [
    ShellCommand.self,
    LoadCommand.self,
    QueryCommand.self,
    AboutCommand.self,
    TranslateCommand.self,
    RunCommand.self,
    CheckCommand.self,
    AcceptCommand.self,
    VerifyCommand.self,
    ExportCommand.self,
    AnnotateCommand.self,
    ResolveCommand.self,
    ModelCommand.self,
    DoctorCommand.self, VacuumCommand.self,
    ReferenceCommand.self,
  ]
}

/// Exit codes besides 0, as documented.
enum Exit {
  static let difference = ExitCode(1)
  static let badInput = ExitCode(2)
  static let interrupted = ExitCode(130)
}

/// Runs a command's body; an error of ours is printed to standard error with the place in `source`, and
/// ends the command with exit code 2.
func reportingErrors<R>(
  in source: SourceText? = nil, _ body: () throws -> R
) throws -> R {
  do {
    return try body()
  } catch let error as DossierError {
    printError(error.rendered(in: error.span == nil ? nil : source))
    throw error.code == "EXE130" ? Exit.interrupted : Exit.badInput
  }
}

/// A line to standard error.
func printError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Bytes to standard output, at once.
func printOutput(_ text: String) {
  FileHandle.standardOutput.write(Data(text.utf8))
}
