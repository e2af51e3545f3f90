/// Dependency labels of the model, as a set: a label is one bit, so that asking for several is one test.
struct Dep: OptionSet, Sendable {
  let rawValue: UInt64
  init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The label's bit; `other` for one that no rule asks for.
  init(label: String) {
    self = Self.byLabel[label] ?? .other
  }

  private init(bit: Int) { rawValue = 1 << UInt64(bit) }

  static let root = Dep(bit: 0)
  static let acl = Dep(bit: 1)
  static let acomp = Dep(bit: 2)
  static let advcl = Dep(bit: 3)
  static let advmod = Dep(bit: 4)
  static let agent = Dep(bit: 5)
  static let amod = Dep(bit: 6)
  static let appos = Dep(bit: 7)
  static let attr = Dep(bit: 8)
  static let aux = Dep(bit: 9)
  static let auxpass = Dep(bit: 10)
  static let `case` = Dep(bit: 11)
  static let cc = Dep(bit: 12)
  static let ccomp = Dep(bit: 13)
  static let compound = Dep(bit: 14)
  static let conj = Dep(bit: 15)
  static let csubj = Dep(bit: 16)
  static let csubjpass = Dep(bit: 17)
  static let dative = Dep(bit: 18)
  static let dep = Dep(bit: 19)
  static let det = Dep(bit: 20)
  static let dobj = Dep(bit: 21)
  static let expl = Dep(bit: 22)
  static let intj = Dep(bit: 23)
  static let mark = Dep(bit: 24)
  static let meta = Dep(bit: 25)
  static let neg = Dep(bit: 26)
  static let nmod = Dep(bit: 27)
  static let npadvmod = Dep(bit: 28)
  static let nsubj = Dep(bit: 29)
  static let nsubjpass = Dep(bit: 30)
  static let oprd = Dep(bit: 31)
  static let parataxis = Dep(bit: 32)
  static let pcomp = Dep(bit: 33)
  static let pobj = Dep(bit: 34)
  static let poss = Dep(bit: 35)
  static let preconj = Dep(bit: 36)
  static let prep = Dep(bit: 37)
  static let prt = Dep(bit: 38)
  static let punct = Dep(bit: 39)
  static let relcl = Dep(bit: 40)
  static let xcomp = Dep(bit: 41)
  static let other = Dep(bit: 63)

  static let subject: Dep = [.nsubj, .nsubjpass]
  static let auxiliary: Dep = [.aux, .auxpass]

  private static let byLabel: [String: Dep] = [
    "ROOT": .root, "acl": .acl, "acomp": .acomp, "advcl": .advcl, "advmod": .advmod, "agent": .agent,
    "amod": .amod, "appos": .appos, "attr": .attr, "aux": .aux, "auxpass": .auxpass, "case": .case,
    "cc": .cc, "ccomp": .ccomp, "compound": .compound, "conj": .conj, "csubj": .csubj,
    "csubjpass": .csubjpass, "dative": .dative, "dep": .dep, "det": .det, "dobj": .dobj, "expl": .expl,
    "intj": .intj, "mark": .mark, "meta": .meta, "neg": .neg, "nmod": .nmod, "npadvmod": .npadvmod,
    "nsubj": .nsubj, "nsubjpass": .nsubjpass, "oprd": .oprd, "parataxis": .parataxis, "pcomp": .pcomp,
    "pobj": .pobj, "poss": .poss, "preconj": .preconj, "prep": .prep, "prt": .prt, "punct": .punct,
    "relcl": .relcl, "xcomp": .xcomp,
  ]
}
