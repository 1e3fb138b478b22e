import Boxes
import Foundation
import HeatmapTargets
import PeakDecoding
import Tensors
import Testing

@Suite struct PeakDecoderTests {
    private struct Found: Hashable {
        let classIndex, row, column: Int
        let score: Float
    }

    /// The definition for `[class, row, column]`: max pooling, comparison, a full sort.
    private func scan(_ map: Tensor, kernel: Int = 3, limit: Int = 100) -> [Found] {
        let (classes, rows, columns) = (map.shape[0], map.shape[1], map.shape[2])
        var found: [Found] = []
        for classIndex in 0..<classes {
            for row in 0..<rows {
                for column in 0..<columns {
                    let score = map[classIndex, row, column]
                    var pooled = -Float.infinity
                    for y in row - kernel / 2...row + kernel / 2 where (0..<rows).contains(y) {
                        for x in column - kernel / 2...column + kernel / 2 where (0..<columns).contains(x) {
                            if map[classIndex, y, x] > pooled { pooled = map[classIndex, y, x] }
                        }
                    }
                    if score > 0 && score == pooled {
                        found.append(Found(classIndex: classIndex, row: row, column: column, score: score))
                    }
                }
            }
        }
        // `sorted` keeps the order of equal elements only if the position is part of what is compared.
        let ranked = found.enumerated().sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }
        return ranked.prefix(limit).map(\.element)
    }

    private func decoded(_ map: Tensor, _ decoder: PeakDecoder = PeakDecoder()) -> [Found] {
        let zero = Tensor([1, 2, map.shape[1], map.shape[2]])
        return decoder.decode(probabilities: map.reshaped([1] + map.shape), size: zero, offset: zero).map {
            Found(classIndex: $0.classIndex, row: $0.row, column: $0.column, score: $0.score)
        }
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

    @Test(arguments: [[1, 3, 3], [1, 1, 9], [1, 9, 1], [1, 2, 4], [2, 2, 2], [4, 1, 2]])
    func agreesWithAPlainScanOnEveryTinyMap(shape: [Int]) {
        var wrong = 0
        forEveryMap(shape, [0, 0.25, 0.5]) { map in
            if decoded(map) != scan(map) { wrong += 1 }
            if decoded(map, PeakDecoder(maximumDetections: 2)) != scan(map, limit: 2) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func notANumberIsNeverAPeakAndNeverHidesOne() {
        var wrong = 0
        forEveryMap([1, 2, 3], [.nan, 0.25, 0.5, -.infinity]) { map in
            if decoded(map) != scan(map) { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(decoded(Tensor([2, 5, 5], repeating: .nan)).isEmpty)
        let sizes = Tensor([1, 2, 5, 5])
        #expect(
            PeakDecoder().decode(
                heatmapLogits: Tensor([1, 2, 5, 5], repeating: .nan), size: sizes, offset: sizes
            ).isEmpty)
    }

    @Test(arguments: [1, 3, 5, 7], [0, 1, 3, 17, 1000])
    func largerMapsAgreeToo(kernel: Int, limit: Int) {
        var random = SeededGenerator(7, kernel, limit)
        for levels in [3, 50, 100_000] {
            let map = Tensor(
                [3, 11, 14],
                elements: (0..<3 * 11 * 14).map { _ in Float(random.integer(in: 0...levels)) / Float(levels) })
            let found = decoded(map, PeakDecoder(maximumDetections: limit, kernel: kernel))
            #expect(found == scan(map, kernel: kernel, limit: limit))
        }
    }

    @Test func everyCellOfAPlateauIsAPeak() {
        #expect(decoded(Tensor([1, 4, 5], repeating: 0.5)).count == 20)
        // Logits with the same sigmoid form a plateau as well.
        let zero = Tensor([1, 2, 1, 3])
        let logits = Tensor([1, 1, 1, 3], elements: [40, 50, 60])
        #expect(PeakDecoder().decode(heatmapLogits: logits, size: zero, offset: zero).map(\.score) == [1, 1, 1])
    }

    @Test func boxesComeFromTheirOwnImageAndCell() {
        var (logits, size) = (Tensor([2, 2, 4, 6], repeating: -200), Tensor([2, 2, 4, 6]))
        var offset = Tensor([2, 2, 4, 6])
        logits[1, 1, 2, 5] = 1.5
        (size[1, 0, 2, 5], size[1, 1, 2, 5]) = (3, -1)
        (offset[1, 0, 2, 5], offset[1, 1, 2, 5]) = (0.25, 0.75)
        #expect(PeakDecoder().decode(heatmapLogits: logits, size: size, offset: offset, image: 0).isEmpty)
        let detections = PeakDecoder().decode(heatmapLogits: logits, size: size, offset: offset, image: 1)
        #expect(detections.count == 1)
        // A negative height gives inverted edges.
        #expect(detections.first?.box == Box(xMin: 3.75, yMin: 3.25, xMax: 6.75, yMax: 2.25))
        #expect(detections.first?.classIndex == 1)
        #expect(abs((detections.first?.score ?? 0) - 0.817_574_5) < 1e-6)
        let same = PeakDecoder().decode(probabilities: sigmoid(logits), size: size, offset: offset, image: 1)
        #expect(same == detections)
        let mapped = detections[0].mapped(by: AffineMap<OutputCells, InputPixels>(scaleX: 4, scaleY: 4))
        #expect(mapped.box == Box(xMin: 15, yMin: 13, xMax: 27, yMax: 9))
        #expect(mapped.row == 2 && mapped.column == 5 && mapped.score == detections[0].score)
        size[1, 0, 2, 5] = .infinity
        #expect(PeakDecoder().decode(heatmapLogits: logits, size: size, offset: offset, image: 1).isEmpty)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func decodingRenderedBoxesGivesThemBack(seed: UInt64) {
        var random = SeededGenerator(seed)
        let (rows, columns) = (17, 23)
        var cells: Set<[Int]> = []
        var objects: [TargetObject] = []
        for _ in 0..<12 {
            let box = Box<OutputCells>(
                centerX: random.uniform(2, 20), centerY: random.uniform(2, 14), width: random.uniform(0.2, 4),
                height: random.uniform(0.2, 4))
            // Two objects in one cell cannot both be decoded: the cell has only one size.
            guard cells.insert([Int(box.centerX), Int(box.centerY)]).inserted else { continue }
            objects.append(TargetObject(classIndex: random.integer(in: 0...2), box: box))
        }
        let targets = DetectionTargets.render(objects, classCount: 3, rows: rows, columns: columns)
        var (size, offset) = (Tensor([1, 2, rows, columns]), Tensor([1, 2, rows, columns]))
        for center in targets.centers {
            size[0, 0, center.row, center.column] = center.width
            size[0, 1, center.row, center.column] = center.height
            offset[0, 0, center.row, center.column] = center.offsetX
            offset[0, 1, center.row, center.column] = center.offsetY
        }
        let detections = PeakDecoder().decode(
            probabilities: targets.heatmap.reshaped([1, 3, rows, columns]), size: size, offset: offset)
        #expect(detections.count == objects.count)
        #expect(detections.allSatisfy { $0.score == 1 })
        for object in objects {
            let box = object.box.clipped(width: Double(columns - 1), height: Double(rows - 1))
            #expect(
                detections.contains { $0.classIndex == object.classIndex && $0.box.intersectionOverUnion(box) > 0.9999 }
            )
        }
    }
}
