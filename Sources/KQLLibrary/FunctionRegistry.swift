import KQLEngine

/// All functions and aggregates that are built in, by family: one list a file of the folders `Functions`
/// and `Aggregates`, under the file's name.
public enum FunctionRegistry {
  /// Families of scalar functions, by file name.
  public static let scalarFamilies: [(file: String, functions: [ScalarFunction])] = [
    ("ArrayFunctions", ArrayFunctions.all),
    ("BagFunctions", BagFunctions.all),
    ("ConditionalFunctions", ConditionalFunctions.all),
    ("ConversionFunctions", ConversionFunctions.all),
    ("DatetimeFunctions", DatetimeFunctions.all),
    ("EncodingFunctions", EncodingFunctions.all),
    ("FormatFunctions", FormatFunctions.all),
    ("HashFunctions", HashFunctions.all),
    ("MathFunctions", MathFunctions.all),
    ("NetworkFunctions", NetworkFunctions.all),
    ("ParsingFunctions", ParsingFunctions.all),
    ("RegexFunctions", RegexFunctions.all),
    ("SeriesAnalysisFunctions", SeriesAnalysisFunctions.all),
    ("SeriesFunctions", SeriesFunctions.all),
    ("StringFunctions", StringFunctions.all),
    ("TextFunctions", TextFunctions.all),
    ("TimezoneFunctions", TimezoneFunctions.all),
    ("UnitFunctions", UnitFunctions.all),
    ("WindowFunctions", WindowFunctions.all),
  ]

  /// Families of aggregates, by file name.
  public static let aggregateFamilies: [(file: String, functions: [AggregateFunction])] = [
    ("BasicAggregates", BasicAggregates.all),
    ("CollectionAggregates", CollectionAggregates.all),
    ("RowAggregates", RowAggregates.all),
    ("StatisticsAggregates", StatisticsAggregates.all),
  ]

  /// All of them, as the binder takes them.
  public static let builtIn = FunctionSet(
    scalars: scalarFamilies.flatMap(\.functions), aggregates: aggregateFamilies.flatMap(\.functions),
    library: LibraryFunctions.all, absent: AbsentNames.functions)
}
