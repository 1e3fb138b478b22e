import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Data sets that ended the program, or took hours, before.
@Suite struct FuzzFindingsTests {
    /// Behind the greatest number of all there is none for a class that the data set lacks.
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

    /// Every one of many images is called the same, and none is there.
    @Test(.timeLimit(.minutes(1)))
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

    /// Frames of videos: as many of one name as there are videos. Annotations and lists find the right ones by their folders.
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
