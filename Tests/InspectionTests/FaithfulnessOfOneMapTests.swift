import Boxes
import Inspection
import Tensors
import Testing

@Suite struct FaithfulnessOfOneMapTests {
    @Test func dropIsRelativeAndInPercent() throws {
        let input = noise([3, 4, 5])
        let linear = LinearScorer(weights: input)
        let half = try confidenceChange(map: Tensor([4, 5], repeating: 0.25), input: input, score: linear.score)
        #expect(abs(half.dropInPercent - 75) < 1e-3 && !half.isIncrease)
        let all = try confidenceChange(
            map: Tensor([4, 5]), input: input, baseline: tensor([3, 4, 5], input.elements.map { 3 * $0 }),
            score: linear.score)
        #expect(all.dropInPercent == 0 && all.isIncrease && abs(all.explained / all.unchanged - 3) < 1e-4)
        let changes = [half, all, ConfidenceChange(unchanged: 0.5, explained: 0.5)]
        #expect(abs(try #require(averageDrop(changes)) - 25) < 1e-3)
        #expect(abs(try #require(increaseInConfidence(changes)) - 100.0 / 3) < 1e-9)
        #expect(averageDrop([]) == nil && increaseInConfidence([]) == nil)
    }

    @Test func pointingNeedsTheHighestPixelInside() {
        var map = Tensor([6, 8])
        map[2, 3] = 1
        #expect(pointingGame(map: map, box: box(3, 2, 4, 3)) == 1)
        #expect(pointingGame(map: map, box: box(4, 2, 8, 6)) == 0)
        #expect(pointingGame(map: map, box: box(4, 2, 8, 6), margin: 0.4) == 0)
        #expect(pointingGame(map: map, box: box(4, 2, 8, 6), margin: 0.5) == 1)
        // A second highest pixel outside halves the score, and a flat map scores the box's share.
        map[5, 7] = 1
        #expect(pointingGame(map: map, box: box(3, 2, 4, 3)) == 0.5)
        #expect(pointingGame(map: Tensor([6, 8]), box: box(0, 0, 4, 3)) == 0.25)
        #expect(pointingGame(map: Tensor([6, 8], repeating: .nan), box: box(0, 0, 4, 3)) == 0)
        map[0, 0] = .nan
        #expect(pointingGame(map: map, box: box(3, 2, 4, 3)) == 0.5)
    }

    /// Every box with edges at quarter pixels, compared with testing each pixel's centre.
    @Test func aPixelIsInsideWithItsCentre() {
        let map = rectified(noise([3, 4], seed: 2))
        let edges = stride(from: -0.5, through: 4.5, by: 0.25)
        for low in edges {
            for high in edges {
                var (inside, all) = (0.0, 0.0)
                for row in 0..<3 {
                    for column in 0..<4 {
                        let (y, x) = (Double(row) + 0.5, Double(column) + 0.5)
                        all += Double(map[row, column])
                        if x >= low, x < high, y >= low, y < high { inside += Double(map[row, column]) }
                    }
                }
                #expect(abs(energyInBox(map: map, box: box(low, low, high, high)) - inside / all) < 1e-6)
            }
        }
    }

    @Test func noEnergyIsNowhere() {
        #expect(energyInBox(map: Tensor([3, 3]), box: box(0, 0, 3, 3)) == 0)
        #expect(energyInBox(map: Tensor([3, 3], repeating: .nan), box: box(0, 0, 3, 3)) == 0)
        #expect(energyInBox(map: Tensor([3, 3], repeating: 1), box: box(.nan, 0, 3, 3)) == 0)
        #expect(energyInBox(map: Tensor([3, 3], repeating: 1), box: box(2, 2, 1, 1)) == 0)
    }

    private func box(_ xMin: Double, _ yMin: Double, _ xMax: Double, _ yMax: Double) -> Box<InputPixels> {
        Box(xMin: xMin, yMin: yMin, xMax: xMax, yMax: yMax)
    }
}
