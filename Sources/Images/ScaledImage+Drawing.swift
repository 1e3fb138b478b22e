import Boxes
import Tensors

extension ScaledImage {
    /// Draws a view of the image: bilinear, black outside the image, followed by a colour transform.
    ///
    /// View pixel (u, v) is the image at `view⁻¹(u + ½, v + ½)`, between the four decoded pixels whose centres are nearest; those outside
    /// the image count as 0. As in CenterNet, no further smoothing is applied when the image shrinks.
    ///
    /// - Parameters:
    /// - view: Maps the full image's pixels to the view's.
    /// - target: `[3, row, column]`; every element is written.
    /// - colors: The transform of the colours, which are in `0...1` before.
    /// - repeatsEdges: Whether border pixels keep their colour up to the image's edge, as in OpenCV's resizing; otherwise their outer
    ///   halves are blended with the black outside, as in its warping.
    /// - Returns: The view's mean colour before its colours were changed.
    /// - Precondition: `view` has an inverse.
    @discardableResult
    public func draw(
        _ view: AffineMap<ImagePixels, InputPixels>, into target: TensorView,
        colors: ColorTransform = ColorTransform(), repeatsEdges: Bool = false
    ) -> SIMD3<Float> {
        guard target.shape.count == 3, target.shape[0] == 3, target.count > 0, let inverse = view.inverse else {
            preconditionFailure("\(view) cannot fill a view of shape \(target.shape)")
        }
        let back = inverse.followed(by: toDecoded)
        var rows = ViewRows(target, colors: colors)
        image.pixels.withUnsafeBufferPointer { source in
            if back.b == 0 && back.c == 0 {
                drawAligned(source, to: &rows, back: back, repeatsEdges: repeatsEdges)
            } else {
                drawFreely(source, to: &rows, back: back, repeatsEdges: repeatsEdges)
            }
        }
        return rows.meanColor
    }

    /// Without rotation or shear, which is nearly always: columns and rows are sampled one after the other. Two rows are first blended into
    /// one of floats, since that loop vectorizes; then four pixels at a time are blended from it.
    private func drawAligned(
        _ source: UnsafeBufferPointer<UInt8>, to rows: inout ViewRows, back: AffineMap<InputPixels, DecodedPixels>,
        repeatsEdges: Bool
    ) {
        let columns = (0..<rows.width).map {
            LinearSample(
                at: back.a * (Double($0) + 0.5) + back.tx, extent: image.width, repeatsEdges: repeatsEdges)
        }
        // The view's columns that see the image are contiguous, and so are the image's columns that they see.
        guard let left = columns.firstIndex(where: \.sees), let right = columns.lastIndex(where: \.sees) else {
            for row in 0..<rows.count { rows.finishBlack(row) }
            return
        }
        let (one, other) = (columns[left], columns[right])
        let first = min(one.low, one.high, other.low, other.high)
        let last = max(one.low, one.high, other.low, other.high)
        let stride = 3 * image.width
        columns.withUnsafeBufferPointer { columns in
            // Pixels are loaded as four floats, so one more follows the last.
            withUnsafeTemporaryAllocation(of: Float.self, capacity: stride + 1) { blend in
                blend[3 * last + 3] = 0
                for v in 0..<rows.count {
                    let row = LinearSample(
                        at: back.d * (Double(v) + 0.5) + back.ty, extent: image.height, repeatsEdges: repeatsEdges)
                    if !row.sees {
                        rows.finishBlack(v)
                        continue
                    }
                    let (low, high) = (stride * row.low, stride * row.high)
                    let (lowWeight, highWeight) = (row.lowWeight / 255, row.highWeight / 255)
                    for index in 3 * first..<3 * last + 3 {
                        blend[index] =
                            lowWeight * Float(source[low &+ index]) + highWeight * Float(source[high &+ index])
                    }
                    rows.write(v, columns: columns, left...right, of: UnsafeRawBufferPointer(blend))
                }
            }
        }
    }

    private func drawFreely(
        _ source: UnsafeBufferPointer<UInt8>, to rows: inout ViewRows, back: AffineMap<InputPixels, DecodedPixels>,
        repeatsEdges: Bool
    ) {
        for v in 0..<rows.count {
            for u in 0..<rows.width {
                let place = back(x: Double(u) + 0.5, y: Double(v) + 0.5)
                let column = LinearSample(at: place.x, extent: image.width, repeatsEdges: repeatsEdges)
                let row = LinearSample(at: place.y, extent: image.height, repeatsEdges: repeatsEdges)
                let (top, bottom) = (image.width &* row.low, image.width &* row.high)
                var color = SIMD4<Float>()
                for channel in 0..<3 {
                    func sample(_ row: Int, _ column: Int) -> Float { Float(source[3 &* (row &+ column) &+ channel]) }
                    let upper =
                        column.lowWeight * sample(top, column.low) + column.highWeight * sample(top, column.high)
                    let lower =
                        column.lowWeight * sample(bottom, column.low) + column.highWeight * sample(bottom, column.high)
                    color[channel] = (row.lowWeight * upper + row.highWeight * lower) / 255
                }
                rows.set(color, row: v, column: u)
            }
            rows.finish(v)
        }
    }
}
