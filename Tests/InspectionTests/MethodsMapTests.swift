import Foundation
import Inspection
import Tensors
import Testing

/// What all methods share: resizing, scaling, percentiles, blur.
@Suite struct MethodsMapTests {
    @Test(arguments: [[3, 4, 12, 16], [5, 6, 40, 48], [7, 9, 3, 4], [1, 1, 4, 3], [2, 1, 5, 5], [4, 4, 4, 9]])
    func resizingReadsBetweenCentres(_ extents: [Int]) {
        let (rows, columns, newRows, newColumns) = (extents[0], extents[1], extents[2], extents[3])
        let old = noise([rows, columns])
        func at(_ place: Double, _ count: Int) -> (Int, Int, Double) {
            let inside = min(max(place, 0), Double(count - 1))
            return (Int(inside), min(Int(inside) + 1, count - 1), inside - inside.rounded(.down))
        }
        let expected = map(newRows, newColumns) { row, column in
            let (top, bottom, down) = at((Double(row) + 0.5) * Double(rows) / Double(newRows) - 0.5, rows)
            let (left, right, across) = at((Double(column) + 0.5) * Double(columns) / Double(newColumns) - 0.5, columns)
            return Double(old[top, left]) * (1 - down) * (1 - across) + Double(old[top, right]) * (1 - down) * across
                + Double(old[bottom, left]) * down * (1 - across) + Double(old[bottom, right]) * down * across
        }
        #expect(largestDifference(resized(old, rows: newRows, columns: newColumns), expected) < 1e-6)
    }

    /// Numbers from OpenCV's `resize` with `INTER_LINEAR`.
    @Test func resizingEqualsOpenCV() {
        let wider = resized(tensor([2, 2], [0, 1, 2, 4]), rows: 2, columns: 4)
        #expect(wider == tensor([2, 4], [0, 0.25, 0.75, 1, 2, 2.5, 3.5, 4]))
        #expect(resized(tensor([1, 4], [0, 1, 2, 5]), rows: 1, columns: 2) == tensor([1, 2], [0.5, 3.5]))
    }

    @Test func scalingEndsAtZeroAndOne() {
        #expect(minMaxScaled(tensor([1, 3], [2, 4, 3])).elements.map { ($0 * 1e4).rounded() } == [0, 10000, 5000])
        #expect(minMaxScaled(Tensor([2, 2], repeating: 7)) == Tensor([2, 2]))
        let withGap = minMaxScaled(tensor([1, 3], [.nan, 1, 3])).elements
        #expect(withGap[0].isNaN && withGap[1] == 0 && withGap[2] > 0.999)
        #expect(minMaxScaled(Tensor([0, 3])).count == 0)
        #expect(rectified(tensor([3], [-1, 0, 2])) == tensor([3], [0, 0, 2]))
    }

    @Test func percentilesLieBetweenNumbers() {
        let numbers = tensor([5], [5, 1, 4, 2, 3])
        #expect([0, 25, 60, 100].map { percentile($0, of: numbers) } == [1, 2, 3.4, 5])
        #expect(percentile(70, of: Tensor([0])).isNaN)
    }

    @Test(arguments: [[2, 9, 8], [1, 60, 3], [3, 1, 1]]) func blurIsTheWeightedMeanOfAMirroredWindow(_ shape: [Int]) {
        let image = noise(shape)
        let (size, sigma) = (7, 1.5)
        func mirrored(_ place: Int, _ count: Int) -> Int {
            var place = place
            if count == 1 { return 0 }
            while !(0..<count).contains(place) { place = place < 0 ? -place : 2 * (count - 1) - place }
            return place
        }
        let heights = (-3...3).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = heights.reduce(0, +)
        for channel in 0..<shape[0] {
            let expected = map(shape[1], shape[2]) { row, column in
                var total = 0.0
                for (i, y) in (row - 3...row + 3).enumerated() {
                    for (j, x) in (column - 3...column + 3).enumerated() {
                        let value = image[channel, mirrored(y, shape[1]), mirrored(x, shape[2])]
                        total += heights[i] * heights[j] / (sum * sum) * Double(value)
                    }
                }
                return total
            }
            let blurred = items(gaussianBlurred(image, size: size, sigma: sigma))[channel]
            #expect(largestDifference(blurred, expected) < 1e-5)
        }
    }
}
