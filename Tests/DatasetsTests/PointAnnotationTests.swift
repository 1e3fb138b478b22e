import Boxes
import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// Objects that are points, in each format that has them.
@Suite struct PointAnnotationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("images/\(name).jpg", red: UInt8(index)) }
    }

    private func load(_ objects: ObjectChoice = .automatic) throws -> DetectionDataset {
        try DatasetIndex(DatasetSource(root: folder.url, objects: objects)).dataset(split: "all")
    }

    private func places(_ dataset: DetectionDataset, _ id: String = "a") -> [[Double]] {
        dataset.samples.first { $0.id == id }?.objects.map { [$0.box.centerX, $0.box.centerY] } ?? []
    }

    /// Checks that image `a` has the given points, and nothing is wrong.
    private func expectPoints(_ wanted: [[Double]], _ classes: [String]) throws {
        let dataset = try load()
        #expect(dataset.objectKind == .points && dataset.skeleton == nil)
        #expect(dataset.problems.isEmpty, "\(dataset.problems)")
        #expect(places(dataset) == wanted)
        let objects = try #require(dataset.samples.first { $0.id == "a" }).objects
        #expect(objects.map(\.className) == classes)
        #expect(objects.allSatisfy { $0.kind == .points && $0.box.width == 0 && $0.box.height == 0 })
    }

    private func labelMe(_ shapes: String) -> String {
        #"{"shapes": [\#(shapes)], "imagePath": "a.jpg", "imageHeight": 30, "imageWidth": 40}"#
    }

    @Test func labelMe() throws {
        try folder.write(
            labelMe(
                #"{"label": "cell", "shape_type": "point", "points": [[10.5, 5]]},"#
                    + #"{"label": "dot", "shape_type": "point", "points": [[40, 30]]}"#), to: "images/a.json")
        try expectPoints([[10.5, 5], [40, 30]], ["cell", "dot"])
    }

    @Test func everyPointOfACVATShapeIsAnObject() throws {
        try folder.write(
            """
            <annotations><image id="0" name="a.jpg" width="40" height="30">
            <points label="cell" points="10.5,5.00;20,7"/><points label="dot" points="3,4"/></image></annotations>
            """, to: "annotations.xml")
        try expectPoints([[10.5, 5], [20, 7], [3, 4]], ["cell", "cell", "dot"])
    }

    @Test(arguments: [
        "image,x,y,class\na.jpg,10.5,5,cell\na.jpg,20,7,dot\nb.jpg,,,\n",
        "Filename;Center X;Center Y;Label\r\nimages/a.jpg;10.5;5;cell\r\na.jpg;20;7;dot\r\nb.jpg;;;\r\n",
        "label\tcx\tcy\timg\ncell\t10.5\t5\ta\ndot\t20\t7\ta\n\t\t\tb\n",
    ])
    func tables(_ table: String) throws {
        try folder.write(table, to: "points.csv")
        try expectPoints([[10.5, 5], [20, 7]], ["cell", "dot"])
        #expect(try load().samples.map(\.objects.count) == [2, 0])
    }

    @Test func aTableWithWidthsIsOneOfBoxes() throws {
        try folder.write("image,x,y,width,height,class\na.jpg,10,5,20,15,cell\n", to: "boxes.csv")
        let dataset = try load()
        #expect(dataset.objectKind == .boxes && dataset.samples[0].objects[0].box == box(10, 5, 30, 20))
    }

    @Test func rowsWithoutANumberAreLost() throws {
        try folder.write("image,x,y,class\na.jpg,10.5,,cell\na.jpg,20,seven,dot\na.jpg,3,4,dot\n", to: "points.csv")
        let dataset = try load()
        #expect(places(dataset) == [[3, 4]])
        #expect(dataset.problems.map(\.rule) == [.missingField, .notANumber])
        #expect(dataset.problems[0].message.contains("its point has no y"))
    }

    private func document(_ annotations: [[(String, JSONValue)]]) throws {
        var document = COCODocument()
        document.image(1, "a.jpg")
        document.annotations = annotations.enumerated().map { index, members in
            .object(JSONObject([("id", .integer(index + 1)), ("image_id", 1), ("category_id", 1)] + members))
        }
        try folder.write(document.text, to: "annotations/instances_all.json")
    }

    @Test("An annotation of COCO with one keypoint and no box is a point")
    func coco() throws {
        try document([
            [("keypoints", [10.5, 5, 2]), ("num_keypoints", 1)], [("keypoints", [20, 7, 1])],
            [("bbox", [3, 4, 0, 0]), ("keypoints", [3, 4, 2])],
        ])
        try expectPoints([[10.5, 5], [20, 7], [3, 4]], ["cat", "cat", "cat"])
    }

    @Test("An absent keypoint is no point, nor are two")
    func cocoWithoutAPoint() throws {
        try document([
            [("keypoints", [10.5, 5, 0])], [("keypoints", [1, 2, 2, 3, 4, 2])], [("keypoints", [20, 7, 2])],
        ])
        let dataset = try load()
        #expect(places(dataset) == [[20, 7]])
        #expect(dataset.problems.map(\.rule) == [.missingField, .missingField])
    }

    @Test("Boxes become their centres, after they are clipped to the image; a crowd keeps its box")
    func centersOfBoxes() throws {
        try document([
            [("bbox", [10, 4, 20, 10])], [("bbox", [30, 20, 30, 30])], [("bbox", [0, 0, 10, 10]), ("iscrowd", 1)],
        ])
        let dataset = try load(.points)
        #expect(dataset.objectKind == .points)
        #expect(places(dataset) == [[20, 9], [35, 25], [5, 5]])
        let objects = dataset.samples[0].objects
        #expect(objects.map(\.kind) == [.points, .points, .boxes])
        #expect(objects[2].isIgnored && objects[2].box == box(0, 0, 10, 10))
        #expect(try load().objectKind == .boxes)
    }

    @Test("A crowd among points is no box among points")
    func crowdAmongPoints() throws {
        try document([[("keypoints", [20, 7, 2])], [("bbox", [0, 0, 10, 10]), ("iscrowd", 1)]])
        let dataset = try load()
        #expect(dataset.objectKind == .points)
        #expect(dataset.samples[0].objects.map(\.kind) == [.points, .boxes])
    }

    @Test("Boxes and points together are refused with a sentence that names the choice, which then decides")
    func mixed() throws {
        try folder.write(
            labelMe(
                #"{"label": "cell", "shape_type": "point", "points": [[10, 5]]},"#
                    + #"{"label": "cell", "shape_type": "rectangle", "points": [[2, 2], [8, 12]]},"#
                    + #"{"label": "cell", "shape_type": "rectangle", "points": [[20, 2], [30, 12]]}"#),
            to: "images/a.json")
        let error = #expect(throws: DatasetError.self) { try load() }
        #expect(
            error
                == .mixedObjects(
                    path: folder.url.relativePath, boxes: 2, points: 1,
                    example: "the first point is object 1 of a.json"))
        #expect("\(try #require(error))".contains("dataset.objects"))
        let boxes = try load(.boxes)
        #expect(boxes.objectKind == .boxes && boxes.samples[0].objects.count == 2)
        #expect(boxes.problems.map(\.rule) == [.emptyBox])
        let points = try load(.points)
        #expect(points.objectKind == .points && places(points) == [[10, 5], [5, 7], [25, 7]])
    }

    @Test func pointsAreNoBoxes() throws {
        try folder.write("image,x,y,class\na.jpg,10,5,cell\na.jpg,20,5,cell\n", to: "points.csv")
        #expect(throws: DatasetError.onlyPoints(path: folder.url.relativePath, points: 2)) { try load(.boxes) }
    }

    @Test("Points outside the image and points at the same place are left out")
    func outsideAndTwice() throws {
        try folder.write(
            "image,x,y,class\na.jpg,10,5,cell\na.jpg,41,5,cell\na.jpg,10,5,cell\na.jpg,10,5,dot\na.jpg,20,-1,cell\n",
            to: "points.csv")
        let dataset = try load()
        #expect(places(dataset) == [[10, 5], [10, 5]])
        #expect(dataset.problems.map(\.rule) == [.outsideImage, .duplicateObject, .outsideImage])
        #expect(dataset.problems.map(\.object) == [2, 3, 5])
    }
}
