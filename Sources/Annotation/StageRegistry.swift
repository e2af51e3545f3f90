import Diagnostics

/// The stages of annotation in the order in which they run. A new stage is one file and one line here.
public enum StageRegistry {
  /// The stages.
  public static let stages: [StageEntry] = [
    entry(EntityStage.self),
    entry(ParticipantStage.self),
    entry(DateStage.self),
    entry(AmountStage.self),
    entry(QuoteStage.self),
    entry(SpeakerPronounStage.self),
    entry(RelationStage.self),
    entry(SentimentStage.self),
  ]

  /// Wraps a stage's type. (Calling `init` through an existential type in a stored typed-throws closure
  /// crashes the Swift 6.3.1 compiler; a generic helper does not.)
  public static func entry<Stage: AnnotationStage>(_: Stage.Type) -> StageEntry {
    StageEntry(
      name: Stage.name, version: Stage.version, requires: Stage.requires, assigns: Stage.assigns,
      make: { resources throws(DossierError) in try Stage(resources: resources) })
  }
}

/// One stage in the registry.
public struct StageEntry: Sendable {
  /// The stage's name.
  public let name: String
  /// Raised whenever its rows change.
  public let version: Int
  /// Layers that must be there before.
  public let requires: Set<Layer>
  /// Layers that are there after.
  public let assigns: Set<Layer>
  /// Makes the stage.
  public let make: @Sendable (AnnotationResources) throws(DossierError) -> any AnnotationStage
}
