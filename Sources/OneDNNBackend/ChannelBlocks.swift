import CDNNL
import Tensors

/// How a value's channels are stored, in the layouts that our kernels support: planar, or in groups as wide as a vector register whose
/// channels are adjacent, with the last group padded with zeros.
struct ChannelBlocks {
    /// Images, channels, cells per channel; channels per group.
    let batch, channels, area, width: Int

    /// Returns nil for other layouts.
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

    /// Groups of channels per image.
    var groups: Int { (channels + width - 1) / width }
    /// The number of floats of the whole value.
    var count: Int { batch * groups * width * area }

    /// Sets the padding of the last group to zero, which kernels rely on.
    func clearFilling(_ start: UnsafeMutablePointer<Float>) {
        let filled = channels % width
        if filled == 0 { return }
        for image in 0..<batch {
            let group = start + (image * groups + groups - 1) * width * area
            for cell in 0..<area { (group + cell * width + filled).update(repeating: 0, count: width - filled) }
        }
    }

    /// Calls `body` for each group of each image; each group belongs to one unit of work.
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
