import Images
import Testing

@Suite("Parts of images")
struct ImageCropTests {
    @Test("A part has the pixels of its columns and rows")
    func part() {
        let image = Image(width: 4, height: 3, pixels: (0..<36).map { UInt8($0) })
        let part = image.cropped(columns: 1..<3, rows: 1..<3)
        #expect(part.width == 2 && part.height == 2)
        #expect(part.pixels == [15, 16, 17, 18, 19, 20, 27, 28, 29, 30, 31, 32])
        #expect(image.cropped(columns: 0..<4, rows: 0..<3) == image)
    }
}
