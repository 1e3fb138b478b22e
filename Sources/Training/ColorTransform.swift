import Tensors

/// A change of colours that is the same at every pixel: `c' = own[c] * c + gray[c] * g + shift[c]`, where `g` is the pixel's grey.
///
/// Brightness, contrast, saturation, lighting and normalization are all of this form, and so is any chain of them; so
/// augmentation composes a few numbers and touches each pixel once.
package struct ColorTransform: Equatable {
    package var own = SIMD3<Float>(repeating: 1)
    package var gray = SIMD3<Float>(repeating: 0)
    package var shift = SIMD3<Float>(repeating: 0)

    package init() {}

    /// What an RGB pixel's grey is made of (ITU-R BT.601, as OpenCV).
    package static let grayWeights = SIMD3<Float>(0.299, 0.587, 0.114)

    /// Every channel times a factor.
    package mutating func brightness(_ factor: Float) {
        own *= factor
        gray *= factor
        shift *= factor
    }

    /// Away from, or towards, the picture's mean grey.
    package mutating func contrast(_ factor: Float, meanGray: Float) {
        brightness(factor)
        shift += (1 - factor) * meanGray
    }

    /// Away from, or towards, each pixel's own grey (that of the unchanged picture, as in CenterNet).
    package mutating func saturation(_ factor: Float) {
        brightness(factor)
        gray += 1 - factor
    }

    /// A colour added everywhere.
    package mutating func add(_ color: SIMD3<Float>) { shift += color }

    /// `(c - mean) / deviation` as the last link of the chain.
    package mutating func normalize(mean: [Float], deviation: [Float]) {
        precondition(mean.count == 3 && deviation.count == 3, "\(mean) and \(deviation) are not one number a channel")
        let scale = 1 / SIMD3(deviation[0], deviation[1], deviation[2])
        own *= scale
        gray *= scale
        shift = (shift - SIMD3(mean[0], mean[1], mean[2])) * scale
    }

    /// Applies the chain to a picture `[3, row, column]` with values in `0...1`.
    package func apply(to picture: inout Tensor) {
        let area = picture.count / 3
        let weights = Self.grayWeights
        picture.withMutableElements { pixels in
            for index in 0..<area {
                let (r, g, b) = (pixels[index], pixels[area + index], pixels[2 * area + index])
                let grey = weights.x * r + weights.y * g + weights.z * b
                pixels[index] = own.x * r + gray.x * grey + shift.x
                pixels[area + index] = own.y * g + gray.y * grey + shift.y
                pixels[2 * area + index] = own.z * b + gray.z * grey + shift.z
            }
        }
    }

    /// The mean grey of a picture `[3, row, column]`.
    package static func meanGray(_ picture: Tensor) -> Float {
        let area = picture.count / 3
        guard area > 0 else { return 0 }
        return picture.withElements { pixels in
            var mean: Float = 0
            for channel in 0..<3 {
                var lanes = SIMD16<Float>()
                var index = channel * area
                let end = index + area
                var rest: Float = 0
                while index + 16 <= end {
                    for lane in 0..<16 { lanes[lane] += pixels[index + lane] }
                    index += 16
                }
                while index < end {
                    rest += pixels[index]
                    index += 1
                }
                mean += grayWeights[channel] * ((lanes.sum() + rest) / Float(area))
            }
            return mean
        }
    }
}
