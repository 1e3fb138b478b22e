import Tensors

/// The rows of a view `[3, row, column]` while it is drawn: each is written in colours of `0...1`, then finished, which adds it to the mean
/// and transforms its colours while it is still in the processor's cache.
struct ViewRows {
    /// How many rows the view has.
    let count: Int
    /// How many pixels each row has.
    let width: Int
    private let area: Int
    private let base: UnsafeMutablePointer<Float>
    private let colors: ColorTransform
    private let changesColors: Bool
    private var sum = SIMD3<Double>()

    init(_ target: TensorView, colors: ColorTransform) {
        (count, width) = (target.shape[1], target.shape[2])
        area = count * width
        base = target.pointer
        self.colors = colors
        changesColors = colors != ColorTransform()
    }

    var meanColor: SIMD3<Float> { SIMD3<Float>(sum / Double(area)) }

    /// Blends the columns in `range` from a row of interleaved colours, blackens the others, and finishes the row.
    mutating func write(
        _ row: Int, columns: UnsafeBufferPointer<LinearSample>, _ range: ClosedRange<Int>,
        of blend: UnsafeRawBufferPointer
    ) {
        @inline(__always) func color(_ u: Int) -> SIMD4<Float> {
            let column = columns[u]
            let low = blend.loadUnaligned(fromByteOffset: 12 &* column.low, as: SIMD4<Float>.self)
            let high = blend.loadUnaligned(fromByteOffset: 12 &* column.high, as: SIMD4<Float>.self)
            return low * column.lowWeight + high * column.highWeight
        }
        for channel in 0..<3 {
            let start = base + (channel * area + row * width)
            start.update(repeating: 0, count: range.lowerBound)
            (start + (range.upperBound + 1)).update(repeating: 0, count: width - range.upperBound - 1)
        }
        var u = range.lowerBound
        while u + 3 <= range.upperBound {
            let (first, second, third, fourth) = (color(u), color(u + 1), color(u + 2), color(u + 3))
            let target = UnsafeMutableRawPointer(base + (row &* width &+ u))
            let plane = 4 &* area
            target.storeBytes(of: SIMD4(first.x, second.x, third.x, fourth.x), as: SIMD4<Float>.self)
            (target + plane).storeBytes(of: SIMD4(first.y, second.y, third.y, fourth.y), as: SIMD4<Float>.self)
            (target + 2 &* plane).storeBytes(of: SIMD4(first.z, second.z, third.z, fourth.z), as: SIMD4<Float>.self)
            u += 4
        }
        while u <= range.upperBound {
            set(color(u), row: row, column: u)
            u += 1
        }
        finish(row)
    }

    func set(_ color: SIMD4<Float>, row: Int, column: Int) {
        let place = row * width + column
        base[place] = color.x
        base[area + place] = color.y
        base[2 * area + place] = color.z
    }

    mutating func finishBlack(_ row: Int) {
        for channel in 0..<3 { (base + (channel * area + row * width)).update(repeating: 0, count: width) }
        finish(row)
    }

    mutating func finish(_ row: Int) {
        for channel in 0..<3 { sum[channel] += Double(Self.sum(base + (channel * area + row * width), count: width)) }
        if changesColors { colors.apply(to: base + row * width, count: width, planeStride: area) }
    }

    private static func sum(_ values: UnsafeMutablePointer<Float>, count: Int) -> Float {
        var lanes = SIMD8<Float>()
        var index = 0
        while index + 8 <= count {
            lanes += UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
            index += 8
        }
        var rest: Float = 0
        while index < count {
            rest += values[index]
            index += 1
        }
        return lanes.sum() + rest
    }
}
