import Diagnostics
import Testing

@Suite struct CountingTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (3412, "3,412"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func thousandsAreGrouped(number: Int, text: String) { #expect(grouped(number) == text) }

  @Test func nounsAreInThePluralButForOne() {
    #expect(counted(0, "row") == "0 rows")
    #expect(counted(1, "row") == "1 row")
    #expect(counted(3412, "row") == "3,412 rows")
  }
}
