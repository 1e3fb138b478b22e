import Foundation
import Networks

/// Times a part of the program: a training step, a forward pass, the way from JPEG files to batches, a whole `demo`,
/// or explanations.
public struct Benchmark: Sendable {
    /// What is timed.
    public enum Mode: String, CaseIterable, Sendable {
        /// Forward, losses, backward and an Adam step.
        case train
        /// A forward pass.
        case infer
        /// Images on disk to training batches, no network.
        case data
        /// An image on disk to its overlay on disk, in a program of its own.
        case demo
        /// Grad-CAM of the highest peaks of an image at three layers.
        case explain
    }

    /// What is timed.
    public var mode = Mode.train
    /// Which network, and how many classes it knows.
    public var network: NetworkConfiguration
    /// The side of its input in pixels.
    public var inputSize = 256
    /// Images a step, or peaks that are explained.
    public var batchSize = 8
    /// How often it is timed, after one unmeasured run.
    public var runs = 5
    /// Whether to say, too, which layers and kernels the time goes to.
    public var timesLayers = false
    /// What computes.
    public var backend = BackendChoice()
    /// Whether `train` and `infer` are timed in every precision that processor and network admit; ``backend`` says the rest.
    public var comparesPrecisions = false
    /// The data set that `data` reads; nil to make one up.
    public var dataset: String?
    /// An ONNX file that `infer` runs instead of ``network``; ``inputSize`` counts where the file leaves an extent open.
    public var onnx: URL?
    /// The weights that `demo` and `explain` use; nil for random ones of ``network``.
    public var model: URL?
    /// The image that they look at; nil to make one up.
    public var image: URL?

    /// A benchmark of a network with every other setting at its default; nothing runs yet.
    public init(_ network: NetworkConfiguration) { self.network = network }

    /// Runs once without a stopwatch, then ``runs`` times with one.
    ///
    /// - Throws: ``NetworkError`` for an unknown network or a size that it cannot take, and what is wrong with a data set, a
    ///   model, a graph or an image.
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

/// What a benchmark cannot do.
public enum BenchmarkError: Error, Equatable, CustomStringConvertible {
    /// The backend does not time its operations.
    case noProfile
    /// The program could not be started, or failed; its own words, if any.
    case program(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noProfile: "this backend cannot time its layers; leave --layers out, or take onednn"
        case .program(let words): "the program that is timed did not run: \(words)"
        }
    }
}

/// How long `body` takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    try body()
    return (ContinuousClock.now - began) / .seconds(1)
}

/// A folder for what a benchmark makes up, which is gone when the benchmark is.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
