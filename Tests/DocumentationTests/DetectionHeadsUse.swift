import DetectionHeads
import Testing

extension CatalogueUses {
    @Test func detectionHeads() throws {
        let heads = DetectionHead.all(keypointCount: 17)
        let channels = heads.map { ($0.name, $0.channelCount(classes: 80, keypoints: 17)) }
        #expect(channels.map(\.0).prefix(3) == ["heatmap", "size", "offset"])
        #expect(channels.map(\.1).prefix(4) == [80, 2, 2, 34])
    }
}
