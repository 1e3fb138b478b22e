import Foundation
import Images

/// Runs a predictor on image files, any number of them in constant memory: files are read, decoded, predicted, processed and written
/// concurrently, and the results are collected in order (see ``Pipeline``).
///
///     try ImageRun(predictor: predictor, files: files).run { index, image, prediction in
///         let image = try image.full()                           // on any core, several images at once
///         return .init(files: [OutputFile(…)], value: …)           // written in the background, in order
///     } collect: { index, value in                                 // on this thread, in order
///         values.append(try value.get())
///     }
public struct ImageRun {
    /// Makes a product from an image and its prediction.
    public typealias Making<Value: Sendable> =
        @Sendable (_ index: Int, _ image: ProcessedImage, _ prediction: Prediction) throws -> ImageProduct<Value>

    private let predictor: Predictor
    private let files: [URL]
    private let usesBatches: Bool
    private let keepsImages: Bool

    /// Creates a run without starting it.
    ///
    /// - Parameters:
    ///   - usesBatches: Whether small images are processed in batches, of at most ``PredictorOptions/batchSize``, even if there are few of
    ///     them. The batch size may change the last bits of results.
    ///   - keepsImages: Whether ``ProcessedImage/full()`` will be called.
    public init(predictor: Predictor, files: [URL], usesBatches: Bool = false, keepsImages: Bool = true) {
        self.predictor = predictor
        self.files = files
        self.usesBatches = usesBatches
        self.keepsImages = keepsImages
    }

    /// The number of images from which batches are used even if not requested.
    private static let many = 32

    /// Returns the largest useful batch size: four images of 256x256 give a quarter more images per second, while a single larger one
    /// already fills the caches.
    private static func most(of predictor: Predictor) -> Int {
        if predictor.options.keepsResolution { return 1 }
        let pixels = predictor.steps.extents.map { $0.rows * $0.columns }.max() ?? 1
        return max(1, 4 * 256 * 256 / pixels)
    }

    /// Runs the predictor.
    ///
    /// - Parameters:
    ///   - make: Makes an image's product. Called for several images at once, on any thread and in any order.
    ///   - collect: Called for each image in order, on the calling thread, with its product's value or its error, which is an
    ///     ``ImageError`` unless `make` threw another. An error that it throws stops the run.
    /// - Throws: Errors of the network, of `collect`, and of writing files; later images are not processed.
    public func run<Value: Sendable>(
        _ make: @escaping Making<Value>,
        collect: (_ index: Int, _ value: Result<Value, any Error>) throws -> Void
    ) throws {
        try runWithMaps({ index, image, prediction, _ in try make(index, image, prediction) }, collect: collect)
    }

    /// Does the same as ``run(_:collect:)``, but `make` also gets what the network returned.
    func runWithMaps<Value: Sendable>(
        _ make: @escaping @Sendable (Int, ProcessedImage, Prediction, RawMaps) throws -> ImageProduct<Value>,
        collect: (_ index: Int, _ value: Result<Value, any Error>) throws -> Void
    ) throws {
        let (steps, files, keepsImages) = (predictor.steps, files, keepsImages)
        let isTogether = usesBatches || files.count >= Self.many
        let together = isTogether ? min(predictor.options.batchSize, Self.most(of: predictor)) : 1
        try withoutActuallyEscaping(collect) { collect in
            var pipeline = Pipeline(
                read: { try ImageContent(contentsOf: files[$0]) },
                prepare: { _, content in
                    let image = try steps.decode(content)
                    return (
                        input: steps.prepare(image),
                        image: ProcessedImage(content, decoded: image, isKept: keepsImages)
                    )
                }, compute: { group in try predictor.answers(to: group.map(\.ready.input), together: together) },
                finish: { index, ready, answer in
                    let prediction = steps.prediction(ready.input, answer)
                    return try make(index, ready.image, prediction, RawMaps(answer, look: steps.shownLook))
                }, write: { product in for file in product.files { try file.write() } },
                collect: { index, product in try collect(index, product.map(\.value)) })
            pipeline.groupSize = together
            pipeline.roundSize = pipeline.busyRoundSize
            try pipeline.run(files.count)
        }
    }
}

/// The product of an image: files to write, and a value to collect.
public struct ImageProduct<Value: Sendable>: Sendable {
    /// The files, in the order in which they are written.
    public var files: [OutputFile]
    /// The value that is collected.
    public var value: Value

    /// Creates a product.
    public init(files: [OutputFile] = [], value: Value) {
        self.files = files
        self.value = value
    }
}

/// An image that a network has processed.
public struct ProcessedImage: Sendable {
    /// What is kept in memory: nothing, the pixels, or the file if the network used a reduced version.
    private enum Form {
        case dropped
        case pixels(Image)
        case file(ImageContent)
    }

    private let form: Form

    init(_ content: ImageContent, decoded: ScaledImage, isKept: Bool) {
        form = !isKept ? .dropped : decoded.reduction == 1 ? .pixels(decoded.image) : .file(content)
    }

    /// Returns the image at full resolution, whatever resolution the network used.
    ///
    /// - Precondition: The run keeps images.
    /// - Throws: ``ImageError``.
    public func full() throws(ImageError) -> Image {
        switch form {
        case .dropped: preconditionFailure("the run does not keep images")
        case .pixels(let image): image
        case .file(let content): try Image(content)
        }
    }
}
