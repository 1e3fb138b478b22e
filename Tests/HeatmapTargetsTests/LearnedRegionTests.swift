import Boxes
import Foundation
import HeatmapTargets
import Tensors
import Testing

/// The cells around centres in which sizes and offsets are learned.
@Suite struct LearnedRegionTests {
    private func objects(_ seed: UInt64, rows: Int, columns: Int) -> [TargetObject] {
        var random = SeededGenerator(seed)
        return (0..<random.integer(in: 1...9)).map { _ in
            TargetObject(
                classIndex: random.integer(in: 0...1),
                box: Box(
                    centerX: random.uniform(0, Double(columns)), centerY: random.uniform(0, Double(rows)),
                    width: random.uniform(0.5, 14), height: random.uniform(0.5, 9)))
        }
    }

    private func render(_ objects: [TargetObject], region: Double) -> DetectionTargets {
        DetectionTargets.render(
            objects, classCount: 2, rows: 11, columns: 15, options: TargetOptions(region: region))
    }

    @Test(arguments: 0..<20 as Range<UInt64>, [0.3, 0.54, 1]) func lawsHold(seed: UInt64, region: Double) {
        let objects = objects(seed, rows: 11, columns: 15)
        let (plain, targets) = (render(objects, region: 0), render(objects, region: region))
        #expect(plain.neighbors.isEmpty && plain.centers.allSatisfy { $0.weight == 1 })
        #expect(targets.heatmap == plain.heatmap && targets.centers.count == plain.centers.count)
        var taken = Set(targets.centers.map { [$0.row, $0.column] })
        var sums = targets.centers.map { Double($0.weight) }
        for cell in targets.neighbors {
            #expect(taken.insert([cell.row, cell.column]).inserted, "a cell is learned once")
            // The answer of each cell means one box: that of the object whose Gaussian is highest in the cell.
            let heights = plain.centers.map { center in
                let (right, down) = (
                    Double(cell.column - center.column) / (region * Double(center.width)),
                    Double(cell.row - center.row) / (region * Double(center.height))
                )
                return abs(right) <= 0.5 && abs(down) <= 0.5 ? exp(-18 * (right * right + down * down)) : 0
            }
            let owner = heights.firstIndex(of: heights.max() ?? 0) ?? 0
            let center = plain.centers[owner]
            #expect(cell.width == center.width && cell.height == center.height)
            #expect(abs(Float(cell.column) + cell.offsetX - Float(center.column) - center.offsetX) < 1e-4)
            #expect(abs(Float(cell.row) + cell.offsetY - Float(center.row) - center.offsetY) < 1e-4)
            #expect(abs(Double(cell.weight / targets.centers[owner].weight) - heights[owner]) < 1e-4)
            sums[owner] += Double(cell.weight)
        }
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-4 })
        #expect(targets.target(for: .size).valueCount == 2 * objects.count)
    }

    @Test func aLargeObjectHasManyCellsAndASmallOneOne() {
        let targets = render(
            [
                TargetObject(classIndex: 0, box: Box(centerX: 4.5, centerY: 4.5, width: 8, height: 6)),
                TargetObject(classIndex: 0, box: Box(centerX: 13.5, centerY: 9.5, width: 1.5, height: 1.5)),
            ], region: 0.5)
        // Two cells to each side in a width of 8, one in a height of 6.
        #expect(targets.neighbors.count == 5 * 3 - 1 && targets.neighbors.allSatisfy { $0.width == 8 })
        #expect(targets.centers[1].weight == 1)
    }
}
