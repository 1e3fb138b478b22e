import CDNNL
import Tensors

/// Weights as oneDNN's Winograd kernels for inference want them: `U = G g Gᵀ` for each 3x3 kernel `g`, of 4x4 or 6x6 numbers,
/// in blocks of channels (Lavin and Gray, arXiv:1509.09308).
///
/// oneDNN's own reorder gives the same numbers, but takes longer for a deep layer than many passes with them.
struct WinogradWeights {
    private static let lanes = 16
    private let inputChannels, outputChannels: Int
    private let format: dnnl_wino_desc_t
    /// The rows of G.
    private let rows: [SIMD3<Float>]
    /// How many blocks of output channels lie together.
    private let grouped: Int

    /// Nothing where the layout is none of those that this knows.
    ///
    /// - Parameter weights: `[output channel, input channel, 3, 3]`.
    init?(_ layout: Layout, weights: [Int]) {
        guard layout.descriptor.format_kind == dnnl_format_kind_wino, weights.suffix(2) == [3, 3] else { return nil }
        format = layout.descriptor.format_desc.wino_desc
        (outputChannels, inputChannels) = (weights[0], weights[1])
        let blocks = (Int(format.ic_block), Int(format.oc_block))
        guard format.r == 3, blocks == (Self.lanes, Self.lanes), format.adj_scale == 1 else { return nil }
        switch (format.wino_format, format.alpha) {
        case (dnnl_wino_wei_aaOio, 4), (dnnl_wino_wei_aaOBiOo, 4):
            rows = [SIMD3(1, 0, 0), SIMD3(0.5, 0.5, 0.5), SIMD3(0.5, -0.5, 0.5), SIMD3(0, 0, 1)]
        case (dnnl_wino_wei_OBaaIBOIio, 6):
            // For the points 0, ±0.625, ±1.5 and infinity, which oneDNN takes for their small error.
            rows = [
                SIMD3(1.13777777777778, 0, 0), SIMD3(-0.688403361344538, -0.430252100840336, -0.26890756302521),
                SIMD3(-0.688403361344538, 0.430252100840336, -0.26890756302521),
                SIMD3(0.119514472455649, 0.179271708683473, 0.26890756302521),
                SIMD3(0.119514472455649, -0.179271708683473, 0.26890756302521), SIMD3(0, 0, 1),
            ]
        default: return nil
        }
        grouped = format.wino_format == dnnl_wino_wei_aaOio ? 1 : Int(format.oc2_block)
    }

    /// Transforms all kernels.
    ///
    /// - Parameters:
    ///   - weights: The plain numbers.
    ///   - factors: What each output channel is multiplied by.
    func transform(_ weights: UnsafePointer<Float>, factors: [Float], to target: UnsafeMutablePointer<Float>) {
        let (inputBlocks, outputBlocks) = (Int(format.ic) / Self.lanes, Int(format.oc) / Self.lanes)
        Parallel.forEach(inputBlocks * outputBlocks) { index, _ in
            transformBlock(
                input: index % inputBlocks, output: index / inputBlocks, weights, factors, to: target)
        }
    }

    /// 16 by 16 kernels: output channels side by side in a register, and all results of one kind next to one another.
    private func transformBlock(
        input: Int, output: Int, _ weights: UnsafePointer<Float>, _ factors: [Float],
        to target: UnsafeMutablePointer<Float>
    ) {
        let (lanes, alpha) = (Self.lanes, rows.count)
        let (start, step) = place(input: input, output: output)
        let outputs = min(lanes, outputChannels - output * lanes)
        withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: alpha * alpha * lanes) { block in
            for place in 0..<lanes {
                let channel = input * lanes + place
                var kernel = [9 of SIMD16<Float>](repeating: SIMD16())
                if channel < inputChannels {
                    for lane in 0..<max(0, outputs) {
                        let factor = factors[output * lanes + lane]
                        let from = weights + ((output * lanes + lane) * inputChannels + channel) * 9
                        for tap in 0..<9 { kernel[tap][lane] = from[tap] * factor }
                    }
                }
                for a in 0..<alpha {
                    let row = rows[a]
                    let left = kernel[0] * row.x + kernel[3] * row.y + kernel[6] * row.z
                    let middle = kernel[1] * row.x + kernel[4] * row.y + kernel[7] * row.z
                    let right = kernel[2] * row.x + kernel[5] * row.y + kernel[8] * row.z
                    for b in 0..<alpha {
                        let column = rows[b]
                        block[(a * alpha + b) * lanes + place] =
                            left * column.x + middle * column.y + right * column.z
                    }
                }
            }
            for element in 0..<alpha * alpha {
                copy(block, element, to: target + start + element * step)
            }
        }
    }

    /// Where the first of a block's results goes, and how far the next element of the transformed kernel is from it.
    private func place(input: Int, output: Int) -> (start: Int, step: Int) {
        let lanes = Self.lanes
        let (ic, oc) = (Int(format.ic), Int(format.oc))
        let (group, part) = (output / grouped, output % grouped)
        guard format.wino_format == dnnl_wino_wei_OBaaIBOIio else {
            return ((group * ic + input * lanes) * grouped * lanes + part * lanes, ic * oc)
        }
        let inputs = Int(format.ic2_block)
        let step = ic * grouped * lanes
        let inner = (input / inputs * grouped + part) * inputs + input % inputs
        return (group * rows.count * rows.count * step + inner * lanes * lanes, step)
    }

    private func copy(
        _ block: UnsafeMutableBufferPointer<SIMD16<Float>>, _ element: Int, to target: UnsafeMutablePointer<Float>
    ) {
        // Input channels of a block follow one another, in one format with the other outputs of their group in between.
        let distance = (format.wino_format == dnnl_wino_wei_aaOBiOo ? grouped : 1) * Self.lanes
        for place in 0..<Self.lanes {
            UnsafeMutableRawPointer(target + place * distance).storeBytes(
                of: block[element * Self.lanes + place], as: SIMD16<Float>.self)
        }
    }
}
