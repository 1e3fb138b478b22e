import Foundation
import Images

/// Passes image files to a closure one by one, for callers that need more than detections: while one image is processed, the next are read
/// (see ``Pipeline``).
public struct SequentialImageRun {
    private let predictor: Predictor
    private let files: [URL]

    /// Creates a run without starting it.
    public init(predictor: Predictor, files: [URL]) {
        self.predictor = predictor
        self.files = files
    }

    /// Calls `body` for each image in order, on the calling thread, with the image at the predictor's resolution and at full resolution, or
    /// with its error. An error that `body` throws stops the run.
    public func run(
        _ body: (_ index: Int, _ image: Result<(scaled: ScaledImage, full: Image), any Error>) throws -> Void
    ) throws {
        let (steps, files) = (predictor.steps, files)
        try withoutActuallyEscaping(body) { body in
            try Pipeline(
                read: { try ImageContent(contentsOf: files[$0]) },
                prepare: { _, content in
                    let image = try steps.decode(content)
                    return (scaled: image, full: image.reduction == 1 ? image.image : try Image(content))
                }, compute: { $0.map { _ in () } }, finish: { _, ready, _ in ready },
                collect: { index, seen in try body(index, seen) }
            ).run(files.count)
        }
    }
}
