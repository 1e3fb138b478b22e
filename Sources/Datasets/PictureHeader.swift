import Boxes
import Foundation
import Images

/// What the first bytes of a picture's file say.
struct PictureHeader: Sendable {
    /// How it is coded, whatever its name says.
    enum Coding: String, Sendable { case jpeg, png }

    /// The extents in pixels, once turned upright.
    var width, height: Int
    var coding: Coding
    var orientation: Orientation

    init(width: Int, height: Int, coding: Coding, orientation: Orientation = .upright) {
        self.width = width
        self.height = height
        self.coding = coding
        self.orientation = orientation
    }

    /// Reads the header of a file.
    ///
    /// - Throws: ``ImageError`` when it is none, or claims an impossible size.
    init(contentsOf url: URL) throws(ImageError) {
        (width, height) = try Image.size(of: url)
        let head = Self.head(of: url)
        coding = head.starts(with: [0xff, 0xd8]) ? .jpeg : .png
        orientation = coding == .jpeg ? Orientation(jpegHead: head) : .upright
    }

    /// EXIF data come first and fit one segment of 64 KB.
    private static func head(of url: URL) -> [UInt8] {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return [] }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 1 << 17)).flatMap { $0 }.map { [UInt8]($0) } ?? []
    }

    /// The extension that a file so coded should have, when `url` has another one.
    func trueExtension(of url: URL) -> String? {
        let name = url.pathExtension.lowercased()
        switch coding {
        case .jpeg: return ["jpg", "jpeg"].contains(name) ? nil : "jpg"
        case .png: return name == "png" ? nil : "png"
        }
    }
}

/// EXIF's orientation, 1 to 8: where the stored picture's first row and column belong.
struct Orientation: Hashable, Sendable {
    var value: Int

    static let upright = Orientation(value: 1)

    init(value: Int) { self.value = value }

    /// Whether width and height change places.
    var swapsAxes: Bool { value >= 5 }

    /// Where a box on the stored picture of `width x height` pixels lies on the upright one.
    func upright(_ box: Box<ImagePixels>, width: Double, height: Double) -> Box<ImagePixels> {
        let flipsX = [2, 3, 7, 8].contains(value)
        let flipsY = [3, 4, 6, 7].contains(value)
        let (x0, x1) = flipsX ? (width - box.xMax, width - box.xMin) : (box.xMin, box.xMax)
        let (y0, y1) = flipsY ? (height - box.yMax, height - box.yMin) : (box.yMin, box.yMax)
        return swapsAxes
            ? Box(xMin: y0, yMin: x0, xMax: y1, yMax: x1) : Box(xMin: x0, yMin: y0, xMax: x1, yMax: y1)
    }

    /// The orientation that a JPEG's first bytes state; upright when they state none that makes sense.
    init(jpegHead bytes: [UInt8]) {
        self = .upright
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xff {
            let (marker, length) = (bytes[position + 1], Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
            if marker == 0xda || length < 2 { return }
            let end = min(bytes.count, position + 2 + length)
            let body = bytes[(position + 4)..<max(position + 4, end)]
            if marker == 0xe1, body.starts(with: Array("Exif\0\0".utf8)) {
                if let value = Self.tag(Array(body.dropFirst(6))) { self.value = value }
                return
            }
            position = end
        }
    }

    /// Tag 0x0112 of a TIFF header's first directory.
    private static func tag(_ tiff: [UInt8]) -> Int? {
        guard tiff.count >= 8 else { return nil }
        let isLittle = tiff[0] == UInt8(ascii: "I")
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start >= 0, start + count <= tiff.count else { return nil }
            let bytes = tiff[start..<start + count]
            return (isLittle ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for entry in 0..<count {
            let start = directory + 2 + 12 * entry
            guard let tag = number(start, 2) else { return nil }
            if tag == 0x0112 { return number(start + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
        }
        return nil
    }
}
