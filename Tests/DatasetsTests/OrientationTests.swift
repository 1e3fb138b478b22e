import Boxes
import DatasetFixtures
import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct OrientationTests {
    /// Returns a JPEG with an EXIF segment that states an orientation.
    private func turned(_ jpeg: Data, orientation: UInt8, isLittle: Bool) -> Data {
        let tiff: [UInt8] =
            isLittle
            ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        return jpeg.prefix(2) + Data([0xff, 0xe1, 0, UInt8(body.count + 2)] + body) + jpeg.dropFirst(2)
    }

    /// A dark image with one bright rectangle, annotated as stored: the box must lie on the rectangle after the image
    /// has been rotated.
    @Test(arguments: 1...8, [true, false]) func boxesTurnWithTheirImage(orientation: Int, isLittle: Bool) throws {
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
        // If width and height are not swapped, it is unknown whether the boxes were drawn before or after the rotation.
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

    /// An image of 48x32 stored pixels with an EXIF rotation.
    private func write(_ folder: TemporaryFolder, _ name: String, orientation: UInt8) throws {
        let file = try folder.image(name, width: 48, height: 32, red: orientation)
        try turned(Data(contentsOf: file), orientation: orientation, isLittle: true).write(to: file)
    }

    /// Width and height do not reveal a rotation by 180 degrees, and fractions reveal none.
    @Test(arguments: [(UInt8(3), true), (6, false), (8, false)])
    func whatCannotBeToldIsSaidOnce(orientation: UInt8, isVOC: Bool) throws {
        let folder = try TemporaryFolder()
        for index in 0..<3 {
            try write(folder, "images/n\(index).jpg", orientation: orientation)
            if isVOC {
                try folder.write(
                    annotation([object("bar", 1, 9, 24, 16)], filename: "n\(index).jpg", width: 48, height: 32),
                    to: "xml/n\(index).xml")
            } else {
                try folder.write("0 0.25 0.5 0.5 0.25\n", to: "labels/n\(index).txt")
            }
        }
        let index = try folder.index()
        let finding = try #require(index.findings(of: .exifAmbiguous).first)
        #expect(index.findings(of: .exifAmbiguous).count == 1)
        #expect(finding.message.contains("3 of 3 images") || finding.message.contains("in 3 of 3"), "\(finding)")
        let data = try index.dataset(split: "all")
        #expect(data.problems.isEmpty)
        // The boxes are assumed to fit the rotated image.
        let expected = isVOC ? box(0, 8, 24, 16) : box(0, 18, 16, 30)
        #expect(data.samples.allSatisfy { $0.objects.map(\.box) == [expected] }, "\(data.samples)")
    }

    @Test(arguments: [true, false]) func cocosExtentsTellWhetherBoxesMustTurn(areOfTheStoredImage: Bool) throws {
        let folder = try TemporaryFolder()
        try write(folder, "a.jpg", orientation: 6)
        var document = COCODocument()
        document.image(
            1, "a.jpg", width: areOfTheStoredImage ? 48 : 32, height: areOfTheStoredImage ? 32 : 48)
        document.object(1, box: areOfTheStoredImage ? [0, 8, 32, 8] : [16, 0, 8, 32])
        try folder.write(document.text, to: "annotations.json")
        let data = try folder.index().dataset(split: "all")
        // Rotated by 90 degrees clockwise: the left side becomes the top.
        #expect(data.samples.first?.objects.map(\.box) == [box(16, 0, 24, 32)])
        #expect(data.problems.map(\.rule) == (areOfTheStoredImage ? [.exifRotated] : []))
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
