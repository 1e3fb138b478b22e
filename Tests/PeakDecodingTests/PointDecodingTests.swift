import Boxes
import HeatmapTargets
import PeakDecoding
import Tensors
import Testing

@Suite struct PointDecodingTests {
    /// Renders points as targets, with offsets as a perfect network has them, and decodes these.
    private func decoded(_ points: [TargetObject], classCount: Int, side: Int, limit: Int) -> [Detection<OutputCells>] {
        let targets = DetectionTargets.render(
            points, classCount: classCount, objectKind: .points, rows: side, columns: side)
        var offset = Tensor([1, 2, side, side])
        for center in targets.centers {
            offset[0, 0, center.row, center.column] = center.offsetX
            offset[0, 1, center.row, center.column] = center.offsetY
        }
        return PeakDecoder(maximumDetections: limit).decode(
            probabilities: targets.heatmap.reshaped([1, classCount, side, side]), size: nil, offset: offset
        ).filter { $0.score == 1 }
    }

    @Test("What was rendered is decoded again, if no two points share a cell", arguments: 0..<30 as Range<UInt64>)
    func theSamePoints(seed: UInt64) {
        struct Cell: Hashable { let row, column: Int }
        var random = SeededGenerator(seed)
        let (side, classCount) = (24, 2)
        var taken: Set<Cell> = []
        let points = (0..<Int(seed) * 6).compactMap { _ -> TargetObject? in
            let (x, y) = (random.uniform(0, Double(side)), random.uniform(0, Double(side)))
            guard taken.insert(Cell(row: Int(y), column: Int(x))).inserted else { return nil }
            return TargetObject(
                classIndex: random.integer(in: 0...classCount - 1), box: Box(pointX: x, y: y), kind: .points)
        }
        let found = decoded(points, classCount: classCount, side: side, limit: 1000)
        #expect(found.count == points.count)
        #expect(found.allSatisfy { $0.kind == .points && $0.box.width == 0 && $0.box.height == 0 })
        for point in points {
            let match = found.filter {
                $0.classIndex == point.classIndex && $0.box.centerDistance(to: point.box) < 1e-5
            }
            #expect(match.count == 1, "\(point.box)")
        }
    }

    @Test func aCrowdOfAThousandIsFoundIfTheLimitAllows() {
        // Every second cell of each row and column.
        let points = (0..<1000).map { index -> TargetObject in
            let (row, column) = (2 * (index / 32), 2 * (index % 32))
            let place = Box<OutputCells>(pointX: Double(column) + 0.5, y: Double(row) + 0.5)
            return TargetObject(classIndex: 0, box: place, kind: .points)
        }
        #expect(decoded(points, classCount: 1, side: 64, limit: 1000).count == 1000)
        #expect(decoded(points, classCount: 1, side: 64, limit: 100).count == 100)
    }

    @Test func aPointThatIsNotFiniteIsDropped() {
        var offset = Tensor([1, 2, 1, 2])
        offset[0, 1, 0, 1] = .nan
        let map = Tensor([1, 1, 1, 2], elements: [0.5, 0.5])
        let found = PeakDecoder().decode(probabilities: map, size: nil, offset: offset)
        #expect(found.map(\.column) == [0])
        let trace = PeakDecoder().trace(probabilities: map, size: nil, offset: offset, threshold: 0.1)
        #expect(trace.kept.map(\.detection) == found && trace.candidates.map(\.outcome) == [.kept, .notFinite])
    }

    @Test func pointsOfSeveralPassesAreMerged() {
        func found(_ x: Double, _ score: Float, _ classIndex: Int = 0) -> Detection<ImagePixels> {
            Detection(
                classIndex: classIndex, score: score, box: Box(pointX: x, y: 5), kind: .points, row: 0, column: 0)
        }
        let points = [found(10, 0.5), found(12, 0.9), found(20, 0.4), found(11, 0.8, 1), found(.nan, 1)]
        #expect(pointSuppression(points, distance: 2, limit: 9).map(\.score) == [0.9, 0.8, 0.4])
        #expect(pointSuppression(points, distance: 1.9, limit: 9).map(\.score) == [0.9, 0.8, 0.5, 0.4])
        #expect(pointSuppression(points, distance: 2, limit: 1).map(\.score) == [0.9])
    }
}
