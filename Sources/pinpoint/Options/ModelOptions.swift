import ArgumentParser
import ExperimentRunner
import Foundation
import Graphs
import Inference

/// Which trained network, and how it looks at pictures.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A run's folder, a weights file or an ONNX file.", valueName: "path"))
    var model: String

    @OptionGroup(title: "Of an ONNX file") var imports: ImportOptions

    func load() throws -> Detector { try Detector.load(URL(fileURLWithPath: model), imports.request) }

    /// A detector whose outputs become objects.
    func loadFinder() throws -> Detector {
        try Detector.finder(URL(fileURLWithPath: model), imports.request)
    }
}

/// How a network looks at a picture.
struct LookOptions: ParsableArguments {
    @Flag(help: "Look at the mirrored picture, too, and merge both.")
    var flip = false

    @Option(help: ArgumentHelp("Look at several sizes and merge, as in 0.75,1,1.25.", valueName: "factors"))
    var scales = FactorList(factors: [1])

    @OptionGroup var backend: BackendOptions

    /// Whether anybody asked for another look than the usual one.
    var isSet: Bool { flip || scales.factors != [1] }

    func predictor(for detector: Detector, maximumDetections: Int = 100) throws -> Predictor {
        var options = PredictorOptions()
        options.maximumDetections = maximumDetections
        options.flip = flip
        options.scales = scales.factors
        return try Predictor(detector: detector, backend: backend.choose(.automatic).backend, options: options)
    }
}

/// Numbers above zero with commas between them.
struct FactorList: ExpressibleByArgument, CustomStringConvertible {
    var factors: [Double]

    init(factors: [Double]) { self.factors = factors }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        factors = parts.compactMap { Double($0) }.filter { $0 > 0 && $0.isFinite }
        if factors.isEmpty || factors.count != parts.count { return nil }
    }

    var description: String { factors.map { String(format: "%g", $0) }.joined(separator: ",") }
}

/// Pictures to look at, and where the results go.
struct PictureOptions: ParsableArguments {
    @Argument(help: "Pictures, and folders of pictures.")
    var pictures: [String]

    func collect() throws -> [Picture] { try Picture.collect(pictures) }

    func validate() throws {
        if pictures.isEmpty { throw ValidationError("Name at least one picture or folder.") }
    }
}
