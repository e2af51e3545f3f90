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
]
