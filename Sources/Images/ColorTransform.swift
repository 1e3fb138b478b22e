import Tensors

/// A colour transform that is the same at every pixel: `c' = own[c] * c + gray[c] * g + shift[c]`, where `g` is the pixel's grey.
///
/// Brightness, contrast, saturation, lighting and normalization are all of this form, and so is any chain of them, so augmentation composes
/// a few numbers and processes each pixel once.
public struct ColorTransform: Hashable, Sendable {
    /// The factor of the channel itself.
    public var own = SIMD3<Float>(repeating: 1)
    /// The factor of the pixel's grey.
    public var gray = SIMD3<Float>(repeating: 0)
    /// The constant that is added.
    public var shift = SIMD3<Float>(repeating: 0)

    /// The identity.
    public init() {}

    /// `(c - mean) / deviation`: the normalization that a network expects.
    public init(mean: [Float], deviation: [Float]) { normalize(mean: mean, deviation: deviation) }

    /// The weights of red, green and blue in grey (ITU-R BT.601, as in OpenCV).
    public static let grayWeights = SIMD3<Float>(0.299, 0.587, 0.114)

    /// Multiplies every channel by a factor.
    public mutating func brightness(_ factor: Float) {
        own *= factor
        gray *= factor
        shift *= factor
    }

    /// Scales colours away from, or towards, the image's mean grey.
    public mutating func contrast(_ factor: Float, meanGray: Float) {
        brightness(factor)
        shift += (1 - factor) * meanGray
    }

    /// Scales colours away from, or towards, each pixel's own grey (that of the unchanged image, as in CenterNet).
    public mutating func saturation(_ factor: Float) {
        brightness(factor)
        gray += 1 - factor
    }

    /// Adds a colour everywhere.
    public mutating func add(_ color: SIMD3<Float>) { shift += color }

    /// Appends `(c - mean) / deviation` to the chain.
    public mutating func normalize(mean: [Float], deviation: [Float]) {
        precondition(mean.count == 3 && deviation.count == 3, "\(mean) and \(deviation) are not one number per channel")
        let scale = 1 / SIMD3(deviation[0], deviation[1], deviation[2])
        own *= scale
        gray *= scale
        shift = (shift - SIMD3(mean[0], mean[1], mean[2])) * scale
    }

    /// Applies the chain to an image `[3, row, column]` with values in `0...1`, in place.
    public func apply(to image: TensorView) {
        precondition(image.shape.first == 3, "\(image.shape) is not the shape of an image of three channels")
        apply(to: image.pointer, count: image.count / 3, planeStride: image.count / 3)
    }

    /// Applies the chain to `count` pixels, whose red, green and blue planes are `planeStride` elements apart.
    func apply(to red: UnsafeMutablePointer<Float>, count: Int, planeStride: Int) {
        let planes = (red, red + planeStride, red + 2 * planeStride)
        var index = 0
        while index + 8 <= count {
            let raw = (
                UnsafeMutableRawPointer(planes.0 + index), UnsafeMutableRawPointer(planes.1 + index),
                UnsafeMutableRawPointer(planes.2 + index)
            )
            let colors = changed(
                raw.0.loadUnaligned(as: SIMD8<Float>.self), raw.1.loadUnaligned(as: SIMD8<Float>.self),
                raw.2.loadUnaligned(as: SIMD8<Float>.self))
            raw.0.storeBytes(of: colors.0, as: SIMD8<Float>.self)
            raw.1.storeBytes(of: colors.1, as: SIMD8<Float>.self)
            raw.2.storeBytes(of: colors.2, as: SIMD8<Float>.self)
            index += 8
        }
        while index < count {
            let colors = changed(
                SIMD8(repeating: planes.0[index]), SIMD8(repeating: planes.1[index]), SIMD8(repeating: planes.2[index]))
            (planes.0[index], planes.1[index], planes.2[index]) = (colors.0[0], colors.1[0], colors.2[0])
            index += 1
        }
    }

    @inline(__always) private func changed(
        _ r: SIMD8<Float>, _ g: SIMD8<Float>, _ b: SIMD8<Float>
    ) -> (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) {
        let weights = Self.grayWeights
        let grey = weights.x * r + weights.y * g + weights.z * b
        return (
            own.x * r + (gray.x * grey + shift.x), own.y * g + (gray.y * grey + shift.y),
            own.z * b + (gray.z * grey + shift.z)
        )
    }
}
