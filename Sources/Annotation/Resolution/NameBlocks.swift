import Facts

extension EntityResolution {
  /// What a cluster may have in common with another that resolution looks at together with it.
  ///
  /// Clusters without a common key, not even through others, know nothing of each other: resolving each connected set
  /// by itself gives what resolving all at once gives, so that a cluster of machines can do it.
  public static func blockKeys(of record: ClusterRecord) -> [String] {
    guard !record.name.isEmpty else {
      // Ids of the document's own; those of other documents may be the same.
      return ["/" + record.clusterID.drop { $0 != "/" }.dropFirst()]
    }
    var keys = [NameText.slug(type: "", name: record.name)]
    let parts = NameText.parts(record.name)
    // Types are compared by the whole name, entities by its core.
    keys.append("name " + parts.joined(separator: " "))
    let core = "name " + Namings.core(of: record.name, isOrganisation: true).joined(separator: " ")
    if core != keys[1] { keys.append(core) }
    if record.type == "PERSON" { keys.append("surname " + Namings.surname(parts)) }
    if record.type == "ORG" {
      keys += record.forms.filter { NameText.acronym($0.text) != nil }
        .map { "acronym " + NameText.folded($0.text) }
      if Namings.isWeak(record.name, type: record.type) {
        keys.append("acronym " + NameText.folded(record.name))
      }
    }
    for name in [record.name] + record.forms.map(\.text) where name.contains("@") {
      keys.append("address " + name)
    }
    var seen: Set<String> = []
    return keys.filter { seen.insert($0).inserted }
  }
}
