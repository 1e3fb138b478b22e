import Boxes
import Foundation
import Inference
import ONNX

/// How an imported graph is used; nil values are taken from the file, or from the decoder's defaults.
public struct ImportRequest: Hashable, Sendable {
    /// The decoder of the outputs.
    public var decoder: DecoderChoice?
    /// The class names; see ``ClassNameList``.
    public var classNames: String?
    /// The keypoint names; see ``KeypointNameList``.
    public var keypoints: String?
    /// The extent of the input.
    public var extent: InputExtent?
    /// The mean and standard deviation of each channel, for a full brightness of 1.
    public var mean, standardDeviation: [Float]?
    /// The value of full brightness: 1 or 255.
    public var brightness: Float?
    /// The channel order.
    public var channelOrder: ImagePreparation.ChannelOrder?
    /// How images are fitted into the input.
    public var fit: ImagePreparation.Fit?
    /// Widths and heights of anchors in input pixels, finest grid first.
    public var anchors: [Double]?
    /// A tracker's template: an image of the object, with as much context as the tracker expects.
    public var template: URL?
    /// The fraction of the template's width and height that the object takes up: half in SiamFC.
    public var objectShare = 0.5
    /// Input pixels between neighbouring cells of a tracker's response map.
    public var responseStride = 8.0
    /// The values to compute instead of the file's outputs.
    public var results: [String]?

    /// Creates a request with the file's own settings.
    public init() {}
}

/// The reason why an imported graph cannot be used as a detector.
public enum ImportError: Error, Equatable, CustomStringConvertible {
    /// The graph does not take one image; a sentence.
    case input(String)
    /// An option that does not fit the model; a sentence.
    case option(String)
    /// A problem with a file; a sentence.
    case file(path: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .input(let sentence), .option(let sentence): sentence
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }

    /// Adds the file's name to errors about an ONNX file.
    package static func naming<Result>(_ file: URL, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ONNXError {
            if case .unreadable = error { throw error }
            throw ImportError.file(path: file.relativePath, reason: error.description)
        }
    }
}
