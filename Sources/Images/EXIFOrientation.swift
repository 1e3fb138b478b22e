import Boxes

/// EXIF's orientation, 1 to 8: how a stored picture must be turned to be seen upright.
public struct EXIFOrientation: Hashable, Sendable {
    /// As EXIF numbers them; from 5 on width and height change places.
    public let value: Int

    /// As it is stored.
    public static let upright = EXIFOrientation(value: 1)

    /// Whether width and height change places.
    public var swapsAxes: Bool { value >= 5 }

    /// Where a box on the stored picture of `width` x `height` pixels lies on the upright one.
    public func upright(_ box: Box<ImagePixels>, width: Double, height: Double) -> Box<ImagePixels> {
        let flipsX = [2, 3, 7, 8].contains(value)
        let flipsY = [3, 4, 6, 7].contains(value)
        let (x0, x1) = flipsX ? (width - box.xMax, width - box.xMin) : (box.xMin, box.xMax)
        let (y0, y1) = flipsY ? (height - box.yMax, height - box.yMin) : (box.yMin, box.yMax)
        return swapsAxes
            ? Box(xMin: y0, yMin: x0, xMax: y1, yMax: x1) : Box(xMin: x0, yMin: y0, xMax: x1, yMax: y1)
    }

    private init(value: Int) { self.value = value }

    /// The orientation that a JPEG's segments state; upright when they state none that makes sense.
    init(_ jpeg: JPEGSegments, in bytes: [UInt8]) {
        let exif = jpeg.segments.first { $0.marker == 0xe1 && bytes[$0.content].starts(with: Self.identifier) }
        let tiff = exif.map { bytes[$0.content].dropFirst(Self.identifier.count) }
        self = tiff.flatMap(Self.init(tiff:)) ?? .upright
    }

    private static let identifier = Array("Exif\0\0".utf8)
    private static let orientationTag = 0x0112

    /// Tag 0x0112 of the first directory of a TIFF structure. Every offset in it is somebody else's claim.
    private init?(tiff: ArraySlice<UInt8>) {
        let isLittle = tiff.first == UInt8(ascii: "I")
        func number(at start: Int, byteCount: Int) -> Int? {
            guard start >= 0, start <= tiff.count - byteCount else { return nil }
            let bytes = tiff[tiff.startIndex + start..<tiff.startIndex + start + byteCount]
            return isLittle
                ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, byteCount: 4), let count = number(at: directory, byteCount: 2) else {
            return nil
        }
        for entry in 0..<count {
            let start = directory + 2 + 12 * entry
            guard let tag = number(at: start, byteCount: 2) else { return nil }
            if tag == Self.orientationTag {
                guard let value = number(at: start + 8, byteCount: 2), (1...8).contains(value) else { return nil }
                self.init(value: value)
                return
            }
        }
        return nil
    }
}

extension Image {
    /// The picture turned as its orientation asks.
    func turned(_ orientation: EXIFOrientation) -> Image {
        if orientation == .upright { return self }
        let (width, height) = (width, height)
        let turnedWidth = orientation.swapsAxes ? height : width
        let turnedHeight = orientation.swapsAxes ? width : height
        // Where the upright picture's first pixel is stored, and the steps to its right and lower neighbours.
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
