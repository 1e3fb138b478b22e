import CDNNL
import Operators
import Tensors

/// The geometry of a deformable convolution over maps whose channels are stored in blocks, each as wide as a vector register.
///
/// The input is sampled into a matrix with a row for each position; a row holds one block of channels after the other, in each block one
/// kernel element after the other, and for each element the block's channels. So elements that are adjacent in a row are also adjacent in
/// the input, and the product with the weights, `[row of the matrix, output channel]`, is an ordinary matrix product.
struct SampledBlocks {
    let kernel, stride, padding, dilation: Extent
    let offsetGroups: Int
    /// `[batch, channel, row, column]`.
    let input, output: [Int]
    /// Channels per block.
    let width: Int

    init(_ convolution: DeformableConvolution, input: [Int], output: [Int], width: Int) {
        (kernel, stride) = (convolution.kernel, convolution.stride)
        (padding, dilation) = (convolution.padding, convolution.dilation)
        offsetGroups = convolution.offsetGroups
        (self.input, self.output, self.width) = (input, output, width)
    }

    /// Floats of the sampled matrix that are processed at a time, and the minimum number of positions: the weights are read once each time.
    private static let (tile, fewestPositions) = (1 << 17, 64)

    var elements: Int { kernel.rows * kernel.columns }
    var inputArea: Int { input[2] * input[3] }
    var outputArea: Int { output[2] * output[3] }
    var blocks: Int { (input[1] + width - 1) / width }
    var outputBlocks: Int { (output[1] + width - 1) / width }
    /// Output channels, padded to whole blocks.
    var outputs: Int { outputBlocks * width }
    /// Columns of the matrix per block of channels.
    var blockRow: Int { elements * width }
    /// Columns of the matrix.
    var row: Int { blocks * blockRow }

    /// Bands of an image's positions that are sampled at a time into `row` numbers each.
    func bands(row: Int) -> [Range<Int>] {
        let band = min(outputArea, max(Self.fewestPositions, Self.tile / row))
        return Swift.stride(from: 0, to: outputArea, by: band).map { $0..<min(outputArea, $0 + band) }
    }

    /// The offset group that a block of channels belongs to.
    func offsetGroup(block: Int) -> Int { block * width * offsetGroups / input[1] }

    /// Where a kernel element samples the input from a position, and the mask's factor.
    @inline(__always)
    func sample(_ source: SampledSource, image: Int, group: Int, element: Int, position: Int) -> (
        BilinearSample, mask: Float
    ) {
        let (y, x) = (position / output[3], position % output[3])
        let (i, j) = (element / kernel.columns, element % kernel.columns)
        let plane = (image * offsetGroups + group) * elements + element
        let offset = 2 * plane * outputArea + position
        let sample = BilinearSample(
            row: Float(y * stride.rows + i * dilation.rows - padding.rows) + source.offsets[offset],
            column: Float(x * stride.columns + j * dilation.columns - padding.columns)
                + source.offsets[offset + outputArea],
            rows: input[2], columns: input[3])
        return (sample, source.mask?[plane * outputArea + position] ?? 1)
    }
}

/// The addresses of a deformable convolution's inputs.
struct SampledSource {
    /// The input in blocks of channels.
    let map: UnsafeMutablePointer<Float>
    /// In the operator's layout.
    let offsets: UnsafeMutablePointer<Float>
    let mask: UnsafeMutablePointer<Float>?
}

/// The four cells around a sampling position, as memory offsets.
struct SampledCorners {
    private let places: SIMD4<Int>

    @inline(__always)
    init(_ sample: BilinearSample, width: Int) { places = SIMD4<Int>(truncatingIfNeeded: sample.cells) &* width }

    @inline(__always)
    func load(_ plane: UnsafePointer<Float>) -> (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) {
        (
            lanes(plane + places.x), lanes(plane + places.y), lanes(plane + places.z), lanes(plane + places.w)
        )
    }

    /// Adds to each of the four cells, one after the other, since two of them may be the same.
    @inline(__always)
    func add(_ slope: SIMD8<Float>, times weights: SIMD4<Float>, to plane: UnsafeMutablePointer<Float>) {
        for corner in 0..<4 {
            let target = plane + places[corner]
            store(lanes(target) + slope * weights[corner], target)
        }
    }
}

@inline(__always)
func lanes(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
func store(_ values: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD8<Float>.self)
}

/// `c = scale · c + a · b` by oneDNN's SGEMM.
func product(
    _ a: MatrixView, _ b: MatrixView, into c: MatrixView, rows: Int, columns: Int, inner: Int, keeping scale: Float = 0
) {
    func letter(_ matrix: MatrixView) -> CChar { CChar(UInt8(ascii: matrix.transposed ? "T" : "N")) }
    let status = dnnl_sgemm(
        letter(a), letter(b), Int64(rows), Int64(columns), Int64(inner), 1, a.pointer, Int64(a.stride), b.pointer,
        Int64(b.stride), scale, c.pointer, Int64(c.stride))
    precondition(status == dnnl_success, "SGEMM of \(rows)x\(inner) and \(inner)x\(columns) failed: \(status)")
}
