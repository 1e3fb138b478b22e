import Foundation
import Images
import Inference
import JSON

/// Images one after the other through a network; one that cannot be used does not stop the others.
struct ImageJob {
    let predictor: Predictor
    let what: String
    let progress: any RunProgress

    /// Makes something of each image and what the network says about it, of several at once; collects it in order.
    ///
    /// - Parameter make: Is given the image in full, to be drawn on, whatever the network saw of it. On any thread.
    /// - Returns: The images that failed; a single image's error is thrown as it is.
    /// - Throws: What the network throws, what `make` throws but for ``ImageError``, and why a file cannot be written.
    func run<Value: Sendable>(
        _ images: [ImageSource],
        _ make: @escaping @Sendable (ImageSource, Image, Prediction) throws -> ImageProduct<Value>,
        collect: (ImageSource, Value) -> Void
    ) throws -> ImageFailures {
        var failures = ImageFailures(count: images.count)
        try ImageRun(predictor: predictor, files: images.map(\.file)).run { index, image, prediction in
            try make(images[index], image.full(), prediction)
        } collect: { index, value in
            try failures.note { collect(images[index], try value.get()) }
            progress.report(.working(what, finished: index + 1, count: images.count))
        }
        return failures
    }

    /// Runs `body` for each image on this thread, while the next ones are read.
    ///
    /// - Parameter body: Is given the image as finely as the network looks at it, and in full, to be drawn on.
    /// - Returns: The images that failed; a single image's error is thrown as it is.
    func forEach(
        _ images: [ImageSource], _ body: (_ image: ImageSource, _ seen: ScaledImage, _ image: Image) throws -> Void
    ) throws -> ImageFailures {
        var failures = ImageFailures(count: images.count)
        try LookRun(predictor: predictor, files: images.map(\.file)).run { index, seen in
            try failures.note {
                let seen = try seen.get()
                try body(images[index], seen.image, seen.image)
            }
            progress.report(.working(what, finished: index + 1, count: images.count))
        }
        return failures
    }
}

/// Images that a job could not use.
struct ImageFailures: Sendable {
    let count: Int
    var reasons: [String] = []

    /// Does an image's work. Of many images one that cannot be used is only noted.
    mutating func note(_ body: () throws -> Void) throws {
        do { try body() } catch let error as ImageError where count > 1 { reasons.append("\(error)") }
    }

    func throwIfAny() throws(ImageSourceError) {
        if reasons.isEmpty { return }
        throw .some(failed: reasons.count, of: count, reasons: Array(reasons.prefix(3)))
    }
}

/// What came of a job on images.
public struct ImageResults {
    /// For programs.
    public let json: JSONValue
    /// For the terminal.
    public let text: String
    let failures: ImageFailures

    /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` when images could not be used.
    public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
}
