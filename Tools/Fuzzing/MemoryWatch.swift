import Foundation

/// A check that a parser takes no more memory than allowed.
///
/// Memory that the parser touches is measured afterwards. Memory that it reserves without touching cannot be measured, but a limit on
/// addresses makes such a reservation fail at once, and with it the process; the file responsible remains on disk.
struct MemoryWatch {
    /// Memory that a process takes on its own, in bytes.
    private static let slack = 8 << 20
    /// The allocator's reservations for threads, and alignment to large pages, in bytes.
    private static let addressSlack = 256 << 20

    private let allowance: Int
    private let before: Int

    /// Starts watching.
    init(factor: Int, fileSize: Int, claim: Int) {
        allowance = factor * fileSize + claim + Self.slack
        let (addresses, resident) = Self.sizes()
        Self.limitAddresses(to: addresses + allowance + Self.addressSlack)
        // Reset the peak of resident memory.
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        before = resident
    }

    /// Returns how many bytes too many were taken; nil when the limit was kept.
    func excess() -> Int? {
        Self.limitAddresses(to: nil)
        let taken = Self.highestMark() - before
        return taken > allowance ? taken - allowance : nil
    }

    /// Makes the allocator return freed memory, which would otherwise hide what is taken next.
    static func prepareAllocator() {
        // glibc's `mallopt`, which is in no module map, with M_TRIM_THRESHOLD and M_MMAP_THRESHOLD.
        guard let function = dlsym(nil, "mallopt") else { return }
        let setOption = unsafeBitCast(function, to: (@convention(c) (Int32, Int32) -> Int32).self)
        _ = setOption(-1, 128 << 10)
        _ = setOption(-3, 256 << 10)
    }

    private static func limitAddresses(to bytes: Int?) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = bytes.map { min(rlim_t($0), limit.rlim_max) } ?? limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    private static func sizes() -> (addresses: Int, resident: Int) {
        let numbers = text("/proc/self/statm").split(separator: " ").prefix(2).compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0] * Int(getpagesize()), numbers[1] * Int(getpagesize())) : (0, 0)
    }

    private static func highestMark() -> Int {
        let line = text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = fread(buffer.baseAddress, 1, buffer.count, file)
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
