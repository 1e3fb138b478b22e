import Tensors

/// The sampled inputs of a deformable convolution: the map, the offsets and the mask.
struct SampledInput {
    let map, offsets: TensorView
    let mask: TensorView?

    init(_ inputs: [TensorView]) {
        (map, offsets) = (inputs[0], inputs[1])
        mask = inputs.count > 2 ? inputs[2] : nil
    }
}

/// Deformable convolution as matrix products, as in ``WindowProduct`` for the plain one: the input is sampled into a matrix with a row per
/// kernel element and a column per position, one band of rows at a time.
struct DeformableProduct {
    let window: Window
    let groups, offsetGroups: Int
    let input, output: MapShape

    /// The size in floats of the sampled matrix that is processed at a time.
    private static let tile = 1 << 18
    /// The minimum number of units of work for the kernel's gradient, if its shape allows.
    private static let units = 8

    private var area: Int { window.kernel.area }
    private var groupChannels: Int { input.channels / groups }
    private var groupOutputs: Int { output.channels / groups }

    /// Returns the number of output rows in a band when `channels` channels are sampled at a time.
    private func bandRows(channels: Int) -> Int {
        max(1, min(output.rows, Self.tile / max(1, channels * area * output.columns)))
    }

    private func bands(channels: Int) -> [Range<Int>] {
        let band = bandRows(channels: channels)
        return stride(from: 0, to: output.rows, by: band).map { $0..<min(output.rows, $0 + band) }
    }

    private var tileCount: Int {
        max(min(Self.tile, groupChannels * area * output.area), groupChannels * area * output.columns)
    }

    /// The floats of scratch memory needed by any of the products.
    var scratchCount: Int { tileCount * Parallel.workerCount }

    func forward(_ source: SampledInput, kernel: TensorView, into target: TensorView, scratch: TensorView) {
        let bands = bands(channels: groupChannels)
        Parallel.forEach(output.batch * groups * bands.count) { unit, worker in
            let (plane, rows) = (unit / bands.count, bands[unit % bands.count])
            let (image, group) = (plane / groups, plane % groups)
            let matrix = scratch.pointer + worker * tileCount
            let columns = rows.count * output.columns
            let channels = group * groupChannels..<(group + 1) * groupChannels
            sample(source, image: image, channels: channels, rows: rows, into: matrix)
            multiply(
                kernelMatrix(kernel, group), MatrixView(matrix, stride: columns),
                into: outputMatrix(target, image, group, rows), rows: groupOutputs, columns: columns,
                inner: groupChannels * area)
        }
    }

    /// Adds to the requested gradients with respect to the input, the offsets and the mask. Samples of one image may share a cell, so each
    /// image is one unit of work.
    func inputGradients(
        _ source: SampledInput, kernel: TensorView, slope: TensorView, addingTo gradients: [TensorView?],
        scratch: TensorView
    ) {
        Parallel.forEach(output.batch) { image, worker in
            let matrix = scratch.pointer + worker * tileCount
            for group in 0..<groups {
                for rows in bands(channels: groupChannels) {
                    let columns = rows.count * output.columns
                    let transposed = MatrixView(
                        kernelMatrix(kernel, group).pointer, stride: groupChannels * area, transposed: true)
                    multiply(
                        transposed, outputMatrix(slope, image, group, rows), into: MatrixView(matrix, stride: columns),
                        rows: groupChannels * area, columns: columns, inner: groupOutputs)
                    let channels = group * groupChannels..<(group + 1) * groupChannels
                    spread(matrix, source, image: image, channels: channels, rows: rows, addingTo: gradients)
                }
            }
        }
    }

    /// Computes `kernel += d output · sampledᵀ`, images and bands in order.
    func kernelGradient(
        _ source: SampledInput, slope: TensorView, addingTo gradient: TensorView, scratch: TensorView
    ) {
        let parts = max(1, min(groupChannels, (Self.units + groups - 1) / groups))
        Parallel.forEach(groups * parts) { unit, worker in
            let (group, part) = (unit / parts, unit % parts)
            let local = groupChannels * part / parts..<groupChannels * (part + 1) / parts
            let channels = group * groupChannels + local.lowerBound..<group * groupChannels + local.upperBound
            let matrix = scratch.pointer + worker * tileCount
            let target = kernelMatrix(gradient, group)
            for image in 0..<output.batch {
                for rows in bands(channels: local.count) {
                    let columns = rows.count * output.columns
                    sample(source, image: image, channels: channels, rows: rows, into: matrix)
                    multiply(
                        outputMatrix(slope, image, group, rows), MatrixView(matrix, stride: columns, transposed: true),
                        into: MatrixView(target.pointer + local.lowerBound * area, stride: target.stride),
                        rows: groupOutputs, columns: local.count * area, inner: columns, keeping: 1)
                }
            }
        }
    }

    private func kernelMatrix(_ kernel: TensorView, _ group: Int) -> MatrixView {
        let row = groupChannels * area
        return MatrixView(kernel.pointer + group * groupOutputs * row, stride: row)
    }

    private func outputMatrix(_ map: TensorView, _ image: Int, _ group: Int, _ rows: Range<Int>) -> MatrixView {
        let plane = image * output.channels + group * groupOutputs
        return MatrixView(map.pointer + plane * output.area + rows.lowerBound * output.columns, stride: output.area)
    }

    /// Writes some channels of the input as sampled from `rows`: a row of the matrix per channel and kernel element.
    private func sample(
        _ source: SampledInput, image: Int, channels: Range<Int>, rows: Range<Int>,
        into matrix: UnsafeMutablePointer<Float>
    ) {
        let width = rows.count * output.columns
        let map = source.map.pointer + image * input.channels * input.area
        forEachSample(source, image: image, channels: channels, rows: rows) { channels, element, position, place in
            let weights = place.sample.weights * place.mask
            let cells = place.sample.cells
            for (row, channel) in channels {
                let plane = map + channel * input.area
                matrix[(row * area + element) * width + position] =
                    weights.x * plane[Int(cells.x)] + weights.y * plane[Int(cells.y)]
                    + weights.z * plane[Int(cells.z)] + weights.w * plane[Int(cells.w)]
            }
        }
    }

    /// The transpose of `sample`: adds each element of the matrix to the gradients of everything it was computed from.
    private func spread(
        _ matrix: UnsafeMutablePointer<Float>, _ source: SampledInput, image: Int, channels: Range<Int>,
        rows: Range<Int>, addingTo gradients: [TensorView?]
    ) {
        let width = rows.count * output.columns
        let start = image * input.channels * input.area
        forEachSample(source, image: image, channels: channels, rows: rows) { channels, element, position, place in
            let cells = place.sample.cells
            // The values of the four cells, weighted by the gradient and summed over the channels sampled there.
            var seen = SIMD4<Float>.zero
            for (row, channel) in channels {
                let slope = matrix[(row * area + element) * width + position]
                let plane = source.map.pointer + start + channel * input.area
                seen +=
                    slope * SIMD4(plane[Int(cells.x)], plane[Int(cells.y)], plane[Int(cells.z)], plane[Int(cells.w)])
                guard let gradient = gradients[0] else { continue }
                let target = gradient.pointer + start + channel * input.area
                let parts = slope * place.mask * place.sample.weights
                for corner in 0..<4 { target[Int(cells[corner])] += parts[corner] }
            }
            if let gradient = gradients[1]?.pointer {
                gradient[place.offset] += place.mask * (seen * place.sample.rowSlopes).sum()
                gradient[place.offset + output.area] += place.mask * (seen * place.sample.columnSlopes).sum()
            }
            if gradients.count > 2, let gradient = gradients[2]?.pointer {
                gradient[place.maskIndex] += (seen * place.sample.weights).sum()
            }
        }
    }

    /// A sampling position of one kernel element, and the memory offsets of its offset and mask.
    private struct Place {
        let sample: BilinearSample
        let mask: Float
        /// The index of the row's offset; the column's is one plane further.
        let offset: Int
        let maskIndex: Int
    }

    /// - Parameter body: Receives the channels sampled at the same position, each with its row among `channels`.
    private func forEachSample(
        _ source: SampledInput, image: Int, channels: Range<Int>, rows: Range<Int>,
        _ body: (_ channels: Zip2Sequence<Range<Int>, Range<Int>>, _ element: Int, _ position: Int, _ place: Place) ->
            Void
    ) {
        let offsetChannels = input.channels / offsetGroups
        for offsetGroup in channels.lowerBound / offsetChannels...(channels.upperBound - 1) / offsetChannels {
            let own = channels.clamped(to: offsetGroup * offsetChannels..<(offsetGroup + 1) * offsetChannels)
            let local = own.lowerBound - channels.lowerBound..<own.upperBound - channels.lowerBound
            for element in 0..<area {
                let (i, j) = (element / window.kernel.columns, element % window.kernel.columns)
                let plane = (image * offsetGroups + offsetGroup) * area + element
                for row in rows {
                    let top = Float(row * window.stride.rows + i * window.dilation.rows - window.padding.rows)
                    for column in 0..<output.columns {
                        let left = Float(
                            column * window.stride.columns + j * window.dilation.columns - window.padding.columns)
                        let cell = row * output.columns + column
                        let offset = 2 * plane * output.area + cell
                        let sample = BilinearSample(
                            row: top + source.offsets.pointer[offset],
                            column: left + source.offsets.pointer[offset + output.area], rows: input.rows,
                            columns: input.columns)
                        let maskIndex = plane * output.area + cell
                        let place = Place(
                            sample: sample, mask: source.mask?.pointer[maskIndex] ?? 1, offset: offset,
                            maskIndex: maskIndex)
                        body(zip(local, own), element, (row - rows.lowerBound) * output.columns + column, place)
                    }
                }
            }
        }
    }
}
