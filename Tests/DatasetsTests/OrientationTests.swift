import Boxes
import DatasetFixtures
import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct OrientationTests {
    /// A JPEG with an EXIF segment that states an orientation.
    private func turned(_ jpeg: Data, orientation: UInt8, isLittle: Bool) -> Data {
        let tiff: [UInt8] =
            isLittle
            ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        return jpeg.prefix(2) + Data([0xff, 0xe1, 0, UInt8(body.count + 2)] + body) + jpeg.dropFirst(2)
    }

    /// A dark picture with one bright rectangle, boxed as it is stored: the box must lie on the rectangle once the picture
    /// has been turned.
    @Test(arguments: 1...8, [true, false]) func boxesTurnWithTheirPicture(orientation: Int, isLittle: Bool) throws {
        let folder = try TemporaryFolder()
        var image = Image(width: 48, height: 32, fill: (0, 0, 0))
        for y in 8..<16 { for x in 0..<32 { image[x, y] = (250, 250, 250) } }
        let file = folder.file("a.jpg")
        try image.writeJPEG(to: file, quality: 95)
        try turned(Data(contentsOf: file), orientation: UInt8(orientation), isLittle: isLittle).write(to: file)
        try folder.write(annotation([object("bar", 1, 9, 32, 16)], width: 48, height: 32), to: "a.xml")
        let data = try DatasetIndex(folder.source).dataset(split: "all")
        let sample = try #require(data.samples.first)
        let decoded = try Image(contentsOf: file)
        #expect((sample.width, sample.height) == (decoded.width, decoded.height))
        #expect(data.problems.map(\.rule) == (orientation >= 5 ? [.exifRotated] : []))
        // Where width and height stay, nothing tells whether the boxes were drawn before or after.
        guard orientation >= 5 || orientation == 1 else { return }
        let box = try #require(sample.objects.first?.box)
        for y in 0..<decoded.height {
            for x in 0..<decoded.width {
                let isInside =
                    Double(x) >= box.xMin && Double(x) < box.xMax && Double(y) >= box.yMin && Double(y) < box.yMax
                #expect((decoded[x, y].g > 125) == isInside)
            }
        }
    }

    @Test func cutHeadersStateNothing() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg", width: 48, height: 32)
        try folder.write(annotation([object("bar", 1, 9, 32, 16)], width: 48, height: 32), to: "a.xml")
        let whole = turned(try Data(contentsOf: folder.file("a.jpg")), orientation: 6, isLittle: true)
        for length in 0..<100 {
            try folder.write(whole.prefix(length), to: "a.jpg")
            _ = try? DatasetIndex(folder.source).dataset(split: "all")
        }
    }
}
