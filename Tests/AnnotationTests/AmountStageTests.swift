import Facts
import Linguistics
import TestSupport
import Testing

@testable import Annotation

/// Every sentence is our own.
@Suite struct AmountStageTests {
  private func facts(_ text: String) throws -> DocumentFacts {
    let parse = try RecordedParse.of(text, in: "amounts")
    let input = AnnotationInput(document: Document(docID: "d", text: text), parse: parse)
    var facts = DocumentFacts(docID: "d", document: DocumentRow())
    let resources = AnnotationResources()
    try EntityStage(resources: resources).annotate(input, into: &facts)
    try DateStage(resources: resources).annotate(input, into: &facts)
    try AmountStage(resources: resources).annotate(input, into: &facts)
    return facts
  }

  @Test(arguments: [
    ("The company paid $1.2 billion for the port.", ["$1.2 billion|MONEY|1200000000.0|USD|"]),
    (
      "The fund gave about €40m and US$3bn to farmers.",
      ["€40m|MONEY|40000000.0|EUR|APPROX", "US$3bn|MONEY|3000000000.0|USD|"]
    ),
    (
      "At least 5,000 North Korean soldiers crossed the border.",
      ["5,000 North Korean soldiers|COUNT|5000.0|soldier|EQUAL_OR_MORE"]
    ),
    (
      "Two hundred and fifty ships waited off the coast.",
      ["Two hundred and fifty ships|COUNT|250.0|ship|"]
    ),
    // Nothing is guessed where the text leaves it open.
    ("Dozens of boats sank near the island.", ["Dozens of boats|COUNT|null|boat|APPROX"]),
    // Both ends of a range have the unit of the second.
    (
      "Exports rose by 15-20% and imports by 3.5 per cent.",
      [
        "15|PERCENT|15.0|%|EQUAL_OR_MORE", "20%|PERCENT|20.0|%|EQUAL_OR_LESS", "3.5 per cent|PERCENT|3.5|%|",
      ]
    ),
    (
      "The shell flew 42 kilometres and weighed 90 pounds.",
      ["42 kilometres|MEASURE|42.0|km|", "90 pounds|MEASURE|90.0|lb|"]
    ),
    ("A 155-millimetre shell hit the market.", ["155-millimetre|MEASURE|155.0|mm|"]),
    // Both have its scale, too; the letters at the end of a sentence keep its dot.
    (
      "Imports rose to between 2 and 3 million tonnes, from less than €400m.",
      [
        "2|MEASURE|2000000.0|t|EQUAL_OR_MORE", "3 million tonnes|MEASURE|3000000.0|t|EQUAL_OR_LESS",
        "€400m.|MONEY|400000000.0|EUR|LESS_THAN",
      ]
    ),
    (
      "The port cost $2 to 3 billion.",
      ["$2|MONEY|2000000000.0|USD|EQUAL_OR_MORE", "3 billion|MONEY|3000000000.0|USD|EQUAL_OR_LESS"]
    ),
    (
      "Between 10 and 20 people were hurt, and nearly 30 percent of Ukraine's power plants failed.",
      [
        "10|COUNT|10.0|people|EQUAL_OR_MORE", "20 people|COUNT|20.0|people|EQUAL_OR_LESS",
        "30 percent|PERCENT|30.0|%|LESS_THAN",
      ]
    ),
    (
      "The blast killed 20 and wounded three dozen workers.",
      ["20|COUNT|20.0||", "three dozen workers|COUNT|36.0|worker|"]
    ),
    // The number of a model, a date's, an article's and a score's are no amounts.
    ("Boeing sold four 737 airliners on 3 May 2024.", ["four 737 airliners|COUNT|4.0|airliner|"]),
    (
      "He scored half a million votes in Article 5 of the 2-1 decision.",
      ["half a million votes|COUNT|500000.0|vote|"]
    ),
    (
      "The loan of 10 million South Korean won costs £50 or more.",
      ["10 million South Korean won|MONEY|10000000.0|KRW|", "£50|MONEY|50.0|GBP|EQUAL_OR_MORE"]
    ),
    (
      "She owns 3.5 million shares, up to 200 hectares of land and one boat.",
      [
        "3.5 million shares|COUNT|3500000.0|share|", "200 hectares|MEASURE|200.0|ha|EQUAL_OR_LESS",
        "one boat|COUNT|1.0|boat|",
      ]
    ),
  ])
  func amounts(text: String, expected: [String]) throws {
    let rows = try facts(text).amounts
    let lines = rows.map { row in
      "\(row.text)|\(row.type)|\(row.value.map { "\($0)" } ?? "null")|\(row.unit)|\(row.mod)"
    }
    #expect(lines == expected)
    for row in rows { #expect(row.start < row.end && row.end <= text.unicodeScalars.count) }
  }

  @Test(arguments: [
    ("At least 5,000 North Korean soldiers crossed the border.", "norp/north-korean"),
    (
      "Between 10 and 20 people were hurt, and nearly 30 percent of Ukraine's power plants failed.",
      "gpe/ukraine"
    ),
    ("The company paid $1.2 billion for the port.", ""),
  ])
  func whatIsCounted(text: String, entity: String) throws {
    #expect(try facts(text).amounts.last?.ofEntityID == entity)
  }

  @Test(arguments: [
    ("3,000", "3000"), ("1,234.5", "1234.5"), (".5", "0.5"), ("12mm", "12"), ("7%", "7"),
  ])
  func digits(text: String, digits: String) { #expect(NumberReader.digits(of: text)?.0 == digits) }

  @Test(arguments: ["10:30", "1,5", "3,0000", "2-1", "10.5.2024", "x"])
  func noNumbers(text: String) {
    let read = NumberReader.digits(of: text)
    #expect(read == nil || read?.0.isEmpty == true)
  }

  /// A billion times 16.6 is not 16.6 billion to the last digit; the text's number is.
  @Test func scalesAreExact() throws {
    #expect(NumberReader.digits(of: "16.6").flatMap { Double($0.0 + "e9") } == 16_600_000_000)
  }
}
