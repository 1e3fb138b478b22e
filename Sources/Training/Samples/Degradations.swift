import Foundation
import Images
import Tensors

/// Turns the hue of images by a random angle: a rotation about the grey axis of YIQ colours.
struct HueShift: SampleTransform {
    /// The largest angle, in degrees, in either direction.
    let degrees: Double

    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {
        let angle = Float(random.uniform(-degrees, degrees) * .pi / 180)
        let (cosine, sine) = (cos(angle), sin(angle))
        // YIQ from RGB (FCC, 1953), its two colour axes turned, and back again.
        let grays = SIMD3<Float>(0.299, 0.587, 0.114)
        let inPhase = SIMD3<Float>(0.595_716, -0.274_453, -0.321_263)
        let quadrature = SIMD3<Float>(0.211_456, -0.522_591, 0.311_135)
        let turned = (inPhase * cosine - quadrature * sine, inPhase * sine + quadrature * cosine)
        let back = [
            (Float(0.9563), Float(0.6210)), (Float(-0.2721), Float(-0.6474)), (Float(-1.1070), Float(1.7046)),
        ]
        let rows = back.map { grays + turned.0 * $0.0 + turned.1 * $0.1 }
        let (pixels, area) = (input.pointer, input.count / 3)
        for index in 0..<area {
            let color = SIMD3(
                pixels[index], pixels[area + index], pixels[2 * area + index])
            for channel in 0..<3 {
                pixels[channel * area + index] = min(1, max(0, (rows[channel] * color).sum()))
            }
        }
    }
}

/// Blurs half of the images with a Gaussian of random width.
struct GaussianBlur: SampleTransform {
    /// The largest standard deviation, in input pixels.
    let maximumSigma: Double

    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {
        let (happens, sigma) = (random.chance(0.5), random.uniform(0, maximumSigma))
        if !happens || sigma < 0.1 { return }
        let reach = Int((3 * sigma).rounded(.up))
        let kernel = (-reach...reach).map { Float(exp(-Double($0 * $0) / (2 * sigma * sigma))) }
        let weights = kernel.map { $0 / kernel.reduce(0, +) }
        let (pixels, rows, columns) = (input.pointer, input.shape[1], input.shape[2])
        var line = [Float](repeating: 0, count: max(rows, columns))
        func blur(start: Int, step: Int, count: Int) {
            for index in 0..<count {
                var sum: Float = 0
                for (tap, weight) in weights.enumerated() {
                    // The border repeats.
                    let place = min(max(index + tap - reach, 0), count - 1)
                    sum += weight * pixels[start + place * step]
                }
                line[index] = sum
            }
            for index in 0..<count { pixels[start + index * step] = line[index] }
        }
        for channel in 0..<3 {
            let plane = channel * rows * columns
            for row in 0..<rows { blur(start: plane + row * columns, step: 1, count: columns) }
            for column in 0..<columns { blur(start: plane + column, step: columns, count: rows) }
        }
    }
}

/// Adds noise to half of the images, with a random standard deviation.
struct PixelNoise: SampleTransform {
    /// The largest standard deviation, where white is 1.
    let maximumDeviation: Double

    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {
        let (happens, deviation) = (random.chance(0.5), random.uniform(0, maximumDeviation))
        if !happens { return }
        // The sum of four uniform bytes is nearly normal, and a hundred times as fast to draw.
        let pixels = input.pointer
        let scale = Float(deviation / (4 * (65536 - 1) / 12.0).squareRoot())
        for index in 0..<input.count {
            let bits = random.next()
            let sum = (0..<4).reduce(0) { $0 + Int(truncatingIfNeeded: bits >> (UInt64($1) * 8) & 255) }
            let value = pixels[index] + (Float(sum) - 510) * scale
            pixels[index] = min(1, max(0, value))
        }
    }
}

/// Compresses half of the images as JPEG, with a random quality.
struct JPEGArtifacts: SampleTransform {
    /// The lowest quality, 1 to 100.
    let minimumQuality: Int

    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {
        let (happens, quality) = (random.chance(0.5), random.integer(in: minimumQuality...100))
        if !happens { return }
        let (pixels, rows, columns) = (input.pointer, input.shape[1], input.shape[2])
        let area = rows * columns
        var bytes = [UInt8](repeating: 0, count: 3 * area)
        for index in 0..<area {
            for channel in 0..<3 {
                let value = pixels[channel * area + index]
                bytes[3 * index + channel] = UInt8(min(255, max(0, (value * 255).rounded())))
            }
        }
        // An image that JPEG cannot hold stays as it is.
        guard
            let data = try? Image(width: columns, height: rows, pixels: bytes).jpegData(quality: quality),
            let decoded = try? Image(data: data)
        else { return }
        for index in 0..<area {
            for channel in 0..<3 {
                pixels[channel * area + index] = Float(decoded.pixels[3 * index + channel]) / 255
            }
        }
    }
}

/// Covers a random rectangle of half of the images with their mean grey (DeVries and Taylor, "Improved Regularization of Convolutional
/// Neural Networks with Cutout", arXiv:1708.04552). Objects under it stay annotated, so the network learns to infer them from their rest.
struct Cutout: SampleTransform {
    /// The largest width and height, as a part of the input's side.
    let maximumSide: Double

    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {
        let (pixels, rows, columns) = (input.pointer, input.shape[1], input.shape[2])
        let happens = random.chance(0.5)
        let height = Int(Double(rows) * random.uniform(0, maximumSide))
        let width = Int(Double(columns) * random.uniform(0, maximumSide))
        let (top, left) = (random.integer(in: 0...(rows - height)), random.integer(in: 0...(columns - width)))
        if !happens { return }
        for channel in 0..<3 {
            for row in top..<top + height {
                let start = (channel * rows + row) * columns + left
                for index in start..<start + width { pixels[index] = meanGray }
            }
        }
    }
}
