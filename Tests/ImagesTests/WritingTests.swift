import Foundation
import Images
import TestSupport
import Testing

@Suite struct WritingTests {
    @Test func namesDecideTheFormat() throws {
        let folder = try TemporaryFolder()
        let image = Image.gradient(20, 10)
        for (name, format) in [("a.png", ImageFormat.png), ("a.JPG", .jpeg), ("a.jpeg", .jpeg), ("a.b.jpe", .jpeg)] {
            try image.write(to: folder.file(name))
            #expect(try ImageHeader(contentsOf: folder.file(name)).format == format)
        }
        try image.write(to: folder.file("odd.png"), format: .jpeg, quality: 50)
        #expect(try ImageHeader(contentsOf: folder.file("odd.png")).format == .jpeg)
        #expect(try image.data(as: .png) == image.pngData())
        for name in ["a.gif", "a", "png"] {
            let error = ImageError.cannotEncode(
                reason: "\(name) lacks the extension of a writable format (.png, .jpg, .jpeg, .jpe, .jfif, .jif)")
            #expect(throws: error) { try image.write(to: folder.file(name)) }
        }
    }
}
