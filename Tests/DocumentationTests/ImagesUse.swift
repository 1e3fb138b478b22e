import Foundation
import Images
import TestSupport
import Testing

extension CatalogueUses {
    @Test func images() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("image.jpg")
        let image = Image(width: 320, height: 240, fill: (200, 180, 40))
        try image.writeJPEG(to: file, quality: 90)
        let scaled = try ScaledImage(contentsOf: file, longerSide: 80)
        let input = try Image(contentsOf: file).warped(
            by: .wholeImage(width: 320, height: 240, inputSize: 128), size: 128)
        #expect(scaled.toDecoded.a <= 1)
        #expect(input.shape == [3, 128, 128])
    }
}
