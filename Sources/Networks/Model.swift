import Boxes
import Graphs

/// A network with its parameters and everything needed to use it: the content of a weights file.
///
/// The properties of its ``description`` are the model's, too: `model.classNames`. The parameters are shared between copies of a model.
@dynamicMemberLookup
public struct Model: Sendable {
    /// What the model is, apart from its graph and its parameters.
    public var description: ModelDescription
    /// The network's graph.
    public var graph: Graph
    /// The network's parameters.
    public var parameters: ParameterStore

    /// A property of the description.
    public subscript<Value>(dynamicMember property: WritableKeyPath<ModelDescription, Value>) -> Value {
        get { description[keyPath: property] }
        set { description[keyPath: property] = newValue }
    }

    /// Creates a network with random parameters, reproducible by seed; images are normalized as for torchvision's networks.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, sizes out of range, or class names or a skeleton that do not match.
    public init(
        network: NetworkConfiguration, classNames: [String], skeleton: Skeleton? = nil, inputSize: InputExtent,
        seed: UInt64
    ) throws(NetworkError) {
        try self.init(
            ModelDescription(network: network, classNames: classNames, skeleton: skeleton, inputSize: inputSize)
        ) { ParameterStore(for: $0, seed: seed) }
    }

    init(_ description: ModelDescription, parameters: (Graph) -> ParameterStore) throws(NetworkError) {
        let (network, classNames) = (description.network, description.classNames)
        guard classNames.count == network.classCount, Set(classNames).count == classNames.count else {
            throw .classNames(classNames, classCount: network.classCount)
        }
        let keypointCount = description.skeleton?.keypointCount ?? 0
        guard network.keypointCount == keypointCount else {
            throw .skeleton(keypoints: keypointCount, expected: network.keypointCount)
        }
        graph = try NetworkCatalogue.make(network, quantization: description.quantization)
        try NetworkCatalogue.requireInputSize(description.inputSize, of: network.name)
        self.description = description
        self.parameters = parameters(graph)
    }
}
