import CaseFiles
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary

/// `CaseProbe THREADS FILE…`: prints what each case of `.kqltest` files gives, for a test that compares processes.
@main
struct CaseProbe {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let threads = arguments.first.flatMap({ Int($0) }) else {
      throw DossierError("CMD999", "CaseProbe takes a number of threads, then files")
    }
    // So few rows at a time that several threads have work even with the small tables of the cases.
    let settings = ExecutionSettings(
      now: 638_000_000_000_000_000, seed: 7, threads: threads, batchSize: 4, morselSize: 4)
    for path in arguments.dropFirst() {
      let file = try CaseFile(
        name: path, text: String(contentsOf: URL(filePath: path), encoding: .utf8))
      let engine = Engine.standard(over: file.catalog)
      for item in file.cases {
        print("\(URL(filePath: path).lastPathComponent):\(item.line)")
        do throws(DossierError) {
          for line in CaseFile.lines(try engine.run(item.query, settings: settings)) { print(line) }
        } catch { print(error.rendered(in: SourceText(item.query))) }
      }
    }
  }
}
