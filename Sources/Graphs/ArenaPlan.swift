/// Offsets in one block of memory for buffers with different lifetimes.
///
/// The largest request is placed first, each as low as possible without overlapping those that are alive at the same time ("greedy by size"
/// in Pisarchyk and Lee, arXiv:2001.03288).
package struct ArenaPlan: Sendable {
    /// A request for memory.
    package struct Request: Sendable {
        /// The number of floats.
        package let count: Int
        /// From the first write to the last read.
        package let lifetime: ClosedRange<Int>

        package init(count: Int, lifetime: ClosedRange<Int>) {
            self.count = count
            self.lifetime = lifetime
        }
    }

    /// The offset of each request, in floats, always at a cache line.
    package let offsets: [Int]
    /// The total number of floats.
    package let count: Int

    /// Places all requests.
    package init(_ requests: [Request]) {
        var offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        var end = 0
        let order = requests.indices.sorted { (requests[$1].count, $0) < (requests[$0].count, $1) }
        for index in order {
            let request = requests[index]
            let size = Self.rounded(request.count)
            var start = 0
            // Conflicting requests are sorted by offset, so the first gap that is wide enough is the lowest.
            for other in placed where requests[other].lifetime.overlaps(request.lifetime) {
                if start + size <= offsets[other] { break }
                start = max(start, offsets[other] + Self.rounded(requests[other].count))
            }
            offsets[index] = start
            end = max(end, start + size)
            placed.insert(index, at: placed.firstIndex { offsets[$0] > start } ?? placed.endIndex)
        }
        self.offsets = offsets
        count = end
    }

    private static func rounded(_ count: Int) -> Int { (max(1, count) + 15) / 16 * 16 }
}
