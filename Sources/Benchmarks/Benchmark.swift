import Boxes
import Foundation
import Networks
import OneDNNBackend

/// Times a part of the program: a training step, a forward pass, data loading from JPEG files to batches, a whole `demo`,
/// or explanations.
public struct Benchmark: Sendable {
    /// The part of the program that is timed.
    public enum Mode: String, CaseIterable, Sendable {
        /// Forward pass, losses, backward pass and an Adam step.
        case train
        /// A forward pass.
        case infer
        /// From images on disk to training batches, without a network.
        case data
        /// From an image on disk to its overlay on disk, in a separate process.
        case demo
        /// Grad-CAM of the highest peaks of one image at three layers.
        case explain
    }

    /// The part of the program that is timed.
    public var mode = Mode.train
    /// The network architecture and its number of classes.
    public var network: NetworkConfiguration
    /// The size of the input.
    public var inputSize: InputExtent = 256
    /// Images per step, or the number of peaks to explain.
    public var batchSize = 8
    /// The number of timed runs, after one warm-up run.
    public var runs = 5
    /// Whether to report the time of each layer and kernel, too.
    public var timesLayers = false
    /// The compute backend.
    public var backend = BackendChoice()
    /// Whether `train` and `infer` are timed in every precision that processor and network support; ``backend`` sets the rest.
    public var comparesPrecisions = false
    /// The data set that `data` reads; nil for a synthetic one.
    public var dataset: String?
    /// An ONNX file that `infer` runs instead of ``network``; ``inputSize`` replaces dynamic dimensions.
    public var onnx: URL?
    /// The weights that `demo` and `explain` use; nil for random ones of ``network``.
    public var model: URL?
    /// The image that `demo` and `explain` use; nil for a synthetic one.
    public var image: URL?

    /// Creates a benchmark of a network with default settings without running it.
    public init(_ network: NetworkConfiguration) { self.network = network }

    /// Runs once as a warm-up, then times ``runs`` runs.
    ///
    /// - Throws: ``NetworkError`` for an unknown network or a size that it cannot take, and errors about the data set, the
    ///   model, the graph or the image.
    public func run() throws -> BenchmarkReport {
        if let onnx { return try ImportedBenchmark(settings: self, file: onnx).run() }
        try NetworkCatalogue.requireInputSize(inputSize, of: network.name)
        return switch mode {
        case .train, .infer: try NetworkBenchmark(settings: self).run()
        case .data: try DataBenchmark(settings: self).run()
        case .demo: try DemoBenchmark(settings: self).run()
        case .explain: try ExplainBenchmark(settings: self).run()
        }
    }
}

/// An error of a benchmark.
public enum BenchmarkError: Error, Equatable, CustomStringConvertible {
    /// The backend does not time its operations.
    case noProfile
    /// The program could not be started, or failed; with its message, if any.
    case program(String)
    /// A training step ended before its end, because its loss or gradient is not finite.
    case notFinite

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noProfile: "this backend cannot time its layers; remove --layers, or use onednn"
        case .notFinite: "the loss or its gradient is not finite, so there is no whole step to time"
        case .program(let words): "the timed program did not run: \(words)"
        }
    }
}

/// Returns how long `body` takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    try body()
    return (ContinuousClock.now - began) / .seconds(1)
}

/// A temporary folder for a benchmark's synthetic data, deleted together with this object.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
