import Testing

@testable import Annotation

@Suite struct EntityNameTests {
  private func candidate(_ text: String, title: NameLists.Gender? = nil) -> Candidate {
    var candidate = Candidate(
      start: 0, end: 0, tokens: 0..<0, text: text, type: "PERSON", parts: NameText.parts(text))
    candidate.title.gender = title
    return candidate
  }

  @Test func givenNamesTellGender() {
    #expect(Genders.told(by: candidate("Vladimir Putin")) == .male)
    #expect(Genders.told(by: candidate("Maria Lavrov")) == .female)
    #expect(Genders.told(by: candidate("Putin")) == nil)
    // Where the family name comes first, no given name of ours is looked for in it.
    #expect(Genders.told(by: candidate("Kim Yo Jong")) == nil)
  }

  @Test func familyNamesOfEastSlavicFormTellGender() {
    #expect(Genders.told(by: candidate("Zakharova")) == .female)
    #expect(Genders.told(by: candidate("Zakharov")) == .male)
    #expect(Genders.told(by: candidate("Nova")) == nil)
    #expect(Genders.told(by: candidate("Valentina")) == nil)
  }

  @Test func aTitleOutweighsANameBeforeIt() {
    let names = [candidate("Sasha Petrov"), candidate("Petrov", title: .female)]
    #expect(Genders.told(by: names) == .female)
    #expect(Genders.told(by: []) == nil)
  }

  @Test(arguments: [
    ("SEOUL", "Seoul"), ("KOMSOMOLSK-ON-AMUR", "Komsomolsk-On-Amur"), ("O’NEILL", "O’Neill"), ("É", "É"),
    ("", ""),
  ])
  func capitalsAreTakenBack(text: String, expected: String) { #expect(NameText.titleCased(text) == expected) }

  @Test func aShoutedWordHasTwoCapitalsAndNothingElse() {
    #expect(NameText.isShouted("SEOUL"))
    #expect(NameText.isShouted("U.N."))
    #expect(!NameText.isShouted("A"))
    #expect(!NameText.isShouted("Seoul"))
    #expect(!NameText.isShouted("42"))
  }
}
