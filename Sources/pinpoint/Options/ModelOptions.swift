import ArgumentParser
import Foundation
import Graphs
import Inference
import Jobs

/// A trained network.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Run folder, weights file or ONNX file.", valueName: "path"))
    var model: String

    @OptionGroup(title: "Options for ONNX files") var imports: ImportOptions

    func load() throws -> Detector { try Detector.load(URL(fileURLWithPath: model), imports.request) }

    /// Loads a detector whose outputs can be decoded into objects.
    func loadFinder() throws -> Detector {
        try Detector.finder(URL(fileURLWithPath: model), imports.request)
    }
}

/// The size at which the network sees images.
struct ResolutionOptions: ParsableArguments {
    @Flag(
        help:
            "See each image at its own resolution, padded to the network's stride and at most 4 megapixels, instead of at the network's input size."
    )
    var keepResolution = false
}

/// Test-time augmentation, and the backend.
struct TestTimeAugmentationOptions: ParsableArguments {
    @Flag(help: "Test-time augmentation: also run the mirrored image and merge the results.")
    var flip = false

    @Option(
        help: ArgumentHelp(
            "Test-time augmentation: run at several scales and merge the results, as in 0.75,1,1.25.",
            valueName: "factors"))
    var scales = NumberList([1])

    @OptionGroup var resolution: ResolutionOptions

    @OptionGroup var backend: BackendOptions

    func validate() throws {
        if !scales.isPositive { throw ValidationError("--scales must be numbers above 0.") }
    }

    /// Whether test-time augmentation was requested.
    var isSet: Bool { flip || resolution.keepResolution || scales.numbers != [1] }

    func predictor(for detector: Detector, maximumDetections: Int? = nil) throws -> Predictor {
        var options = PredictorOptions()
        options.maximumDetections = maximumDetections
        options.flip = flip
        options.scales = scales.numbers
        options.keepsResolution = resolution.keepResolution
        return try Predictor(detector: detector, backend: backend.choose(.automatic).backend, options: options)
    }
}

/// The input images.
struct ImageOptions: ParsableArguments {
    @Argument(help: "Images or folders of images.")
    var images: [String]

    func collect() throws -> [ImageSource] { try ImageSource.collect(images) }

    func validate() throws {
        if images.isEmpty { throw ValidationError("Give at least one image or folder.") }
    }
}
