import CaseFiles
import Columnar
import Diagnostics
import KQLEngine
import KQLLibrary
import Testing

private let settings = ExecutionSettings(now: 638_000_000_000_000_000, seed: 7)
private let entries = Engine.standard().reference

@Suite struct ReferenceTests {
  /// Every name of the language says what it gives, how it is written, and shows an example that gives what it says.
  @Test(arguments: entries.indices) func examplesHold(_ index: Int) throws {
    let entry = entries[index]
    let name = entry.names[0]
    #expect(!entry.summary.isEmpty && entry.summary.hasSuffix("."), "\(name)")
    #expect(!entry.syntax.isEmpty, "\(name)")
    #expect(!entry.examples.isEmpty, "\(name)")
    let engine = entry.readsStore ? try #require(exampleCorpus) : Engine.standard()
    for example in entry.examples {
      let lines = CaseFile.lines(try engine.run(example.query, settings: settings))
      #expect(
        lines.map { CaseFile.cells($0) }
          == example.result.components(separatedBy: "\n").map { CaseFile.cells($0) },
        "\(example.query)\n\(lines.joined(separator: "\n"))")
      #expect(
        entry.names.contains { example.query.contains($0.split(separator: " ")[0]) }, "\(example.query)")
    }
  }

  /// A name means one thing of its kind.
  @Test func namesAreUnique() {
    for kind in ReferenceEntry.Kind.allCases {
      let names = entries.filter { $0.kind == kind }.flatMap(\.names)
      #expect(Set(names).count == names.count, "\(kind)")
    }
  }

  /// What is listed as absent is absent, and says by name what to use instead.
  @Test func absentNamesAreAbsent() {
    let engine = Engine.standard()
    let known = Set(entries.flatMap(\.names))
    for (name, instead) in AbsentNames.functions {
      #expect(!known.contains(name) && !instead.isEmpty, "\(name)")
      let call = name.replacing("*", with: "distance_2points")
      #expect(failure(engine, "print \(call)(1)") == "BND210 at 1:7", "\(name)")
      #expect(failure(engine, "print x = 1 | summarize \(call)(x)") == "BND210 at 1:25", "\(name)")
    }
    for (name, instead) in AbsentNames.operators {
      #expect(!known.contains(name) && !instead.isEmpty, "\(name)")
      #expect(failure(engine, "print x = 1 | \(name) x") == "SYN103 at 1:15", "\(name)")
    }
    for (name, instead) in AbsentNames.plugins {
      #expect(!known.contains(name) && !instead.isEmpty, "\(name)")
      #expect(failure(engine, "print x = 1 | evaluate \(name)(x)") == "BND404 at 1:24", "\(name)")
    }
    for (name, instead) in AbsentNames.statements {
      #expect(!instead.isEmpty)
      let column = name.hasPrefix("declare ") ? 9 : 1
      #expect(failure(engine, "\(name) x = 1; print 1") == "SYN103 at 1:\(column)", "\(name)")
    }
  }

  private func failure(_ engine: Engine, _ query: String) -> String? {
    do throws(DossierError) {
      _ = try engine.compile(query)
      return nil
    } catch {
      let place = SourceText(query).position(at: error.span?.lower ?? 0)
      return "\(error.code) at \(place.line):\(place.column)"
    }
  }
}
