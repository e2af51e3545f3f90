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
  .of(TopHitters.self),
  .of(MakeGraph.self),
  .of(GraphMatch.self),
  .of(GraphShortestPaths.self),
  .of(GraphMarkComponents.self),
  .of(GraphToTable.self),
  .of(Search.self),
  .of(Find.self),
  .of(Sample.self),
  .of(SampleDistinct.self),
  .of(As.self),
  .of(Serialize.self),
  .of(GetSchema.self),
  .of(Invoke.self),
  .of(Render.self),
]

extension Engine {
  /// An engine with all operators, functions and rules.
  public static func standard(over catalog: any Catalog = SimpleCatalog()) -> Engine {
    Engine(
      catalog: catalog, operators: allOperators, functions: FunctionRegistry.builtIn, rules: allRules,
      unsupported: AbsentNames.operators.merging(AbsentNames.otherLanguages) { first, _ in first },
      unsupportedStatements: AbsentNames.statements)
  }
}
