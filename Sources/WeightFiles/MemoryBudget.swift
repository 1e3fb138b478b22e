/// How much memory reading a file may take, so that a small file that promises much is refused, not obeyed.
///
/// What is counted are bytes that reading allocates: for numbers that cannot be used where they stand in the file, for what is
/// unpacked, and for everything that a pickle builds. Nothing is ever given back.
final class MemoryBudget {
    /// Bytes for each byte of the file.
    static let factor = 64
    /// Those of them that numbers may take.
    static let numberFactor = 16
    /// What even the smallest file may take.
    static let minimum = 1 << 20

    private var left: Int
    private var leftForNumbers: Int

    init(fileSize: Int) {
        let size = min(fileSize, Int.max >> 8)
        left = Self.factor * size + Self.minimum
        leftForNumbers = Self.numberFactor * size + Self.minimum
    }

    /// Takes bytes; false when there are not so many left.
    func spend(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left -= count
        return true
    }

    /// Takes memory for numbers; false when there is not so much left.
    func spend(numbers count: Int, ofBytes size: Int) -> Bool {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes <= leftForNumbers, spend(bytes) else { return false }
        leftForNumbers -= bytes
        return true
    }
}
