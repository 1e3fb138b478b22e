import Foundation
import Images
import Inference
import JSON

/// Pictures one after the other through a network; one that cannot be used does not stop the others.
struct PictureJob {
    let predictor: Predictor
    let what: String
    let progress: any RunProgress

    /// Makes something of each picture and what the network says about it, of several at once; collects it in order.
    ///
    /// - Parameter make: Is given the picture in full, to be drawn on, whatever the network saw of it. On any thread.
    /// - Returns: The pictures that failed; a single picture's error is thrown as it is.
    /// - Throws: What the network throws, what `make` throws but for ``ImageError``, and why a file cannot be written.
    func run<Value: Sendable>(
        _ pictures: [Picture],
        _ make: @escaping @Sendable (Picture, Image, Prediction) throws -> ImageProduct<Value>,
        collect: (Picture, Value) -> Void
    ) throws -> PictureFailures {
        var failures = PictureFailures(count: pictures.count)
        try ImageRun(predictor: predictor, files: pictures.map(\.file)).run { index, image, prediction in
            try make(pictures[index], image.full(), prediction)
        } collect: { index, value in
            try failures.note { collect(pictures[index], try value.get()) }
            progress.report(.working(what, finished: index + 1, count: pictures.count))
        }
        return failures
    }

    /// Runs `body` for each picture on this thread, while the next ones are read.
    ///
    /// - Parameter body: Is given the picture as finely as the network looks at it, and in full, to be drawn on.
    /// - Returns: The pictures that failed; a single picture's error is thrown as it is.
    func forEach(
        _ pictures: [Picture], _ body: (_ picture: Picture, _ seen: ScaledImage, _ image: Image) throws -> Void
    ) throws -> PictureFailures {
        var failures = PictureFailures(count: pictures.count)
        try LookRun(predictor: predictor, files: pictures.map(\.file)).run { index, seen in
            try failures.note {
                let seen = try seen.get()
                try body(pictures[index], seen.picture, seen.image)
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

    /// Does a picture's work. Of many pictures one that cannot be used is only noted.
    mutating func note(_ body: () throws -> Void) throws {
        do { try body() } catch let error as ImageError where count > 1 { reasons.append("\(error)") }
    }

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
