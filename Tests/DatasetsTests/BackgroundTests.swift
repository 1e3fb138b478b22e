import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// An image with an unusable annotation must not become a background image, since a network would learn that it contains nothing.
@Suite struct BackgroundTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (index, name) in ["good", "bad", "empty"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(40 * index))
        }
    }

    /// Checks the good image, the bad one and the one annotated as background.
    private func check(_ rule: DatasetRule = .noUsableObject, at location: SourceLocation = #_sourceLocation) throws {
        let data = try folder.index().dataset(split: "all")
        #expect(Set(data.samples.map(\.id)) == ["good", "empty"], sourceLocation: location)
        #expect(
            data.samples.filter(\.objects.isEmpty).map(\.id) == ["empty"], "\(data.samples)", sourceLocation: location)
        #expect(data.problems.contains { $0.rule == rule }, "\(data.problems)", sourceLocation: location)
    }

    static let badObjects = [
        object("cat", 50, 3, 60, 9), object("cat", 0, 0, 0, 0), object("cat", "x", 3, 9, 9), object("", 1, 1, 9, 9),
        "<object><name>cat</name></object>",
        object("cat", 50, 3, 60, 9) + object("cat", 1, 1, "nan", 5),
    ]

    @Test(arguments: badObjects) func voc(_ objects: String) throws {
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "good.jpg"), to: "annotations/good.xml")
        try folder.write(annotation([objects], filename: "bad.jpg"), to: "annotations/bad.xml")
        try folder.write(annotation([], filename: "empty.jpg"), to: "annotations/empty.xml")
        try check()
    }

    @Test(arguments: ["", "<annotation><object>", "<html/>", "\u{0}\u{1}", "{}"])
    func vocThatCannotBeRead(_ text: String) throws {
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "good.jpg"), to: "annotations/good.xml")
        try folder.write(text, to: "annotations/bad.xml")
        try folder.write(annotation([], filename: "empty.jpg"), to: "annotations/empty.xml")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["empty", "good"])
    }

    @Test(arguments: [[100, 2, 3, 5], [1, 2, 0, 5], [1, 2, -3, -4], [1, 2, 3]] as [[Double]]) func coco(
        _ numbers: [Double]
    ) throws {
        var document = COCODocument(["good.jpg", "bad.jpg", "empty.jpg"])
        document.annotations.removeAll()
        document.object(1)
        document.object(2, box: numbers)
        try folder.write(document.text, to: "annotations.json")
        try check()
    }

    @Test func cocoOfUnknownCategories() throws {
        var document = COCODocument(["good.jpg", "bad.jpg", "empty.jpg"])
        document.annotations.removeAll()
        document.object(1)
        document.object(2, 99)
        try folder.write(document.text, to: "annotations.json")
        try check()
    }

    @Test func labelMe() throws {
        func write(_ name: String, _ shapes: String) throws {
            try folder.write(
                "{\"shapes\": [\(shapes)], \"imagePath\": \"\(name).jpg\", \"imageWidth\": 40, \"imageHeight\": 30}",
                to: "images/\(name).json")
        }
        try write("good", #"{"label": "cat", "shape_type": "rectangle", "points": [[1, 2], [10, 12]]}"#)
        try write("bad", #"{"label": "cat", "shape_type": "line", "points": [[1, 2], [10, 12]]}"#)
        try write("empty", "")
        try check()
    }

    @Test func cvat() throws {
        func image(_ name: String, _ shape: String) -> String {
            "<image id=\"0\" name=\"\(name).jpg\" width=\"40\" height=\"30\">\(shape)</image>"
        }
        let images = [
            image("good", #"<box label="cat" xtl="1" ytl="2" xbr="9" ybr="9"/>"#),
            image("bad", #"<polyline label="cat" points="1,2;3,4"/>"#), image("empty", ""),
        ]
        try folder.write("<annotations>\(images.joined())</annotations>", to: "annotations.xml")
        try check()
    }

    @Test func createML() throws {
        try folder.write(
            """
            [{"image": "good.jpg", "annotations": [
              {"label": "cat", "coordinates": {"x": 20, "y": 15, "width": 10, "height": 8}}]},
             {"image": "bad.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 20}}]},
             {"image": "empty.jpg", "annotations": []}]
            """, to: "annotations.json")
        try check()
    }

    @Test(arguments: ["bad.jpg,10,5,x,20,cat", "bad.jpg,10,5,30,20,", "bad.jpg,100,5,130,20,cat"])
    func csv(_ row: String) throws {
        try folder.write("good.jpg,10,5,30,20,cat\n\(row)\nempty.jpg,,,,,\n", to: "annotations.csv")
        try check()
    }

    @Test(arguments: ["0 0.5 0.5 0.2", "0 3 3 0.2 0.2", "0 0.5 0.5 0 0", "0 0.5 0.5 nan 0.1"])
    func yolo(_ line: String) throws {
        try folder.write("0 0.5 0.5 0.2 0.2\n", to: "labels/good.txt")
        try folder.write(line, to: "labels/bad.txt")
        try folder.write("", to: "labels/empty.txt")
        try folder.write("cat\n", to: "classes.txt")
        try check()
    }

    @Test func imagesWithSomeGoodObjectsStay() throws {
        try folder.write(
            annotation([object("cat", 50, 3, 60, 9), object("cat", 1, 1, 9, 9)], filename: "good.jpg"),
            to: "annotations/good.xml")
        try folder.write(annotation([], filename: "bad.jpg"), to: "annotations/bad.xml")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["bad", "good"])
        #expect(data.samples.map(\.objects.count) == [0, 1])
    }

    /// In a file that lists test images without annotations, the content of the images is unknown.
    @Test(arguments: [true, false]) func cocoFilesWithoutAnnotations(hasKey: Bool) throws {
        try folder.write(COCODocument(["good.jpg"]).text, to: "annotations/instances_train.json")
        var document = COCODocument(["bad.jpg", "empty.jpg"])
        document.annotations.removeAll()
        let text = document.text
        try folder.write(
            hasKey ? text : text.replacingOccurrences(of: "\"annotations\"", with: "\"none\""),
            to: "annotations/instances_test.json")
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map(\.id) == ["good"])
        #expect(index.findings(of: .imagesWithoutAnnotations).count == 1)
        #expect(index.findings(of: .imagesWithoutAnnotations).first?.message.contains("2 images") == true)
    }

    @Test(arguments: [1, 40, 200]) func brokenJSONBesideGood(length: Int) throws {
        try folder.write(COCODocument(["good.jpg"]).text, to: "annotations/instances_train.json")
        try folder.write(
            Data(COCODocument(["bad.jpg", "empty.jpg"]).text.utf8.prefix(length)),
            to: "annotations/instances_val.json")
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map(\.id) == ["good"])
        #expect(
            index.findings.contains {
                $0.file.lastPathComponent == "instances_val.json"
                    && [.unreadableAnnotation, .strayFile].contains($0.rule)
            }, "\(index.findings)")
    }

    @Test func everyCutOfAFileIsNoBackground() throws {
        let whole = Array(COCODocument(["good.jpg", "bad.jpg"]).text.utf8)
        for length in stride(from: 0, to: whole.count - 2, by: 7) {
            try folder.write(Data(whole[..<length]), to: "annotations.json")
            guard let data = try? folder.index().dataset(split: "all") else { continue }
            #expect(data.samples.allSatisfy { !$0.objects.isEmpty }, "\(length) bytes")
        }
    }

    @Test func aDataSetWithoutAnObjectIsNone() throws {
        for name in ["good", "bad", "empty"] {
            try folder.write(annotation([], filename: "\(name).jpg"), to: "annotations/\(name).xml")
        }
        let error = #expect(throws: DatasetError.self) { try folder.index() }
        #expect(error?.description.contains("its annotations contain no objects") == true, "\(error!)")
    }
}
