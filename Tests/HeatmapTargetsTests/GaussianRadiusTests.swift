import Boxes
import HeatmapTargets
import Testing

@Suite struct GaussianRadiusTests {
    @Test(arguments: [0.3, 0.5, 0.7, 0.9])
    func correctedKeepsTheOverlapWhateverWayTheCornersMove(overlap: Double) {
        for width in stride(from: 1.0, through: 90, by: 7) {
            for height in stride(from: 1.0, through: 90, by: 6) {
                let radius = GaussianRadius.corrected.radius(width: width, height: height, minimumOverlap: overlap)
                #expect(lowestOverlap(width, height, moving: Double(radius)) >= overlap - 1e-9)
                // It is also the largest such radius.
                #expect(lowestOverlap(width, height, moving: Double(radius + 1)) < overlap + 1e-9)
            }
        }
    }

    /// Returns the smallest overlap of a box with itself when each edge is moved by the distance in either direction, or not at all.
    private func lowestOverlap(_ width: Double, _ height: Double, moving distance: Double) -> Double {
        let box = Box<OutputCells>(xMin: 0, yMin: 0, xMax: width, yMax: height)
        let moves = [-distance, 0, distance]
        var lowest = 1.0
        for left in moves {
            for top in moves {
                for right in moves {
                    for bottom in moves {
                        let moved = Box<OutputCells>(xMin: left, yMin: top, xMax: width + right, yMax: height + bottom)
                        lowest = min(lowest, box.intersectionOverUnion(moved))
                    }
                }
            }
        }
        return lowest
    }

    @Test func publishedIsAboutThreeTimesAsLong() {
        // By hand for a square of side 10: (sqrt(28^2 + 4 * 2.8 * 30) - 28) / 2 = 2.73 and, over 2 * 2.8, 0.98; the
        // shrinking box of `corrected` gives 0.82.
        #expect(GaussianRadius.published.radius(width: 10, height: 10) == 2)
        #expect(GaussianRadius.corrected.radius(width: 10, height: 10) == 0)
        #expect(GaussianRadius.published.radius(width: 100, height: 100) == 27)
        #expect(GaussianRadius.corrected.radius(width: 100, height: 100) == 8)
    }

    @Test(arguments: GaussianRadius.allCases)
    func partsOfACellCountAsWholeOnes(formula: GaussianRadius) {
        for extent in stride(from: 0.3, to: 60, by: 0.7) {
            #expect(
                formula.radius(width: extent, height: 2 * extent)
                    == formula.radius(width: extent.rounded(.up), height: (2 * extent).rounded(.up)))
        }
    }

    @Test(arguments: GaussianRadius.allCases)
    func anyBoxHasARadius(formula: GaussianRadius) {
        #expect(formula.radius(width: 0, height: 5) == 0)
        #expect(formula.radius(width: -3, height: 5) == 0)
        #expect(formula.radius(width: .nan, height: 5) == 0)
        #expect(formula.radius(width: .infinity, height: 5) == 0)
        #expect(formula.radius(width: 1e300, height: 1e300) >= 0)
        #expect(formula.radius(width: 30, height: 50) == formula.radius(width: 50, height: 30))
    }
}
