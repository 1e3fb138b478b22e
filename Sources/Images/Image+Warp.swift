import Boxes
import Tensors

extension Image {
    /// Returns a square view of the image, `[3, row, column]` in `0...1`: bilinear, black outside the image.
    ///
    /// - Parameters:
    /// - map: Maps the image's pixels to the view's.
    ///   - size: The view's side in pixels.
    /// - Precondition: `map` has an inverse.
    public func warped(by map: AffineMap<ImagePixels, InputPixels>, size: Int) -> Tensor {
        var view = Tensor(uninitialized: [3, size, size])
        view.withMutableView { _ = ScaledImage(self).draw(map, into: $0) }
        return view
    }
}
