import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func syntheticData() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.file("shapes")
        try ShapesSynthesizer(seed: 1, imageCount: 4, size: 64).write(to: folder)
        let (image, objects) = FiguresSynthesizer(imageCount: 1, size: 96).makeImage(0)
        let (scene, things) = ScenesSynthesizer(imageCount: 1, size: 96, classCount: 20).makeImage(0)
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("JPEGImages/000004.jpg").path))
        #expect(scene.width == 96 && things.allSatisfy { $0.classIndex < 20 })
        #expect(image.width == 96 && objects.allSatisfy { $0.keypoints.count == 13 })
    }
}
