import Datasets
import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func datasets() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.file("shapes")
        try ShapesSynthesizer(imageCount: 6, size: 64).write(to: folder)
        let index = try DatasetIndex(DatasetSource(root: folder))
        let training = try index.dataset(split: "train")
        let objectCount = training.samples.reduce(0) { $0 + $1.objects.count }
        let worst = index.findings.filter { $0.severity == .error }
        #expect(index.classNames == ShapesSynthesizer.classNames)
        #expect(objectCount > 0 && worst.isEmpty)
    }
}
