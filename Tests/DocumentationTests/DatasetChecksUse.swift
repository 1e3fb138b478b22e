import DatasetChecks
import Datasets
import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func datasetChecks() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.file("shapes")
        try ShapesSynthesizer(imageCount: 4, size: 64).write(to: folder)
        let report = try DatasetCheck.run(source: DatasetSource(root: folder), inputSize: 64)
        let text = report.text()
        let counts = report.counts
        #expect(!text.isEmpty && counts.allSatisfy { $0.count > 0 })
    }
}
