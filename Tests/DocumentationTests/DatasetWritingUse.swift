import DatasetWriting
import Datasets
import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func datasetWriting() throws {
        let temporary = try TemporaryFolder()
        let (source, folder) = (temporary.file("shapes"), temporary.file("coco"))
        try ShapesSynthesizer(imageCount: 4, size: 64).write(to: source)
        let dataset = try DatasetIndex(DatasetSource(root: source)).dataset(split: "train")
        let content = DatasetContent(
            classNames: dataset.classNames, images: dataset.samples,
            splits: [.init(name: "train", members: Array(dataset.samples.indices))])
        try DatasetWriter(format: .coco).write(content, to: folder, source: source)
        let converted = try DatasetIndex(DatasetSource(root: folder))
        #expect(converted.classNames == dataset.classNames)
    }
}
