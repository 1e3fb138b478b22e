import Boxes
import PeakDecoding
import Tensors
import Testing

@Suite struct DecodingTraceTests {
    private func trace(
        _ map: Tensor, _ decoder: PeakDecoder = PeakDecoder(), threshold: Double = 0.3
    ) -> DecodingTrace {
        let zero = Tensor([1, 2, map.shape[1], map.shape[2]])
        return decoder.trace(
            probabilities: map.reshaped([1] + map.shape), size: zero, offset: zero, threshold: threshold)
    }

    /// Calls `body` with every map of a shape whose cells take the given values.
    private func forEveryMap(_ shape: [Int], _ values: [Float], _ body: (Tensor) -> Void) {
        let count = shape.reduce(1, *)
        var digits = [Int](repeating: 0, count: count)
        while true {
            body(Tensor(shape, elements: digits.map { values[$0] }))
            guard let place = digits.firstIndex(where: { $0 + 1 < values.count }) else { return }
            digits[place] += 1
            for lower in 0..<place { digits[lower] = 0 }
        }
    }

    /// Checks that the kept candidates are the decoder's detections, and that each cell at or above the threshold is either a peak or
    /// suppressed by the largest cell around it, which is larger than itself.
    private func isRight(_ map: Tensor, size: Tensor, offset: Tensor, _ decoder: PeakDecoder, _ threshold: Double)
        -> Bool
    {
        let probabilities = map.reshaped([1] + map.shape)
        let trace = decoder.trace(probabilities: probabilities, size: size, offset: offset, threshold: threshold)
        let found = decoder.decode(probabilities: probabilities, size: size, offset: offset)
        guard trace.kept.map(\.detection) == found.filter({ Double($0.score) >= threshold }),
            trace.candidates.map(\.rank) == trace.candidates.indices.map({ $0 + 1 })
        else { return false }
        let peaks = Set(trace.candidates.map { [$0.cell.classIndex, $0.cell.row, $0.cell.column] })
        let losers = Dictionary(
            uniqueKeysWithValues: trace.suppressed.map { ([$0.cell.classIndex, $0.cell.row, $0.cell.column], $0) })
        for classIndex in 0..<map.shape[0] {
            for row in 0..<map.shape[1] {
                for column in 0..<map.shape[2] where Double(map[classIndex, row, column]) >= threshold {
                    let own = map[classIndex, row, column]
                    var highest = own
                    for y in max(0, row - 1)...min(map.shape[1] - 1, row + 1) {
                        for x in max(0, column - 1)...min(map.shape[2] - 1, column + 1)
                        where map[classIndex, y, x] > highest { highest = map[classIndex, y, x] }
                    }
                    let place = [classIndex, row, column]
                    guard peaks.contains(place) == (highest == own) else { return false }
                    guard highest > own else {
                        if losers[place] != nil { return false }
                        continue
                    }
                    guard let loser = losers[place], loser.cell.probability == own,
                        loser.winner.probability == highest,
                        map[classIndex, loser.winner.row, loser.winner.column] == highest,
                        max(abs(loser.winner.row - row), abs(loser.winner.column - column)) == 1,
                        let peak = loser.peak, trace.candidates[peak].cell.classIndex == classIndex,
                        trace.candidates[peak].cell.probability >= highest
                    else { return false }
                }
            }
        }
        return trace.suppressed.allSatisfy { Double($0.cell.probability) >= threshold }
    }

    @Test(arguments: [[1, 3, 3], [1, 1, 7], [1, 7, 1], [2, 2, 2], [3, 1, 2]])
    func agreesWithTheDecoderOnEveryTinyMap(shape: [Int]) {
        let maps = [1, 2] + shape.dropFirst()
        let zero = Tensor(maps)
        // The first cell has no finite width.
        var broken = zero
        broken[0, 0, 0, 0] = .infinity
        var wrong = 0
        forEveryMap(shape, [.nan, 0.25, 0.5, 0.75]) { map in
            for limit in [0, 1, 100] {
                let decoder = PeakDecoder(maximumDetections: limit)
                if !isRight(map, size: zero, offset: zero, decoder, 0.3) { wrong += 1 }
                if !isRight(map, size: broken, offset: zero, decoder, 0.5) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test func everyOutcomeHasItsCause() {
        var map = Tensor([2, 1, 9])
        (map[0, 0, 0], map[1, 0, 2], map[0, 0, 4], map[1, 0, 6], map[0, 0, 8]) = (0.9, 0.8, 0.7, 0.6, 0.2)
        map[0, 0, 5] = 0.5
        var (size, offset) = (Tensor([1, 2, 1, 9], repeating: 2), Tensor([1, 2, 1, 9], repeating: 0.5))
        size[0, 1, 0, 2] = .nan
        offset[0, 0, 0, 4] = 0.25
        let trace = PeakDecoder(maximumDetections: 3).trace(
            probabilities: map.reshaped([1, 2, 1, 9]), size: size, offset: offset, threshold: 0.3)
        #expect(trace.candidates.map(\.outcome) == [.kept, .notFinite, .kept, .beyondLimit, .belowThreshold])
        #expect(trace.candidates.map(\.cell.column) == [0, 2, 4, 6, 8])
        #expect(trace.candidates.map(\.cell.classIndex) == [0, 1, 0, 1, 0])
        #expect(trace.kept.last?.box == Box(xMin: 3.25, yMin: -0.5, xMax: 5.25, yMax: 1.5))
        #expect(trace.kept.last?.offsetX == 0.25 && trace.kept.last?.width == 2)
        #expect(trace.suppressed.map(\.cell) == [.init(classIndex: 0, row: 0, column: 5, probability: 0.5)])
        #expect(trace.suppressed.map(\.winner) == [.init(classIndex: 0, row: 0, column: 4, probability: 0.7)])
        #expect(trace.suppressed.map(\.peak) == [2])
    }

    @Test func aSlopeLeadsToItsPeak() {
        let trace = trace(Tensor([1, 1, 6], elements: [0.4, 0.5, 0.6, 0.7, 0.6, 0.9]))
        #expect(trace.candidates.map(\.cell.column) == [5, 3])
        #expect(trace.suppressed.map(\.winner.column) == [1, 2, 3, 5])
        #expect(trace.suppressed.map(\.peak) == [1, 1, 1, 0])
        // A wider kernel reaches further.
        let wide = self.trace(
            Tensor([1, 1, 6], elements: [0.4, 0.5, 0.6, 0.7, 0.6, 0.9]), PeakDecoder(kernel: 5))
        #expect(wide.candidates.map(\.cell.column) == [5])
        #expect(wide.suppressed.map(\.winner.column) == [2, 3, 3, 5, 5])
    }
}
