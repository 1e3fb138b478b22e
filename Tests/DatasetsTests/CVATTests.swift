import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// One XML file for many images.
@Suite struct CVATTests {
    private func document(_ images: String, meta: String = "") -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <annotations>
        <version>1.1</version>
        <meta>\(meta)</meta>
        \(images)
        </annotations>

        """
    }

    private func image(_ name: String, _ shapes: String, subset: String? = nil) -> String {
        let subset = subset.map { " subset=\"\($0)\"" } ?? ""
        return "<image id=\"0\" name=\"\(name)\"\(subset) width=\"40\" height=\"30\">\n\(shapes)\n</image>"
    }

    private let rectangle =
        #"<box label="cat" source="manual" occluded="0" xtl="10.00" ytl="5.00" xbr="30.00" ybr="20.00" z_order="0"></box>"#

    private func load(_ shapes: String) throws -> (TemporaryFolder, DetectionDataset) {
        let folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
        try folder.write(document(image("a.jpg", shapes)), to: "annotations.xml")
        return (folder, try DatasetIndex(DatasetSource(root: folder.url)).dataset(split: "all"))
    }

    @Test(
        arguments: [
            (
                #"<box label="cat" xtl="10" ytl="5" xbr="30.5" ybr="20.25"><attribute name="a">b</attribute></box>"#,
                [10, 5, 30.5, 20.25]
            ),
            (#"<box label="cat" xtl="30" ytl="20" xbr="10" ybr="5"/>"#, [10, 5, 30, 20]),
            (#"<box label="cat" xtl="10" ytl="10" xbr="30" ybr="20" rotation="90"/>"#, [15, 5, 25, 25]),
            (#"<polygon label="cat" points="10.00,5.00;30.00,8.00;20.00,20.00"/>"#, [10, 5, 30, 20]),
            (#"<ellipse label="cat" cx="20" cy="15" rx="10" ry="5"/>"#, [10, 10, 30, 20]),
            (#"<ellipse label="cat" cx="20" cy="15" rx="10" ry="5" rotation="90"/>"#, [15, 5, 25, 25]),
            (#"<mask label="cat" rle="0, 4, 2" left="10" top="5" width="20" height="15"/>"#, [10, 5, 30, 20]),
            (
                #"<cuboid label="cat" xtl1="10" ytl1="8" xbl1="10" ybl1="20" xtr1="20" ytr1="8" xbr1="20" ybr1="20" xtl2="30" "#
                    + #"ytl2="5" xbl2="30" ybl2="18" xtr2="25" ytr2="5" xbr2="25" ybr2="18"/>"#, [10, 5, 30, 20]
            ),
            (
                #"<skeleton label="cat"><points label="1" outside="0" points="10,5"/><points label="2" outside="1" points="0,0"/>"#
                    + #"<points label="3" points="30,20"/></skeleton>"#, [10, 5, 30, 20]
            ),
        ] as [(String, [Double])])
    func shapesGiveBoxes(_ shape: String, _ edges: [Double]) throws {
        let (_, dataset) = try load(shape)
        let object = try #require(dataset.samples.first?.objects.first)
        #expect(object.className == "cat")
        for (found, wanted) in zip([object.box.xMin, object.box.yMin, object.box.xMax, object.box.yMax], edges) {
            #expect(abs(found - wanted) < 1e-9, "\(object.box)")
        }
    }

    @Test(arguments: [
        (#"<polyline label="cat" points="1,2;3,4"/>"#, DatasetRule.emptyBox, "<polyline>"),
        (#"<points label="cat" points=""/>"#, .missingField, "<points>"),
        (#"<box xtl="1" ytl="2" xbr="3" ybr="4"/>"#, .missingField, "no label"),
        (#"<box label="cat" xtl="1" ytl="2" xbr="3"/>"#, .missingField, "'ybr'"),
        (#"<box label="cat" xtl="1" ytl="nan" xbr="3" ybr="9"/>"#, .notANumber, "'ytl' is 'nan'"),
        (#"<box label="cat" xtl="1" ytl="1e99" xbr="3" ybr="9"/>"#, .notANumber, "1e99"),
        (#"<polygon label="cat" points="1,2;3;4,5"/>"#, .notANumber, "'3'"),
        (#"<polygon label="cat" points=""/>"#, .missingField, "points"),
        (#"<cuboid label="cat"/>"#, .missingField, "corners"), (#"<sphere label="cat"/>"#, .missingField, "<sphere>"),
    ])
    func aBadShapeCostsOneObject(_ shape: String, _ rule: DatasetRule, _ words: String) throws {
        let (folder, dataset) = try load(rectangle + "\n" + shape)
        let problem = try #require(dataset.problems.first)
        #expect(problem.rule == rule)
        #expect(problem.file == folder.file("annotations.xml"))
        #expect((problem.object, problem.line) == (2, 7))
        #expect(problem.message.contains(words), "\(problem.message)")
        #expect(dataset.samples.first?.objects.count == 1)
    }

    @Test func subsetsAreSplits() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(index))
        }
        try folder.write(
            document(
                image("a.jpg", rectangle, subset: "Train") + image("sub/b.jpg", rectangle, subset: "Validation")
                    + image("c.jpg", "<tag label=\"indoor\"/>", subset: "Train")),
            to: "annotations.xml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(try index.dataset(split: "train").samples.map(\.objects.count) == [1, 0])
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["b"])
        #expect(index.classNames == ["cat"])
    }

    @Test func declaredClassesThatNothingIsOfAreTold() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        let meta =
            "<task><labels><label><name>dog</name><attributes><attribute><name>age</name></attribute></attributes></label>"
            + "<label><name>cat</name></label></labels></task>"
        try folder.write(document(image("a.jpg", rectangle), meta: meta), to: "annotations.xml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(index.classNames == ["cat"])
        #expect(index.findings.map(\.rule) == [.unusedClass])
        #expect(index.findings.first?.message.contains("'dog'") == true)
    }

    @Test func tracksAreNotRead() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        let track = #"<track id="0" label="cat"><box frame="0" xtl="1" ytl="2" xbr="3" ybr="4"/></track>"#
        try folder.write(document(track + track), to: "annotations.xml")
        let error = #expect(throws: DatasetError.self) { try DatasetIndex(DatasetSource(root: folder.url)) }
        #expect(error?.description.contains("CVAT for images 1.1") == true, "\(String(describing: error))")
    }

    @Test func aCutFileIsToldAndReadAsFarAsItGoes() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("images/\(name).jpg", red: UInt8(index)) }
        let whole = Array(document(image("a.jpg", rectangle) + image("b.jpg", rectangle)).utf8)
        for length in 0..<whole.count - 1 {
            try folder.write(whole.prefix(length), to: "annotations.xml")
            guard let index = try? DatasetIndex(DatasetSource(root: folder.url)) else { continue }
            #expect(index.findings.contains { $0.rule == .unreadableAnnotation && $0.line != nil }, "\(length)")
            for sample in try index.dataset(split: "all").samples { #expect(sample.objects.count == 1) }
        }
    }
}
