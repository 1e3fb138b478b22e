extension Image {
    /// Resizes the image: bilinear when enlarging; when shrinking, every pixel contributes, which avoids aliasing.
    ///
    /// - Precondition: both extents are at least 1.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "an image cannot have \(newWidth) x \(newHeight) pixels")
        if (newWidth, newHeight) == (width, height) { return self }
        let columns = TriangleFilter(from: width, to: newWidth)
        let rows = TriangleFilter(from: height, to: newHeight)
        let rowLength = 3 * newWidth
        let stretched = StretchedRows(of: self, columns, count: rows.longest)
        let pixels = [UInt8](unsafeUninitializedCapacity: rowLength * newHeight) { target, count in
            count = rowLength * newHeight
            guard let base = target.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rowLength) { sums in
                guard let sums = sums.baseAddress else { return }
                for y in 0..<newHeight {
                    if let pair = rows.pair(of: y) {
                        let (low, high) = (stretched.row(pair.low), stretched.row(pair.high))
                        let target = base + y * rowLength
                        for index in 0..<rowLength {
                            let sum = 0.5 + pair.lowWeight * low[index]
                            target[index] = Self.byte(sum + pair.highWeight * high[index])
                        }
                        continue
                    }
                    sums.initialize(repeating: 0.5, count: rowLength)
                    rows.forEachTap(of: y) { row, weight in
                        let source = stretched.row(row)
                        for index in 0..<rowLength { sums[index] += weight * source[index] }
                    }
                    for index in 0..<rowLength { base[y * rowLength + index] = Self.byte(sums[index]) }
                }
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: pixels)
    }

    /// Clamps a number to `0...255` and truncates it, without a branch. Adding 2²³ to a float removes its fraction: its lowest bits are the
    /// integer.
    @inline(__always)
    private static func byte(_ number: Float) -> UInt8 {
        let whole: Float = 8_388_608
        let value = max(0, min(255, number))
        let nearest = (value + whole) - whole
        let below = nearest > value ? nearest - 1 : nearest
        return UInt8(truncatingIfNeeded: (below + whole).bitPattern)
    }
}

/// A cache of the last few rows of an image resized horizontally: each is computed when first requested, and replaces the oldest one.
private final class StretchedRows {
    private let image: Image
    private let filter: TriangleFilter
    private let rowLength: Int
    /// The index of the row in each slot.
    private var numbers: [Int]
    private let rows: UnsafeMutablePointer<Float>
    private let source: UnsafeMutablePointer<Float>

    init(of image: Image, _ filter: TriangleFilter, count: Int) {
        self.image = image
        self.filter = filter
        // Pixels are loaded and stored as four numbers, so one more follows the last.
        rowLength = 3 * filter.count + 1
        numbers = [Int](repeating: -1, count: count)
        rows = .allocate(capacity: count * rowLength)
        rows.initialize(repeating: 0, count: count * rowLength)
        source = .allocate(capacity: 3 * image.width + 1)
        source.initialize(repeating: 0, count: 3 * image.width + 1)
    }

    deinit {
        rows.deallocate()
        source.deallocate()
    }

    func row(_ row: Int) -> UnsafePointer<Float> {
        let place = row % numbers.count
        let target = rows + place * rowLength
        if numbers[place] != row {
            numbers[place] = row
            stretch(row, to: target)
        }
        return UnsafePointer(target)
    }

    private func stretch(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        let (length, floats) = (3 * image.width, source)
        image.pixels.withUnsafeBufferPointer { pixels in
            guard let base = pixels.baseAddress else { return }
            for index in 0..<length { floats[index] = Float(base[row * length + index]) }
        }
        let (source, target) = (UnsafeRawPointer(floats), UnsafeMutableRawPointer(target))
        let pixel = 3 * MemoryLayout<Float>.stride
        filter.withTaps { starts, bounds, weights in
            for x in 0..<filter.count {
                var color = SIMD4<Float>()
                var place = pixel &* starts[x]
                for tap in bounds[x]..<bounds[x + 1] {
                    color += weights[tap] * source.loadUnaligned(fromByteOffset: place, as: SIMD4<Float>.self)
                    place &+= pixel
                }
                target.storeBytes(of: color, toByteOffset: pixel &* x, as: SIMD4<Float>.self)
            }
        }
    }
}

/// The old samples and their weights for each new sample: a triangle around its position that reaches to its neighbours, old or new,
/// whichever are farther apart. Weights sum to 1, even at the border.
private struct TriangleFilter {
    /// The number of new samples.
    let count: Int
    /// The maximum number of old samples per new one.
    private(set) var longest = 0
    private var starts: [Int] = []
    /// Where the weights of each new sample begin in `weights`, and where the last ones end.
    private var bounds = [0]
    private var weights: [Float] = []

    init(from oldCount: Int, to newCount: Int) {
        count = newCount
        let scale = Double(oldCount) / Double(newCount)
        let reach = max(1, scale)
        for index in 0..<newCount {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int((center - reach).rounded(.down)))
            let end = min(oldCount, Int((center + reach).rounded(.up)))
            let shares = (first..<end).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
            let sum = shares.reduce(0, +)
            // Samples of weight zero are dropped.
            let leading = shares.prefix { $0 == 0 }.count
            let used = shares.dropFirst(leading).reversed().drop { $0 == 0 }.reversed()
            starts.append(first + leading)
            weights += used.map { Float($0 / sum) }
            bounds.append(weights.count)
            longest = max(longest, used.count)
        }
    }

    /// The one or two old samples of a new one; nil when there are more.
    func pair(of index: Int) -> (low: Int, high: Int, lowWeight: Float, highWeight: Float)? {
        let (low, place) = (starts[index], bounds[index])
        switch bounds[index + 1] - place {
        case 1: return (low, low, weights[place], 0)
        case 2: return (low, low + 1, weights[place], weights[place + 1])
        default: return nil
        }
    }

    @inline(__always)
    func forEachTap(of index: Int, _ body: (_ sample: Int, _ weight: Float) -> Void) {
        var sample = starts[index]
        for place in bounds[index]..<bounds[index + 1] {
            body(sample, weights[place])
            sample += 1
        }
    }

    /// Passes the first old sample of each new one, the offsets of the weights, and all weights.
    @inline(__always)
    func withTaps(
        _ body: (_ starts: UnsafePointer<Int>, _ bounds: UnsafePointer<Int>, _ weights: UnsafePointer<Float>) -> Void
    ) {
        starts.withUnsafeBufferPointer { starts in
            bounds.withUnsafeBufferPointer { bounds in
                weights.withUnsafeBufferPointer { weights in
                    guard let starts = starts.baseAddress, let bounds = bounds.baseAddress,
                        let weights = weights.baseAddress
                    else { return }
                    body(starts, bounds, weights)
                }
            }
        }
    }
}
