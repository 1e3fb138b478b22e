import Foundation
import Synchronization
import Tensors
import Testing
import ThreadTeam

/// The team's parallel regions, called from Swift and through OpenMP.
@Suite struct ThreadTeamTests {
    /// Calls `work` on `count` members of a region.
    private func region(_ count: Int, _ work: @escaping () -> Void) {
        final class Box: @unchecked Sendable {
            let work: () -> Void
            init(_ work: @escaping () -> Void) { self.work = work }
        }
        let box = Box(work)
        thread_team_run(
            Int32(count), { Unmanaged<Box>.fromOpaque($0!).takeUnretainedValue().work() },
            Unmanaged.passUnretained(box).toOpaque())
        withExtendedLifetime(box) {}
    }

    @Test("Each member runs once with its own number", arguments: [1, 2, 3, 8])
    func members(count: Int) {
        for _ in 0..<500 {
            let seen = Mutex<[Int32]>([])
            region(count) {
                seen.withLock { $0.append(thread_team_member()) }
                if thread_team_members() != count { seen.withLock { $0.append(-1) } }
            }
            #expect(seen.withLock { $0.sorted() } == (0..<Int32(count)).map { $0 })
        }
        #expect(thread_team_members() == 1 && thread_team_member() == 0)
    }

    @Test("All members run at once: none passes a barrier alone")
    func barriers() {
        let arrived = Atomic<Int>(0)
        let early = Atomic<Int>(0)
        region(4) {
            for round in 1...300 {
                arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
                GOMP_barrier()
                if arrived.load(ordering: .sequentiallyConsistent) < 4 * round {
                    early.wrappingAdd(1, ordering: .relaxed)
                }
                GOMP_barrier()
            }
        }
        #expect(early.load(ordering: .relaxed) == 0)
        #expect(arrived.load(ordering: .relaxed) == 1200)
    }

    @Test("A nested region has one member")
    func nesting() {
        let inner = Mutex<[Int32]>([])
        region(3) {
            region(2) { inner.withLock { $0.append(thread_team_members()) } }
        }
        #expect(inner.withLock { $0 } == [1, 1, 1])
    }

    /// Programs plan memory per worker, so other threads must not change the number while they run.
    @Test("The number of workers is specific to each thread")
    func workersOfOneThread() {
        let usual = Parallel.workerCount
        let elsewhere = Mutex<[Int]>([])
        Parallel.withWorkers(usual + 3) {
            #expect(Parallel.workerCount == usual + 3)
            let thread = Thread { elsewhere.withLock { $0.append(Parallel.workerCount) } }
            thread.start()
            while elsewhere.withLock({ $0.isEmpty }) { usleep(100) }
            let most = Mutex(0)
            Parallel.forEach(1000) { _, worker in most.withLock { $0 = max($0, worker) } }
            #expect(most.withLock { $0 } < usual + 3)
        }
        #expect(elsewhere.withLock { $0 } == [usual])
        #expect(Parallel.workerCount == usual)
    }

    @Test("Concurrent loops on several threads process each item once")
    func loopsSideBySide() {
        let counts = Mutex([Int](repeating: 0, count: 6 * 200))
        DispatchQueue.concurrentPerform(iterations: 6) { thread in
            for _ in 0..<50 {
                Parallel.forEach(200) { item, worker in
                    counts.withLock { $0[thread * 200 + item] += worker < Parallel.workerCount ? 1 : 1000 }
                }
            }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 50, count: 6 * 200))
    }
}

@_silgen_name("GOMP_barrier") private func GOMP_barrier()
