import Columnar
import Diagnostics
import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Every sentence is our own; the publication day is Tuesday, 8 October 2024. A line of an expectation is
/// subject, predicate, object, what is claimed, and who says so, outermost first.
@Suite struct RelationStageTests {
  private func facts(_ text: String, published: String? = "2024-10-08") throws -> DocumentFacts {
    let parse = try RecordedParse.of(text, in: "relations")
    var document = Document(docID: "d", text: parse.text)
    document.published = published.flatMap(Ticks.parseISODatetime)
    let stages = [
      StageRegistry.entry(EntityStage.self), StageRegistry.entry(DateStage.self),
      StageRegistry.entry(QuoteStage.self), StageRegistry.entry(RelationStage.self),
    ]
    return try Annotator(resources: AnnotationResources(), stages: stages) {
      _, _ throws(DossierError) in parse
    }.annotate(document)
  }

  private func relations(_ text: String) throws -> [RelationRow] { try facts(text).relations }

  private func line(_ row: RelationRow) -> String {
    var parts = [row.subject, row.predicate, row.object]
    parts.append((row.negated ? "not " : "") + row.certainty.rawValue)
    if !row.speakers.isEmpty { parts.append(row.speakers.joined(separator: " > ")) }
    return parts.joined(separator: "|")
  }

  private func lines(_ rows: [RelationRow]) -> [String] { rows.map(line) }

  /// The same with From and To.
  private func timedLines(_ rows: [RelationRow]) -> [String] {
    rows.map { row in
      ([line(row)] + [row.from, row.to].map { $0.map { String(Ticks.datetimeText($0).prefix(10)) } ?? "-" })
        .joined(separator: "|")
    }
  }

  @Test(arguments: [
    (
      "The minister signed the contract.",
      [
        "The minister|sign|the contract|asserted"
      ]
    ),
    (
      "The contract was signed by the minister.",
      [
        "the minister|sign|The contract|asserted"
      ]
    ),
    (
      "The contract was signed in March.",
      [
        "The contract|be signed||asserted"
      ]
    ),
    (
      "Two envoys were expelled by the government and the parliament.",
      [
        "the government|expel|Two envoys|asserted",
        "the parliament|expel|Two envoys|asserted",
      ]
    ),
    (
      "A letter written by the mayor was found in the archive.",
      [
        "the mayor|write|A letter|asserted",
        "A letter|be found in|the archive|asserted",
      ]
    ),
    (
      "Marina Kovac has been accused of hiding documents.",
      [
        "Marina Kovac|be accused of|hiding documents|reported"
      ]
    ),
  ])
  func voices(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "The soldiers moved to the northern border.",
      [
        "The soldiers|move to|the northern border|asserted"
      ]
    ),
    (
      "The company set up an office in Oslo.",
      [
        "The company|set up|an office in Oslo|asserted"
      ]
    ),
    (
      "Shoigu took part in the parade.",
      [
        "Shoigu|take part in|the parade|asserted"
      ]
    ),
    (
      "The ceremony took place in Minsk.",
      [
        "The ceremony|take place in|Minsk|asserted"
      ]
    ),
    (
      "The army is responsible for the attack.",
      [
        "The army|be responsible for|the attack|asserted"
      ]
    ),
    (
      "The custom dates back to the empire.",
      [
        "The custom|date back to|the empire|asserted"
      ]
    ),
    (
      "The report refers to the treaty and to the protocol.",
      [
        "The report|refer to|the treaty|asserted",
        "The report|refer to|the protocol|asserted",
      ]
    ),
  ])
  func predicates(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "Norway pledged to assist Ukraine.",
      [
        "Norway|pledge to assist|Ukraine|planned"
      ]
    ),
    (
      "The two firms are trying to build a factory.",
      [
        "The two firms|try to build|a factory|planned"
      ]
    ),
    (
      "The ministry failed to answer the letter.",
      [
        "The ministry|fail to answer|the letter|not asserted"
      ]
    ),
    (
      "The company stopped selling rifles.",
      [
        "The company|stop selling|rifles|not asserted"
      ]
    ),
    (
      "The mayor managed to open the bridge.",
      [
        "The mayor|manage to open|the bridge|asserted"
      ]
    ),
    (
      "France is likely to send engineers.",
      [
        "France|be likely to send|engineers|probable"
      ]
    ),
    (
      "The president is to visit Jakarta.",
      [
        "The president|be to visit|Jakarta|planned"
      ]
    ),
    (
      "The minister is expected to leave Vienna.",
      [
        "The minister|be expected to leave|Vienna|planned"
      ]
    ),
    (
      "The general urged the president to resign.",
      [
        "The general|urge|the president|asserted",
        "the president|resign||planned",
      ]
    ),
    (
      "The union prevented the owners from closing the mine.",
      [
        "The union|prevent|the owners|asserted",
        "the owners|close|the mine|not asserted",
      ]
    ),
    (
      "The state gave the firm the right to drill.",
      [
        "The state|give|the right|asserted",
        "the firm|drill||possible",
      ]
    ),
    (
      "The government sent doctors to help the villages.",
      [
        "The government|send|doctors|asserted",
        "doctors|help|the villages|planned",
      ]
    ),
    (
      "The army began its advance to free the town.",
      [
        "The army|begin|its advance|asserted",
        "The army|free|the town|planned",
      ]
    ),
    (
      "The minister will not allow the firm to sell the mine.",
      [
        "The minister|allow|the firm to sell the mine|not planned",
        "the firm|sell|the mine|not planned",
      ]
    ),
    (
      "The council is committed to building a school.",
      [
        "The council|be committed to|building a school|asserted"
      ]
    ),
    (
      "Envoys met to discuss the treaty and sign the map.",
      [
        "Envoys|meet||asserted",
        "Envoys|discuss|the treaty|planned",
        "Envoys|sign|the map|planned",
      ]
    ),
  ])
  func infinitives(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "Kim and Putin signed a treaty.",
      [
        "Kim|sign|a treaty|asserted",
        "Putin|sign|a treaty|asserted",
      ]
    ),
    (
      "The firm bought coal and steel.",
      [
        "The firm|buy|coal|asserted",
        "The firm|buy|steel|asserted",
      ]
    ),
    (
      "The delegation visited Hanoi and met the prime minister.",
      [
        "The delegation|visit|Hanoi|asserted",
        "The delegation|meet|the prime minister|asserted",
      ]
    ),
    (
      "The army may attack or surround the town.",
      [
        "The army|attack|the town|possible",
        "The army|surround|the town|possible",
      ]
    ),
    (
      "The bank neither confirmed nor denied the sale.",
      [
        "The bank|confirm|the sale|not asserted",
        "The bank|deny|the sale|not asserted",
      ]
    ),
  ])
  func joinedParts(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "Sara Lindgren is the leader of the party.",
      [
        "Sara Lindgren|be|the leader of the party|asserted"
      ]
    ),
    (
      "Sara Lindgren became a judge.",
      [
        "Sara Lindgren|become|a judge|asserted"
      ]
    ),
    (
      "Jonas Berg, director of the institute, wrote the article.",
      [
        "Jonas Berg|be|director of the institute|asserted",
        "Jonas Berg|write|the article|asserted",
      ]
    ),
    (
      "The bridge is closed.",
      [
        "The bridge|be|closed|asserted"
      ]
    ),
  ])
  func copulas(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "The envoy did not sign the paper.",
      [
        "The envoy|sign|the paper|not asserted"
      ]
    ),
    (
      "No ships left the harbour.",
      [
        "ships|leave|the harbour|not asserted"
      ]
    ),
    (
      "The court never heard the witness.",
      [
        "The court|hear|the witness|not asserted"
      ]
    ),
    (
      "Nobody saw the driver.",
      [
        "Nobody|see|the driver|not asserted"
      ]
    ),
    (
      "The factory no longer makes engines.",
      [
        "The factory|make|engines|not asserted"
      ]
    ),
    (
      "The banker left without paying the bill.",
      [
        "The banker|leave||asserted",
        "The banker|pay|the bill|not asserted",
      ]
    ),
    (
      "The council not only heard the mayor but also praised him.",
      [
        "The council|hear|the mayor|asserted",
        "The council|praise|him|asserted",
      ]
    ),
  ])
  func negation(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "Yonhap reported that Kim praised Putin.",
      [
        "Yonhap News Agency|report|that Kim praised Putin|asserted",
        "Kim|praise|Putin|reported|Yonhap News Agency",
      ]
    ),
    (
      "Citing the Kremlin, Tass reported that Kim praised Putin.",
      [
        "Tass|cite|Kremlin|asserted",
        "Tass|report|that Kim praised Putin|asserted",
        "Kim|praise|Putin|reported|Kremlin > Tass",
      ]
    ),
    (
      "According to the mayor, the bridge collapsed.",
      [
        "the bridge|collapse||reported|the mayor"
      ]
    ),
    (
      "The bridge collapsed, the mayor said.",
      [
        "The bridge|collapse||reported|the mayor",
        "the mayor|say|The bridge collapsed|asserted",
      ]
    ),
    (
      "“The bridge collapsed,” the mayor said.",
      [
        "The bridge|collapse||reported|the mayor",
        "the mayor|say|The bridge collapsed|asserted",
      ]
    ),
    (
      "The lawyer said the witness told the police that the driver fled.",
      [
        "The lawyer|say|the witness told the police that the driver fled|asserted",
        "the witness|tell|the police|reported|The lawyer",
        "the driver|flee||reported|The lawyer > the witness",
      ]
    ),
    (
      "The mayor said that the bridge collapsed and that the road was flooded.",
      [
        "The mayor|say|that the bridge collapsed and that the road was flooded|asserted",
        "the bridge|collapse||reported|The mayor",
        "the road|be flooded||reported|The mayor",
      ]
    ),
    (
      "The mayor stated that the bridge was safe, and further checks were needed.",
      [
        "The mayor|state|that the bridge was safe, and further checks were needed|asserted",
        "the bridge|be|safe|reported|The mayor",
        "further checks|be needed||reported|The mayor",
      ]
    ),
    (
      "The mayor said that the bridge was safe, but Norway closed the road.",
      [
        "The mayor|say|that the bridge was safe|asserted",
        "the bridge|be|safe|reported|The mayor",
        "Norway|close|the road|asserted",
      ]
    ),
    (
      "If the bridge collapsed, the mayor said, the minister would resign.",
      [
        "the mayor|say|If the bridge collapsed, the mayor said, the minister would resign|asserted",
        "the bridge|collapse||conditional|the mayor",
        "the minister|resign||conditional|the mayor",
      ]
    ),
    (
      "KCNA quoted Kim as saying that the launch succeeded.",
      [
        "Korean Central News Agency|quote|Kim|asserted",
        "Kim|say|that the launch succeeded|reported|Korean Central News Agency",
        "the launch|succeed||reported|Korean Central News Agency > Kim",
      ]
    ),
    (
      "As Reuters reported, the minister resigned.",
      [
        "Reuters|report||asserted",
        "the minister|resign||reported|Reuters",
      ]
    ),
    (
      "The minister denied that the army shelled the town.",
      [
        "The minister|deny|that the army shelled the town|asserted",
        "the army|shell|the town|not reported|The minister",
      ]
    ),
    (
      "The spokesman rejected the claim that the army shelled the town.",
      [
        "The spokesman|reject|the claim|asserted",
        "the army|shell|the town|not reported|The spokesman",
      ]
    ),
    (
      "Zelensky accused Iran of sending drones.",
      [
        "Zelensky|accuse|Iran|asserted",
        "Iran|send|drones|reported|Zelensky",
      ]
    ),
    (
      "The navy said hours later that the ship had sunk.",
      [
        "navy|say|that the ship had sunk|asserted",
        "the ship|sink||reported|navy",
      ]
    ),
  ])
  func reportedSpeech(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "The army may attack the town.",
      [
        "The army|attack|the town|possible"
      ]
    ),
    (
      "The rebels probably hold the airport.",
      [
        "The rebels|hold|the airport|probable"
      ]
    ),
    (
      "The firm reportedly sold the mine.",
      [
        "The firm|sell|the mine|reported"
      ]
    ),
    (
      "The evidence suggests that Iran sent drones.",
      [
        "The evidence|suggest|that Iran sent drones|asserted",
        "Iran|send|drones|probable",
      ]
    ),
    (
      "Analysts believe that the rebels hold the airport.",
      [
        "Analysts|believe|that the rebels hold the airport|asserted",
        "the rebels|hold|the airport|probable|Analysts",
      ]
    ),
    (
      "Lawyers doubt that the court will hear the case.",
      [
        "Lawyers|doubt|that the court will hear the case|asserted",
        "the court|hear|the case|not planned|Lawyers",
      ]
    ),
    (
      "There are signs of the army preparing an attack.",
      [
        "the army|prepare|an attack|possible"
      ]
    ),
    (
      "There is no evidence that the army shelled the town.",
      [
        "the army|shell|the town|not probable"
      ]
    ),
    (
      "It is possible that the rebels hold the airport.",
      [
        "the rebels|hold|the airport|possible"
      ]
    ),
    (
      "Iran seems to support the rebels.",
      [
        "Iran|seem to support|the rebels|probable"
      ]
    ),
    (
      "The satellites detected signs that the army was leaving the base.",
      [
        "The satellites|detect|signs|asserted",
        "the army|leave|the base|possible",
      ]
    ),
    (
      "Did the army attack the town?",
      [
        "the army|attack|the town|possible"
      ]
    ),
    (
      "The council asked whether the mayor had read the report.",
      [
        "The council|ask|whether the mayor had read the report|asserted",
        "the mayor|read|the report|possible|The council",
      ]
    ),
    (
      "Moscow announced that it would close the embassy.",
      [
        "Moscow|announce|that it would close the embassy|asserted",
        "Moscow|close|the embassy|planned|Moscow",
      ]
    ),
    (
      "If the army attacks the town, the rebels will flee.",
      [
        "the army|attack|the town|conditional",
        "the rebels|flee||conditional",
      ]
    ),
    (
      "The council demanded that the mayor should resign.",
      [
        "The council|demand|that the mayor should resign|asserted",
        "the mayor|resign||possible|The council",
      ]
    ),
    (
      "Iran dropped its plan to build a dam.",
      [
        "Iran|drop|its plan|asserted",
        "Iran|build|a dam|planned",
      ]
    ),
    (
      "Several drones were made to hit ships.",
      [
        "Several drones|be made||asserted"
      ]
    ),
    (
      "The minister compared the veto to burning a letter.",
      [
        "The minister|compare|the veto to burning a letter|asserted",
        "The minister|burn|a letter|possible",
      ]
    ),
  ])
  func hedges(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "The rifles that Iran sold reached the rebels.",
      [
        "Iran|sell|The rifles|asserted",
        "The rifles|reach|the rebels|asserted",
      ]
    ),
    (
      "The house that the experts work in was sold.",
      [
        "the experts|work in|The house|asserted",
        "The house|be sold||asserted",
      ]
    ),
    (
      "The relationship between Norway and Sweden, which has improved since May, is close.",
      [
        "The relationship between Norway and Sweden|improve||asserted",
        "The relationship between Norway and Sweden|be|close|asserted",
      ]
    ),
    (
      "The minister said that the ship which sank in May carried grain.",
      [
        "The minister|say|that the ship which sank in May carried grain|asserted",
        "the ship|sink||reported|The minister",
        "the ship|carry|grain|reported|The minister",
      ]
    ),
  ])
  func relativeClauses(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "On Tuesday the minister met the envoy and signed the paper.",
      [
        "the minister|meet|the envoy|asserted|2024-10-08|2024-10-09",
        "the minister|sign|the paper|asserted|2024-10-08|2024-10-09",
      ]
    ),
    (
      "Earlier this year, Kim and Putin signed an agreement.",
      [
        "Kim|sign|an agreement|asserted|2024-01-01|2024-10-08",
        "Putin|sign|an agreement|asserted|2024-01-01|2024-10-08",
      ]
    ),
    (
      "During his visit to Paris in September 2023, the king praised the cooks.",
      [
        "the king|praise|the cooks|asserted|2023-09-01|2023-10-01",
        "the king|visit|Paris|asserted|2023-09-01|2023-10-01",
      ]
    ),
    (
      "The containers were shipped between September 7 and October 1.",
      [
        "The containers|be shipped||asserted|2024-09-07|2024-10-02"
      ]
    ),
    (
      "The office has been closed since March 2022.",
      [
        "The office|be closed||asserted|2022-03-01|-"
      ]
    ),
    (
      "The minister said on Tuesday that the bridge collapsed in May.",
      [
        "The minister|say|that the bridge collapsed in May|asserted|2024-10-08|2024-10-09",
        "the bridge|collapse||reported|The minister|2024-05-01|2024-06-01",
      ]
    ),
  ])
  func times(text: String, expected: [String]) throws {
    #expect(timedLines(try relations(text)) == expected)
  }

  @Test(arguments: [
    (
      "A bridge falls\n\nLISBON — The mayor closed the road.",
      [
        "A bridge|fall||asserted",
        "The mayor|close|the road|asserted",
      ]
    ),
    (
      "OSLO - The minister opened the bridge on Tuesday.",
      [
        "The minister|open|the bridge|asserted"
      ]
    ),
    (
      "Soldiers: the ministry counted 3,000.",
      [
        "the ministry|count|3,000|asserted"
      ]
    ),
    (
      "Mayor opens bridge\nMarch 3, 2024\nThe mayor of Oslo opened a bridge on Sunday, after eleven years of work on both banks of the river.",
      [
        "Mayor|open|bridge|asserted",
        "The mayor of Oslo|open|a bridge|asserted",
      ]
    ),
    (
      "The minister said:\n\nThe attack was a crime.",
      [
        "The minister|say|The attack was a crime|asserted",
        "The attack|be|a crime|reported|The minister",
      ]
    ),
    (
      "The two countries discussed co-operation on counter-terrorism.",
      [
        "The two countries|discuss|co-operation|asserted"
      ]
    ),
    (
      "“I will sell the farm,” said Sara Lindgren.",
      [
        "Sara Lindgren|sell|the farm|planned|Sara Lindgren",
        "Sara Lindgren|say|I will sell the farm|asserted",
      ]
    ),
  ])
  func layout(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)) == expected)
  }

  @Test func withoutAPublicationDateNothingIsGuessed() throws {
    let text = "Earlier this year, Kim and Putin signed an agreement."
    #expect(try facts(text, published: nil).relations.allSatisfy { $0.from == nil && $0.to == nil })
  }

  @Test func furtherArgumentsKeepTheirRoleTextAndEntity() throws {
    let accused = try #require(try relations("Zelensky accused Iran of sending drones.").first)
    #expect(accused.arguments == [RelationArgument(role: "of", text: "sending drones")])
    let given = try #require(try relations("The state gave the firm the right to drill.").first)
    #expect(given.arguments == [RelationArgument(role: "to", text: "the firm")])
    let urged = try #require(try relations("The general urged the president to resign.").first)
    #expect(urged.arguments == [RelationArgument(role: "to", text: "to resign")])
  }

  @Test func namedArgumentsCarryTheirEntity() throws {
    let row = try #require(try relations("Norway pledged to assist Ukraine.").first)
    #expect([row.subjectID, row.subjectType, row.subjectCountry] == ["gpe/norway", "GPE", "NO"])
    #expect([row.objectID, row.objectType, row.objectCountry] == ["gpe/ukraine", "GPE", "UA"])
    let said = try #require(try relations("Moscow announced that it would close the embassy.").last)
    #expect(said.speakerID == "gpe/moscow")
  }

  @Test func textsAreTheWordsOfTheDocument() throws {
    for parse in try RecordedParse.all("relations") {
      for row in try facts(parse.text).relations {
        let words = parse.text(row.start, row.end)
        for text in [row.subjectText, row.objectText] + row.arguments.map(\.text) where !text.isEmpty {
          #expect(words.contains(text))
        }
        for word in row.predicateText.split(separator: " ") { #expect(words.contains(word)) }
        #expect(parse.text.contains(row.evidence))
      }
    }
  }

  @Test func rowsAreNumberedInTextOrder() throws {
    for parse in try RecordedParse.all("relations") {
      let rows = try facts(parse.text).relations
      #expect(rows.map(\.relationID) == Array(rows.indices))
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.start <= $1.start })
    }
  }

  @Test func aDirectQuotationIsItsSpeakers() throws {
    // A sentence inside a longer quotation says nothing of its speaker: the quotation does.
    let parse = try RecordedParse.of("The minister signed the contract.", in: "relations")
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    facts.quotes = [
      QuoteRow(speaker: "Ann Lee", speakerID: "person/ann-lee", direct: true, start: 0, end: 33)
    ]
    let input = AnnotationInput(document: Document(docID: "d", text: parse.text), parse: parse)
    try RelationStage(resources: AnnotationResources()).annotate(input, into: &facts)
    #expect(lines(facts.relations) == ["The minister|sign|the contract|reported|Ann Lee"])
    #expect(facts.relations.map(\.speakerID) == ["person/ann-lee"])
  }

  @Test func emptyTextsHaveNone() throws {
    let parse = Parse(text: "", tokens: [], sentences: [], entities: [])
    let facts = DocumentFacts(docID: "d", document: DocumentRow())
    #expect(ClauseExtractor(parse: parse, facts: facts).rows().isEmpty)
  }

  @Test(arguments: ["claim_verbs", "claim_words"])
  func everyMarkOfTheListsIsKnown(list: String) {
    let verbMarks: Set<String> = [
      "plans", "fails", "bars", "allows", "weighs", "seems", "finds", "denies", "asks", "clause", "causes",
      "sends", "of",
    ]
    for fields in Lexicon.entries(list) {
      #expect(fields.count == (list == "claim_verbs" ? 2 : 3), "\(fields)")
      for mark in (fields.last ?? "").split(separator: " ").map(String.init) {
        let value = mark.split(separator: "=").last.map(String.init) ?? ""
        let isKnown =
          list == "claim_verbs"
          ? verbMarks.contains(mark) || (mark.contains("=") && Certainty(rawValue: value) != nil)
          : mark == "not" || Certainty(rawValue: mark) != nil
        #expect(isKnown, "\(fields[0]): \(mark)")
      }
    }
  }

  @Test(arguments: [
    (
      "Iraq's invasion of Kuwait began in August 1990.",
      [
        "Iraq|invade|Kuwait|asserted",
        "Iraq's invasion of Kuwait|begin||asserted",
      ]
    ),
    (
      "The arrest of the mayor by federal agents shocked the town.",
      [
        "The arrest of the mayor by federal agents|shock|the town|asserted",
        "federal agents|arrest|the mayor|asserted",
      ]
    ),
    (
      "After its acquisition of the mine, the company doubled production.",
      [
        "the company|acquire|the mine|asserted",
        "the company|double|production|asserted",
      ]
    ),
    (
      "Ghana demanded the release of the ambassador.",
      [
        "Ghana|demand|the release of the ambassador|asserted",
        "the ambassador|be released||planned",
      ]
    ),
    (
      "The spokesman denied Norway's purchase of the shells.",
      [
        "The spokesman|deny|Norway's purchase of the shells|asserted",
        "Norway|purchase|the shells|not reported|The spokesman",
      ]
    ),
    (
      "The alleged poisoning of the judge by the clan made headlines.",
      [
        "The alleged poisoning of the judge by the clan|make|headlines|asserted",
        "the clan|poison|the judge|reported",
      ]
    ),
    (
      "The company's release of the album was a success.",
      [
        "The company's release of the album|be|a success|asserted",
        "The company|release|the album|asserted",
      ]
    ),
  ])
  func nounsThatTell(text: String, expected: [String]) throws {
    #expect(lines(try relations(text)).sorted() == expected.sorted())
  }

  /// `Predicate: class` of the relations of a sentence, those without a class left out.
  private func events(_ text: String) throws -> [String] {
    try relations(text).filter { !$0.event.isEmpty }.map { "\($0.predicate): \($0.event)" }
  }

  @Test(arguments: [
    ("Norway pledged to assist Ukraine.", ["pledge to assist: agree"]),
    ("The general said that the bridge was open.", ["say: say"]),
    ("Rwanda appealed for help after the flood.", ["appeal for: appeal"]),
    ("The two leaders met in Geneva on Sunday.", ["meet in: consult"]),
    ("The group met its target in May.", []),
    ("The pope praised the Red Cross.", ["praise: engage"]),
    ("Oman cooperates with Qatar on fishing.", ["cooperate with: cooperate"]),
    ("Japan sent medicine to Nepal.", ["send: aid"]),
    ("Japan sent soldiers to Nepal.", ["send: mobilize"]),
    ("Japan sent a letter to Nepal.", []),
    ("The rebels released two hostages.", ["release: yield"]),
    ("The band released an album.", []),
    ("Inspectors searched the harbour.", ["search: investigate"]),
    ("Brussels demanded an apology.", ["demand: demand"]),
    ("Marina Kovac has been accused of hiding documents.", ["be accused of: disapprove"]),
    ("The party attacked the plan.", ["attack: disapprove"]),
    ("The militia attacked the village.", ["attack: assault"]),
    ("The guild refused to meet the mayor.", ["refuse to meet: reject"]),
    ("The general threatened to bomb the port.", ["threaten to bomb: threaten"]),
    ("Thousands protested against the tax.", ["protest against: protest"]),
    ("Latvia expelled two envoys.", ["expel: sanction"]),
    ("Two students were arrested in Minsk.", ["be arrested in: coerce"]),
    ("The army shelled the town.", ["shell: fight"]),
    ("The militia massacred the villagers.", ["massacre: massacre"]),
    ("The baker painted his door.", []),
  ])
  func eventClasses(text: String, expected: [String]) throws {
    #expect(try events(text) == expected)
  }

  @Test func thereAreTwentyClassesOfEvents() {
    #expect(
      Set(EventLexicon.shared.classes) == [
        "say", "appeal", "agree", "consult", "engage", "cooperate", "aid", "yield", "investigate", "demand",
        "disapprove", "reject", "threaten", "protest", "mobilize", "sanction", "coerce", "assault",
        "massacre",
        "fight",
      ])
  }
}
