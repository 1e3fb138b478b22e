import Graphs
import Tensors
import Testing

/// Offsets of buffers in one block of memory.
@Suite struct ArenaPlanTests {
    private func requests(_ count: Int, seed: UInt64) -> [ArenaPlan.Request] {
        var random = SeededGenerator(seed)
        return (0..<count).map { _ in
            let first = random.integer(in: 0...60)
            let size = random.integer(in: 0...400)
            return .init(count: size, lifetime: first...first + random.integer(in: 0...12))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func noTwoShareAPlaceAtOneTime(seed: UInt64) {
        let requests = requests(80, seed: seed)
        let plan = ArenaPlan(requests)
        for (index, request) in requests.enumerated() {
            #expect(plan.offsets[index] % 16 == 0)
            #expect(plan.offsets[index] + request.count <= plan.count)
            for other in requests.indices where other < index && requests[other].lifetime.overlaps(request.lifetime) {
                let isBefore = plan.offsets[index] + request.count <= plan.offsets[other]
                let isAfter = plan.offsets[other] + requests[other].count <= plan.offsets[index]
                #expect(isBefore || isAfter, "\(index) and \(other)")
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func littleIsWasted(seed: UInt64) {
        let requests = requests(80, seed: seed)
        let needed = (0...80).map { moment in
            requests.filter { $0.lifetime.contains(moment) }.reduce(0) { $0 + max(1, ($1.count + 15) / 16) * 16 }
        }
        #expect(ArenaPlan(requests).count <= (needed.max() ?? 0) * 5 / 4)
    }

    /// Each value is read only by the next node.
    @Test func aChainNeedsTwoPlaces() {
        let plan = ArenaPlan((0..<10).map { .init(count: 64, lifetime: $0...$0 + 1) })
        #expect(plan.count == 128)
        #expect(ArenaPlan([]).count == 0)
    }
}
