import CDNNL
import Tensors

/// Where a value's channels are in memory, in the layouts that kernels here leave behind: row by row, or in groups as wide as a vector
/// register that lie together, the last of them filled up with zeros.
struct ChannelBlocks {
    /// Images, channels, cells of a channel; channels in a group.
    let batch, channels, area, width: Int

    /// Nothing for layouts of other kinds.
    ///
    /// - Parameter shape: `[batch, channel, …]`.
    init?(_ layout: Layout, shape: [Int]) throws(OneDNNError) {
        guard shape.count >= 2, !shape.contains(0) else { return nil }
        (batch, channels, area) = (shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
        if try layout == .plain(shape) {
            width = 1
            return
        }
        let tags = [3: [dnnl_aBc8b, dnnl_aBc16b], 4: [dnnl_aBcd8b, dnnl_aBcd16b], 5: [dnnl_aBcde8b, dnnl_aBcde16b]]
        for (width, tag) in zip([8, 16], tags[shape.count] ?? []) where try layout == Layout(shape, tag) {
            self.width = width
            return
        }
        return nil
    }

    /// Groups of channels of one image.
    var groups: Int { (channels + width - 1) / width }
    /// Floats of the whole value.
    var count: Int { batch * groups * width * area }

    /// Sets what fills up the last group to zero: kernels rely on it.
    func clearFilling(_ start: UnsafeMutablePointer<Float>) {
        let filled = channels % width
        if filled == 0 { return }
        for image in 0..<batch {
            let group = start + (image * groups + groups - 1) * width * area
            for cell in 0..<area { (group + cell * width + filled).update(repeating: 0, count: width - filled) }
        }
    }

    /// Calls `body` for each group of each image; no two units of work share one.
    func forEachGroup(_ body: (_ image: Int, _ channels: Range<Int>, _ start: Int) -> Void) {
        let size = width * area
        let together = max(1, (1 << 14) / size)
        let total = batch * groups
        Parallel.forEach((total + together - 1) / together) { unit, _ in
            for group in unit * together..<min(total, (unit + 1) * together) {
                let first = group % groups * width
                body(group / groups, first..<min(first + width, channels), group * size)
            }
        }
    }
}
