import Boxes
import Foundation
import Graphs
import Networks

/// A network that detects objects, of any origin: its graph and parameters, how images are prepared for it, and how its outputs are
/// decoded.
public struct Detector: Sendable {
    /// The network's name.
    public var name: String
    /// The names of the classes.
    public var classNames: [String]
    /// The id of each class in results files; positions in ``classNames`` counted from 1 unless the weights say otherwise.
    public var categoryIDs: [Int]
    /// The network's graph, for an input of the preparation's size; it may accept other sizes.
    public var graph: Graph
    /// The network's parameters.
    public var parameters: ParameterStore
    /// The name of the image input.
    public var inputName: String
    /// How images are prepared for the network.
    public var preparation: ImagePreparation
    /// How outputs are decoded to objects.
    public var decoder: any DetectionDecoder
    /// Input widths and heights other than its own must be multiples of this.
    public var inputMultiple = 32
    /// The files that it was read from, none of which a result may replace.
    package var files: [URL] = []
    /// The maximum batch size: 1 for graphs with fixed shapes.
    public var maximumBatch: Int

    /// Creates a detector.
    ///
    /// - Throws: ``GraphError`` when the graph does not accept images of the preparation's size.
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

    /// Creates a detector from one of pinpoint's own models.
    public init(_ model: Model) {
        name = model.network.name
        classNames = model.classNames
        categoryIDs = model.categoryIDs ?? model.classNames.indices.map { $0 + 1 }
        graph = model.graph
        parameters = model.parameters
        inputName = "image"
        preparation = ImagePreparation(
            extent: model.inputSize, mean: model.mean, standardDeviation: model.standardDeviation)
        decoder = CenterNetDecoder(
            classCount: model.classNames.count, skeleton: model.skeleton,
            objectKind: model.network.objectKind)
        inputMultiple = NetworkCatalogue.inputMultiple(of: model.network.name)
        maximumBatch = .max
    }

    /// The skeleton of the detected keypoints; nil for a network without keypoints.
    public var skeleton: Skeleton? { decoder.skeleton }

    /// Whether it detects boxes or points.
    public var objectKind: ObjectKind { decoder.objectKind }

    /// Whether outputs are decoded to objects; otherwise only elements of outputs can be explained.
    public var decodesObjects: Bool { !decoder.outputs.isEmpty }

    /// The shape of one image's input.
    public var inputShape: [Int] { [1, 3, preparation.extent.rows, preparation.extent.columns] }
}
