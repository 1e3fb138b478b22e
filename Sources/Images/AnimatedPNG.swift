import Foundation
import Tensors

/// An animated PNG file (APNG), written frame by frame: at most two frames are in memory at a time.
///
/// Viewers without support for animation show the first frame. Of each later frame, only the rectangle that differs from the previous one
/// is written. The file appears under its name once it is finished.
///
/// Source: Portable Network Graphics Specification (Third Edition), W3C 2025, section 4.9.
public final class AnimatedPNG {
    private let url: URL
    private let file: AtomicFile
    private let delay: (milliseconds: UInt16, perSecond: UInt16)
    private var shown: Image?
    private var frameCount: UInt32 = 0
    /// The sequence number of the next chunk that has one.
    private var number: UInt32 = 0
    private var isFinished = false

    /// Starts a file at `url`, which does not exist until it is finished.
    ///
    /// - Parameter secondsPerFrame: How long each frame is shown, to the millisecond; from 0 to 65 s.
    /// - Throws: `FileWriteError`.
    public init(url: URL, secondsPerFrame: Double) throws(FileWriteError) {
        self.url = url
        let milliseconds = (secondsPerFrame * 1000).rounded()
        delay = (UInt16(milliseconds > 0 ? min(milliseconds, 65_535) : 0), 1000)
        file = try AtomicFile(url, isRewritten: true)
    }

    /// Writes the next frame.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)`` when it is not as large as the first; `FileWriteError`.
    public func append(_ image: Image) throws {
        precondition(!isFinished, "the file \(url.path) is finished; it takes no more frames")
        var bytes: [UInt8] = []
        var part = FrameRectangle(left: 0, top: 0, width: image.width, height: image.height)
        if let shown {
            guard (shown.width, shown.height) == (image.width, image.height) else {
                throw ImageError.cannotEncode(
                    reason: "a frame of \(image.width) x \(image.height) pixels follows one of "
                        + "\(shown.width) x \(shown.height)")
            }
            part = FrameRectangle(of: image, unlike: shown)
        } else {
            bytes = try PNGWriter.start(image.pngForm)
            // The number of frames is filled in at the end.
            bytes += PNGWriter.chunk("acTL", PNGWriter.bigEndian(0) + PNGWriter.bigEndian(0))
        }
        bytes += PNGWriter.chunk("fcTL", control(part))
        number += 1
        let piece = image.part(part)
        bytes += PNGWriter.data(
            piece.pixels, piece.pngForm, shown == nil ? .still : .frame(firstNumber: number))
        if shown != nil { number += UInt32(PNGWriter.chunkCount(piece.pngForm)) }
        try file.append(bytes)
        shown = image
        frameCount += 1
    }

    /// Finishes the file and moves it to its name.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)`` when there is no frame; `FileWriteError`.
    public func finish() throws {
        guard frameCount > 0 else {
            throw ImageError.cannotEncode(reason: "an animated image needs at least one frame")
        }
        try file.append(PNGWriter.chunk("IEND", []))
        // The chunk follows the signature and the header; the animation loops forever.
        let control = PNGWriter.bigEndian(frameCount) + PNGWriter.bigEndian(0)
        try file.replace(PNGWriter.chunk("acTL", control), at: ImageFormat.pngSignature.count + 25)
        try file.finish()
        isFinished = true
    }

    /// The position of a frame and how long it is shown; it replaces the pixels below.
    private func control(_ part: FrameRectangle) -> [UInt8] {
        let numbers = [number, UInt32(part.width), UInt32(part.height), UInt32(part.left), UInt32(part.top)]
        let times = [delay.milliseconds, delay.perSecond].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        return numbers.flatMap(PNGWriter.bigEndian) + times + [0, 0]
    }
}

/// A part of an image, in pixels.
struct FrameRectangle {
    var left, top, width, height: Int
}

extension FrameRectangle {
    /// The smallest part outside which two images of the same size are equal; one pixel when they are equal everywhere.
    init(of image: Image, unlike other: Image) {
        let length = 3 * image.width
        let rows = (0..<image.height).filter { row in
            image.pixels[row * length..<(row + 1) * length] != other.pixels[row * length..<(row + 1) * length]
        }
        guard let top = rows.first, let bottom = rows.last else {
            self.init(left: 0, top: 0, width: 1, height: 1)
            return
        }
        var (first, last) = (length - 1, 0)
        for row in rows {
            let start = row * length
            first = (0..<first).first { image.pixels[start + $0] != other.pixels[start + $0] } ?? first
            last = (last..<length).last { image.pixels[start + $0] != other.pixels[start + $0] } ?? last
        }
        let (left, right) = (first / 3, last / 3)
        self.init(left: left, top: top, width: right - left + 1, height: bottom - top + 1)
    }
}

extension Image {
    fileprivate var pngForm: PNGForm { PNGForm(width: width, height: height, bitDepth: 8, colorType: 2) }

    fileprivate func part(_ part: FrameRectangle) -> Image {
        if (part.width, part.height) == (width, height) { return self }
        var rows: [UInt8] = []
        rows.reserveCapacity(3 * part.width * part.height)
        for row in part.top..<part.top + part.height {
            let start = 3 * (row * width + part.left)
            rows += pixels[start..<start + 3 * part.width]
        }
        return Image(width: part.width, height: part.height, pixels: rows)
    }
}
