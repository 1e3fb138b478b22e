import Boxes
import Foundation
import Inference
import ONNX

/// How a graph from elsewhere is to be used; what is nil is taken from the file, or is what its decoder usually expects.
public struct ImportRequest: Hashable, Sendable {
    /// How its outputs become objects.
    public var decoder: DecoderChoice?
    /// What its classes are called; see ``ClassNameList``.
    public var classNames: String?
    /// What the keypoints of its objects are; see ``KeypointNameList``.
    public var keypoints: String?
    /// The extent of its input.
    public var extent: InputExtent?
    /// Subtracted from each channel, and by which it is then divided; full brightness is 1.
    public var mean, standardDeviation: [Float]?
    /// What full brightness is: 1 or 255.
    public var brightness: Float?
    /// The order of colours.
    public var channelOrder: ImagePreparation.ChannelOrder?
    /// Where images lie.
    public var fit: ImagePreparation.Fit?
    /// Widths and heights of anchors in input pixels, the finest grid's first.
    public var anchors: [Double]?
    /// A tracker's template: an image of the object, with as much around it as the tracker wants.
    public var template: URL?
    /// Which share of the template's sides the object takes: half in SiamFC.
    public var objectShare = 0.5
    /// Input pixels between two cells of a tracker's response map.
    public var responseStride = 8.0
    /// What is computed instead of the file's outputs.
    public var results: [String]?

    /// Everything as the file has it.
    public init() {}
}

/// Why a graph from elsewhere cannot be used as a detector.
public enum ImportError: Error, Equatable, CustomStringConvertible {
    /// It does not take one image; a sentence.
    case input(String)
    /// An option that does not go with the model; a sentence.
    case option(String)
    /// What is wrong with a file; a sentence.
    case file(path: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .input(let sentence), .option(let sentence): sentence
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }

    /// Lets what is wrong with an ONNX file say which file it is.
    static func naming<Result>(_ file: URL, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ONNXError {
            if case .unreadable = error { throw error }
            throw ImportError.file(path: file.relativePath, reason: error.description)
        }
    }
}
