import Foundation
import KQLEngine
import KQLLibrary
import Testing

@Suite struct RegistryTests {
  @Test func noNameIsUsedTwice() {
    var seen = Set<String>()
    let names = FunctionRegistry.builtIn.scalars.flatMap { [$0.name] + $0.aliases }
    for name in names { #expect(seen.insert(name).inserted, "scalar \(name)") }
    seen = []
    for name in FunctionRegistry.builtIn.aggregates.flatMap({ [$0.name] + $0.aliases }) {
      #expect(seen.insert(name).inserted, "aggregate \(name)")
    }
  }

  @Test func foldersAgreeWithTheRegistry() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/KQLLibrary")
    func files(_ folder: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: sources.appendingPathComponent(folder).path)
        .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }.sorted()
    }
    #expect(try files("Functions") == FunctionRegistry.scalarFamilies.map(\.file).sorted())
    #expect(try files("Aggregates") == FunctionRegistry.aggregateFamilies.map(\.file).sorted())
  }

  @Test func allIsDocumented() {
    for function in FunctionRegistry.builtIn.scalars {
      #expect(!function.examples.isEmpty && function.summary.hasSuffix("."), "\(function.name)")
    }
    for function in FunctionRegistry.builtIn.aggregates {
      #expect(!function.examples.isEmpty && function.summary.hasSuffix("."), "\(function.name)")
    }
  }
}
