import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// The handling of one unusual object among valid ones.
struct RuleCase: Sendable, CustomTestStringConvertible {
    var rule: DatasetRule
    var object: String
    /// The resulting box; nil when the object is left out.
    var box: Box<ImagePixels>?
    var testDescription: String { "\(rule.rawValue): \(object)" }
}

@Suite struct VOCRuleTests {
    static let cases = [
        RuleCase(rule: .invertedBox, object: object("cat", 20, 5, 11, 25), box: box(10, 4, 20, 25)),
        RuleCase(rule: .invertedBox, object: object("cat", 11, 25, 20, 5), box: box(10, 4, 20, 25)),
        RuleCase(rule: .onePixelBox, object: object("cat", 7, 9, 7, 9), box: box(6, 8, 7, 9)),
        RuleCase(rule: .onePixelBox, object: object("cat", 7, 9, 7, 29), box: box(6, 8, 7, 29)),
        RuleCase(rule: .emptyBox, object: object("cat", 0, 0, 0, 0), box: nil),
        RuleCase(rule: .zeroBasedBox, object: object("cat", 0, 3, 9, 9), box: box(0, 2, 9, 9)),
        RuleCase(rule: .outsideImage, object: object("cat", 30, 20, 44, 35), box: box(29, 19, 40, 30)),
        RuleCase(rule: .outsideImage, object: object("cat", -6, 3, 9, 9), box: box(0, 2, 9, 9)),
        RuleCase(rule: .outsideImage, object: object("cat", 50, 3, 60, 9), box: nil),
        RuleCase(rule: .notANumber, object: object("cat", "five", 3, 9, 9), box: nil),
        RuleCase(rule: .notANumber, object: object("cat", "nan", 3, 9, 9), box: nil),
        RuleCase(rule: .notANumber, object: object("cat", 1, 3, "inf", 9), box: nil),
        RuleCase(rule: .notANumber, object: object("cat", "0x10", 3, 9, 9), box: nil),
        RuleCase(rule: .notANumber, object: object("cat", "1e300", 3, 9, 9), box: nil),
        RuleCase(rule: .missingField, object: object("cat", "", 3, 9, 9), box: nil),
        RuleCase(rule: .missingField, object: object("", 1, 3, 9, 9), box: nil),
        RuleCase(rule: .missingField, object: "<object><name>cat</name></object>", box: nil),
        RuleCase(rule: .missingField, object: "<object/>", box: nil),
        RuleCase(rule: .nameWithSpaces, object: object(" cat\t", 3, 3, 9, 9), box: box(2, 2, 9, 9)),
        RuleCase(rule: .unknownClass, object: object("zebra", 3, 3, 9, 9), box: nil),
        RuleCase(rule: .duplicateObject, object: object("dog", 2, 2, 30, 30), box: nil),
    ]

    @Test("Each error is reported with its object, line and rule, and affects nothing else", arguments: cases)
    func faults(fault: RuleCase) throws {
        let folder = try TemporaryFolder()
        try folder.image("JPEGImages/a.jpg")
        let others = [object("dog", 2, 2, 30, 30), object("cat", 5.5, 6.25, 12, 13)]
        let file = try folder.write(
            annotation([others[0], fault.object, others[1]]), to: "Annotations/a.xml")
        let data = try DatasetIndex(folder.source).dataset(split: "all", classNames: ["cat", "dog"])
        #expect(data.problems.count == 1, "\(data.problems)")
        let problem = try #require(data.problems.first)
        #expect(problem.rule == fault.rule)
        #expect(problem.object == 2)
        #expect(problem.line == 5)
        #expect(problem.file.lastPathComponent == "a.xml")
        #expect(problem.description.hasPrefix("\(file.path):5: object 2: \(fault.rule.rawValue): "))
        #expect((problem.severity == .error) == (fault.box == nil) || fault.rule == .duplicateObject)
        var expected = [box(1, 1, 30, 30), box(4.5, 5.25, 12, 13)]
        if let box = fault.box { expected.insert(box, at: 1) }
        #expect(data.samples.map { $0.objects.map(\.box) } == [expected])
        #expect(data.samples[0].objects.map(\.classIndex) == (fault.box == nil ? [1, 0] : [1, 0, 0]))
    }

    @Test func flagsAreKeptAndPartsAreNot() throws {
        let folder = try TemporaryFolder()
        try folder.image("JPEGImages/a.jpg")
        let part = "<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>"
        try folder.write(
            annotation([
                object("cat", 1, 1, 9, 9, "<difficult>1</difficult>\(part)"),
                object("cat", 2, 2, 9, 9, "\(part)<truncated> 1 </truncated><difficult>0</difficult>"),
                object("cat", 3, 3, 9, 9, "<difficult>Unspecified</difficult>"),
            ]), to: "Annotations/a.xml")
        let data = try DatasetIndex(folder.source).dataset(split: "all")
        #expect(data.problems.isEmpty)
        #expect(data.classNames == ["cat"])
        #expect(data.samples[0].objects.map(\.difficult) == [true, false, false])
        #expect(data.samples[0].objects.map(\.truncated) == [false, true, false])
    }

    @Test func imagesAreHeldAgainstTheirAnnotations() throws {
        let folder = try TemporaryFolder()
        let cat = object("cat", 1, 1, 20, 20)
        try folder.image("images/size.jpg", width: 44)
        try folder.write(annotation([cat], filename: "size.jpg"), to: "annotations/size.xml")
        try folder.image("images/zero.jpg")
        try folder.write(annotation([cat], filename: "zero.jpg", width: 0, height: 0), to: "annotations/zero.xml")
        try folder.image("images/other.jpg")
        try folder.write(annotation([cat], filename: #"C:\data\b.jpg"#), to: "annotations/other.xml")
        try folder.image("images/real.PNG")
        try folder.write(annotation([cat], filename: "real.PNG"), to: "annotations/named.xml")
        let lie = try folder.image("images/lie.png")
        try FileManager.default.moveItem(at: lie, to: folder.file("images/lie.jpeg"))
        try folder.write(annotation([cat], filename: "lie.jpeg"), to: "annotations/lie.xml")
        try folder.write("no image", to: "images/text.jpg")
        try folder.write(annotation([cat], filename: "text.jpg"), to: "annotations/text.xml")
        try folder.write(annotation([cat], filename: "../images/none.jpg"), to: "annotations/gone.xml")
        try folder.image("images/lonely.jpg")
        try folder.image("images/background.jpg")
        try folder.write(annotation([], filename: "background.jpg"), to: "annotations/background.xml")

        let data = try DatasetIndex(folder.source).dataset(split: "all")
        #expect(data.samples.map(\.id) == ["background", "lie", "other", "real", "size", "zero"])
        #expect(data.samples[0].objects.isEmpty)
        #expect(data.samples[3].imageURL.lastPathComponent == "real.PNG")
        #expect((data.samples[4].width, data.samples[4].height) == (44, 30))
        // Images without annotations are reported with the training images.
        let problems = try data.problems + folder.index().dataset(split: "trainval").problems
        let found = Set(problems.map { "\($0.file.lastPathComponent) \($0.rule.rawValue)" })
        #expect(
            found
                == [
                    "gone.xml missing-image", "lie.jpeg extension-lies", "lonely.jpg missing-annotation",
                    "named.xml wrong-filename", "other.xml wrong-filename", "size.xml size-mismatch",
                    "text.jpg unreadable-image",
                ])
    }
}
