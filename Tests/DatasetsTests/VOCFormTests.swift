import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// VOC files as written by many tools.
@Suite struct VOCFormTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
    }

    private func load(_ text: String) throws -> DetectionDataset {
        try folder.write(text, to: "annotations/a.xml")
        return try folder.index().dataset(split: "all")
    }

    private func objects(_ text: String) throws -> [AnnotatedObject] { try load(text).samples.first?.objects ?? [] }

    private func bndbox(_ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int) -> String {
        "<bndbox><xmin>\(x0)</xmin><ymin>\(y0)</ymin><xmax>\(x1)</xmax><ymax>\(y1)</ymax></bndbox>"
    }

    private func close(_ found: Box<ImagePixels>?, _ wanted: Box<ImagePixels>) -> Bool {
        guard let found else { return false }
        return max(
            abs(found.xMin - wanted.xMin), abs(found.yMin - wanted.yMin), abs(found.xMax - wanted.xMax),
            abs(found.yMax - wanted.yMax)) < 1e-9
    }

    @Test func twoBoxesAreTwoObjects() throws {
        let data = try load(
            annotation(["<object><name>cat</name>\(bndbox(1, 2, 9, 10))\(bndbox(11, 12, 19, 20))</object>"]))
        #expect(data.samples[0].objects.map(\.box) == [box(0, 1, 9, 10), box(10, 11, 19, 20)])
        #expect(data.samples[0].objects.map(\.className) == ["cat", "cat"])
        #expect(data.problems.map(\.rule) == [.secondBox])
    }

    @Test(arguments: [
        "<polygon><x1>5</x1><y1>6</y1><x2>20</x2><y2>9</y2><x3>12</x3><y3>25</y3></polygon>",
        "<polygon><pt><x>5</x><y>6</y></pt><pt><x>20</x><y>9</y></pt><pt><x>12</x><y>25</y></pt></polygon>",
        "<polygon><username>me</username><pt><x>20</x><y>6</y></pt><pt><x>5</x><y>25</y></pt></polygon>",
    ]) func polygons(_ region: String) throws {
        let data = try load(annotation(["<object><name>cat</name>\(region)</object>"]))
        #expect(data.samples.first?.objects.map(\.box) == [box(4, 5, 20, 25)])
        #expect(data.problems.map(\.rule) == [.enclosingBox])
    }

    @Test func theBoxCountsMoreThanTheOutline() throws {
        let data = try load(
            annotation([
                "<object><name>cat</name><polygon><x1>1</x1><y1>1</y1><x2>40</x2><y2>9</y2></polygon>"
                    + "\(bndbox(5, 6, 20, 25))</object>"
            ]))
        #expect(data.samples.first?.objects.map(\.box) == [box(4, 5, 20, 25)])
        #expect(data.problems.isEmpty)
    }

    @Test(arguments: [
        (0.0, box(10, 10, 30, 20)), (Double.pi / 2, box(15, 5, 25, 25)), (Double.pi, box(10, 10, 30, 20)),
    ])
    func turnedBoxes(angle: Double, expected: Box<ImagePixels>) throws {
        let data = try load(
            annotation([
                "<object><type>robndbox</type><name>cat</name><robndbox><cx>20</cx><cy>15</cy><w>20</w><h>10</h>"
                    + "<angle>\(angle)</angle></robndbox></object>"
            ]))
        #expect(close(data.samples.first?.objects.first?.box, expected), "\(data.samples)")
        #expect(data.problems.map(\.rule) == [.enclosingBox])
    }

    @Test func turnedBoxesByAnEighth() throws {
        let found = try objects(
            annotation([
                "<object><name>cat</name><robndbox><cx>20</cx><cy>15</cy><w>10</w><h>6</h><angle>\(Double.pi / 4)</angle>"
                    + "</robndbox></object>"
            ]))
        let half = 8 * (0.5).squareRoot()
        #expect(close(found.first?.box, box(20 - half, 15 - half, 20 + half, 15 + half)))
    }

    @Test func partsAreNoObjects() throws {
        let part = "<part><name>head</name>\(bndbox(2, 2, 5, 5))</part>"
        let found = try objects(
            annotation(["<object><name>person</name>\(part)\(bndbox(1, 2, 20, 25))\(part)</object>"]))
        #expect(found.map(\.className) == ["person"])
        #expect(found.map(\.box) == [box(0, 1, 20, 25)])
    }

    @Test func attributesAreNoNames() throws {
        let more = "<attributes><attribute><name>age</name><value>3</value></attribute></attributes><pose>Left</pose>"
        let found = try objects(annotation(["<object>\(more)<name>cat</name>\(bndbox(1, 2, 20, 25))</object>"]))
        #expect(found.map(\.className) == ["cat"])
    }

    @Test func deletedObjectsAreGone() throws {
        let found = try objects(
            annotation([
                object("cat", 1, 1, 9, 9, "<deleted>1</deleted>"), object("dog", 2, 2, 9, 9, "<deleted>0</deleted>"),
            ]))
        #expect(found.map(\.className) == ["dog"])
    }

    @Test func objectsMayHaveAFolderOfTheirOwn() throws {
        let found = try objects(
            "<annotation><filename>a.jpg</filename><objects>\(object("cat", 1, 1, 9, 9))\(object("dog", 2, 2, 9, 9))</objects></annotation>"
        )
        #expect(found.map(\.className) == ["cat", "dog"])
    }

    @Test(arguments: [
        "<v:annotation xmlns:v=\"urn:voc\"><v:object><v:name>cat</v:name><v:bndbox><v:xmin>5</v:xmin><v:ymin>6</v:ymin>"
            + "<v:xmax>20</v:xmax><v:ymax>25</v:ymax></v:bndbox></v:object></v:annotation>",
        "<annotation xmlns=\"urn:voc\" verified=\"yes\"><object><name>cat</name><bndbox><xmin>5</xmin><ymin>6</ymin>"
            + "<xmax>20</xmax><ymax>25</ymax></bndbox></object></annotation>",
        "<Annotation><Object><Name>cat</Name><BndBox><XMin>5</XMin><YMin>6</YMin><XMax>20</XMax><YMax>25</YMax></BndBox>"
            + "</Object></Annotation>",
        "<?xml version=\"1.0\"?><!-- made by hand --><annotation><object><bndbox><ymax>25</ymax><xmin> 5 </xmin>"
            + "<xmax>20.0</xmax><ymin>6e0</ymin></bndbox><name><![CDATA[cat]]></name></object><!-- end --></annotation>",
        "<!DOCTYPE annotation><annotation><object><name>&#99;a&#x74;</name><bndbox><xmin>5</xmin><ymin>6</ymin>"
            + "<xmax>20</xmax><ymax>25</ymax></bndbox></object></annotation>",
        "<!DOCTYPE annotation SYSTEM \"voc.dtd\"><annotation><object><name>cat</name><bndbox><xmin>5</xmin><ymin>6</ymin>"
            + "<xmax>20</xmax><ymax>25</ymax></bndbox></object></annotation>",
        "\u{feff}\n<annotation>\r\n<object><name>cat</name><bndbox><xmin>5</xmin><ymin>6</ymin>\r\n"
            + "<xmax>20</xmax><ymax>25</ymax></bndbox></object></annotation>\n\n",
    ]) func oneObjectInManyForms(_ text: String) throws {
        let found = try objects(text)
        #expect(found.map(\.className) == ["cat"])
        #expect(found.map(\.box) == [box(4, 5, 20, 25)])
    }

    @Test(arguments: [
        ("UTF-8", String.Encoding.utf8), ("ISO-8859-1", .isoLatin1), ("windows-1252", .windowsCP1252),
        ("UTF-16", .utf16), ("UTF-16LE", .utf16LittleEndian), ("ISO-8859-2", .isoLatin2),
        ("windows-1251", .windowsCP1251), ("Shift_JIS", .shiftJIS),
    ]) func encodings(name: String, encoding: String.Encoding) throws {
        let words: [String.Encoding: String] = [
            .windowsCP1251: "кошка", .shiftJIS: "猫", .isoLatin2: "kočka",
        ]
        let word = words[encoding] ?? "kätzchen"
        let text = "<?xml version=\"1.0\" encoding=\"\(name)\"?>\n" + annotation([object(word, 5, 6, 20, 25)])
        var data = try #require(text.data(using: encoding))
        if encoding == .utf16LittleEndian { data = Data([0xff, 0xfe]) + data }
        try folder.write(data, to: "annotations/a.xml")
        #expect(try folder.index().classNames == [word])
    }

    @Test func gbk() throws {
        // 猫 is C3 A8 in that encoding.
        let text = "<?xml version=\"1.0\" encoding=\"GBK\"?>\n" + annotation([object("~~", 5, 6, 20, 25)])
        try folder.write(
            Data(
                text.utf8.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false)
                    .enumerated().flatMap { $0 == 0 ? Array($1) : [$0 == 1 ? 0xc3 : 0xa8] + Array($1) }),
            to: "annotations/a.xml")
        #expect(try folder.index().classNames == ["猫"])
    }

    @Test func entities() throws {
        let data = try load(
            annotation([object("&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos; &#233;&#x1F600;", 5, 6, 20, 25)]))
        #expect(data.classNames == ["<a> & \"b\" 'c' é😀"])
        #expect(data.problems.isEmpty)
    }

    @Test func bareAmpersandsAreKeptAndSaid() throws {
        let data = try load(annotation([object("black & white", 5, 6, 20, 25)]))
        #expect(data.classNames == ["black & white"])
        #expect(data.problems.map(\.rule) == [.bareAmpersand])
    }

    @Test func declaredEntitiesAreRefused() throws {
        try folder.image("images/b.jpg", red: 200)
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "b.jpg"), to: "annotations/b.xml")
        let data = try load(
            "<!DOCTYPE annotation [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>"
                + annotation([object("&lol2;", 5, 6, 20, 25)]))
        #expect(data.samples.map(\.id) == ["b"])
        #expect(data.problems.map(\.rule) == [.entityDeclaration])
    }

    /// An annotation may be large: 60 thousand objects of one image.
    @Test func twelveMegabytes() throws {
        var objects: [String] = []
        for index in 0..<60_000 {
            let (x, y) = (1 + index % 39, 1 + index / 39 % 29)
            objects.append(
                "\t<object>\n\t\t<name>cat\(index / 1131)</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n"
                    + "\t\t<difficult>0</difficult>\n\t\t\(bndbox(x, y, x + 1, y + 1))\n\t</object>")
        }
        let text = annotation(objects)
        #expect(text.utf8.count > 11_000_000)
        let data = try load(text)
        #expect(data.samples.first?.objects.count == 60_000)
        #expect(data.samples.first?.objects.last?.className == "cat53")
    }

    @Test(arguments: [(40, true), (100, false)]) func nesting(depth: Int, isRead: Bool) throws {
        try folder.image("images/b.jpg", red: 200)
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "b.jpg"), to: "annotations/b.xml")
        let deep = String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        let data = try load("<annotation>\(deep)\(object("cat", 1, 1, 9, 9))</annotation>")
        #expect(data.samples.map(\.id) == (isRead ? ["a", "b"] : ["b"]))
        #expect(data.problems.map(\.rule) == (isRead ? [] : [.unreadableAnnotation]))
    }
}
