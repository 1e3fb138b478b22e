import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Data sets that used to crash the program or take hours.
@Suite struct FuzzFindingsTests {
    /// After the largest possible number there is none for a class that is missing from the data set.
    @Test func theGreatestNumberOfAClass() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        var document = COCODocument(["a.jpg"])
        document.categories = [["id": .integer(.max), "name": "cat"], ["id": 1, "name": "dog"]]
        document.annotations = []
        document.object(1, .integer(.max))
        try folder.write(document.text, to: "annotations/instances_train.json")
        let data = try folder.index().dataset(split: "all", classNames: ["cat", "cow", "bird"])
        #expect(data.categories.ids == [.max, 2, 3])
    }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Many images all have the same name, and none exists.
    @Test(.timeLimit(.minutes(10)))
    func manyImagesOfOneName() throws {
        let count = 60_000
        let images = (1...count).map { #"{"id":\#($0),"file_name":"s\#($0)/frame.jpg","width":40,"height":30}"# }
        let objects = (1...count).map { #"{"id":\#($0),"image_id":\#($0),"category_id":1,"bbox":[1,2,10,5]}"# }
        try folder.write(
            #"{"images":[\#(images.joined(separator: ","))],"annotations":[\#(objects.joined(separator: ","))],"#
                + #""categories":[{"id":1,"name":"cat"}]}"#, to: "instances.json")
        let dataset = try DatasetIndex(folder.source, readsImages: false).dataset(split: "all")
        #expect(Set(dataset.samples.map(\.id)).count == count)
    }

    /// Video frames: each name occurs in every video. Annotations and lists find the right ones by their folders.
    @Test func framesOfManyVideos() throws {
        let videos = 60
        let image = try Data(contentsOf: folder.image("image.png"))
        for video in 0..<videos {
            for frame in 0..<2 {
                let name = "v\(video)/rgb/\(frame)"
                try folder.write(image, to: "data/JPEGImages/\(name).png")
                try folder.write(image, to: "data/SegmentationClass/\(name).png")
                try folder.write(
                    annotation([object("class \(video)", 1, 1, 20, 20)], filename: "\(frame).png"),
                    to: "data/Annotations/\(name).xml")
            }
        }
        try folder.write(
            (0..<videos).map { "v\($0)/rgb/0\n" }.joined(), to: "data/ImageSets/Main/train.txt")
        try folder.write(
            (0..<videos).map { "v\($0)/rgb/1\n" }.joined(), to: "data/ImageSets/Main/val.txt")
        let index = try DatasetIndex(DatasetSource(root: folder.file("data/")))
        for (split, frame) in [("train", 0), ("val", 1)] {
            let samples = try index.dataset(split: split).samples
            #expect(samples.count == videos)
            for sample in samples {
                let video = sample.objects[0].className.dropFirst("class ".count)
                #expect(sample.path.hasSuffix("v\(video)/rgb/\(frame).png"))
            }
        }
    }

    /// The column with the box is the last one, and a row ends before it.
    @Test func rowThatEndsBeforeItsBox() throws {
        try folder.image("a.png")
        try folder.write("image,label,bbox\na.png,cat\na.png,cat,\"[1, 2, 3, 4]\"\n", to: "boxes.csv")
        let dataset = try DatasetIndex(folder.source).dataset(split: "all")
        #expect(dataset.samples.map(\.objects.count) == [1])
        #expect(dataset.problems.map(\.rule) == [.missingField])
    }
}
