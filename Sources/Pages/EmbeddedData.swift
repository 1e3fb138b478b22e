import Foundation
import Images
import JSON

/// Data as parts of a page.
package enum EmbeddedData {
    /// JSON in an element that no script of the page runs and that nothing in the data can end.
    static func script(id: String, _ json: JSONValue) -> HTML {
        .element("script", "type=\"application/json\" id=\"\(id)\"", [HTML(markup: harmless(json.text()))])
    }

    /// The longest side of an embedded image in pixels: no screen shows more of it at once.
    package static let imageSide = 1600

    /// An image as an address that holds it: PNG where that is the shorter, as for drawings, else JPEG.
    package static func address(of image: Image, longerSide limit: Int = imageSide) throws(ImageError) -> String {
        let small = image.reduced(toSide: limit)
        let (png, jpeg) = (try small.pngData(), try small.jpegData(quality: 90))
        return png.count <= jpeg.count
            ? "data:image/png;base64,\(png.base64EncodedString())"
            : "data:image/jpeg;base64,\(jpeg.base64EncodedString())"
    }

    /// `<`, `>` and `&` only stand inside strings of JSON, where they may be written as numbers: then `</script>` and
    /// `<!--` in a class name are what they are, a name.
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
