import Boxes
import DetectionHeads
import DetectionLosses
import HeatmapTargets
import Tensors
import Testing

@Suite struct PointLossTests {
    @Test("Points have the losses of heatmap and offset, as boxes with the same centres have them, and none of size")
    func noSize() {
        let places = [(3.25, 2.5), (6.5, 4.75)]
        func targets(_ kind: ObjectKind) -> DetectionTargets {
            .render(
                places.map { x, y in
                    TargetObject(
                        classIndex: 0,
                        box: kind == .points
                            ? Box(pointX: x, y: y) : Box(centerX: x, centerY: y, width: 0.5, height: 0.5), kind: kind)
                }, classCount: 1, objectKind: kind, rows: 6, columns: 9,
                options: TargetOptions(
                    radius: .corrected, points: PointRadius(cells: [0])))
        }
        var random = SeededGenerator(4)
        func map(_ channels: Int) -> Tensor {
            Tensor([1, channels, 6, 9], elements: (0..<channels * 54).map { _ in Float(random.uniform(-2, 2)) })
        }
        var outputs = ["heatmap": map(1), "offset": map(2)]
        let points = DetectionLoss().evaluate(outputs, targets: [targets(.points)])
        #expect(points.terms.terms.map(\.head) == [.heatmap, .offset])
        #expect(Set(points.gradients.keys) == ["heatmap", "offset"])
        #expect(points.objectCount == 2 && points.sizeLossOfZero == 0 && points.isFinite)
        outputs["size"] = map(2)
        let boxes = DetectionLoss().evaluate(outputs, targets: [targets(.boxes)])
        #expect(points[.heatmap] == boxes[.heatmap] && points[.offset] == boxes[.offset])
        #expect(points.gradients["offset"] == boxes.gradients["offset"])
    }

    @Test("A network without sizes is never told that it does not learn them")
    func monitor() {
        let targets = DetectionTargets.render(
            [TargetObject(classIndex: 0, box: Box(pointX: 1.5, y: 1.5), kind: .points)], classCount: 1,
            objectKind: .points, rows: 3, columns: 3)
        let loss = DetectionLoss().evaluate(
            ["heatmap": Tensor([1, 1, 3, 3]), "offset": Tensor([1, 2, 3, 3])], targets: [targets])
        var monitor = LossMonitor()
        for _ in 0..<3 {
            #expect(monitor.observe(loss) == nil)
            #expect(monitor.endEpoch() == nil)
        }
    }
}
