import Foundation
import Images

/// One image of a sequence.
public struct Frame: Sendable {
    /// Its number in the folder or video, from 0; with every third frame only, these are 0, 3, 6, ….
    public let number: Int
    /// What files made from it are called.
    public let name: String
    /// Its pixels.
    public let image: Image

    /// An image of a sequence.
    public init(number: Int, name: String, image: Image) {
        self.number = number
        self.name = name
        self.image = image
    }
}

/// A sequence of images that can be gone through several times.
public protocol FrameSource: Sendable {
    /// How many there are; nil when only reading tells.
    var count: Int? { get }
    /// What is read, so that no result replaces it.
    var files: [URL] { get }
    /// What files made from the frames are called, as far as that is known before they are read.
    var names: [String] { get }
    /// Goes through them from the first on.
    func frames() throws -> any FrameReader
}

extension FrameSource {
    /// Only reading tells.
    public var names: [String] { [] }
}

/// Goes through a sequence once.
public protocol FrameReader: AnyObject {
    /// The next image; nil after the last.
    ///
    /// - Throws: What is wrong with it; an ``ImageError`` is about this one image, and the next one can be asked for.
    func next() throws -> Frame?
}

/// Which images of a sequence are taken.
public struct FrameSelection: Hashable, Sendable {
    /// Every how-manyth, counted from the first.
    public var every: Int
    /// How many at the most; nil takes all.
    public var maximum: Int?

    /// Every frame, unless said otherwise.
    public init(every: Int = 1, maximum: Int? = nil) {
        precondition(every > 0 && maximum ?? 1 > 0, "every \(every)th and \(maximum ?? 0) at the most choose nothing")
        self.every = every
        self.maximum = maximum
    }

    /// Everything.
    public static let all = FrameSelection()
}

/// The sequence that a path means: a folder is its images in the order of their names, where numbers count as numbers; a
/// image is a sequence of one; any other file is a video, and so is a GIF.
///
/// - Parameter ffmpeg: What reads videos.
/// - Throws: ``ImageSourceError`` for a path that is not there and for a folder without images; ``VideoError/ffmpegMissing``.
public func frameSource(
    at path: String, _ selection: FrameSelection = .all, ffmpeg: FFmpeg? = FFmpeg()
) throws -> any FrameSource {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw ImageSourceError.notFound(path)
    }
    // A GIF is an image and mostly a moving one: whoever can show all of its frames does.
    let moves = ffmpeg != nil && ImageFormat(named: URL(fileURLWithPath: path).lastPathComponent) == .gif
    if isFolder.boolValue || ImageSource.isImage(path) && !moves { return try ImageFrames(path, selection) }
    guard let ffmpeg else { throw VideoError.ffmpegMissing }
    return VideoFrames(URL(fileURLWithPath: path), selection, ffmpeg)
}
