import Foundation
import Images

/// Goes over image files with a predictor, any number of them in constant memory: files are read, decoded, looked at, made use of
/// and written at the same time, and what comes of them is collected in order (see ``Pipeline``).
///
///     try ImageRun(predictor: predictor, files: files).run { index, image, prediction in
///         let image = try image.full()                           // on any core, several images at once
///         return .init(files: [OutputFile(…)], value: …)           // written behind, in order
///     } collect: { index, value in                                 // on this thread, in order
///         values.append(try value.get())
///     }
public struct ImageRun {
    /// Makes something of an image and what the network says about it.
    public typealias Making<Value: Sendable> =
        @Sendable (_ index: Int, _ image: SeenImage, _ prediction: Prediction) throws -> ImageProduct<Value>

    private let predictor: Predictor
    private let files: [URL]
    private let usesBatches: Bool
    private let keepsImages: Bool

    /// A run; nothing happens yet.
    ///
    /// - Parameters:
    ///   - usesBatches: Whether small images go through the network several at a time, at most ``PredictorOptions/batchSize``, even
    ///     where there are few of them. How many go together may change last bits.
    ///   - keepsImages: Whether ``SeenImage/full()`` will be asked for.
    public init(predictor: Predictor, files: [URL], usesBatches: Bool = false, keepsImages: Bool = true) {
        self.predictor = predictor
        self.files = files
        self.usesBatches = usesBatches
        self.keepsImages = keepsImages
    }

    /// From how many images on several go through the network at a time without being asked to.
    private static let many = 32

    /// How many images at a time gain anything: four of 256x256 are a quarter more a second, while larger ones fill the caches alone.
    private static func most(of predictor: Predictor) -> Int {
        let pixels = predictor.steps.extents.map { $0.rows * $0.columns }.max() ?? 1
        return max(1, 4 * 256 * 256 / pixels)
    }

    /// Runs the predictor.
    ///
    /// - Parameters:
    ///   - make: What comes of an image. Called for several images at once, on any thread and in any order.
    ///   - collect: Called for each image in order, on the calling thread, with what came of it or its error, which is an ``ImageError``
    ///     unless `make` threw another one. What it throws ends the run.
    /// - Throws: What the network and `collect` throw, and why a file cannot be written; images after that are not looked at.
    public func run<Value: Sendable>(
        _ make: @escaping Making<Value>,
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
                        image: steps.prepare(image),
                        image: SeenImage(content, decoded: image, isKept: keepsImages)
                    )
                }, compute: { group in try predictor.answers(to: group.map(\.ready.image), together: together) },
                finish: { index, ready, answer in
                    try make(index, ready.image, steps.prediction(ready.image, answer))
                }, write: { product in for file in product.files { try file.write() } },
                collect: { index, product in try collect(index, product.map(\.value)) })
            pipeline.groupSize = together
            pipeline.roundSize = pipeline.busyRoundSize
            try pipeline.run(files.count)
        }
    }
}

/// What comes of an image: files to be written, and what the job keeps.
public struct ImageProduct<Value: Sendable>: Sendable {
    /// In the order in which they are written.
    public var files: [OutputFile]
    /// What is collected.
    public var value: Value

    /// A product.
    public init(files: [OutputFile] = [], value: Value) {
        self.files = files
        self.value = value
    }
}

/// An image that a network looked at.
public struct SeenImage: Sendable {
    /// What is left of it in memory: nothing, the pixels, or the file where the network saw it less finely than it is.
    private enum Form {
        case dropped
        case pixels(Image)
        case file(ImageContent)
    }

    private let form: Form

    init(_ content: ImageContent, decoded: ScaledImage, isKept: Bool) {
        form = !isKept ? .dropped : decoded.reduction == 1 ? .pixels(decoded.image) : .file(content)
    }

    /// The image in full, whatever the network saw of it.
    ///
    /// - Precondition: the run keeps images.
    /// - Throws: ``ImageError``.
    public func full() throws(ImageError) -> Image {
        switch form {
        case .dropped: preconditionFailure("a run that keeps no images is asked for one")
        case .pixels(let image): image
        case .file(let content): try Image(content)
        }
    }
}
