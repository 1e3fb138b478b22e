import Boxes
import Graphs
import Networks

/// A network that finds objects, wherever it comes from: its graph and numbers, what it wants done to images, and how its outputs
/// are read.
public struct Detector: Sendable {
    /// What people call the network.
    public var name: String
    /// What it tells apart.
    public var classNames: [String]
    /// The number that stands for each class in result files; places in ``classNames`` from 1 unless its weights say otherwise.
    public var categoryIDs: [Int]
    /// The network, for an input of the preparation's extent; it may take others.
    public var graph: Graph
    /// Its numbers.
    public var parameters: ParameterStore
    /// The input that images go into.
    public var inputName: String
    /// What is done to an image first.
    public var preparation: ImagePreparation
    /// How outputs become objects.
    public var decoder: any DetectionDecoder
    /// What the sides of inputs other than its own are multiples of.
    public var inputMultiple = 32
    /// The most items that it takes at once: 1 for graphs in which shapes are written down.
    public var maximumBatch: Int

    /// A detector from its parts.
    ///
    /// - Throws: ``GraphError`` when the graph cannot take images of the preparation's extent.
    public init(
        name: String, classNames: [String], graph: Graph, parameters: ParameterStore, inputName: String,
        preparation: ImagePreparation, decoder: any DetectionDecoder
    ) throws(GraphError) {
        self.name = name
        self.classNames = classNames
        categoryIDs = classNames.indices.map { $0 + 1 }
        self.graph = graph
        self.parameters = parameters
        self.inputName = inputName
        self.preparation = preparation
        self.decoder = decoder
        let extent = preparation.extent
        maximumBatch =
            try graph.takesBatches([inputName: [1, 3, extent.rows, extent.columns]]) ? .max : 1
    }

    /// A network of ours.
    public init(_ model: Model) {
        name = model.network.name
        classNames = model.classNames
        categoryIDs = model.categoryIDs ?? model.classNames.indices.map { $0 + 1 }
        graph = model.graph
        parameters = model.parameters
        inputName = "image"
        preparation = ImagePreparation(
            extent: InputExtent(side: model.inputSize), mean: model.mean, standardDeviation: model.standardDeviation)
        decoder = CenterNetDecoder(
            classCount: model.classNames.count, keypoints: model.skeleton.map { KeypointOutputs(skeleton: $0) })
        inputMultiple = NetworkCatalogue.inputMultiple(of: model.network.name)
        maximumBatch = .max
    }

    /// What the keypoints of its objects are; nil for a network that answers with none.
    public var skeleton: Skeleton? { decoder.skeleton }

    /// Whether its outputs are read as objects; otherwise only elements of them can be asked about.
    public var findsObjects: Bool { !decoder.outputs.isEmpty }

    /// The shape of one image's input.
    public var inputShape: [Int] { [1, 3, preparation.extent.rows, preparation.extent.columns] }
}
