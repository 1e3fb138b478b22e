import Foundation
import Images
import Inference
import Interruption
import JSON

/// Runs a network on many images; an unusable image does not stop the others.
package struct ImageJob {
    package let predictor: Predictor
    package let what: String
    package let progress: (JobEvent) -> Void

    package init(predictor: Predictor, what: String, progress: @escaping (JobEvent) -> Void) {
        self.predictor = predictor
        self.what = what
        self.progress = progress
    }

    /// Computes a product from each image and its prediction, several at once, and collects the products in order.
    ///
    /// - Parameter make: Receives the image at full resolution, for drawing; called on any thread.
    /// - Returns: The images that failed; the error of a single image is thrown instead.
    /// - Throws: Errors of the network, errors of `make` that do not concern the image, errors of `collect`, and errors of writing
    ///   files.
    package func run<Value: Sendable>(
        _ images: [ImageSource],
        _ make: @escaping @Sendable (ImageSource, Image, Prediction) throws -> ImageProduct<Value>,
        collect: (ImageSource, Value) throws -> Void
    ) throws -> ImageFailures {
        var failures = ImageFailures(count: images.count)
        try counting(images) { finished in
            try ImageRun(predictor: predictor, files: images.map(\.file)).run { index, image, prediction in
                try make(images[index], image.full(), prediction)
            } collect: { index, value in
                try failures.note(images[index].file) { try collect(images[index], try value.get()) }
                finished(index + 1)
            }
        }
        return failures
    }

    /// Runs `body` for each image on this thread, while the next images are read.
    ///
    /// - Parameter body: Receives the image at the network's resolution, and at full resolution for drawing.
    /// - Returns: The images that failed; the error of a single image is thrown instead.
    package func forEach(
        _ images: [ImageSource], _ body: (_ image: ImageSource, _ seen: ScaledImage, _ image: Image) throws -> Void
    ) throws -> ImageFailures {
        var failures = ImageFailures(count: images.count)
        try counting(images) { finished in
            try SequentialImageRun(predictor: predictor, files: images.map(\.file)).run { index, seen in
                try failures.note(images[index].file) {
                    let seen = try seen.get()
                    try body(images[index], seen.scaled, seen.full)
                }
                finished(index + 1)
            }
        }
        return failures
    }

    /// Reports how many images are finished, also when the job is interrupted.
    private func counting(_ images: [ImageSource], _ run: (_ finished: (Int) -> Void) throws -> Void) throws {
        var count = 0
        do {
            try run {
                count = $0
                progress(.working(what, finished: count, count: images.count))
            }
        } catch is Interrupted { throw Interrupted(finished: count, of: images.count) }
    }
}

/// Images that a job could not use.
package struct ImageFailures: Sendable {
    package let count: Int
    package var reasons: [String] = []

    package init(count: Int) { self.count = count }

    /// Runs `body` for an image. With several images, an unusable one is only recorded.
    package mutating func note(_ file: URL, _ body: () throws -> Void) throws {
        do { try body() } catch {
            guard let failure = UnusableImageError(error, file) else { throw error }
            if count == 1 { throw failure }
            reasons.append("\(failure)")
        }
    }

    package func throwIfAny() throws(ImageSourceError) {
        if reasons.isEmpty { return }
        throw .some(failed: reasons.count, of: count, reasons: Array(reasons.prefix(3)))
    }
}

/// The results of a job on images.
public struct ImageResults {
    /// The results for programs.
    public let json: JSONValue
    /// The results for the terminal.
    public let text: String
    package let failures: ImageFailures

    package init(json: JSONValue, text: String, failures: ImageFailures) {
        self.json = json
        self.text = text
        self.failures = failures
    }

    /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` if images could not be used.
    public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
}
