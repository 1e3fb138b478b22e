extension Image {
    /// The picture with other extents: bilinear where it grows; where it shrinks every pixel counts, so that nothing flickers.
    ///
    /// - Precondition: both extents are at least 1.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a picture cannot have \(newWidth) x \(newHeight) pixels")
        if (newWidth, newHeight) == (width, height) { return self }
        let columns = TriangleFilter(from: width, to: newWidth)
        let rows = TriangleFilter(from: height, to: newHeight)
        let narrow = stretchColumns(columns, to: newWidth)
        let rowLength = 3 * newWidth
        var sums = [Float](repeating: 0, count: rowLength)
        let pixels = [UInt8](unsafeUninitializedCapacity: rowLength * newHeight) { target, count in
            count = rowLength * newHeight
            for y in 0..<newHeight {
                for index in sums.indices { sums[index] = 0.5 }
                rows.forEachTap(of: y) { row, weight in
                    let start = row * rowLength
                    for index in sums.indices { sums[index] += weight * narrow[start + index] }
                }
                for index in sums.indices { target[y * rowLength + index] = UInt8(max(0, min(255, sums[index]))) }
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: pixels)
    }

    private func stretchColumns(_ filter: TriangleFilter, to newWidth: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: 3 * newWidth * height) { target, count in
            count = 3 * newWidth * height
            for y in 0..<height {
                for x in 0..<newWidth {
                    var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
                    filter.forEachTap(of: x) { column, weight in
                        let start = 3 * (y * width + column)
                        red += weight * Float(pixels[start])
                        green += weight * Float(pixels[start + 1])
                        blue += weight * Float(pixels[start + 2])
                    }
                    let start = 3 * (y * newWidth + x)
                    target[start] = red
                    target[start + 1] = green
                    target[start + 2] = blue
                }
            }
        }
    }
}

/// Which old samples, with which shares, make each new one: a triangle around its place that reaches to its neighbours', old
/// or new, whichever are farther apart. Shares sum to 1, at the border too.
private struct TriangleFilter {
    private var starts: [Int] = []
    private var weights: [[Float]] = []

    init(from oldCount: Int, to newCount: Int) {
        let scale = Double(oldCount) / Double(newCount)
        let reach = max(1, scale)
        for index in 0..<newCount {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int((center - reach).rounded(.down)))
            let end = min(oldCount, Int((center + reach).rounded(.up)))
            let shares = (first..<end).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
            let sum = shares.reduce(0, +)
            starts.append(first)
            weights.append(shares.map { Float($0 / sum) })
        }
    }

    @inline(__always)
    func forEachTap(of index: Int, _ body: (_ sample: Int, _ weight: Float) -> Void) {
        var sample = starts[index]
        for weight in weights[index] {
            body(sample, weight)
            sample += 1
        }
    }
}
