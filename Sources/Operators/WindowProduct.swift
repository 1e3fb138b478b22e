import Tensors

/// Convolution as matrix products: the three products that make up convolution, transposed convolution and their gradients.
///
/// A window slides over a *wide* map `[C, H, W]` and has one position for each cell of a *narrow* map `[K, h, w]`; the kernel is `[K, C /
/// groups, kernel rows, kernel columns]`. The wide map is unrolled (im2col) into a matrix with a row per kernel element and a column per
/// position; then, for each group,
///
///     gather:           narrow  = kernel · unrolled(wide)
///     scatter:          wide   += rolled(kernelᵀ · narrow)
///     kernelGradient:   kernel += narrow · unrolled(wide)ᵀ
///
/// A convolution gathers from its input; a transposed convolution scatters into its output. Positions are unrolled one band of rows at a
/// time, so that the matrix stays in cache. Work is split by shape only, and no two units write to the same memory, so results do not
/// depend on the number of threads.
struct WindowProduct {
    let window: Window
    let groups: Int
    let wide: MapShape
    let narrow: MapShape

    /// The size in floats of the unrolled matrix that is processed at a time.
    private static let tile = 1 << 18
    /// The minimum number of units of work of a product, if its shape allows.
    private static let units = 8

    private var wideChannels: Int { wide.channels / groups }
    private var narrowChannels: Int { narrow.channels / groups }
    private var kernelArea: Int { window.kernel.area }
    /// The length of a kernel's row: all its elements for one channel of the narrow map.
    private var kernelRow: Int { wideChannels * kernelArea }
    /// Whether the unrolled matrix is the map itself.
    private var isPointwise: Bool {
        kernelArea == 1 && window.stride == 1 && window.padding == 0 && wide.area == narrow.area
    }

    /// Returns the number of rows of the narrow map in a band when `channels` channels of the wide map are unrolled at a time.
    private func bandRows(channels: Int) -> Int {
        max(1, min(narrow.rows, Self.tile / max(1, channels * kernelArea * narrow.columns)))
    }

    /// The maximum size in floats of the unrolled matrix, however few channels are unrolled at a time: fewer channels make higher bands.
    private var tileCount: Int {
        isPointwise ? 0 : max(min(Self.tile, kernelRow * narrow.area), kernelRow * narrow.columns)
    }

    /// Returns into how many parts to split the channels of a group so that `others` times the parts are enough units.
    private func channelParts(others: Int) -> Int {
        max(1, min(wideChannels, (Self.units + others - 1) / others))
    }

    private func channelRange(_ part: Int, of parts: Int) -> Range<Int> {
        wideChannels * part / parts..<wideChannels * (part + 1) / parts
    }

    /// The floats of scratch memory needed by any of the three products.
    var scratchCount: Int { tileCount * Parallel.workerCount }

    private func tile(_ scratch: TensorView, worker: Int) -> UnsafeMutablePointer<Float> {
        scratch.pointer + worker * tileCount
    }

    /// Computes `narrow = kernel · unrolled(wide)`; every element of `narrow` is written.
    func gather(
        kernel: TensorView, wide source: TensorView, into target: TensorView, scratch: TensorView, adding: Bool = false
    ) {
        let band = bandRows(channels: wideChannels)
        let bands = (narrow.rows + band - 1) / band
        Parallel.forEach(narrow.batch * groups * bands) { unit, worker in
            let (plane, part) = (unit / bands, unit % bands)
            let (image, group) = (plane / groups, plane % groups)
            let rows = part * band..<min(narrow.rows, (part + 1) * band)
            let unrolled = unroll(
                source.pointer + (image * wide.channels + group * wideChannels) * wide.area,
                channels: wideChannels, rows: rows, into: tile(scratch, worker: worker))
            multiply(
                MatrixView(kernel.pointer + group * narrowChannels * kernelRow, stride: kernelRow), unrolled,
                into: MatrixView(
                    target.pointer + (image * narrow.channels + group * narrowChannels) * narrow.area
                        + rows.lowerBound * narrow.columns, stride: narrow.area),
                rows: narrowChannels, columns: rows.count * narrow.columns, inner: kernelRow,
                keeping: adding ? 1 : 0)
        }
    }

    /// Computes `wide += rolled(kernelᵀ · narrow)`.
    func scatter(kernel: TensorView, narrow source: TensorView, into target: TensorView, scratch: TensorView) {
        let parts = channelParts(others: narrow.batch * groups)
        Parallel.forEach(narrow.batch * groups * parts) { unit, worker in
            let (plane, part) = (unit / parts, unit % parts)
            let (image, group) = (plane / groups, plane % groups)
            let channels = channelRange(part, of: parts)
            let band = bandRows(channels: channels.count)
            let kernelColumns = MatrixView(
                kernel.pointer + group * narrowChannels * kernelRow + channels.lowerBound * kernelArea,
                stride: kernelRow, transposed: true)
            let from = source.pointer + (image * narrow.channels + group * narrowChannels) * narrow.area
            let to = target.pointer + (image * wide.channels + group * wideChannels + channels.lowerBound) * wide.area
            for first in stride(from: 0, to: narrow.rows, by: band) {
                let rows = first..<min(narrow.rows, first + band)
                let columns = rows.count * narrow.columns
                let offset = first * narrow.columns
                let unrolled =
                    isPointwise
                    ? MatrixView(to + offset, stride: wide.area)
                    : MatrixView(tile(scratch, worker: worker), stride: columns)
                multiply(
                    kernelColumns, MatrixView(from + offset, stride: narrow.area), into: unrolled,
                    rows: channels.count * kernelArea, columns: columns, inner: narrowChannels,
                    keeping: isPointwise ? 1 : 0)
                if !isPointwise { roll(unrolled.pointer, channels: channels.count, rows: rows, addingTo: to) }
            }
        }
    }

    /// Computes `kernel += narrow · unrolled(wide)ᵀ`, images and bands in order.
    func kernelGradient(
        wide wideMap: TensorView, narrow narrowMap: TensorView, addingTo gradient: TensorView, scratch: TensorView
    ) {
        let parts = channelParts(others: groups)
        Parallel.forEach(groups * parts) { unit, worker in
            let (group, part) = (unit / parts, unit % parts)
            let channels = channelRange(part, of: parts)
            let band = bandRows(channels: channels.count)
            let to = MatrixView(
                gradient.pointer + group * narrowChannels * kernelRow + channels.lowerBound * kernelArea,
                stride: kernelRow)
            for image in 0..<narrow.batch {
                for first in stride(from: 0, to: narrow.rows, by: band) {
                    let rows = first..<min(narrow.rows, first + band)
                    let unrolled = unroll(
                        wideMap.pointer
                            + (image * wide.channels + group * wideChannels + channels.lowerBound) * wide.area,
                        channels: channels.count, rows: rows, into: tile(scratch, worker: worker))
                    let from =
                        narrowMap.pointer + (image * narrow.channels + group * narrowChannels) * narrow.area
                        + first * narrow.columns
                    multiply(
                        MatrixView(from, stride: narrow.area),
                        MatrixView(unrolled.pointer, stride: unrolled.stride, transposed: true), into: to,
                        rows: narrowChannels, columns: channels.count * kernelArea,
                        inner: rows.count * narrow.columns, keeping: 1)
                }
            }
        }
    }

    /// Writes some channels of the wide map as a matrix: a row per kernel element, a column per position in `rows`.
    private func unroll(
        _ map: UnsafeMutablePointer<Float>, channels: Int, rows: Range<Int>, into tile: UnsafeMutablePointer<Float>
    ) -> MatrixView {
        if isPointwise { return MatrixView(map + rows.lowerBound * narrow.columns, stride: wide.area) }
        let columns = narrow.columns
        var target = tile
        forEachKernelElement(channels: channels) { channel, rowOffset, columnOffset in
            let plane = map + channel * wide.area
            let inside = Window.inside(
                offset: columnOffset, stride: window.stride.columns, extent: wide.columns, positions: columns)
            for row in rows {
                let sourceRow = row * window.stride.rows + rowOffset
                if sourceRow < 0 || sourceRow >= wide.rows || inside.isEmpty {
                    target.update(repeating: 0, count: columns)
                } else {
                    let source = plane + sourceRow * wide.columns + columnOffset
                    target.update(repeating: 0, count: inside.lowerBound)
                    if window.stride.columns == 1 {
                        (target + inside.lowerBound).update(from: source + inside.lowerBound, count: inside.count)
                    } else {
                        for column in inside { target[column] = source[column * window.stride.columns] }
                    }
                    (target + inside.upperBound).update(repeating: 0, count: columns - inside.upperBound)
                }
                target += columns
            }
        }
        return MatrixView(tile, stride: rows.count * columns)
    }

    /// The transpose of `unroll`: adds every element of the matrix to its source cell.
    private func roll(
        _ tile: UnsafeMutablePointer<Float>, channels: Int, rows: Range<Int>,
        addingTo map: UnsafeMutablePointer<Float>
    ) {
        let columns = narrow.columns
        var source = UnsafePointer(tile)
        forEachKernelElement(channels: channels) { channel, rowOffset, columnOffset in
            let plane = map + channel * wide.area
            let inside = Window.inside(
                offset: columnOffset, stride: window.stride.columns, extent: wide.columns, positions: columns)
            for row in rows {
                let targetRow = row * window.stride.rows + rowOffset
                if targetRow >= 0 && targetRow < wide.rows {
                    let target = plane + targetRow * wide.columns + columnOffset
                    if window.stride.columns == 1 {
                        for column in inside { target[column] += source[column] }
                    } else {
                        for column in inside { target[column * window.stride.columns] += source[column] }
                    }
                }
                source += columns
            }
        }
    }

    /// Iterates over channels, kernel rows and kernel columns in memory order, with the offset of each relative to a window position.
    private func forEachKernelElement(channels: Int, _ body: (_ channel: Int, _ row: Int, _ column: Int) -> Void) {
        for channel in 0..<channels {
            for row in 0..<window.kernel.rows {
                for column in 0..<window.kernel.columns {
                    body(
                        channel, row * window.dilation.rows - window.padding.rows,
                        column * window.dilation.columns - window.padding.columns)
                }
            }
        }
    }
}
