import Boxes
import Tensors

extension Image {
    /// A square view of the picture, `[3, row, column]` in `0...1`: bilinear, black outside the picture.
    ///
    /// Output pixel (u, v) is the picture at `map⁻¹(u + ½, v + ½)`, between the four pixels whose centres are nearest; those
    /// outside the picture count as 0. As in CenterNet nothing is smoothed first when the picture shrinks.
    ///
    /// - Parameters:
    ///   - map: Takes the picture's pixels to the view's.
    ///   - size: The view's side in pixels.
    /// - Precondition: `map` has an inverse.
    public func warped(by map: AffineMap<ImagePixels, InputPixels>, size: Int) -> Tensor {
        guard size > 0, let back = map.inverse else {
            preconditionFailure("\(map) cannot fill a view of \(size) x \(size) pixels")
        }
        var view = Tensor([3, size, size])
        pixels.withUnsafeBufferPointer { source in
            view.withMutableElements { target in
                if back.b == 0 && back.c == 0 {
                    warpAligned(source, to: target, size: size, back: back)
                } else {
                    warpFreely(source, to: target, size: size, back: back)
                }
            }
        }
        return view
    }

    /// Neither turned nor sheared, which is nearly always: columns and rows are sampled one after the other. Two rows are
    /// blended into one of floats first, since that loop is the one that vectorizes.
    private func warpAligned(
        _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<Float>, size: Int,
        back: AffineMap<InputPixels, ImagePixels>
    ) {
        let columns = (0..<size).map { LinearSample(at: back.a * (Double($0) + 0.5) + back.tx, extent: width) }
        // The columns of the view that see the picture are neighbours, and so are the picture's columns that they see.
        guard let left = columns.firstIndex(where: \.sees), let right = columns.lastIndex(where: \.sees) else { return }
        let seen = columns[left...right].map(\.low) + columns[left...right].map(\.high)
        guard let first = seen.min(), let last = seen.max() else { return }
        let area = size * size
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * width) { blend in
            for v in 0..<size {
                let row = LinearSample(at: back.d * (Double(v) + 0.5) + back.ty, extent: height)
                if !row.sees { continue }
                let (low, high) = (3 * width * row.low, 3 * width * row.high)
                let (lowWeight, highWeight) = (row.lowWeight / 255, row.highWeight / 255)
                for index in 3 * first..<3 * last + 3 {
                    blend[index] =
                        lowWeight * Float(source[low &+ index]) + highWeight * Float(source[high &+ index])
                }
                for u in left...right {
                    let column = columns[u]
                    let (low, high) = (3 &* column.low, 3 &* column.high)
                    var output = v &* size &+ u
                    for channel in 0..<3 {
                        target[output] =
                            column.lowWeight * blend[low &+ channel] + column.highWeight * blend[high &+ channel]
                        output &+= area
                    }
                }
            }
        }
    }

    private func warpFreely(
        _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<Float>, size: Int,
        back: AffineMap<InputPixels, ImagePixels>
    ) {
        let area = size * size
        for v in 0..<size {
            for u in 0..<size {
                let place = back(x: Double(u) + 0.5, y: Double(v) + 0.5)
                let column = LinearSample(at: place.x, extent: width)
                let row = LinearSample(at: place.y, extent: height)
                if !column.sees || !row.sees { continue }
                let (top, bottom) = (width &* row.low, width &* row.high)
                var output = v &* size &+ u
                for channel in 0..<3 {
                    func sample(_ row: Int, _ column: Int) -> Float { Float(source[3 &* (row &+ column) &+ channel]) }
                    let upper =
                        column.lowWeight * sample(top, column.low) + column.highWeight * sample(top, column.high)
                    let lower =
                        column.lowWeight * sample(bottom, column.low) + column.highWeight * sample(bottom, column.high)
                    target[output] = (row.lowWeight * upper + row.highWeight * lower) / 255
                    output &+= area
                }
            }
        }
    }
}

/// The two neighbours that a coordinate lies between, and their shares; a neighbour outside the picture has no share.
private struct LinearSample {
    var low = 0
    var high = 0
    var lowWeight: Float = 0
    var highWeight: Float = 0

    /// Whether any neighbour is inside.
    var sees: Bool { lowWeight != 0 || highWeight != 0 }

    /// - Parameter coordinate: Continuous: pixel `i` has its centre at `i + ½`.
    init(at coordinate: Double, extent: Int) {
        let position = coordinate - 0.5
        guard position > -1, position < Double(extent) else { return }
        let below = Int(position.rounded(.down))
        let share = Float(position - Double(below))
        if below >= 0 { (low, lowWeight) = (below, 1 - share) }
        if below + 1 < extent { (high, highWeight) = (below + 1, share) }
        // A neighbour without a share still is read, so it must be somewhere inside: at the other's place.
        if below < 0 { low = high }
        if below + 1 >= extent { high = low }
    }
}
