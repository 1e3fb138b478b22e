/// Limits how much memory reading a file may take, so that a small file that promises much is refused.
///
/// The budget counts bytes that reading allocates: for numbers that cannot be used in place, for decompressed data, and for everything that
/// a pickle builds. Freed memory is not credited.
final class MemoryBudget {
    /// The maximum number of bytes per byte of the file.
    static let factor = 64
    /// The maximum for tensor data among them.
    static let numberFactor = 16
    /// The minimum budget, even for the smallest file.
    static let minimum = 1 << 20

    private var left: Int
    private var leftForNumbers: Int

    init(fileSize: Int) {
        let size = min(fileSize, Int.max >> 8)
        left = Self.factor * size + Self.minimum
        leftForNumbers = Self.numberFactor * size + Self.minimum
    }

    /// Spends bytes; false when the budget is exhausted.
    func spend(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left -= count
        return true
    }

    /// Spends memory for numbers; false when the budget is exhausted.
    func spend(numbers count: Int, ofBytes size: Int) -> Bool {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes <= leftForNumbers, spend(bytes) else { return false }
        leftForNumbers -= bytes
        return true
    }

    /// Runs `body`, whose result the caller does not keep, and credits what it spent.
    func lend<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let before = (left, leftForNumbers)
        defer { (left, leftForNumbers) = before }
        return try body()
    }
}
