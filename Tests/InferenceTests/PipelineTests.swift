import Foundation
import Inference
import Interruption
import Synchronization
import Tensors
import Testing

@Suite("Pipeline: items are read, computed and written concurrently")
struct PipelineTests {
    /// An error at a stage of an item.
    private struct Trouble: Error, Equatable {
        let stage: String
        let item: Int
    }

    /// A record of events from all threads.
    private final class Witness: Sendable {
        private struct State {
            var read: [Int] = []
            var written: [Int] = []
            var alive = 0
            var mostAlive = 0
        }

        private let state = Mutex(State())

        var read: [Int] { state.withLock { $0.read } }
        var written: [Int] { state.withLock { $0.written } }
        var mostAlive: Int { state.withLock { $0.mostAlive } }

        func reads(_ item: Int) {
            state.withLock {
                $0.read.append(item)
                $0.alive += 1
                $0.mostAlive = max($0.mostAlive, $0.alive)
            }
        }

        func writes(_ item: Int) {
            state.withLock {
                $0.written.append(item)
                $0.alive -= 1
            }
        }
    }

    /// Squares numbers, with errors and delays as a test requires.
    private struct Squares {
        var groupSize = 1
        var roundSize = 4
        var troubles: [Trouble] = []
        /// The duration of a stage for an item, in microseconds.
        var delay: @Sendable (_ stage: String, _ item: Int) -> UInt32 = { _, _ in 0 }
        let witness = Witness()
        private(set) var collected: [(item: Int, square: Int?)] = []
        private(set) var groups: [[Int]] = []
        private(set) var mostItems = 0

        mutating func run(_ count: Int) throws {
            let (witness, delay, troubles) = (witness, delay, troubles)
            @Sendable func pass(_ stage: String, _ item: Int) throws {
                let microseconds = delay(stage, item)
                if microseconds > 0 { usleep(microseconds) }
                if let trouble = troubles.first(where: { $0 == Trouble(stage: stage, item: item) }) { throw trouble }
            }
            var groups: [[Int]] = []
            var collected: [(item: Int, square: Int?)] = []
            defer { (self.groups, self.collected) = (groups, collected) }
            var pipeline = Pipeline(
                read: { item in
                    witness.reads(item)
                    try pass("read", item)
                    return "\(item)"
                },
                prepare: { item, text in
                    try pass("prepare", item)
                    return Int(text) ?? -1
                },
                compute: { group in
                    groups.append(group.map(\.item))
                    return try group.map { item, number in
                        try pass("compute", item)
                        return number * number
                    }
                },
                finish: { item, number, square in
                    try pass("finish", item)
                    return (item: item, number: number, square: square)
                },
                write: { product in
                    try pass("write", product.item)
                    witness.writes(product.item)
                },
                collect: { item, product in
                    try pass("collect", item)
                    collected.append((item, try? product.get().square))
                })
            pipeline.groupSize = groupSize
            pipeline.roundSize = roundSize
            mostItems = pipeline.mostItems
            try pipeline.run(count)
        }
    }

    @Test("Results are collected and written in order, whatever the timing")
    func order() throws {
        for (count, groupSize, roundSize) in [(0, 1, 4), (1, 1, 4), (2, 1, 1), (7, 3, 4), (40, 1, 5), (41, 8, 3)] {
            for seed in 0..<3 {
                var job = Squares(groupSize: groupSize, roundSize: roundSize)
                job.delay = { stage, item in
                    var random = SeededGenerator(UInt64(seed), stage.utf8.count, item)
                    return UInt32(random.integer(in: 0...600))
                }
                try job.run(count)
                #expect(job.collected.map(\.item) == Array(0..<count))
                #expect(job.collected.map(\.square) == (0..<count).map { $0 * $0 })
                #expect(job.witness.written == Array(0..<count))
                #expect(job.witness.read.sorted() == Array(0..<count))
                let groups = stride(from: 0, to: count, by: groupSize).map { start in
                    Array(start..<min(count, start + groupSize))
                }
                #expect(job.groups == groups)
            }
        }
    }

    @Test("An item that cannot be read, prepared or finished gives an error in its place, and the others continue")
    func troubles() throws {
        for troubled in [[3], [0], [19], [4, 5, 6, 7], Array(0..<20)] {
            for stage in ["read", "prepare", "finish"] {
                var job = Squares(groupSize: 4, roundSize: 8)
                job.troubles = troubled.map { Trouble(stage: stage, item: $0) }
                try job.run(20)
                let good = (0..<20).filter { !troubled.contains($0) }
                #expect(job.collected.map(\.item) == Array(0..<20))
                #expect(job.collected.map(\.square) == (0..<20).map { troubled.contains($0) ? nil : $0 * $0 })
                #expect(job.witness.written == good)
                let computed = stage == "finish" ? Array(0..<20) : good
                #expect(job.groups.flatMap { $0 } == computed)
                // A group is never filled up with items of the next group.
                #expect(job.groups.allSatisfy { Set($0.map { $0 / 4 }).count == 1 })
            }
        }
    }

    @Test("The number of items in memory is limited, whichever stage is slow")
    func backPressure() throws {
        for slow in ["read", "prepare", "compute", "finish", "write", "collect"] {
            for (groupSize, roundSize) in [(1, 1), (1, 3), (4, 2)] {
                var job = Squares(groupSize: groupSize, roundSize: roundSize)
                job.delay = { stage, _ in stage == slow ? 400 : 0 }
                try job.run(60)
                #expect(job.witness.mostAlive <= job.mostItems, "\(slow) is slow")
                #expect(job.mostItems <= 4 * max(groupSize, roundSize))
                #expect(job.witness.written.count == 60)
            }
        }
    }

    @Test("A write error stops the pipeline: earlier items are written, later ones are not, and few more are read")
    func unwritable() throws {
        for item in [0, 1, 7, 8, 30] {
            var job = Squares(roundSize: 4)
            let trouble = Trouble(stage: "write", item: item)
            // The second error is never reached.
            job.troubles = [trouble, Trouble(stage: "write", item: item + 2)]
            #expect(throws: trouble) { try job.run(200) }
            #expect(job.witness.written == Array(0..<item))
            #expect(job.witness.read.count <= item + 1 + job.mostItems)
        }
    }

    @Test("An error from collecting or computing stops the pipeline, and earlier items are written")
    func ended() throws {
        for stage in ["collect", "compute"] {
            for item in [0, 5, 11] {
                var job = Squares(roundSize: 4)
                job.delay = { stage, _ in stage == "write" ? 300 : 0 }
                let trouble = Trouble(stage: stage, item: item)
                job.troubles = [trouble]
                #expect(throws: trouble) { try job.run(200) }
                // Items that are computed together are finished together.
                let last = stage == "collect" ? item : item / 4 * 4 - 1
                #expect(job.witness.written == Array(0..<last + 1))
                #expect(job.collected.map(\.item) == Array(0..<(stage == "collect" ? item : last + 1)))
                #expect(job.witness.read.count <= item + 1 + job.mostItems)
                // No work continues in the background.
                let read = job.witness.read.count
                usleep(3000)
                #expect(job.witness.read.count == read)
            }
        }
    }

    @Test("If a write and a later stage fail, the write's error is thrown, because it came first")
    func firstError() throws {
        var job = Squares(roundSize: 4)
        job.delay = { stage, _ in stage == "write" ? 2000 : 0 }
        job.troubles = [Trouble(stage: "write", item: 2), Trouble(stage: "collect", item: 3)]
        #expect(throws: Trouble(stage: "write", item: 2)) { try job.run(50) }
        #expect(job.witness.written == [0, 1])
    }

    @Test(
        "A request to stop ends it: earlier items are written and collected, later ones are not", arguments: [0, 7, 40])
    func interrupted(last: Int) throws {
        let flag = InterruptFlag()
        let written = Mutex<[Int]>([])
        var collected: [Int] = []
        var pipeline = Pipeline(
            read: { $0 }, prepare: { _, item in item }, compute: { $0.map(\.ready) }, finish: { item, _, _ in item },
            write: { item in written.withLock { $0.append(item) } },
            collect: { item, product in
                collected.append(try product.get())
                if item == last { flag.raise() }
            })
        pipeline.roundSize = 4
        #expect(throws: Interrupted.self) { try InterruptFlag.$current.withValue(flag) { try pipeline.run(50) } }
        #expect(collected == Array(0..<collected.count))
        // What the cores were at is finished: the rest of the round.
        #expect((last + 1...last + 4).contains(collected.count), "\(collected.count)")
        #expect(written.withLock { $0 } == collected)
    }
}
