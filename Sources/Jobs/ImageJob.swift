import Foundation
import Images
import Inference
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
    /// - Throws: Errors of the network, errors of `make` other than ``ImageError``, errors of `collect`, and errors of writing files.
    package func run<Value: Sendable>(
        _ images: [ImageSource],
        _ make: @escaping @Sendable (ImageSource, Image, Prediction) throws -> ImageProduct<Value>,
        collect: (ImageSource, Value) throws -> Void
    ) throws -> ImageFailures {
        var failures = ImageFailures(count: images.count)
        try ImageRun(predictor: predictor, files: images.map(\.file)).run { index, image, prediction in
            try make(images[index], image.full(), prediction)
        } collect: { index, value in
            try failures.note { try collect(images[index], try value.get()) }
            progress(.working(what, finished: index + 1, count: images.count))
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
        try SequentialImageRun(predictor: predictor, files: images.map(\.file)).run { index, seen in
            try failures.note {
                let seen = try seen.get()
                try body(images[index], seen.scaled, seen.full)
            }
            progress(.working(what, finished: index + 1, count: images.count))
        }
        return failures
    }
}

/// Images that a job could not use.
package struct ImageFailures: Sendable {
    package let count: Int
    package var reasons: [String] = []

    package init(count: Int) { self.count = count }

    /// Runs `body` for an image. With several images, an unusable one is only recorded.
    package mutating func note(_ body: () throws -> Void) throws {
        do { try body() } catch let error as ImageError where count > 1 { reasons.append("\(error)") }
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
