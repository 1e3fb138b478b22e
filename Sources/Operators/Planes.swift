import Tensors

/// Loops over contiguous floats that the compiler can vectorize.
enum Planes {
    /// Returns the sum of `count` floats, in sixteen lanes.
    static func sum(_ values: UnsafePointer<Float>, count: Int) -> Float {
        reduce(count) {
            lanes(values + $0)
        } element: {
            values[$0]
        }
    }

    /// Returns the sum of the squared differences from `center`.
    static func squaredDistance(_ values: UnsafePointer<Float>, from center: Float, count: Int) -> Float {
        reduce(count) { index in
            let difference = lanes(values + index) - center
            return difference * difference
        } element: {
            (values[$0] - center) * (values[$0] - center)
        }
    }

    /// Returns the sum of `a · (b - center)`.
    static func dotCentered(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, center: Float, count: Int) -> Float {
        reduce(count) {
            lanes(a + $0) * (lanes(b + $0) - center)
        } element: {
            a[$0] * (b[$0] - center)
        }
    }

    /// Adds a number to each of `count` floats.
    static func add(_ value: Float, to target: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count { target[index] += value }
    }

    /// Adds `count` floats to other floats.
    static func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count { target[index] += source[index] }
    }

    /// Returns the sum of `count` computed terms, in blocks, so that both the terms and their sum can be vectorized.
    @inline(__always)
    static func sum(_ count: Int, _ term: (Int) -> Float) -> Float {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: min(count, 1 << 10)) { block in
            guard let terms = block.baseAddress else { return 0 }
            var total = 0.0
            for start in stride(from: 0, to: count, by: 1 << 10) {
                let length = min(count - start, 1 << 10)
                for index in 0..<length { terms[index] = term(start + index) }
                total += Double(sum(terms, count: length))
            }
            return Float(total)
        }
    }

    @inline(__always)
    private static func lanes(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inline(__always)
    private static func reduce(
        _ count: Int, lanes: (Int) -> SIMD16<Float>, element: (Int) -> Float
    ) -> Float {
        var sums = SIMD16<Float>(repeating: 0)
        var index = 0
        while index + 16 <= count {
            sums += lanes(index)
            index += 16
        }
        var rest: Float = 0
        while index < count {
            rest += element(index)
            index += 1
        }
        return sums.sum() + rest
    }
}

/// The bias of a convolution: one number per channel, added to each cell.
enum ChannelBias {
    static func add(_ bias: TensorView, to map: TensorView) {
        let shape = MapShape(map.shape)
        Parallel.forEach(shape.batch * shape.channels) { plane, _ in
            Planes.add(
                bias.pointer[plane % shape.channels], to: map.pointer + plane * shape.area, count: shape.area)
        }
    }

    static func addGradient(of map: TensorView, to gradient: TensorView) {
        let shape = MapShape(map.shape)
        Parallel.forEach(shape.channels) { channel, _ in
            var sum = 0.0
            for image in 0..<shape.batch {
                sum += Double(
                    Planes.sum(map.pointer + (image * shape.channels + channel) * shape.area, count: shape.area))
            }
            gradient.pointer[channel] += Float(sum)
        }
    }
}
