import Boxes

/// EXIF's orientation, 1 to 8: how a stored image must be rotated or mirrored to be upright.
public struct EXIFOrientation: Hashable, Sendable {
    /// EXIF's value; from 5 on width and height are swapped.
    public let value: Int

    /// No change.
    public static let upright = EXIFOrientation(value: 1)

    /// Whether width and height are swapped.
    public var swapsAxes: Bool { value >= 5 }

    /// Maps a box on the stored image of `width` x `height` pixels to the upright image.
    public func upright(_ box: Box<ImagePixels>, width: Double, height: Double) -> Box<ImagePixels> {
        let flipsX = [2, 3, 7, 8].contains(value)
        let flipsY = [3, 4, 6, 7].contains(value)
        let (x0, x1) = flipsX ? (width - box.xMax, width - box.xMin) : (box.xMin, box.xMax)
        let (y0, y1) = flipsY ? (height - box.yMax, height - box.yMin) : (box.yMin, box.yMax)
        return swapsAxes
            ? Box(xMin: y0, yMin: x0, xMax: y1, yMax: x1) : Box(xMin: x0, yMin: y0, xMax: x1, yMax: y1)
    }

    private init(value: Int) { self.value = value }

    /// The orientation of an EXIF or TIFF value; upright for invalid values.
    init(tag: Int) { value = (1...8).contains(tag) ? tag : 1 }

    /// Reads tag 0x0112 of the first directory of a TIFF structure that begins at `start`; upright when it is missing or invalid. Every
    /// offset in the structure is untrusted.
    init(tiffIn source: ByteSource, at start: Int, count: Int) {
        let value = try? Self.tag(in: source, at: start, count: count)
        self.init(tag: value ?? 1)
    }

    /// The prefix of EXIF blocks in JPEG files, and in WebP files of some programs.
    static let identifier = "Exif\0\0"

    private static func tag(in source: ByteSource, at start: Int, count: Int) throws(ImageError) -> Int? {
        guard count >= 8 else { return nil }
        let isLittle = try source.byte(at: start) == UInt8(ascii: "I")
        func number(at offset: Int, _ byteCount: Int) throws(ImageError) -> Int? {
            guard offset >= 0, offset <= count - byteCount else { return nil }
            return try source.number(at: start + offset, count: byteCount, isLittle: isLittle)
        }
        guard let directory = try number(at: 4, 4), let entryCount = try number(at: directory, 2) else { return nil }
        for entry in 0..<entryCount {
            let place = directory + 2 + 12 * entry
            guard let tag = try number(at: place, 2) else { return nil }
            if tag == 0x0112 { return try number(at: place + 8, 2) }
        }
        return nil
    }
}

extension Image {
    /// The image, rotated or mirrored according to its orientation.
    func turned(_ orientation: EXIFOrientation) -> Image {
        if orientation == .upright { return self }
        let (width, height) = (width, height)
        let turnedWidth = orientation.swapsAxes ? height : width
        let turnedHeight = orientation.swapsAxes ? width : height
        // The position of the upright image's first pixel in the stored one, and the steps to its right and lower neighbours.
        let last = width * height - 1
        let (start, right, down): (Int, Int, Int) =
            switch orientation.value {
            case 2: (width - 1, -1, width)
            case 3: (last, -1, -width)
            case 4: (last - width + 1, 1, -width)
            case 5: (0, width, 1)
            case 6: (last - width + 1, -width, 1)
            case 7: (last, -width, -1)
            case 8: (width - 1, width, -1)
            default: (0, 1, width)
            }
        let turned = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                count = source.count
                var next = 0
                for y in 0..<turnedHeight {
                    for x in 0..<turnedWidth {
                        let from = 3 * (start + x * right + y * down)
                        target[next] = source[from]
                        target[next + 1] = source[from + 1]
                        target[next + 2] = source[from + 2]
                        next += 3
                    }
                }
            }
        }
        return Image(width: turnedWidth, height: turnedHeight, pixels: turned)
    }
}
