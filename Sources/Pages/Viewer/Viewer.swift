import Images
import JSON
import Visualization

/// The viewer of a page: lists and pickers, one or two images side by side, and their data.
package struct Viewer {
    let classNames: [String]
    let images: [InspectedImage]
    let isSideBySide: Bool
    /// The layer whose explanations are shown first, if it exists.
    let firstLayer: String

    /// Creates a viewer of at least one image.
    ///
    /// - Parameter isSideBySide: Whether the viewer opens with two maps, the predicted and the ground-truth heatmap.
    package init(
        classNames: [String], images: [InspectedImage], isSideBySide: Bool = false, firstLayer: String = ""
    ) {
        precondition(!images.isEmpty, "a viewer needs an image")
        self.classNames = classNames
        self.images = images
        self.isSideBySide = isSideBySide
        self.firstLayer = firstLayer
    }

    /// Returns the viewer's element, with the data for its script.
    package func html() throws(ImageError) -> HTML {
        var data = [EmbeddedData.script(id: "viewer-settings", settings)]
        for (index, image) in images.enumerated() {
            data.append(
                EmbeddedData.script(
                    id: "viewer-image-\(index)", try image.json(classCount: classNames.count)))
        }
        return HTML([ViewerMarkup.viewer] + data)
    }

    private var settings: JSONValue {
        let maps = Colormap.allCases.map { map in (map.rawValue, JSONValue.string(map.table)) }
        return [
            "classes": .array(
                classNames.enumerated().map { index, name in
                    let color = Palette.color(index)
                    return [
                        "name": .string(name), "color": .string(color.css), "text": .string(color.textColor.css),
                    ]
                }),
            "colormaps": .object(JSONObject(maps)),
            "images": .array(images.map { .string($0.name) }),
            "sideBySide": .bool(isSideBySide), "firstLayer": .string(firstLayer),
        ]
    }
}

extension Colormap {
    /// The colours at 256 values from 0 to 1; red, green and blue with two hexadecimal digits each.
    fileprivate var table: String {
        (0..<256).map { index in
            let color = color(Double(index) / 255)
            return [color.r, color.g, color.b].map(\.hexadecimal).joined()
        }.joined()
    }
}

extension Color {
    /// The colour in CSS notation.
    package var css: String {
        let color = bytes
        return "#" + [color.r, color.g, color.b].map(\.hexadecimal).joined()
    }
}

extension UInt8 {
    fileprivate var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
