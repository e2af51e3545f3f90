import Columnar
import Diagnostics
import KQLEngine

/// Conversions between units of one kind: `convert_length(1.2, 'Foot', 'Meter')`.
enum UnitFunctions {
  static let all: [ScalarFunction] =
    [angle, area, energy, force, length, mass, speed, volume, temperature]

  /// The metric prefixes, with their exact powers of ten.
  private static func metric(_ unit: String, _ factor: Double, _ prefixes: [String]) -> [(String, Double)] {
    let powers: [String: Double] = [
      "Nano": 1e-9, "Micro": 1e-6, "Milli": 1e-3, "Centi": 1e-2, "Deci": 1e-1, "Deca": 10, "Hecto": 100,
      "Kilo": 1000, "Mega": 1e6, "Giga": 1e9, "Tera": 1e12,
    ]
    return [(unit, factor)]
      + prefixes.map { prefix in
        let word = unit.prefix(1).lowercased() + unit.dropFirst()
        return (prefix + word, (powers[prefix] ?? 1) * factor)
      }
  }

  /// A function over units that differ by a factor; each has its size in one base unit.
  private static func linear(
    _ kind: String, _ units: [(String, Double)], _ example: (String, String)
  ) -> ScalarFunction {
    let sizes = Dictionary(units.map { (lowered($0.0), $0.1) }) { first, _ in first }
    return .kernel(
      "convert_\(kind)", [.real("value"), .string("from"), .string("to")], gives: .real,
      "A \(kind) in one unit turned into another; units are named as in 'Meter', 'Kilogram', 'Newton'.",
      example
    ) { (call) throws(DossierError) in
      try call.map(call.lane(0), call.lane(1), call.lane(2)) {
        (value: Double, from: String, to: String) -> Double? in
        guard let a = sizes[lowered(from)], let b = sizes[lowered(to)] else { return nil }
        // One division keeps factors of ten exact where a product of inverses would not be.
        return a >= b ? value * (a / b) : value / (b / a)
      }
    }
  }

  static let angle = linear(
    "angle",
    [
      ("Degree", 1), ("Radian", 180 / Double.pi), ("Gradian", 0.9), ("Arcminute", 1 / 60.0),
      ("Arcsecond", 1 / 3600.0),
      ("Revolution", 360), ("Centiradian", 1.8 / Double.pi), ("Deciradian", 18 / Double.pi),
      ("Milliradian", 0.18 / Double.pi), ("Microradian", 0.00018 / Double.pi),
      ("Nanoradian", 1.8e-7 / Double.pi),
      ("Microdegree", 1e-6), ("Millidegree", 1e-3), ("Nanodegree", 1e-9), ("Tilt", 180 / Double.pi),
    ], ("convert_angle(1.5, 'Revolution', 'Degree')", "540.0"))

  static let area = linear(
    "area",
    [
      ("SquareMeter", 1), ("SquareKilometer", 1e6), ("SquareCentimeter", 1e-4), ("SquareMillimeter", 1e-6),
      ("SquareDecimeter", 1e-2), ("SquareMicrometer", 1e-12), ("Hectare", 1e4), ("Acre", 4046.8564224),
      ("SquareFoot", 0.09290304), ("SquareInch", 0.00064516), ("SquareYard", 0.83612736),
      ("SquareMile", 2_589_988.110336), ("SquareNauticalMile", 3_429_904),
    ], ("convert_area(2.0, 'Hectare', 'SquareMeter')", "20000.0"))

  static let energy = linear(
    "energy",
    metric("Joule", 1, ["Nano", "Micro", "Milli", "Kilo", "Mega", "Giga", "Tera"])
      + metric("WattHour", 3600, ["Kilo", "Mega", "Giga", "Tera"])
      + metric("Calorie", 4.184, ["Kilo", "Mega"])
      + [
        ("KilowattHour", 3.6e6), ("MegawattHour", 3.6e9), ("GigawattHour", 3.6e12), ("TerawattHour", 3.6e15),
        ("BritishThermalUnit", 1055.05585262), ("ElectronVolt", 1.602176634e-19), ("Erg", 1e-7),
        ("FootPound", 1.3558179483314004), ("HorsepowerHour", 2.6845195376961726e6), ("WattDay", 86400),
        ("KilowattDay", 8.64e7), ("ThermUs", 1.054804e8), ("ThermEc", 1.0550558526e8),
      ], ("convert_energy(1.2, 'Joule', 'Millijoule')", "1200.0"))

  static let force = linear(
    "force",
    metric("Newton", 1, ["Micro", "Milli", "Deca", "Kilo", "Mega"])
      + [
        ("Dyn", 1e-5), ("KilogramForce", 9.80665), ("Kilopond", 9.80665), ("TonneForce", 9806.65),
        ("PoundForce", 4.4482216152605), ("KilopoundForce", 4448.2216152605),
        ("OunceForce", 0.27801385095378125),
        ("Poundal", 0.138254954376), ("ShortTonForce", 8896.443230521),
      ], ("convert_force(1.2, 'Newton', 'Decanewton')", "0.12"))

  static let length = linear(
    "length",
    metric("Meter", 1, ["Nano", "Micro", "Milli", "Centi", "Deci", "Deca", "Hecto", "Kilo", "Mega"])
      + [
        ("Inch", 0.0254), ("Foot", 0.3048), ("Yard", 0.9144), ("Mile", 1609.344), ("NauticalMile", 1852),
        ("Angstrom", 1e-10), ("AstronomicalUnit", 1.495978707e11), ("LightYear", 9.4607304725808e15),
        ("Parsec", 3.0856775814913673e16), ("Fathom", 1.8288), ("Chain", 20.1168), ("Hand", 0.1016),
        ("Mil", 2.54e-5),
        ("Microinch", 2.54e-8), ("UsSurveyFoot", 1200 / 3937.0), ("DataMile", 1828.8),
      ], ("convert_length(1.2, 'Centimeter', 'Meter')", "0.012"))

  static let mass = linear(
    "mass",
    metric("Gram", 1e-3, ["Nano", "Micro", "Milli", "Centi", "Deci", "Deca", "Hecto", "Kilo"])
      + metric("Tonne", 1000, ["Kilo", "Mega"])
      + [
        ("Pound", 0.45359237), ("Ounce", 0.028349523125), ("Stone", 6.35029318), ("ShortTon", 907.18474),
        ("LongTon", 1016.0469088), ("Grain", 6.479891e-5), ("Slug", 14.593902937206),
        ("Kilopound", 453.59237),
        ("ShortHundredweight", 45.359237), ("LongHundredweight", 50.80234544),
      ], ("convert_mass(1.2, 'Kilogram', 'Gram')", "1200.0"))

  static let speed = linear(
    "speed",
    [
      ("MeterPerSecond", 1), ("KilometerPerHour", 1 / 3.6), ("KilometerPerSecond", 1000),
      ("MilePerHour", 0.44704),
      ("FootPerSecond", 0.3048), ("Knot", 1852 / 3600.0), ("CentimeterPerSecond", 0.01),
      ("MillimeterPerSecond", 0.001),
      ("MeterPerMinute", 1 / 60.0), ("MeterPerHour", 1 / 3600.0), ("KilometerPerMinute", 1000 / 60.0),
      ("CentimeterPerHour", 0.01 / 3600), ("CentimeterPerMinute", 0.01 / 60), ("DecimeterPerSecond", 0.1),
      ("DecimeterPerMinute", 0.1 / 60), ("FootPerMinute", 0.3048 / 60), ("FootPerHour", 0.3048 / 3600),
      ("InchPerSecond", 0.0254), ("InchPerMinute", 0.0254 / 60), ("InchPerHour", 0.0254 / 3600),
      ("YardPerSecond", 0.9144), ("YardPerMinute", 0.9144 / 60), ("YardPerHour", 0.9144 / 3600),
      ("MicrometerPerSecond", 1e-6), ("NanometerPerSecond", 1e-9), ("MillimeterPerMinute", 1e-3 / 60),
      ("MillimeterPerHour", 1e-3 / 3600), ("Mach", 340.29),
    ], ("round(convert_speed(36.0, 'KilometerPerHour', 'MeterPerSecond'), 9)", "10.0"))

  static let volume = linear(
    "volume",
    metric("Liter", 1e-3, ["Nano", "Micro", "Milli", "Centi", "Deci", "Deca", "Hecto", "Kilo", "Mega"])
      + [
        ("CubicMeter", 1), ("CubicDecimeter", 1e-3), ("CubicCentimeter", 1e-6), ("CubicMillimeter", 1e-9),
        ("CubicKilometer", 1e9), ("CubicInch", 1.6387064e-5), ("CubicFoot", 0.028316846592),
        ("CubicYard", 0.764554857984), ("CubicMile", 4.168181825440579584e9), ("UsGallon", 0.003785411784),
        ("UsQuart", 0.000946352946), ("UsPint", 0.000473176473), ("UsOunce", 2.95735295625e-5),
        ("UsTablespoon", 1.478676478125e-5), ("UsTeaspoon", 4.92892159375e-6), ("UsLegalCup", 0.00024),
        ("UsCustomaryCup", 0.0002365882365), ("ImperialGallon", 0.00454609), ("ImperialPint", 0.00056826125),
        ("ImperialQuart", 0.0011365225), ("ImperialOunce", 2.84130625e-5), ("OilBarrel", 0.158987294928),
        ("MetricCup", 0.00025), ("MetricTeaspoon", 5e-6), ("AcreFoot", 1233.48183754752),
      ], ("convert_volume(1.2, 'CubicMeter', 'Liter')", "1200.0"))

  /// Scales of temperature: how many kelvins a degree is, and where zero lies.
  private static let scales: [String: (size: Double, zero: Double)] = [
    "kelvin": (1, 0), "degreecelsius": (1, 273.15), "degreefahrenheit": (5 / 9.0, 459.67 * 5 / 9),
    "degreerankine": (5 / 9.0, 0), "degreedelisle": (-2 / 3.0, 373.15), "degreenewton": (100 / 33.0, 273.15),
    "degreereaumur": (1.25, 273.15), "degreeroemer": (40 / 21.0, 273.15 - 7.5 * 40 / 21),
    "millidegreecelsius": (1e-3, 273.15),
  ]

  static let temperature = ScalarFunction.kernel(
    "convert_temperature", [.real("value"), .string("from"), .string("to")], gives: .real,
    "A temperature on one scale turned into another: 'Kelvin', 'DegreeCelsius', 'DegreeFahrenheit' and so on.",
    ("convert_temperature(1.2, 'Kelvin', 'DegreeCelsius')", "-271.95")
  ) { (call) throws(DossierError) in
    try call.map(call.lane(0), call.lane(1), call.lane(2)) {
      (value: Double, from: String, to: String) -> Double? in
      guard let a = scales[lowered(from)], let b = scales[lowered(to)] else { return nil }
      let kelvins = value * a.size + a.zero
      // Kelvins of two decimals print cleanly only when the last rounding error is cut.
      return rounded((kelvins - b.zero) / b.size, digits: 12)
    }
  }
}
