import Boxes
import Evaluation
import HeatmapTargets
import Inspection
import JSON
import PeakDecoding
import Tensors
import Testing

/// Maps of 16 x 16 cells and two classes over an image of 64 x 64 pixels, all zero at first.
private struct Scene {
    var heatmap = Tensor([2, 16, 16])
    var size = Tensor([1, 2, 16, 16])
    var offset = Tensor([1, 2, 16, 16])
    var objects: [GroundTruthBox] = []
    var limit = 100

    /// Adds an object whose box has its centre in the middle of a cell; sizes in cells.
    mutating func object(_ classIndex: Int, _ row: Int, _ column: Int, side: Double, shift: Double = 0) {
        objects.append(
            GroundTruthBox(
                image: 0, classIndex: classIndex,
                box: Box(
                    centerX: 4 * (Double(column) + 0.5 + shift), centerY: 4 * (Double(row) + 0.5), width: 4 * side,
                    height: 4 * side)))
    }

    mutating func heat(_ classIndex: Int, _ row: Int, _ column: Int, _ value: Float, side: Float = 0) {
        heatmap[classIndex, row, column] = value
        for axis in 0..<2 {
            offset[0, axis, row, column] = 0.5
            size[0, axis, row, column] = side
        }
    }

    func explanation(annotated: Bool = true) -> DecodingExplanation {
        let trace = PeakDecoder(maximumDetections: limit).trace(
            probabilities: heatmap.reshaped([1] + heatmap.shape), size: size, offset: offset, threshold: 0.3)
        return DecodingExplanation(
            trace: trace, heatmap: heatmap, imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25),
            objects: annotated ? objects : nil)
    }

    var reasons: [MissReason] { explanation().misses.map(\.reason) }
}

@Suite struct MissReasonTests {
    private func cell(_ classIndex: Int, _ row: Int, _ column: Int, _ value: Float) -> DecodingTrace.Cell {
        DecodingTrace.Cell(classIndex: classIndex, row: row, column: column, probability: value)
    }

    @Test func noPeak() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        // Noise, and heat that is out of reach: the radius is one cell.
        scene.heat(0, 9, 8, 0.02)
        scene.heat(0, 8, 10, 0.2)
        #expect(scene.reasons == [.noPeak(highest: cell(0, 9, 8, 0.02))])
        // A larger object reaches further.
        scene.objects = []
        scene.object(0, 8, 8, side: 8)
        #expect(scene.reasons == [.belowThreshold(candidate: 0)])
    }

    @Test func belowTheThreshold() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.heat(0, 8, 9, 0.2, side: 4)
        scene.heat(1, 8, 8, 0.25)
        #expect(scene.reasons == [.belowThreshold(candidate: 1)])
        #expect(
            scene.explanation().sentence(scene.explanation().misses[0], classNames: ["cat", "dog"])
                == "cat at (34, 34), 16 x 16 pixels: its peak, 0.200 at row 8, column 9, is below the threshold of 0.3."
        )
    }

    @Test func aPeakExplainsTheNearestMissOnly() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.object(0, 8, 10, side: 4)
        scene.heat(0, 8, 9, 0.06)
        scene.heat(0, 8, 11, 0.2)
        // The middle object is equally near to both peaks; the other peak is beyond the first object's reach.
        #expect(scene.reasons == [.belowThreshold(candidate: 1), .belowThreshold(candidate: 0)])
        scene.objects.removeFirst()
        scene.object(0, 9, 9, side: 4)
        #expect(scene.reasons == [.belowThreshold(candidate: 0), .belowThreshold(candidate: 1)])
        scene.heat(0, 8, 9, 0)
        #expect(scene.reasons == [.belowThreshold(candidate: 0), .noPeak(highest: cell(0, 9, 9, 0))])
    }

    @Test func suppressedByANeighbour() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.object(0, 8, 10, side: 4)
        scene.heat(0, 8, 10, 0.9, side: 4)
        scene.heat(0, 8, 9, 0.6)
        scene.heat(0, 8, 8, 0.5)
        #expect(scene.reasons == [.suppressed(cell: cell(0, 8, 9, 0.6), peak: 0)])
        let explanation = scene.explanation()
        #expect(
            explanation.sentence(explanation.misses[0], classNames: ["cat", "dog"])
                == "cat at (34, 34), 16 x 16 pixels: suppressed by a neighbour: 0.60 at row 8, column 9 is on the slope "
                + "of the peak of rank 1 (0.90 at row 8, column 10), which found another object.")
        #expect(explanation.suppressedCounts() == [2])
    }

    @Test func twoObjectsInOneCell() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 2)
        scene.object(0, 8, 8, side: 8)
        scene.heat(0, 8, 8, 0.9, side: 8)
        #expect(scene.reasons == [.suppressed(cell: cell(0, 8, 8, 0.9), peak: 0)])
    }

    @Test func anotherClass() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.heat(0, 8, 8, 0.05)
        scene.heat(1, 8, 9, 0.8, side: 1)
        #expect(scene.reasons == [.otherClass(candidate: 0, own: cell(0, 8, 8, 0.05))])
        // A peak that found an object of its own class cannot explain a miss.
        scene.object(1, 8, 9, side: 1)
        #expect(scene.reasons == [.belowThreshold(candidate: 1)])
    }

    @Test func wrongSize() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.heat(0, 8, 8, 0.8, side: 1)
        #expect(scene.reasons == [.wrongSize(candidate: 0, overlap: 1.0 / 16)])
        #expect(
            scene.explanation().sentence(scene.explanation().misses[0], classNames: ["cat", "dog"])
                == "cat at (34, 34), 16 x 16 pixels: wrong size: the peak of rank 1 at row 8, column 8 has a box of "
                + "1.0 x 1.0 cells for an object of 4.0 x 4.0, its centre off by (0.0, 0.0), whose overlap is 0.06.")
    }

    @Test func beyondTheLimit() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.heat(0, 8, 8, 0.8, side: 4)
        scene.heat(1, 2, 2, 0.9, side: 2)
        #expect(scene.reasons.isEmpty)
        scene.limit = 1
        #expect(scene.reasons == [.beyondLimit(candidate: 1)])
        // If the size is wrong, a higher limit would not have helped.
        scene.heat(0, 8, 8, 0.8, side: 2)
        #expect(scene.reasons == [.wrongSize(candidate: 1, overlap: 0.25)])
    }

    @Test func notFinite() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.heat(0, 8, 8, 0.8, side: .infinity)
        #expect(scene.reasons == [.notFinite(candidate: 0)])
    }

    @Test func oneDetectionForTwoObjects() throws {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.object(0, 8, 8, side: 4, shift: 0.4)
        scene.heat(0, 8, 8, 0.8, side: 4)
        let misses = scene.explanation().misses
        #expect(misses.map(\.object) == [scene.objects[1]])
        guard case .shared(let candidate, let overlap) = try #require(misses.first).reason else {
            Issue.record("\(misses[0].reason)")
            return
        }
        #expect(candidate == 0 && abs(overlap - 3.6 / 4.4) < 1e-6)
    }

    @Test func outsideTheMap() {
        var scene = Scene()
        // All of it is beyond the last column.
        scene.object(0, 8, 17, side: 0.8)
        #expect(scene.reasons == [.outsideMap])
    }

    @Test func difficultObjectsAreNotMissed() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.objects[0].difficult = true
        #expect(scene.reasons.isEmpty)
        #expect(scene.explanation(annotated: false).review == nil)
    }

    /// A network with perfect answers misses nothing.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func groundTruthMissesNothing(seed: UInt64) {
        var random = SeededGenerator(seed)
        var (objects, cells) = ([GroundTruthBox](), Set<[Int]>())
        let toCells = AffineMap<ImagePixels, OutputCells>(scaleX: 0.25, scaleY: 0.25, shiftX: 1)
        for _ in 0..<14 {
            let box = Box<ImagePixels>(
                centerX: random.uniform(8, 72), centerY: random.uniform(12, 52), width: random.uniform(2, 20),
                height: random.uniform(2, 20))
            let place = toCells(box)
            // Two objects in one cell cannot both be detected.
            guard cells.insert([Int(place.centerX), Int(place.centerY)]).inserted else { continue }
            objects.append(GroundTruthBox(image: 0, classIndex: random.integer(in: 0...2), box: box))
        }
        let (rows, columns) = (17, 23)
        let targets = DetectionTargets.render(
            objects.map { TargetObject(classIndex: $0.classIndex, box: toCells($0.box)) }, classCount: 3, rows: rows,
            columns: columns)
        var (size, offset) = (Tensor([1, 2, rows, columns]), Tensor([1, 2, rows, columns]))
        for center in targets.centers {
            size[0, 0, center.row, center.column] = center.width
            size[0, 1, center.row, center.column] = center.height
            offset[0, 0, center.row, center.column] = center.offsetX
            offset[0, 1, center.row, center.column] = center.offsetY
        }
        let trace = PeakDecoder().trace(
            probabilities: targets.heatmap.reshaped([1, 3, rows, columns]), size: size, offset: offset, threshold: 0.5)
        let explanation = DecodingExplanation(
            trace: trace, heatmap: targets.heatmap, imageToCells: toCells, objects: objects)
        #expect(explanation.misses.isEmpty)
        #expect(explanation.review?.matchedCount == objects.count)
        #expect(explanation.review?.badness == 0)
    }

    /// For any maps, each missed object gets one reason with a sentence.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyMissHasAReason(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var scene = Scene()
        scene.limit = random.integer(in: 0...40)
        for index in 0..<512 {
            let value = random.chance(0.05) ? Float.nan : Float(random.integer(in: 0...20)) / 25
            scene.heat(
                index / 256, index / 16 % 16, index % 16, value, side: random.chance(0.1) ? .nan : Float(index % 7))
        }
        for _ in 0..<30 {
            scene.object(
                random.integer(in: 0...1), random.integer(in: 0...15), random.integer(in: 0...15),
                side: random.uniform(0.5, 9))
        }
        let explanation = scene.explanation()
        #expect(explanation.misses.map(\.object) == explanation.review?.missed)
        let names = ["cat", "dog"]
        for miss in explanation.misses {
            #expect(!explanation.label(miss, classNames: names).isEmpty)
            #expect(explanation.sentence(miss, classNames: names).hasSuffix("."))
        }
        let json = try JSONValue(parsing: explanation.json(classNames: names).text(pretty: true))
        #expect(try json["misses"].array().count == explanation.misses.count)
    }

    @Test func theListingLinesUp() {
        var scene = Scene()
        scene.object(0, 8, 8, side: 4)
        scene.object(1, 3, 3, side: 4)
        scene.heat(0, 8, 8, 0.9, side: 4)
        scene.heat(0, 8, 9, 0.4)
        scene.heat(1, 3, 12, 0.5, side: 2)
        scene.heat(1, 3, 3, 0.1, side: 4)
        #expect(
            scene.explanation().listing(classNames: ["cat", "dog"]) == """
                rank  class  row  column  probability  suppressed     offset       size         box (pixels)
                   1  cat      8       8        0.900           1  0.50 0.50  4.0 x 4.0    26   26   42   42  kept: found
                   2  dog      3      12        0.500           0  0.50 0.50  2.0 x 2.0    46   10   54   18  kept: false positive
                and 1 peak below the threshold of 0.3, the highest 0.100 (dog at row 3, column 3)
                1 of 2 objects found; detections: 1 false positive
                missed: dog at (14, 14), 16 x 16 pixels: its peak, 0.100 at row 3, column 3, is below the threshold of 0.3.
                """)
        #expect(Scene().explanation().listing(classNames: ["cat", "dog"]) == "no peak at all\n0 of 0 objects found")
    }

    @Test("Points are found by their distance, and a peak that is too far away is named")
    func points() throws {
        let objects = [(18.0, 18.0), (46.0, 46.0)].map {
            GroundTruthBox(image: 0, classIndex: 0, box: Box(pointX: $0.0, y: $0.1))
        }
        var (heatmap, offset) = (Tensor([1, 16, 16]), Tensor([1, 2, 16, 16]))
        for (row, column) in [(4, 5), (11, 14)] {
            heatmap[0, row, column] = 0.9
            for axis in 0..<2 { offset[0, axis, row, column] = 0.5 }
        }
        let trace = PeakDecoder().trace(
            probabilities: heatmap.reshaped([1, 1, 16, 16]), size: nil, offset: offset, threshold: 0.3)
        let explanation = DecodingExplanation(
            trace: trace, heatmap: heatmap, imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25), objects: objects,
            points: PointOptions(distance: 5))
        // Four pixels and twelve away.
        #expect(explanation.review?.findings.map(\.verdict) == [.matched, .falsePositive])
        let miss = try #require(explanation.misses.first)
        #expect(miss.object == objects[1] && miss.reason.kind == .wrongSize)
        let sentence = explanation.sentence(miss, classNames: ["cell"])
        #expect(sentence.contains("too far away") && sentence.contains("3.0 cells"), "\(sentence)")
        #expect(explanation.label(miss, classNames: ["cell"]) == "too far away")
        #expect(explanation.listing(classNames: ["cell"]).contains("point (pixels)"))
    }
}
