import Foundation
import Images

/// Goes over image files one by one, for those who ask a network more than what it detects: while one is worked on, the next are
/// read (see ``Pipeline``).
public struct LookRun {
    private let predictor: Predictor
    private let files: [URL]

    /// A run; nothing happens yet.
    public init(predictor: Predictor, files: [URL]) {
        self.predictor = predictor
        self.files = files
    }

    /// Calls `body` for each image in order, on the calling thread, with the image as finely as the predictor looks at it, and in full;
    /// or with its error. What it throws ends the run.
    public func run(
        _ body: (_ index: Int, _ image: Result<(image: ScaledImage, image: Image), any Error>) throws -> Void
    ) throws {
        let (steps, files) = (predictor.steps, files)
        try withoutActuallyEscaping(body) { body in
            try Pipeline(
                read: { try ImageContent(contentsOf: files[$0]) },
                prepare: { _, content in
                    let image = try steps.decode(content)
                    return (image: image, image: image.reduction == 1 ? image.image : try Image(content))
                }, compute: { $0.map { _ in () } }, finish: { _, ready, _ in ready },
                collect: { index, seen in try body(index, seen) }
            ).run(files.count)
        }
    }
}
