import Boxes
import HeatmapTargets
import JSON
import Tensors
import TestSupport
import Testing

@Suite struct GaussianGoldenTests {
    @Test func radiiAgree() throws {
        for entry in try Golden.load("gaussian")["radii"].array() {
            let (width, height) = (try entry["width"].number(), try entry["height"].number())
            #expect(
                try GaussianRadius.published.radius(width: width, height: height) == entry["radius"].integer(),
                "\(width) x \(height)")
        }
    }

    @Test func scenesAgree() throws {
        for scene in try Golden.load("gaussian")["scenes"].array() {
            let expected = try scene["heatmap"].tensor()
            let entries = try scene["objects"].array()
            let objects = try entries.map { entry in
                let edges = try entry["box"].numbers()
                return TargetObject(
                    classIndex: try entry["category"].integer(),
                    box: Box(xMin: edges[0], yMin: edges[1], xMax: edges[2], yMax: edges[3]))
            }
            let targets = DetectionTargets.render(
                objects, classCount: expected.shape[0], rows: expected.shape[1], columns: expected.shape[2],
                options: TargetOptions(clipping: .published))

            #expect(targets.heatmap.shape == expected.shape)
            for (value, wanted) in zip(targets.heatmap.elements, expected.elements) {
                #expect(abs(value - wanted) < 1e-6)
            }
            let kept = try entries.filter { try $0["kept"].bool() }
            #expect(targets.centers.count == kept.count)
            for (center, entry) in zip(targets.centers, kept) {
                #expect(try center.classIndex == entry["category"].integer())
                #expect(try [center.column, center.row] == entry["cell"].integers())
                let wanted = try entry["size"].numbers() + entry["offset"].numbers()
                for (value, wanted) in zip([center.width, center.height, center.offsetX, center.offsetY], wanted) {
                    #expect(abs(Double(value) - wanted) < 1e-5)
                }
            }
        }
    }
}
