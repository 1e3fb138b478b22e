import Boxes
import DatasetFixtures
import DatasetWriting
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// Conversions from every input format to every output format and back.
@Suite struct ConversionTests {
    let folder: TemporaryFolder
    let copies: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        copies = try TemporaryFolder()
    }

    private func images(_ names: [String]) throws {
        for (index, name) in names.enumerated() {
            try folder.image(name, width: 37 + index, height: 29, red: UInt8(truncatingIfNeeded: 40 * index))
        }
    }

    @Test func voc() throws {
        let names = ["a", "b", "c", "d"]
        try images(names.map { "JPEGImages/\($0).jpg" })
        let objects = [
            [
                object("cat", 1, 2, 20, 25, "<difficult>1</difficult>"),
                object("dog & \"puppy\"", 3.25, 4.5, 30.125, 28),
            ],
            [
                object("cat", 5, 5, 9, 9, "<truncated>1</truncated>"),
                object("traffic light", 1, 1, 37, 29, "<iscrowd>1</iscrowd><area>321.5</area>"),
            ], [],
            [
                object("<b>: #1".replacingOccurrences(of: "<", with: "&lt;"), 7, 7, 12, 12),
                object("traffic light", 2, 2, 9, 9),
            ],
        ]
        for (name, objects) in zip(names, objects) {
            try folder.write(
                annotation(objects, filename: "\(name).jpg", width: 0, height: 0), to: "Annotations/\(name).xml")
        }
        try folder.write("a\nc\n", to: "ImageSets/Main/train.txt")
        try folder.write("b\n", to: "ImageSets/Main/val.txt")
        try folder.write("d\n", to: "ImageSets/Main/test.txt")
        let index = try folder.index()
        #expect(index.images.flatMap { $0.sample?.objects ?? [] }.count == 6)
        try copies.expectRoundTrips(index)
    }

    private func coco(_ ids: [JSONValue], _ names: [String]) throws {
        try images(names.map { "images/\($0)" })
        for (split, places) in [("train", [0]), ("val", [1, 2]), ("test", [3])] {
            var document = COCODocument()
            document.categories = [
                ["id": 18, "name": "dog"], ["id": 3, "name": "cat"], ["id": 90, "name": "Übel \\ 1"],
            ]
            for place in places {
                document.image(ids[place], names[place], width: 37 + place, height: 29)
                if place == 2 { continue }
                document.object(
                    ids[place], 18, box: [1.3333, 2.25, 10.0625, 5.5], [("area", 31.5), ("iscrowd", 0)])
                document.object(ids[place], 90, box: [0, 0, 37, 29], [("difficult", 1), ("truncated", true)])
                document.object(ids[place], 3, box: [Double(place), 3, 7.77, 8.88], [("iscrowd", 1), ("area", 12)])
                document.object(ids[place], 3, box: [Double(place) + 2, 3, 7.77, 8.88])
            }
            try folder.write(document.text, to: "annotations/instances_\(split).json")
        }
    }

    @Test func cocoWithNumbers() throws {
        try coco([0, 139, 7, 9_007_199_254_740_993], ["a.jpg", "b.jpg", "c.png", "d.jpg"])
        let index = try folder.index()
        #expect(index.categories.ids == [3, 18, 90])
        try copies.expectRoundTrips(index, hasIdentities: true, hasNumbers: true)
        // VOC and YOLO cannot store numbers, so they are in an additional file.
        let beside = try JSONValue(contentsOf: copies.file("voc/identities.json"))
        #expect(try beside["identities"]["d"].integer() == 9_007_199_254_740_993)
        #expect(try beside["categories"]["dog"].integer() == 18)
        #expect(!FileManager.default.fileExists(atPath: copies.file("coco/identities.json").path))
    }

    @Test func cocoWithStrings() throws {
        try coco(["one", "two/2", "drei", "0004"], ["a.jpg", "b.jpg", "c.png", "d.jpg"])
        try copies.expectRoundTrips(try folder.index(), hasIdentities: true, hasNumbers: true)
    }

    @Test func numbersThatAreNamesOfOtherImages() throws {
        try coco([3, 1, 2, 4], ["1.jpg", "2.jpg", "3.png", "0004.jpg"])
        try copies.expectRoundTrips(try folder.index(), hasIdentities: true, hasNumbers: true)
    }

    @Test func namesakesInSeveralFolders() throws {
        try coco([5, 6, 7, 8], ["left/1.jpg", "right/1.jpg", "right/deep/2.png", "left/3.jpg"])
        let index = try folder.index()
        #expect(Set(index.images.compactMap { $0.sample?.id }) == ["left/1", "right/1", "2", "3"])
        try copies.expectRoundTrips(index, hasIdentities: true, hasNumbers: true)
    }

    @Test func namesakesOfOtherExtensions() throws {
        try coco([5, 6, 7, 8], ["x/1.jpg", "x/1.png", "x/2.png", "x/3.jpg"])
        try copies.expectRoundTrips(try folder.index(), hasIdentities: true, hasNumbers: true)
    }

    /// Two files give the same image different ids: it appears twice, and is written twice.
    @Test func filesThatDisagreeAboutNumbers() throws {
        try images(["images/a.jpg", "images/b.jpg"])
        for (split, first) in [("train", 1), ("val", 50)] {
            var document = COCODocument()
            for (place, name) in ["a", "b"].enumerated() {
                document.image(.integer(first + place), "\(name).jpg", width: 37 + place, height: 29)
                document.object(.integer(first + place), box: [Double(place), 2, 9, 9])
            }
            document.categories.removeLast()
            try folder.write(document.text, to: "annotations/instances_\(split).json")
        }
        let index = try folder.index()
        #expect(Set(index.images.compactMap { $0.sample?.id }) == ["a", "b", "a#2", "b#2"])
        try copies.expectRoundTrips(index, hasIdentities: true, hasNumbers: true)
    }

    @Test func oddNames() throws {
        try coco(
            [5, 6, 7, 8], ["white cat 1.jpg", "größe 100%20.jpg", "it's \"a\" & <b>.png", "d.e.f #1, [2] 日本.jpg"])
        try copies.expectRoundTrips(try folder.index(), hasIdentities: true, hasNumbers: true)
    }

    @Test func namesThatLookLikeSplitsAndFlags() throws {
        try coco([5, 6, 7, 8], ["train/val.jpg", "test 1.jpg", "labels/classes -1.png", "default.jpg"])
        try copies.expectRoundTrips(try folder.index(), hasIdentities: true, hasNumbers: true)
    }

    @Test func labelMe() throws {
        try images(["train/a.jpg", "train/b.jpg", "val/c.jpg", "test/d.jpg"])
        for (index, name) in ["train/a", "train/b", "val/c", "test/d"].enumerated() {
            let rectangle = """
                {"label": "cat", "shape_type": "rectangle", "points": [[\(index).5, 2.25], [20.125, 22]],
                 "difficult": \(index == 1)}
                """
            try folder.write(
                """
                {"shapes": [\(index == 0 ? "" : rectangle)], "imagePath": "\((name as NSString).lastPathComponent).jpg",
                 "imageWidth": \(37 + index), "imageHeight": 29}
                """, to: "\(name).json")
        }
        let index = try folder.index()
        #expect(index.format == .labelMe)
        try copies.expectRoundTrips(index)
    }

    @Test func cvat() throws {
        try images(["images/a.jpg", "images/b.jpg", "images/c.jpg", "images/d.jpg"])
        let entries = ["train", "train", "val", "test"].enumerated().map { index, split in
            "<image id=\"\(index)\" name=\"\(["a", "b", "c", "d"][index]).jpg\" subset=\"\(split)\" width=\"\(37 + index)\" "
                + "height=\"29\"><box label=\"cat &amp; co\" xtl=\"\(index).37\" ytl=\"5.01\" xbr=\"30.99\" ybr=\"20.5\"/></image>"
        }
        try folder.write("<annotations>\(entries.joined())</annotations>", to: "annotations.xml")
        let index = try folder.index()
        #expect(index.format == .cvat)
        try copies.expectRoundTrips(index)
    }

    @Test func createML() throws {
        try images(["train/a.jpg", "valid/b.jpg", "test/c.jpg"])
        for (split, name) in [("train", "a"), ("valid", "b"), ("test", "c")] {
            try folder.write(
                """
                [{"image": "\(name).jpg", "annotations": [
                  {"label": "cat", "coordinates": {"x": 15.5, "y": 14.25, "width": 10.5, "height": 8}}]}]
                """, to: "\(split)/_annotations.createml.json")
        }
        let index = try folder.index()
        #expect(index.format == .createML)
        try copies.expectRoundTrips(index)
    }

    @Test func csv() throws {
        try images(["images/a.jpg", "images/b.jpg", "images/c.jpg", "images/d.jpg"])
        try folder.write(
            """
            filename,split,class,x1,y1,x2,y2
            a.jpg,train,cat,1.5,2,20,22.25
            a.jpg,train,"dog, big",3,4,30,28
            b.jpg,val,cat,1,2,13,14
            c.jpg,test,cat,4,5,6,7
            d.jpg,test,,,,,
            """, to: "table.csv")
        let index = try folder.index()
        #expect(index.format == .csv)
        try copies.expectRoundTrips(index)
    }

    @Test func yoloWithNumbersOfItsOwn() throws {
        try images(["images/train/a.jpg", "images/train/c.jpg", "images/val/b.jpg"])
        try folder.write("7 0.5 0.5 0.25 0.4\n2 0.3 0.3 0.1 0.123456\n", to: "labels/train/a.txt")
        try folder.write("", to: "labels/train/c.txt")
        try folder.write("2 0.5 0.5 0.25 0.4\n", to: "labels/val/b.txt")
        try folder.write(
            "train: images/train\nval: images/val\nnames: {2: zebra, 5: yak, 7: ant}\n", to: "data.yaml")
        let index = try folder.index()
        #expect(index.categories.ids == [7, 2])
        try copies.expectRoundTrips(index, hasNumbers: true)
    }

    @Test func theDivisionOfASeedIsWrittenDown() throws {
        try folder.flat((0..<10).map { "n\($0)" })
        let index = try folder.index()
        let copy = try copies.copy(index, as: .voc, to: "copy")
        #expect(copy.hasSplits && !index.hasSplits)
        expectSame(copy, index, .all, "voc")
    }

    @Test func theMasterCopyOfKeypointsIsCOCO() throws {
        try folder.image("a.jpg")
        var document = COCODocument()
        document.categories = [["id": 1, "name": "person", "keypoints": ["head", "tail"], "skeleton": [[1, 2]]]]
        document.image(4, "a.jpg")
        document.object(
            4, box: [1, 2, 20, 20], [("area", 100), ("keypoints", [3.25, 4.5, 2, 5, 6, 1]), ("num_keypoints", 2)])
        try folder.write(document.text, to: "person_keypoints_all.json")
        let index = try folder.index()
        let copy = try copies.copy(index, as: .coco, to: "copy")
        #expect(copy.skeleton == index.skeleton && copy.skeleton != nil)
        #expect(copy.images.map(\.sample?.objects) == index.images.map(\.sample?.objects))
    }

    @Test(arguments: DatasetWriter.Format.allCases) func linkedImages(format: DatasetWriter.Format) throws {
        try folder.flat(["a", "b", "c"])
        let index = try folder.index()
        let copy = try copies.copy(index, as: format, to: "copy", images: .linked)
        expectSame(copy, index, .of(format), "linked")
        for sample in copy.images.compactMap(\.sample) {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: sample.imageURL.path)
            #expect(
                URL(fileURLWithPath: target).resolvingSymlinksInPath()
                    == folder.file("images/\(sample.id).jpg").resolvingSymlinksInPath())
        }
    }

    /// An image is not written as background when the format can store none of its objects.
    @Test func crowdsAloneAreNoBackground() throws {
        try images(["a.jpg", "b.jpg"])
        var document = COCODocument(["a.jpg"])
        document.image(2, "b.jpg", width: 38, height: 29)
        document.object(2, box: [1, 2, 9, 9], [("iscrowd", 1)])
        try folder.write(document.text, to: "all.json")
        let copy = try copies.copy(try folder.index(), as: .yolo, to: "copy")
        #expect(copy.images.compactMap(\.sample).map(\.id) == ["a"])
    }

    @Test func extensionsOfCopiesFitTheirContent() throws {
        try folder.flat(["a", "b"])
        let png = try folder.image("images/x.png", red: 9)
        try FileManager.default.removeItem(at: folder.file("images/b.jpg"))
        try FileManager.default.moveItem(at: png, to: folder.file("images/b.jpg"))
        let copy = try copies.copy(try folder.index(), as: .voc, to: "copy")
        #expect(copy.images.compactMap(\.sample).map(\.path) == ["JPEGImages/a.jpg", "JPEGImages/b.png"])
    }

    @Test func nothingIsWrittenOverOrIntoTheSource() throws {
        try folder.flat(["a", "b"])
        let index = try folder.index()
        let before = try folder.contents()
        try copies.write("mine", to: "full/notes.txt")
        for format in DatasetWriter.Format.allCases {
            for target in [
                folder.url, folder.file("copy"), folder.url.deletingLastPathComponent(), copies.file("full"),
                copies.file("full/notes.txt"),
            ] {
                #expect(throws: DatasetError.self) {
                    try DatasetWriter(format: format).write(
                        DatasetContent(index), to: target, source: index.source.root)
                }
            }
        }
        #expect(try folder.contents() == before)
        #expect(try copies.contents("full") == ["notes.txt": Data("mine".utf8)])
    }
}

extension ConversionTests {
    @Test func whatIsInNoSplitIsKept() throws {
        for name in ["a", "b", "c"] {
            try folder.image("JPEGImages/\(name).jpg")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "Annotations/\(name).xml")
        }
        try folder.write("a\n", to: "ImageSets/Main/train.txt")
        try folder.write("b\n", to: "ImageSets/Main/val.txt")
        try DatasetWriter(format: .coco).write(
            DatasetContent(folder.index()), to: copies.file("coco"), source: folder.url)
        let copy = try DatasetIndex(DatasetSource(root: copies.file("coco")))
        #expect(copy.splitNames == ["train", "val"])
        #expect(try copy.dataset(split: "all").samples.map(\.id).sorted() == ["a", "b", "c"])
    }

    @Test func identitiesThatCollideAreNumberedAnew() throws {
        for (task, name) in [("1", "cat"), ("2", "dog"), ("3", "cow")] {
            try folder.image("images/\(name).jpg")
            var document = COCODocument(["\(name).jpg"])
            document.categories = [["id": 1, "name": .string(name)]]
            try folder.write(document.text, to: "annotations/task_\(task).json")
        }
        let content = DatasetContent(try folder.index())
        #expect(content.losses(in: .coco).count == 2)
        try DatasetWriter(format: .coco).write(content, to: copies.file("coco"), source: folder.url)
        let data = try DatasetIndex(DatasetSource(root: copies.file("coco"))).dataset(split: "all")
        #expect(data.samples.allSatisfy { $0.objects.map(\.className) == [$0.id] })
        #expect(Set(data.samples.map(\.identity)).count == 3)
    }

    @Test func aSplitThatShowsNothingIsKept() throws {
        try folder.flat(["a", "b", "c"])
        try folder.write(annotation([], filename: "c.jpg"), to: "annotations/c.xml")
        try folder.write("a\nb\n", to: "ImageSets/Main/train.txt")
        try folder.write("c\n", to: "ImageSets/Main/val.txt")
        try DatasetWriter(format: .coco).write(
            DatasetContent(folder.index()), to: copies.file("coco"), source: folder.url)
        let val = try DatasetIndex(DatasetSource(root: copies.file("coco"))).dataset(split: "val")
        #expect(val.samples.map(\.id) == ["c"] && val.samples[0].objects.isEmpty)
    }

    @Test func namesWithControlCharactersAreStillXML() throws {
        try folder.image("images/a.jpg")
        var document = COCODocument(["a.jpg"])
        document.categories = [["id": 1, "name": "cat\u{b}x"]]
        try folder.write(document.text, to: "annotations/instances_train.json")
        try DatasetWriter(format: .voc).write(
            DatasetContent(folder.index()), to: copies.file("voc"), source: folder.url)
        #expect(try DatasetIndex(DatasetSource(root: copies.file("voc"))).classNames == ["cat x"])
    }
}
