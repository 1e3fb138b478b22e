import Auditing
import Boxes
import Datasets
import Evaluation
import Testing

/// Images of 400 x 300 pixels with a row of three cells each, which the network finds, and one fault.
@Suite("Annotations ranked by a network's disagreement")
struct DisagreementRankingTests {
    private static let count = 40

    private func box(_ x: Double, _ y: Double = 150, side: Double = 60) -> Box<ImagePixels> {
        Box(centerX: x, centerY: y, width: side, height: side)
    }

    private func object(_ box: Box<ImagePixels>, _ index: Int = 0, crowd: Bool = false) -> AnnotatedObject {
        AnnotatedObject(classIndex: index, className: ["cell", "dust"][index], box: box, crowd: crowd)
    }

    private func found(_ box: Box<ImagePixels>, _ index: Int = 0, _ score: Double = 0.6) -> ScoredBox {
        ScoredBox(image: 0, classIndex: index, box: box, score: score)
    }

    /// Right annotations: two cells and one dust, all detected with scores that vary.
    private func rightImages() -> [AuditedImage] {
        (0..<Self.count).map { number in
            let boxes = [box(80), box(200), box(320)]
            let score = 0.5 + Double(number % 5) * 0.03
            return AuditedImage(
                objects: [object(boxes[0]), object(boxes[1]), object(boxes[2], 1)], evidence: [score, score, score],
                detections: [found(boxes[0], 0, score), found(boxes[1], 0, score), found(boxes[2], 1, score)]
                    // What nobody annotates, seen weakly.
                    + [found(box(200, 40, side: 30), 0, 0.08), found(box(80), 1, 0.06)],
                width: 400, height: 300)
        }
    }

    private func ranking(_ images: [AuditedImage]) -> [Suspect] {
        DisagreementRanking(images, classCount: 2).suspects
    }

    private func first(_ change: (inout AuditedImage) -> Void, at place: Int = 7) throws -> Suspect {
        var images = rightImages()
        change(&images[place])
        let suspect = try #require(ranking(images).first)
        #expect(suspect.image == place)
        return suspect
    }

    @Test("Where network and annotators agree, every object has one rank, and nothing is proposed")
    func agreement() {
        let suspects = ranking(rightImages())
        #expect(suspects.count == 3 * Self.count)
        #expect(Set(suspects.map { [$0.image, $0.object ?? -1] }).count == suspects.count)
        #expect(suspects.allSatisfy { $0.kind != .missing && $0.score >= 0 && $0.score < 1 })
        #expect(zip(suspects, suspects.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test("A deleted box is missing")
    func missing() throws {
        let suspect = try first { image in
            image.objects.remove(at: 1)
            image.evidence.remove(at: 1)
        }
        #expect(suspect.kind == .missing && suspect.object == nil)
        #expect(suspect.suggestion?.box == box(200) && suspect.suggestion?.classIndex == 0)
    }

    @Test("A shifted box is misplaced, and its detection is not proposed as missing, too")
    func misplaced() throws {
        var images = rightImages()
        images[3].objects[1].box = box(230, 180)
        let suspects = ranking(images)
        #expect(suspects[0].kind == .misplaced && suspects[0].image == 3 && suspects[0].object == 1)
        #expect(suspects[0].suggestion?.box == box(200))
        #expect(suspects.count == 3 * Self.count)
    }

    @Test("A weak detection under a shifted box does not keep it from its object")
    func weakDetection() throws {
        let suspect = try first { image in
            image.objects[1].box = box(230, 180)
            image.detections.append(found(box(232, 182), 0, 0.09))
        }
        #expect(suspect.kind == .misplaced && suspect.suggestion?.box == box(200))
    }

    @Test("A renamed box is misnamed")
    func misnamed() throws {
        let suspect = try first { image in
            image.objects[1] = object(box(200), 1)
            image.evidence[1] = 0.02
        }
        #expect(suspect.kind == .misnamed && suspect.object == 1 && suspect.suggestion?.classIndex == 0)
    }

    @Test("A box on nothing is spurious; evidence in the heatmap makes it less so")
    func spurious() throws {
        let suspect = try first { image in
            image.objects.append(object(box(330, 40)))
            image.evidence.append(0.01)
        }
        #expect(suspect.kind == .spurious && suspect.object == 3 && suspect.suggestion == nil)
        var images = rightImages()
        for (place, evidence) in [(2, 0.01), (5, 0.3)] {
            images[place].objects.append(object(box(330, 40)))
            images[place].evidence.append(evidence)
        }
        #expect(ranking(images).prefix(2).map(\.image) == [2, 5])
    }

    @Test("Several faults of all kinds come before everything else")
    func allKinds() {
        var images = rightImages()
        images[0].objects.remove(at: 0)
        images[0].evidence.remove(at: 0)
        images[1].objects[0].box = box(110, 180)
        images[2].objects[0] = object(box(80), 1)
        images[2].evidence[0] = 0.02
        images[3].objects.append(object(box(330, 40)))
        images[3].evidence.append(0)
        let suspects = ranking(images)
        #expect(Set(suspects.prefix(4).map(\.image)) == [0, 1, 2, 3])
        #expect(Set(suspects.prefix(4).map(\.kind)) == Set(Suspect.Kind.allCases))
    }

    @Test("In a crowd each box has its own detection, however close its neighbours are")
    func crowded() {
        var images = rightImages()
        let boxes = (0..<8).map { box(60 + 25 * Double($0)) }
        images[4] = AuditedImage(
            objects: boxes.map { object($0) }, evidence: boxes.map { _ in 0.6 },
            detections: boxes.map { found(Box(xMin: $0.xMin + 4, yMin: $0.yMin, xMax: $0.xMax + 4, yMax: $0.yMax)) },
            width: 400, height: 300)
        let suspects = ranking(images)
        #expect(suspects.count == 3 * (Self.count - 1) + 8)
        #expect(suspects.allSatisfy { $0.score < 1 && $0.kind != .missing })
    }

    @Test("Nothing is proposed inside a crowd, and the crowd itself is not judged")
    func crowd() {
        var images = rightImages()
        images[4].objects = [object(box(200, side: 280), crowd: true)]
        images[4].evidence = [0]
        let suspects = ranking(images)
        #expect(suspects.count == 3 * (Self.count - 1))
    }

    @Test("What annotators leave out everywhere is not missing: objects cut off by the edge")
    func habit() {
        var images = rightImages()
        for index in images.indices { images[index].detections.append(found(box(10, 250), 0, 0.56)) }
        #expect(ranking(images).allSatisfy { $0.kind != .missing })
        // Without such a habit it is.
        var single = rightImages()
        single[0].detections.append(found(box(200, 250), 0, 0.56))
        #expect(ranking(single).first?.kind == .missing)
    }

    @Test("The order does not depend on the order of detections")
    func order() {
        var images = rightImages()
        images[6].objects.remove(at: 0)
        images[6].evidence.remove(at: 0)
        let suspects = ranking(images)
        for index in images.indices { images[index].detections.reverse() }
        #expect(ranking(images) == suspects)
    }

    @Test("No images, no objects, no detections")
    func nothing() {
        #expect(ranking([]).isEmpty)
        let empty = AuditedImage(objects: [], evidence: [], detections: [], width: nil, height: nil)
        #expect(ranking([empty]).isEmpty)
        let unseen = AuditedImage(objects: [object(box(50))], evidence: [0], detections: [], width: nil, height: nil)
        #expect(ranking([unseen]).map(\.kind) == [.spurious])
        let unknown = AuditedImage(objects: [], evidence: [], detections: [found(box(50))], width: nil, height: nil)
        #expect(ranking([unknown]).isEmpty)
    }
}
