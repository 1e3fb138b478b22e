import Foundation
import Images
import Testing

@Suite struct UnsupportedContentTests {
    private func found(_ bytes: [UInt8]) -> String? {
        do throws(ImageError) { _ = try Image(data: Data(bytes)) } catch {
            #expect(error.description.hasSuffix("; JPEG, PNG, BMP, TIFF, WebP and GIF can be read"))
            if case .notAnImage(_, let found) = error { return found }
        }
        return "an image"
    }

    @Test func whatIsNoImageIsNamed() {
        let texts: [(String, String)] = [
            ("\0\0\0\u{18}ftypheic\0\0\0\0", "a HEIC image"), ("\0\0\0\u{18}ftypavif\0\0\0\0", "an AVIF image"),
            ("\0\0\0\u{18}ftypisom\0\0\0\0", "a video"), ("%PDF-1.4", "a PDF"), ("8BPS\0\u{1}", "a Photoshop document"),
            ("  \n<!DOCTYPE HTML><html>", "an HTML page: a download that failed, perhaps"),
            ("<html><body>404", "an HTML page: a download that failed, perhaps"),
            ("<?xml version=\"1.0\"?><svg xmlns", "an SVG drawing"), ("<svg width=", "an SVG drawing"),
            ("<?xml version=\"1.0\"?><a>", "an XML file"), ("<annotation>", "an XML file"),
            ("{\"error\": 404}", "a JSON file"), ("[1, 2]", "a JSON file"), ("hello\n", "text"),
            (
                "version https://git-lfs.github.com/spec/v1\noid sha256:",
                "a Git LFS pointer: the image itself was not downloaded (`git lfs pull` does it)"
            ),
            (String(repeating: "\0", count: 128) + "DICM", "a DICOM file"), ("PK\u{3}\u{4}aaaa", "a zip archive"),
            ("\0\0\0\u{c}jP  \r\n", "a JPEG 2000 image"), ("RIFF0000WAVEfmt ", "a wave file"),
            ("P6\n3 3\n255\n", "a NetPBM image (PNM)"), (String(repeating: "\0", count: 50), "nothing but zeros"),
            ("data:image/png;base64,iVBORw0KGgo", "an image as base64 text"),
        ]
        for (text, name) in texts { #expect(found(Array(text.utf8)) == name) }
        #expect(found([0xff, 0x0a, 1, 2]) == "a JPEG XL image")
        #expect(
            found([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a, 0]) == "a PNG that was damaged when it was copied as text")
        #expect(found([9, 1, 2, 200]) == nil)
    }

    @Test func kindsThatAreNotDecodedAreNamed() throws {
        func reason(_ bytes: [UInt8]) -> String? {
            do throws(ImageError) { _ = try Image(data: Data(bytes)) } catch {
                if case .unsupported(_, let reason) = error { return reason }
                return "\(error)"
            }
            return nil
        }
        let jpeg = [UInt8](try Image.gradient(16, 16).jpegData())
        let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
        func changed(_ offset: Int, _ value: UInt8) -> [UInt8] {
            var bytes = jpeg
            bytes[frame + offset] = value
            return bytes
        }
        #expect(reason(changed(4, 12)) == "it is a JPEG of 12 bits per sample; 8 can be read")
        #expect(reason(changed(1, 0xc3)) == "it is a lossless JPEG")
        #expect(reason(changed(1, 0xc5)) == "it is a hierarchical JPEG")
        #expect(reason(changed(1, 0xf7)) == "it is a JPEG-LS image")
        #expect(reason(changed(9, 2)) == "it is a JPEG of 2 components; 1, 3 and 4 can be read")
        var noHeight = changed(5, 0)
        noHeight[frame + 6] = 0
        #expect(reason(noHeight) == "it is a JPEG that states its height only after its pixels")
        let png = PNGBytes(width: 1, height: 1, bitDepth: 8, colorType: 2, rows: [[1, 2, 3]]).bytes
        let phone = png.prefix(8) + PNGBytes.chunk("CgBI", [0x50, 0, 0x20, 6]) + png.dropFirst(8)
        #expect(reason(Array(phone))?.contains("iPhone") == true)
        var raw = TIFFBytes(.noise(3, 3))
        raw.entries.append((50706, 1, 4, 0x0104))
        #expect(reason(raw.bytes) == "it is a camera's raw file (a kind of TIFF)")
        var packed = TIFFBytes(.noise(3, 3))
        packed.set(259, 34712)
        #expect(reason(packed.bytes) == "it is a TIFF of compression 34712")
        let complex = TIFFBytes(gray: [UInt8](repeating: 0, count: 24), width: 3, height: 1, bitCount: 64, format: 6)
        #expect(reason(complex.bytes)?.hasPrefix("it is a TIFF of an unusual kind (libtiff: ") == true)
    }
}
