import Foundation
import Graphs
import Images
import Inference
import Networks
import Tensors

/// Quantizes a trained network: calibrates ranges, measures the error of each layer, and keeps the layers with too large an error in
/// floats.
public struct Quantizer {
    /// The current stage, for display.
    public enum Stage: String, Sendable {
        /// Determining the ranges of values.
        case calibrating
        /// Measuring the error of one layer at a time.
        case measuring
    }

    /// The network, with folded normalizations.
    public let model: Model
    /// The options of quantization.
    public let options: QuantizationOptions
    /// The convolutions that may be quantized, in order.
    public let candidates: [String]
    /// The error of each candidate, in order.
    public private(set) var errors: [LayerError] = []
    private var calibration: Calibration?
    /// The scales by the options' method.
    private var scales: [String: ActivationScale] = [:]
    private let backend: any Backend

    /// Creates a quantizer of a network that is not quantized yet.
    ///
    /// - Throws: ``NetworkError/quantized(_:)``, ``QuantizationError``.
    public init(_ model: Model, backend: any Backend, options: QuantizationOptions) throws {
        if model.quantization != nil { throw NetworkError.quantized(model.network.name) }
        self.model = model.foldingNormalizations
        self.options = options
        self.backend = backend
        let layers = Placement.layers(of: self.model.graph)
        if layers.isEmpty { throw QuantizationError.noLayers }
        var kept: Set<String> = []
        for pattern in options.kept {
            let names = Set(try self.model.graph.nodes(matching: pattern)).intersection(layers)
            if names.isEmpty { throw QuantizationError.nothingKept(pattern) }
            kept.formUnion(names)
        }
        candidates = layers.filter { !kept.contains($0) }
        if candidates.isEmpty { throw QuantizationError.noLayers }
    }

    /// Calibrates on images, then measures the error of each layer alone.
    ///
    /// - Parameters:
    ///   - files: The images, from which as many as the options specify are used, spread over the list.
    ///   - progress: Called after each step; an error that it throws stops the calibration.
    /// - Returns: The number of images used.
    /// - Throws: ``QuantizationError``; errors of the network. Unreadable images are left out.
    public mutating func calibrate(
        on files: [URL], progress: (Stage, _ finished: Int, _ count: Int) throws -> Void = { _, _, _ in }
    ) throws -> Int {
        let predictor = try Predictor(model: model, backend: backend)
        var readable: [URL] = []
        var reason = "there are no images"
        for file in Self.spread(files, options.imageCount) {
            do {
                _ = try predictor.read(file)
                readable.append(file)
            } catch { reason = "\(error)" }
        }
        if readable.isEmpty { throw QuantizationError.noImages(reason: reason) }
        func input(_ image: Int) throws -> Tensor { predictor.input(for: try predictor.read(readable[image])).tensor }
        let values = Placement(model.graph, layers: Set(candidates)).values
        let calibration = try Calibration(
            of: model, values: values, backend: backend, imageCount: readable.count, inputs: input
        ) { try progress(.calibrating, $0, $1) }
        self.calibration = calibration
        scales = calibration.scales(options.method)
        let shown = Self.spread(Array(readable.indices), options.sensitivityImageCount)
        let answers = try ReferenceAnswers(of: model, to: shown.map(input), backend: backend)
        errors = []
        for (index, layer) in candidates.enumerated() {
            errors.append(LayerError(layer: layer, error: try answers.error(of: try quantized([layer]))))
            try progress(.measuring, index + 1, candidates.count)
        }
        return readable.count
    }

    /// The layers, by descending error.
    public var worstFirst: [String] { errors.sorted { ($1.error, $0.layer) < ($0.error, $1.layer) }.map(\.layer) }

    /// Returns the network with some layers quantized.
    ///
    /// - Parameters:
    ///   - method: The method of choosing ranges; nil for the options' method.
    public func quantized(
        _ layers: Set<String>, method: CalibrationMethod? = nil, notes: [String: String] = [:]
    ) throws -> Model {
        guard let calibration else { preconditionFailure("the network is not calibrated yet") }
        return try model.quantizing(
            layers: layers, placement: Placement(model.graph, layers: layers),
            scales: method.map(calibration.scales) ?? scales, weightBits: options.weightBits, notes: notes)
    }

    /// Quantizes as many layers as the tolerance allows.
    ///
    /// Of the layers with the largest errors, 0, 1, 2, 4, … are kept in floats until the loss is within the tolerance; then smaller numbers
    /// are tried.
    ///
    /// - Parameter loss: Returns a network's loss of average precision.
    /// - Returns: The network, and the candidates that are kept in floats.
    /// - Throws: ``QuantizationError/tooMuchLost(least:tolerance:)``.
    public func search(
        notes: [String: String], loss: (Model, _ kept: Int) throws -> Double
    ) throws -> (model: Model, kept: [String]) {
        let worst = worstFirst
        var least = Double.infinity
        func attempt(_ kept: Int) throws -> Model? {
            let model = try quantized(Set(worst[kept...]), notes: notes)
            let lost = try loss(model, kept)
            least = min(least, lost)
            return lost <= options.tolerance ? model : nil
        }
        var (tooFew, kept) = (-1, 0)
        var found: Model?
        while kept < worst.count {
            found = try attempt(kept)
            if found != nil { break }
            (tooFew, kept) = (kept, kept < worst.count - 1 ? min(max(1, 2 * kept), worst.count - 1) : worst.count)
        }
        guard var best = found else {
            throw QuantizationError.tooMuchLost(least: least, tolerance: options.tolerance)
        }
        while kept - tooFew > 1 {
            let middle = (kept + tooFew) / 2
            if let model = try attempt(middle) {
                (best, kept) = (model, middle)
            } else {
                tooFew = middle
            }
        }
        return (best, Array(worst[..<kept]))
    }

    /// Returns `count` items of a list at equal distances; all if there are fewer.
    static func spread<Item>(_ items: [Item], _ count: Int) -> [Item] {
        guard items.count > count else { return items }
        return (0..<count).map { items[$0 * items.count / count] }
    }
}
