import Foundation
import Graphs
import Images
import Inference
import Networks
import Tensors

/// Makes a trained network one that multiplies bytes: chooses ranges, measures what each layer loses, and leaves those in floats that lose
/// too much.
public struct Quantizer {
    /// What is going on, for people.
    public enum Stage: String, Sendable {
        /// Looking at what values are.
        case calibrating
        /// Quantizing one layer at a time.
        case measuring
    }

    /// The network, its normalizations part of its convolutions.
    public let model: Model
    /// How it is quantized.
    public let options: QuantizationOptions
    /// The convolutions that may multiply integers, in order.
    public let candidates: [String]
    /// What each of them loses, in order.
    public private(set) var errors: [LayerError] = []
    private var calibration: Calibration?
    /// As the options say.
    private var scales: [String: ActivationScale] = [:]
    private let backend: any Backend

    /// A quantizer of a network of floats.
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

    /// Looks at images, then measures what each layer alone loses.
    ///
    /// - Parameters:
    ///   - files: Images, of which so many as the options say, spread over the list, are looked at.
    ///   - progress: What it throws ends the work.
    /// - Returns: How many images were looked at.
    /// - Throws: ``QuantizationError``; what the network throws. Images that cannot be read are left out.
    public mutating func calibrate(
        on files: [URL], progress: (Stage, _ finished: Int, _ count: Int) throws -> Void = { _, _, _ in }
    ) throws -> Int {
        let predictor = try Predictor(model: model, backend: backend)
        var readable: [URL] = []
        var reason = "there are none"
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

    /// The layers, those first that lose most.
    public var worstFirst: [String] { errors.sorted { ($1.error, $0.layer) < ($0.error, $1.layer) }.map(\.layer) }

    /// The network with integers in some layers.
    ///
    /// - Parameters:
    ///   - method: How ranges are chosen; nil as the options say.
    public func quantized(
        _ layers: Set<String>, method: CalibrationMethod? = nil, notes: [String: String] = [:]
    ) throws -> Model {
        guard let calibration else { preconditionFailure("nothing was calibrated yet") }
        return try model.quantizing(
            layers: layers, placement: Placement(model.graph, layers: layers),
            scales: method.map(calibration.scales) ?? scales, weightBits: options.weightBits, notes: notes)
    }

    /// Quantizes as many layers as lose no more than may be lost.
    ///
    /// Of the layers that lose most, 0, 1, 2, 4, … stay in floats until little enough is lost; then it is tried with fewer of them.
    ///
    /// - Parameter loss: How much average precision a network has lost.
    /// - Returns: The network, and the layers of it that stayed in floats though they could be integers.
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

    /// So many of a list at equal distances; all where there are fewer.
    static func spread<Item>(_ items: [Item], _ count: Int) -> [Item] {
        guard items.count > count else { return items }
        return (0..<count).map { items[$0 * items.count / count] }
    }
}
