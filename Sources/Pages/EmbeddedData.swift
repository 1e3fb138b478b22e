import Foundation
import Images
import JSON

/// Data embedded in a page.
package enum EmbeddedData {
    /// Returns JSON in a script element that is not executed and that no text in the data can close.
    static func script(id: String, _ json: JSONValue) -> HTML {
        .element("script", "type=\"application/json\" id=\"\(id)\"", [HTML(markup: harmless(json.text()))])
    }

    /// The maximum side of an embedded image in pixels: screens rarely show more.
    package static let imageSide = 1600

    /// Returns an image as a data URL: PNG if that is shorter, as for drawings, otherwise JPEG.
    package static func address(of image: Image, longerSide limit: Int = imageSide) throws(ImageError) -> String {
        let small = image.reduced(toSide: limit)
        let (png, jpeg) = (try small.pngData(), try small.jpegData(quality: 90))
        return png.count <= jpeg.count
            ? "data:image/png;base64,\(png.base64EncodedString())"
            : "data:image/jpeg;base64,\(jpeg.base64EncodedString())"
    }

    /// Escapes `<`, `>` and `&`, which occur only inside JSON strings, so that `</script>` and `<!--` in a class name are not parsed
    /// as markup.
    private static func harmless(_ json: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.utf8.count)
        for byte in json.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += Array(#"\u003c"#.utf8)
            case UInt8(ascii: ">"): bytes += Array(#"\u003e"#.utf8)
            case UInt8(ascii: "&"): bytes += Array(#"\u0026"#.utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Image {
    fileprivate func reduced(toSide limit: Int) -> Image {
        let side = max(width, height)
        guard side > limit else { return self }
        return resized(width: max(1, width * limit / side), height: max(1, height * limit / side))
    }
}
