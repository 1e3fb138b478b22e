import Boxes

/// How a network sees an image: the size of its input, and the image's place in it.
package struct InputLook: Hashable, Sendable {
    /// The input's height and width.
    package let extent: InputExtent
    /// From image pixels to input pixels.
    package let view: AffineMap<ImagePixels, InputPixels>
}

extension ImagePreparation {
    /// The most pixels of an image at its own resolution; larger ones are reduced to that, since a network's memory grows with them.
    static let mostPixels = 1 << 22

    /// How an image of this size lies in an input of size `extent`.
    func look(at size: (width: Int, height: Int), extent: InputExtent) -> InputLook {
        InputLook(extent: extent, view: view(of: size, extent: extent))
    }

    /// How an image of this size lies in an input of its own size, as CenterNet tests with `--keep_res`: each side is the next multiple of
    /// `multiple` *above* the image's (`(side | 31) + 1`), and the image is in the middle, moved by whole pixels, so that none is
    /// interpolated at a scale of 1. Images fitted at the top left stay there; those that are stretched fill the input.
    ///
    /// - Parameter scale: The image is first scaled by this factor, its sides rounded down to pixels.
    func look(atOwnSize size: (width: Int, height: Int), scale: Double, multiple: Int) -> InputLook {
        let limit = (Double(Self.mostPixels) / (Double(size.width) * Double(size.height))).squareRoot()
        let factor = min(scale, limit)
        let width = max(1, Int(Double(size.width) * factor))
        let height = max(1, Int(Double(size.height) * factor))
        let extent = InputExtent(
            rows: (height / multiple + 1) * multiple, columns: (width / multiple + 1) * multiple)
        if fit == .stretch { return look(at: size, extent: extent) }
        let isCentred = fit == .letterbox
        return InputLook(
            extent: extent,
            view: AffineMap(
                scaleX: Double(width) / Double(size.width), scaleY: Double(height) / Double(size.height),
                shiftX: isCentred ? Double(extent.columns / 2 - width / 2) : 0,
                shiftY: isCentred ? Double(extent.rows / 2 - height / 2) : 0))
    }
}
