import Foundation
import Synchronization
import ThreadTeam

/// The number of computing threads: the team that our own loops (``Parallel``) and oneDNN's kernels run on.
public enum Threads {
    /// The number of threads: `PINPOINT_THREADS` when set, otherwise one per core that this process may use, until ``use(_:)`` changes it.
    public static var count: Int { chosen.load(ordering: .relaxed) }

    /// The number of threads that oneDNN's kernels run on: ``count``, unless `OMP_NUM_THREADS` says otherwise. It divides some of their sums
    /// into parts, so the last bits of results depend on it.
    public static var teamSize: Int { Int(thread_team_size()) }

    /// Sets the number of threads.
    ///
    /// Must be called before anything is compiled, since compiling plans memory for each worker.
    public static func use(_ count: Int) {
        precondition(count >= 1, "the number of threads must be positive, not \(count)")
        chosen.store(count, ordering: .relaxed)
        thread_team_set_size(Int32(clamping: count))
    }

    /// Tells the team about the container's limits: by default it uses every core that it sees, and in a container limited to two of
    /// sixty-four its threads spend their time waiting for each other. A user's own setting is kept.
    public static func respectLimits() {
        if getenv("OMP_NUM_THREADS") == nil && count != allowedCoreCount(quota: nil) { use(count) }
    }

    private static let chosen = Atomic<Int>(
        max(1, getenv("PINPOINT_THREADS").flatMap { Int(String(cString: $0)) } ?? allowedCoreCount()))

    /// Returns the number of cores that this process may run on (its affinity), or fewer when its control group has a CPU quota.
    package static func allowedCoreCount(
        status: String = text("/proc/self/status"), quota: Double? = quota()
    ) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? ""
        // One bit per core, in hexadecimal with commas.
        let bits = line.split(separator: "\t").last?.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount } ?? 0
        let cores = bits > 0 ? bits : ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(cores, quota.map { Int($0.rounded(.up)) } ?? cores))
    }

    /// Returns the CPU quota of the control group in cores, by either version of Linux's interface; nil without a limit.
    package static func quota(root: String = "/sys/fs/cgroup") -> Double? {
        func words(_ file: String) -> [Substring] { text("\(root)/\(file)").split(whereSeparator: \.isWhitespace) }
        func ratio(_ quota: Substring?, _ period: Substring?) -> Double? {
            guard let quota = quota.flatMap({ Double($0) }), let period = period.flatMap({ Double($0) }),
                quota > 0, period > 0
            else { return nil }
            return quota / period
        }
        let unified = words("cpu.max")
        if unified.count == 2 { return ratio(unified[0], unified[1]) }
        return ratio(words("cpu/cpu.cfs_quota_us").first, words("cpu/cpu.cfs_period_us").first)
    }

    package static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
