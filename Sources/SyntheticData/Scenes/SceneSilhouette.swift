import Boxes

/// The pixels of one object inside the image, whether something hides them or not.
package struct SceneSilhouette: Sendable {
    /// The class, or nil for what is no object of the data set.
    package let classIndex: Int?
    let hidesOthers: Bool
    /// The number of pixels of the whole object, also outside the image.
    package private(set) var wholeCount = 0
    /// The positions of the pixels inside the image.
    package private(set) var pixels: [Int32] = []

    init(_ field: DistanceField, imageSize: Int, hidesOthers: Bool, classIndex: Int?) {
        (self.classIndex, self.hidesOthers) = (classIndex, hidesOthers)
        var place = 0
        for y in field.rows {
            for x in field.columns {
                if field.values[place] < 0 {
                    wholeCount += 1
                    if (0..<imageSize).contains(x), (0..<imageSize).contains(y) {
                        pixels.append(Int32(y * imageSize + x))
                    }
                }
                place += 1
            }
        }
    }

    /// Returns the visible part of each silhouette; the last one is in front. What one can see through hides nothing.
    package static func visibleParts(_ silhouettes: [SceneSilhouette], imageSize: Int) -> [PixelExtent] {
        var isHidden = [Bool](repeating: false, count: imageSize * imageSize)
        var parts: [PixelExtent] = []
        for silhouette in silhouettes.reversed() {
            var part = PixelExtent()
            for pixel in silhouette.pixels where !isHidden[Int(pixel)] {
                part.add(Int(pixel) % imageSize, Int(pixel) / imageSize)
                if silhouette.hidesOthers { isHidden[Int(pixel)] = true }
            }
            parts.append(part)
        }
        return parts.reversed()
    }
}
