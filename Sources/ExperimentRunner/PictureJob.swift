import Foundation
import Images
import Inference
import JSON

/// Pictures one after the other through a network; one that cannot be used does not stop the others.
struct PictureJob {
    let predictor: Predictor
    let what: String
    let progress: any RunProgress

    /// Runs `body` for each picture with what the network says about it; otherwise as ``forEach(_:_:)``.
    func run(
        _ pictures: [Picture], _ body: (_ picture: Picture, _ image: Image, _ prediction: Prediction) throws -> Void
    ) throws -> PictureFailures {
        try forEach(pictures) { picture, seen, image in
            for prediction in try predictor.predict([seen]) { try body(picture, image, prediction) }
        }
    }

    /// Runs `body` for each picture, and says which pictures failed; a single picture's error is thrown as it is.
    ///
    /// - Parameter body: Is given the picture as finely as the network looks at it, and in full, to be drawn on.
    func forEach(
        _ pictures: [Picture], _ body: (_ picture: Picture, _ seen: ScaledImage, _ image: Image) throws -> Void
    ) throws -> PictureFailures {
        var failures = PictureFailures(count: pictures.count)
        for (index, picture) in pictures.enumerated() {
            do {
                let seen = try predictor.read(picture.file)
                // What is drawn on is the picture in full, whatever the network saw of it.
                let image = seen.reduction == 1 ? seen.image : try Image(contentsOf: picture.file)
                try body(picture, seen, image)
            } catch let error as ImageError where pictures.count > 1 {
                failures.reasons.append("\(error)")
            }
            progress.report(.working(what, finished: index + 1, count: pictures.count))
        }
        return failures
    }
}

/// Pictures that a job could not use.
struct PictureFailures: Sendable {
    let count: Int
    var reasons: [String] = []

    func throwIfAny() throws(PictureError) {
        if reasons.isEmpty { return }
        throw .some(failed: reasons.count, of: count, reasons: Array(reasons.prefix(3)))
    }
}

/// What came of a job on pictures.
public struct PictureResults {
    /// For programs.
    public let json: JSONValue
    /// For the terminal.
    public let text: String
    let failures: PictureFailures

    /// - Throws: ``PictureError/some(failed:of:reasons:)`` when pictures could not be used.
    public func throwIfSomeFailed() throws(PictureError) { try failures.throwIfAny() }
}
