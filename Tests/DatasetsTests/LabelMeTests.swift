import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// One JSON file with shapes per image.
@Suite struct LabelMeTests {
    private func document(_ shapes: String, imagePath: String = "a.jpg", more: String = "") -> String {
        """
        {"version": "5.2.1", "flags": {}, "shapes": [
        \(shapes)
        ], "imagePath": "\(imagePath)", "imageData": null, "imageHeight": 30, "imageWidth": 40\(more)}
        """
    }

    private func shape(_ kind: String?, _ points: String, label: String = "\"cat\"", more: String = "") -> String {
        let kind = kind.map { "\"shape_type\": \"\($0)\", " } ?? ""
        return "{\"label\": \(label), \(kind)\"points\": \(points), \"group_id\": null, \"flags\": {}\(more)}"
    }

    private func dataset(_ shapes: String) throws -> (TemporaryFolder, DetectionDataset) {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        try folder.write(document(shapes), to: "a.json")
        return (folder, try DatasetIndex(DatasetSource(root: folder.url)).dataset(split: "all"))
    }

    @Test(
        arguments: [
            ("rectangle", "[[10, 5], [30, 20]]", [10.0, 5, 30, 20]),
            ("rectangle", "[[30.5, 20], [10, 5.25]]", [10, 5.25, 30.5, 20]),
            ("rectangle", "[[10, 5], [30, 5], [30, 20], [10, 20]]", [10, 5, 30, 20]),
            ("polygon", "[[10, 5], [30, 8], [20, 20]]", [10, 5, 30, 20]),
            (nil, "[[10, 5], [30, 8], [20, 20]]", [10, 5, 30, 20]),
            ("circle", "[[20, 15], [23, 19]]", [15, 10, 25, 20]), ("mask", "[[10, 5], [30, 20]]", [10, 5, 30, 20]),
            ("rotation", "[[20, 5], [30, 15], [20, 25], [10, 15]]", [10, 5, 30, 25]),
            ("quadrilateral", "[[20, 5], [30, 15], [20, 25], [10, 15]]", [10, 5, 30, 25]),
        ] as [(String?, String, [Double])])
    func shapesGiveBoxes(_ kind: String?, _ points: String, _ edges: [Double]) throws {
        let (_, dataset) = try dataset(shape(kind, points))
        let object = try #require(dataset.samples.first?.objects.first)
        #expect(object.className == "cat")
        #expect(object.box == box(edges[0], edges[1], edges[2], edges[3]))
        let isBox = kind == "rectangle"
        #expect(dataset.problems.map(\.rule) == (isBox ? [] : [.enclosingBox]))
    }

    @Test func difficultShapesAreDifficult() throws {
        let (_, dataset) = try dataset(
            shape("rectangle", "[[10, 5], [30, 20]]", label: "7", more: ", \"difficult\": true, \"direction\": 0.5"))
        #expect(dataset.samples.first?.objects.map(\.difficult) == [true])
        #expect(dataset.classNames == ["7"])
    }

    @Test(arguments: [
        ("line", "[[1, 2], [3, 4]]", "\"cat\"", DatasetRule.emptyBox, "a line"),
        ("point", "[[1, 2], [3, 4]]", "\"cat\"", .missingField, "2 points"),
        ("linestrip", "[[1, 2], [3, 4], [8, 9]]", "\"cat\"", .emptyBox, "a linestrip"),
        ("rectangle", "[[1, 2]]", "\"cat\"", .missingField, "1 point"),
        ("rectangle", "[]", "\"cat\"", .missingField, "'points'"),
        ("polygon", "[[1, 2], [3, 4]]", "\"cat\"", .missingField, "needs 3"),
        ("rectangle", "7", "\"cat\"", .missingField, "'points'"),
        ("rectangle", "[[1, 2], [3]]", "\"cat\"", .notANumber, "pairs"),
        ("rectangle", "[[1, 2], [3, \"x\"]]", "\"cat\"", .notANumber, "finite"),
        ("rectangle", "[[1, 2], [3, NaN]]", "\"cat\"", .notANumber, "finite"),
        ("rectangle", "[[1, 2], [3, 1e999]]", "\"cat\"", .notANumber, "finite"),
        ("rectangle", "[[1, 2], [8, 9]]", "null", .missingField, "'label'"),
        ("rectangle", "[[1, 2], [8, 9]]", "\" \"", .missingField, "'label'"),
        ("circle", "[[1, 2]]", "\"cat\"", .missingField, "circle"),
    ])
    func aBadShapeCostsOneObject(
        _ kind: String, _ points: String, _ label: String, _ rule: DatasetRule, _ words: String
    ) throws {
        let (folder, dataset) = try dataset(
            shape("rectangle", "[[10, 5], [30, 20]]") + ",\n" + shape(kind, points, label: label))
        let problem = try #require(dataset.problems.first)
        #expect(problem.rule == rule)
        #expect(problem.file == folder.file("a.json"))
        #expect((problem.object, problem.line) == (2, 3))
        #expect(problem.message.contains(words), "\(problem.message)")
        #expect(dataset.samples.first?.objects.count == 1)
    }

    @Test func shapesThatAreNoneAreTold() throws {
        let (_, dataset) = try dataset(shape("rectangle", "[[10, 5], [30, 20]]") + ", 7, null, [1]")
        #expect(dataset.problems.map(\.object) == [2, 3, 4])
    }

    @Test func noShapesMeanBackgroundAndNoFileMeansUnannotated() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(index))
        }
        try folder.write(document(shape("rectangle", "[[10, 5], [30, 20]]")), to: "labels/a.json")
        try folder.write(document(""), to: "labels/b.json")
        let dataset = try DatasetIndex(DatasetSource(root: folder.url)).dataset(split: "all")
        #expect(dataset.samples.map(\.id) == ["a", "b"])
    }

    @Test func theImageMayBeElsewhereAndInTheFile() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        let rectangle = shape("rectangle", "[[10, 5], [30, 20]]")
        try folder.write(document(rectangle, imagePath: "..\\\\images\\\\a.jpg"), to: "labels/a.json")
        let embedded = document(rectangle, imagePath: "gone.jpg").replacingOccurrences(
            of: "null, \"imageH", with: "\"/9j/4AAQ\", \"imageH")
        try folder.write(embedded, to: "labels/gone.json")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(index.format == .labelMe)
        let dataset = try index.dataset(split: "all")
        #expect(dataset.samples.map(\.id) == ["a"])
        #expect(dataset.problems.contains { $0.rule == .missingImage && $0.message.contains("imageData") })
    }

    /// Old versions write the shapes first.
    @Test func membersMayStandInAnyOrder() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        let shapes = shape(nil, "[[10, 5], [30, 8], [20, 20]]")
        try folder.write(
            "{\"shapes\": [\(shapes)], \"lineColor\": [0, 255, 0, 128], \"imagePath\": \"a.jpg\"}", to: "a.json")
        #expect(try DatasetIndex(DatasetSource(root: folder.url)).classNames == ["cat"])
    }

    @Test func aBrokenFileIsNoBackground() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("\(name).jpg", red: UInt8(index)) }
        try folder.write(document(shape("rectangle", "[[10, 5], [30, 20]]")), to: "a.json")
        let whole = Array(document(shape("polygon", "[[10, 5], [30, 8], [20, 20]]")).utf8)
        for length in 0..<whole.count {
            try folder.write(whole.prefix(length), to: "b.json")
            let dataset = try DatasetIndex(DatasetSource(root: folder.url)).dataset(split: "all")
            #expect(dataset.samples.map(\.id) == ["a"], "cut after \(length) bytes")
        }
    }
}
