import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Label files with one line per object.
@Suite struct YOLOTests {
    private func index(_ folder: TemporaryFolder) throws -> DatasetIndex {
        try DatasetIndex(DatasetSource(root: folder.url))
    }

    /// One image of 40x30 pixels with a label file.
    private func single(_ label: String, names: String? = "cat\ndog\n") throws -> (TemporaryFolder, DetectionDataset) {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write(label, to: "labels/a.txt")
        try folder.image("images/b.jpg", red: 7)
        try folder.write("0 0.5 0.5 0.5 0.5\n", to: "labels/b.txt")
        if let names { try folder.write(names, to: "classes.txt") }
        return (folder, try index(folder).dataset(split: "all"))
    }

    private func objects(_ label: String) throws -> [AnnotatedObject] {
        let (_, dataset) = try single(label)
        return dataset.samples.first { $0.id == "a" }?.objects ?? []
    }

    private func problems(_ label: String) throws -> [DatasetProblem] {
        let (folder, dataset) = try single(label)
        return dataset.problems.filter { $0.file == folder.file("labels/a.txt") }
    }

    @Test(arguments: [
        "1 0.5 0.5 0.25 0.2", "1.0 0.5 0.5 0.25 0.2\r\n", "\u{feff}1\t0.5\t0.5\t0.25\t0.2\n",
        "  1   0.5 .5  0.25 0.2  \n\n",
        "1,0.5,0.5,0.25,0.2", "1, 0.5, 0.5, 0.25, 0.2\n", "1 0,5 0,5 0,25 0,2\n", "1 5e-1 0.5 2.5e-1 0.2\r",
        "1 0.5 0.5 0.25 0.2 0.93\n",
    ])
    func linesMaySeparateTheirValuesAnyhow(_ line: String) throws {
        let objects = try objects(line)
        #expect(objects.map(\.className) == ["dog"])
        #expect(objects.map(\.box) == [box(15, 12, 25, 18)])
    }

    @Test func polygonsAndTurnedBoxesGiveTheirEnclosingBox() throws {
        #expect(try objects("0 0.25 0.5 0.5 0.5 0.5 1").map(\.box) == [box(10, 15, 20, 30)])
        #expect(try objects("0 0.5 0.2 0.75 0.4 0.5 0.6 0.25 0.4\n").map(\.box) == [box(10, 6, 30, 18)])
        // Predicted polygons end with a confidence.
        #expect(try objects("0 0.25 0.5 0.5 0.5 0.5 1 0.9").map(\.box) == [box(10, 15, 20, 30)])
        #expect(try problems("0 0.25 0.5 0.5 0.5 0.5 1").map(\.rule) == [.enclosingBox])
    }

    @Test func keypointsAreThoseThatTheDataSetDeclares() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("0 0.5 0.5 0.5 0.4 0.25 0.5 2 0.75 0.5 1 0 0 0\n", to: "labels/a.txt")
        try folder.write(
            "names: [cat]\nnc: 1\nkpt_shape: [3, 3]\nflip_idx: [1, 0, 2]\nkpt_names:\n  0: [left_ear, right_ear, tail]\n",
            to: "data.yaml")
        let dataset = try index(folder).dataset(split: "all")
        #expect(dataset.skeleton?.keypointNames == ["left_ear", "right_ear", "tail"])
        #expect(dataset.skeleton?.mirrorPairs == [Skeleton.Pair(0, 1)])
        let object = try #require(dataset.samples.first?.objects.first)
        #expect(object.box == box(10, 9, 30, 21))
        #expect(object.keypoints == [Keypoint(x: 10, y: 15), Keypoint(x: 30, y: 15, visibility: .hidden), .absent])
    }

    @Test func keypointsOfTwoNumbersHaveNoVisibility() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("0 0.5 0.5 0.5 0.4 0.25 0.5 0 0\n", to: "labels/a.txt")
        try folder.write("names: [cat]\nnc: 1\nkpt_shape: [2, 2]\n", to: "data.yaml")
        let object = try #require(try index(folder).dataset(split: "all").samples.first?.objects.first)
        #expect(object.box == box(10, 9, 30, 21))
        #expect(object.keypoints == [Keypoint(x: 10, y: 15), .absent])
    }

    /// COCO's 17 keypoints give an even number of values, which no polygon has.
    @Test func posesWithoutADeclarationGiveTheirBox() throws {
        let keypoints = (0..<17).map { _ in "0.4 0.4 2" }.joined(separator: " ")
        #expect(try objects("0 0.5 0.5 0.25 0.2 \(keypoints)").map(\.box) == [box(15, 12, 25, 18)])
        let four = (0..<4).map { _ in "0.4 0.4 1" }.joined(separator: " ")
        #expect(try objects("0 0.5 0.5 0.25 0.2 \(four)").map(\.box) == [box(15, 12, 25, 18)])
    }

    @Test(arguments: [
        ("0 0.5 0.5 0.2", DatasetRule.missingField, "4 values"), ("0 0.5 x 0.2 0.2", .notANumber, "value 3 is 'x'"),
        ("0 0.5 nan 0.2 0.2", .notANumber, "'nan'"), ("0 0.5 inf 0.2 0.2", .notANumber, "'inf'"),
        ("0 0.5 1e999 0.2 0.2", .notANumber, "'1e999'"), ("0 0.5 0x1p-1 0.2 0.2", .notANumber, "'0x1p-1'"),
        ("cat 0.5 0.5 0.2 0.2", .notANumber, "class number"), ("7 0.5 0.5 0.2 0.2", .unknownClass, "class 7"),
        ("-1 0.5 0.5 0.2 0.2", .unknownClass, "class is -1"), ("0.5 0.5 0.5 0.2 0.2", .unknownClass, "class is 0.5"),
        ("999999999 0.5 0.5 0.2 0.2", .unknownClass, "999999999"), ("0 120 80 40 30", .notANumber, "pixels"),
        ("0 12 8 40 8 40 30", .notANumber, "pixels"),
    ])
    func aBadLineCostsOneObject(_ line: String, _ rule: DatasetRule, _ words: String) throws {
        let (folder, dataset) = try single("0 0.5 0.5 0.5 0.5\n\(line)\n")
        let problem = try #require(dataset.problems.first { $0.rule == rule })
        #expect(problem.file == folder.file("labels/a.txt"))
        #expect((problem.object, problem.line) == (2, 2))
        #expect(problem.message.contains(words), "\(problem.message)")
        #expect(dataset.samples.first { $0.id == "a" }?.objects.count == 1)
    }

    @Test func anImageOfBadLinesAloneIsNoBackground() throws {
        let (_, dataset) = try single("0 0.5 0.5 0.2\n")
        #expect(dataset.samples.map(\.id) == ["b"])
        #expect(dataset.problems.contains { $0.rule == .noUsableObject })
    }

    @Test func aLabelFileThatIsNoTextIsNoBackground() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] { try folder.image("images/\(name).jpg", red: name == "a" ? 1 : 9) }
        try folder.write("0 0.5 0.5 0.5 0.5\n", to: "labels/b.txt")
        try folder.write([0x30, 0, 0xff, 0xfe, 0, 7], to: "labels/a.txt")
        let dataset = try index(folder).dataset(split: "all")
        #expect(dataset.samples.map(\.id) == ["b"])
        #expect(dataset.problems.contains { $0.rule == .unreadableAnnotation })
    }

    @Test func emptyFilesAndMissingOnesAreBackground() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(index))
        }
        try folder.write("0 0.5 0.5 0.5 0.5\n", to: "labels/a.txt")
        try folder.write("", to: "labels/b.txt")
        try folder.write("cat\n", to: "labels/classes.txt")
        let index = try index(folder)
        #expect(try index.dataset(split: "all").samples.map(\.objects.count) == [1, 0, 0])
        #expect(index.findings.filter { $0.rule == .unlabelledImages }.count == 1)
        #expect(index.classNames == ["cat"])
        #expect(index.categories.ids == [0])
    }

    @Test func edgesSlightlyOutsideAreClipped() throws {
        #expect(try objects("0 0.9 0.5 0.3 0.5").map(\.box.xMax) == [40])
        #expect(try problems("0 0.9 0.5 0.3 0.5").map(\.rule) == [.outsideImage])
        #expect(try problems("0 0.5 0.5 0 0.5\n0 0.5 0.5 -0.1 0.5").map(\.rule).contains(.emptyBox))
    }

    @Test func withoutNamesClassesAreCalledByTheirNumbers() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        try folder.write("3 0.5 0.5 0.5 0.5\n12 0.5 0.5 0.25 0.25\n", to: "a.txt")
        let index = try index(folder)
        #expect(Set(index.classNames) == ["3", "12"])
        #expect(Set(index.categories.ids) == [3, 12])
        #expect(index.findings.filter { $0.rule == .unnamedClasses }.count == 1)
    }

    @Test func listsOfOtherThingsAreNoLabels() throws {
        let folder = try TemporaryFolder()
        try folder.flat(["000001", "000002"])
        try folder.write("000001\n", to: "train.txt")
        try folder.write("000002 1\n000001 -1\n", to: "cat_val.txt")
        try folder.write("1,1,10,20,5,6\n2,1,10,20,5,6\n", to: "gt.txt")
        #expect(try index(folder).format == .voc)
    }

    // MARK: - Names

    @Test(arguments: [
        "names: [cat, dog]\nnc: 2\n", "names:\n  - cat\n  - dog\nnc: 2\n", "nc: 2\nnames:\n- 'cat'\n- \"dog\"\n",
        "path: x\nnames:\n  0: cat\n  1: dog\n", "names: {0: cat, 1: dog}\r\nnc: 2\r\n",
        "\u{feff}nc: 2 # two\nnames: ['cat',\n  'dog']\n",
        "names: {cat: 0, dog: 1}\nnc: 2\n", "nc: 2\nnames: cat, dog\n",
    ])
    func namesAreWrittenInManyWays(_ yaml: String) throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("1 0.5 0.5 0.5 0.5\n0 0.5 0.5 0.2 0.2\n", to: "labels/a.txt")
        try folder.write(yaml, to: "data.yaml")
        let index = try index(folder)
        #expect(index.classNames == ["cat", "dog"])
        #expect(index.categories.ids == [0, 1])
        #expect(try index.dataset(split: "all").samples.first?.objects.map(\.className) == ["dog", "cat"])
    }

    @Test(arguments: ["classes.txt", "obj.names", "labels/classes.txt", "labels/_darknet.labels", "labels.txt"])
    func listsOfNamesHaveManyNames(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("1 0.5 0.5 0.5 0.5\n", to: "labels/a.txt")
        try folder.write("cat\r\ntraffic light\r\n", to: name)
        #expect(try index(folder).classNames == ["traffic light"])
    }

    @Test func labelStudiosNotesNameTheClasses() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("1 0.5 0.5 0.5 0.5\n", to: "labels/a.txt")
        try folder.write(#"{"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]}"#, to: "notes.json")
        #expect(try index(folder).classNames == ["dog"])
    }

    @Test func wordsThatYAMLReadsAsBooleansStayWords() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.2 0.2\n", to: "labels/a.txt")
        try folder.write("names: [no, 1]\nnc: 3\n", to: "data.yaml")
        let index = try index(folder)
        #expect(Set(index.classNames) == ["no", "1"])
        #expect(index.findings.contains { $0.rule == .unnamedClasses && $0.message.contains("'nc' says 3") })
    }

    @Test func manyNamesMayStandOnOneLine() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("1202 0.5 0.5 0.5 0.5\n", to: "labels/a.txt")
        let names = (0..<1203).map { "'a long name of class \($0)'" }.joined(separator: ", ")
        try folder.write("train: ../images\nval: ../images\nnc: 1203\nnames: [\(names)]\n", to: "data.yaml")
        #expect(try index(folder).classNames == ["a long name of class 1202"])
    }

    @Test func aBrokenConfigurationIsTold() throws {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write("0 0.5 0.5 0.5 0.5\n", to: "labels/a.txt")
        try folder.write("nc: 2\ntrain: x\nnames: [cat, dog\n", to: "data.yaml")
        let index = try index(folder)
        #expect(index.findings.contains { $0.rule == .unreadableAnnotation && $0.line != nil })
        #expect(index.classNames == ["0"])
    }
}
