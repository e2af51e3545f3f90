import Diagnostics

/// A component's `model` file: thinc's list of layers with their attributes and parameters.
///
/// Source: thinc's serialisation: a map of four parallel lists (`nodes`, `attrs`, `params`, `shims`) in
/// breadth-first order of the layer tree; arrays are maps `{nd, type, shape, data}`.
struct ThincModel {
  /// A layer and where its parts stand in the file.
  struct Layer {
    let name: String
    fileprivate let attributes: [(key: String, value: Msgpack)]
    fileprivate let parameters: [(key: String, value: Msgpack)]

    /// An attribute's value.
    func attribute(_ name: String) -> Msgpack? { attributes.first { $0.key == name }?.value }

    /// The shape of a parameter.
    func shape(_ name: String) -> [Int]? {
      parameters.first { $0.key == name }?.value["shape"]?.array?.compactMap(\.integer)
    }
  }

  let name: String
  private let bytes: ModelBytes
  private let all: [Layer]

  /// The layers that Dossier runs, and thinc's plumbing around them.
  private static let known: Set<String> = [
    "extract_features", "list2ragged", "ragged2list", "list2array", "with_array", "ints-getitem", "hashembed",
    "maxout", "layernorm", "dropout", "expand_window", "residual", "softmax", "linear",
    "precomputable_affine",
    "tok2vec-listener", "parser_model",
  ]

  /// Reads a model file.
  ///
  /// - Errors: `NLP104` if it is malformed, `NLP103` naming the first layer that is not supported.
  init(_ bytes: ModelBytes, _ name: String) throws(DossierError) {
    let document = try Msgpack.read(bytes.buffer, name)
    func malformed(_ what: String) -> DossierError {
      DossierError(.modelPackageUnreadable, "model file '\(name)': \(what)")
    }
    guard let nodes = document["nodes"]?.array, let attrs = document["attrs"]?.array,
      let params = document["params"]?.array, nodes.count == attrs.count, nodes.count == params.count
    else { throw malformed("has no layers") }
    let names = nodes.map { $0["name"]?.string ?? "" }
    var layers: [Layer] = []
    for (index, layer) in names.enumerated() {
      // A composite's name spells out its parts: `with_array(maxout>>layernorm>>dropout)`.
      for part in layer.split(whereSeparator: { ">|()".contains($0) })
      where !Self.known.contains(String(part)) {
        throw DossierError(
          .unsupportedModel, "the model uses the layer '\(part)' (\(name)), which Dossier does not run")
      }
      var attributes: [(key: String, value: Msgpack)] = []
      for entry in attrs[index].map ?? [] {
        guard case .binary(let range) = entry.value, let key = entry.key.string else { continue }
        attributes.append(
          (key, try Msgpack.read(UnsafeRawBufferPointer(rebasing: bytes.buffer[range]), "\(name) \(key)")))
      }
      let parameters = (params[index].map ?? []).map { (key: $0.key.string ?? "", value: $0.value) }
      layers.append(
        Layer(name: layer, attributes: attributes, parameters: parameters))
    }
    self.bytes = bytes
    self.name = name
    all = layers
  }

  /// The layers of that name, in the file's order.
  func layers(_ name: String) -> [Layer] { all.filter { $0.name == name } }

  /// Adds a layer's parameter to a flat file.
  ///
  /// - Errors: `NLP104` if it is missing, not of 32-bit floats, or of another number of dimensions.
  func add(
    _ layer: Layer, _ parameter: String, as section: String, dimensions: Int, _ file: inout FlatFileWriter
  ) throws(DossierError) {
    guard let array = layer.parameters.first(where: { $0.key == parameter })?.value,
      let shape = layer.shape(parameter), shape.count == dimensions, shape.allSatisfy({ $0 > 0 }),
      array["type"]?.text(in: bytes) == "<f4", case .binary(let range)? = array["data"],
      Tensor.size(shape) == range.count
    else {
      throw DossierError(
        .modelPackageUnreadable,
        "model file '\(name)': parameter '\(parameter)' of layer '\(layer.name)' is not an array of 32-bit floats "
          + "with \(dimensions) dimensions")
    }
    file.add(section, bytes: Array(bytes.buffer[range]), shape: shape)
  }
}

extension Msgpack {
  /// The text of a string or a byte string.
  fileprivate func text(in bytes: ModelBytes) -> String? {
    if case .binary(let range) = self { return bytes.text(range) }
    return string
  }
}
