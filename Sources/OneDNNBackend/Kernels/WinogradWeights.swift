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
        withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: 9 * lanes) { kernels in
            gather(input: input, output: output, weights, factors, into: kernels)
            withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: alpha * alpha * lanes) { block in
                for place in 0..<lanes {
                    for a in 0..<alpha {
                        let row = rows[a]
                        func column(_ index: Int) -> SIMD16<Float> {
                            let first = 9 &* place &+ index
                            return kernels[first] * row.x + kernels[first &+ 3] * row.y + kernels[first &+ 6] * row.z
                        }
                        let (left, middle, right) = (column(0), column(1), column(2))
                        for b in 0..<alpha {
                            let factor = rows[b]
                            block[(a &* alpha &+ b) &* lanes &+ place] =
                                left * factor.x + middle * factor.y + right * factor.z
                        }
                    }
                }
                for element in 0..<alpha * alpha {
                    copy(block, element, to: target + start + element * step)
                }
            }
        }
    }

    /// The kernels of a block, `[input channel, tap]`, with output channels in the lanes; zero beside the last channels.
    private func gather(
        input: Int, output: Int, _ weights: UnsafePointer<Float>, _ factors: [Float],
        into kernels: UnsafeMutableBufferPointer<SIMD16<Float>>
    ) {
        let lanes = Self.lanes
        kernels.initialize(repeating: SIMD16())
        let channels = min(lanes, inputChannels - input * lanes)
        kernels.withMemoryRebound(to: Float.self) { numbers in
            for lane in 0..<max(0, min(lanes, outputChannels - output * lanes)) {
                let channel = output * lanes + lane
                let factor = factors[channel]
                let from = weights + (channel * inputChannels + input * lanes) * 9
                for index in 0..<max(0, 9 * channels) { numbers[index &* lanes &+ lane] = from[index] * factor }
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
