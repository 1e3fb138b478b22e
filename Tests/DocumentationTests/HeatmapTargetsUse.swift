import Boxes
import HeatmapTargets
import Testing

extension CatalogueUses {
    @Test func heatmapTargets() throws {
        let object = TargetObject(classIndex: 1, box: Box(xMin: 10, yMin: 12, xMax: 30, yMax: 24))
        let targets = DetectionTargets.render([object], classCount: 2, rows: 64, columns: 64)
        let peak = targets.heatmap[1, 18, 20]
        #expect(peak == 1)
        #expect(targets.centers.map(\.width) == [20])
    }
}
