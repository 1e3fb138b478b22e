import ArgumentParser
import ExperimentRunner
import Foundation
import Graphs
import Inference

/// Which trained network, and how it looks at images.
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

/// How a network looks at an image.
struct LookOptions: ParsableArguments {
    @Flag(help: "Look at the mirrored image, too, and merge both.")
    var flip = false

    @Option(help: ArgumentHelp("Look at several sizes and merge, as in 0.75,1,1.25.", valueName: "factors"))
    var scales = NumberList([1])

    @OptionGroup var backend: BackendOptions

    func validate() throws {
        if !scales.isPositive { throw ValidationError("--scales takes numbers above 0.") }
    }

    /// Whether anybody asked for another look than the usual one.
    var isSet: Bool { flip || scales.numbers != [1] }

    func predictor(for detector: Detector, maximumDetections: Int = 100) throws -> Predictor {
        var options = PredictorOptions()
        options.maximumDetections = maximumDetections
        options.flip = flip
        options.scales = scales.numbers
        return try Predictor(detector: detector, backend: backend.choose(.automatic).backend, options: options)
    }
}

/// Images to look at, and where the results go.
struct ImageOptions: ParsableArguments {
    @Argument(help: "Images, and folders of images.")
    var images: [String]

    func collect() throws -> [ImageSource] { try ImageSource.collect(images) }

    func validate() throws {
        if images.isEmpty { throw ValidationError("Name at least one image or folder.") }
    }
}
