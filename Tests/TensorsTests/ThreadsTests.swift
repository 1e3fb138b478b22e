import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct ThreadsTests {
    @Test(
        "Cores are counted by the affinity mask, fewer under a quota",
        arguments: [
            ("f", nil, 4), ("3", nil, 2), ("ff,ffffffff", nil, 40), ("ff,ffffffff", 2.0, 2), ("ff", 1.5, 2),
            ("ff", 0.3, 1), ("1", 8, 1),
        ] as [(String, Double?, Int)])
    func cores(mask: String, quota: Double?, expected: Int) {
        let status = "Name:\tpinpoint\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-3\n"
        #expect(Threads.allowedCoreCount(status: status, quota: quota) == expected)
    }

    @Test(
        "Quotas are read from both versions of control groups",
        arguments: [
            (["cpu.max": "150000 100000\n"], 1.5), (["cpu.max": "max 100000\n"], nil), ([:], nil),
            (["cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"], 4),
            (["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], nil),
            (["cpu.max": "nonsense"], nil), (["cpu.max": "100000 0"], nil),
        ] as [([String: String], Double?)])
    func quotas(files: [String: String], expected: Double?) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("quota-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(
            at: root.appendingPathComponent("cpu"), withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(to: root.appendingPathComponent(name), atomically: false, encoding: .utf8)
        }
        #expect(Threads.quota(root: root.path) == expected)
    }

    @Test("Loops inside a loop that keeps all cores busy run on their own thread")
    func alone() {
        let threads = Mutex<Set<UInt>>([])
        Parallel.alone {
            Parallel.forEach(64) { _, worker in
                #expect(worker == 0)
                usleep(50)
                _ = threads.withLock { $0.insert(UInt(pthread_self())) }
            }
        }
        #expect(threads.withLock { $0 } == [UInt(pthread_self())])
    }
}
