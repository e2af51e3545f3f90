import KQLEngine

/// All operators: one line each.
public let allOperators: [OperatorEntry] = [
  .of(Where.self),
  .of(ProjectStep.self),
  .of(ProjectAway.self),
  .of(ProjectKeep.self),
  .of(ProjectRename.self),
  .of(ProjectReorder.self),
  .of(ProjectByNames.self),
  .of(Extend.self),
  .of(Summarize.self),
  .of(Sort.self),
  .of(Top.self),
  .of(Take.self),
  .of(Distinct.self),
  .of(Count.self),
  .of(Print.self),
  .of(Datatable.self),
  .of(RangeStep.self),
  .of(Join.self),
  .of(Lookup.self),
  .of(Union.self),
  .of(MvExpand.self),
  .of(MvApply.self),
  .of(Parse.self),
  .of(ParseWhere.self),
  .of(ParseKV.self),
  .of(Partition.self),
  .of(ScanStep.self),
  .of(Evaluate.self),
  .of(MakeSeries.self),
  .of(TopNested.self),
  .of(MakeGraph.self),
  .of(GraphMatch.self),
  .of(GraphShortestPaths.self),
  .of(GraphMarkComponents.self),
  .of(GraphToTable.self),
  .of(Search.self),
  .of(Sample.self),
  .of(SampleDistinct.self),
  .of(As.self),
  .of(Serialize.self),
  .of(GetSchema.self),
  .of(Invoke.self),
  .of(Render.self),
]

/// Operators that KQL has and Dossier has not, and what to use instead.
public let unsupportedOperators: [String: String] = [
  "externaldata": "load the file into the store, then name its table",
  "facet": "run a summarize for each column",
  "fork": "write the queries one after the other",
  "consume": "end the query without it",
  "find": "use search, or union withsource=Table T1, T2 | where …",
  "reduce": "group by a key with summarize",
  "macro-expand": "name the tables with union",
  "execute_and_cache": "use materialize()",
  "cache": "use materialize()",
]

extension Engine {
  /// An engine with all operators, functions and rules.
  public static func standard(over catalog: any Catalog = SimpleCatalog()) -> Engine {
    Engine(
      catalog: catalog, operators: allOperators, functions: FunctionRegistry.builtIn, rules: allRules,
      unsupported: unsupportedOperators)
  }
}
