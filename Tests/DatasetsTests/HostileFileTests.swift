import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct HostileFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.flat(["good"])
        try folder.image("images/bad.jpg")
    }

    /// Returns the problems of `annotations/bad.xml`; the good image is always loaded.
    private func problem(at location: SourceLocation = #_sourceLocation) throws -> DatasetProblem? {
        let data = try DatasetIndex(folder.source).dataset(split: "all")
        #expect(data.samples.map(\.id).contains("good"), sourceLocation: location)
        #expect(data.problems.count <= 1, "\(data.problems)", sourceLocation: location)
        return data.problems.first
    }

    @Test func everyTruncationIsAProblemWithALine() throws {
        let whole = Array(
            annotation([object("cat", 1, 1, 20, 20), object("dog", 2, 2, 9, 9)], filename: "bad.jpg").utf8)
        for length in whole.indices.dropLast(1) {
            try folder.write(Data(whole[..<length]), to: "annotations/bad.xml")
            let problem = try #require(try problem(), "\(length) bytes")
            #expect(problem.rule == .unreadableAnnotation)
            #expect(problem.line != nil)
            let lines = whole[..<length].reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
            #expect((problem.line ?? 1) <= lines)
        }
        try folder.write(Data(whole), to: "annotations/bad.xml")
        #expect(try problem() == nil)
    }

    static let documents: [(String, DatasetRule)] = [
        ("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"ha\">]><annotation>&a;</annotation>", .entityDeclaration),
        ("<annotation>&unknown;</annotation>", .unreadableAnnotation),
        (String(repeating: "<annotation>", count: 100_000), .unreadableAnnotation),
        (
            "<annotation>" + String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)
                + "</annotation>",
            .unreadableAnnotation
        ),
        ("<annotation></annotation><annotation></annotation>", .unreadableAnnotation),
        ("<?xml version=\"1.0\" encoding=\"UTF-7\"?><annotation/>", .unreadableAnnotation),
        ("<?xml version=\"1.0\" encoding=\"ebcdic-us\"?><annotation/>", .unreadableAnnotation),
        ("{\"not\": \"XML\"}", .unreadableAnnotation), ("  \n ", .unreadableAnnotation),
        ("\u{0}", .unreadableAnnotation),
    ]

    @Test(arguments: documents.indices)
    func oddDocumentsAreProblems(index: Int) throws {
        let (text, rule) = Self.documents[index]
        try folder.write(text, to: "annotations/bad.xml")
        #expect(try problem()?.rule == rule)
    }

    /// A document with other content is not an annotation, and its image is unannotated.
    @Test func otherDocumentsAreStray() throws {
        try folder.write("<html></html>", to: "annotations/bad.xml")
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map(\.id) == ["good"])
        #expect(index.findings.map(\.rule) == [.strayFile])
        #expect(try index.dataset(split: "trainval").problems.map(\.rule) == [.missingAnnotation])
    }

    @Test func documentTypesWithoutDeclarationsAreHarmless() throws {
        try folder.write(
            "<!DOCTYPE annotation SYSTEM \"file:///etc/passwd\"><annotation/>", to: "annotations/bad.xml")
        #expect(try problem() == nil)
    }

    @Test func encodingsOtherThanUTF8() throws {
        let text = annotation([object("cät", 1, 1, 20, 20)], filename: "bad.jpg")
        try folder.write(try #require(text.data(using: .utf16)), to: "annotations/bad.xml")
        #expect(try problem() == nil)
        #expect(try folder.index().classNames == ["cat", "cät"])
        let latin = try #require(text.data(using: .isoLatin1))
        try folder.write(latin, to: "annotations/bad.xml")
        #expect(try problem()?.rule == .unreadableAnnotation)
        let declared = Data("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n".utf8)
        try folder.write(declared + latin, to: "annotations/bad.xml")
        #expect(try problem() == nil)
        #expect(try DatasetIndex(folder.source).classNames == ["cat", "cät"])
    }

    @Test func seededNoiseNeverCrashes() throws {
        let whole = Array(annotation([object("cat", 1, 1, 20, 20)], filename: "bad.jpg").utf8)
        var random = SystemSeed(state: 3)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<3 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255) }
            try folder.write(Data(bytes), to: "annotations/bad.xml")
            _ = try DatasetIndex(folder.source).dataset(split: "all")
        }
    }

    @Test func foldersLinksAndPipesInsteadOfFiles() throws {
        let manager = FileManager.default
        // A folder is not an annotation, whatever its name, so the image is unannotated.
        try manager.createDirectory(at: folder.file("annotations/bad.xml"), withIntermediateDirectories: true)
        #expect(try problem() == nil)
        #expect(try folder.index().dataset(split: "trainval").problems.map(\.rule) == [.missingAnnotation])
        try manager.removeItem(at: folder.file("annotations/bad.xml"))
        try manager.createSymbolicLink(atPath: folder.file("annotations/bad.xml").path, withDestinationPath: "bad.xml")
        #expect(try problem()?.rule == .unreadableAnnotation)
        try manager.removeItem(at: folder.file("annotations/bad.xml"))
        try folder.write(annotation([], filename: "bad.jpg"), to: "annotations/bad.xml")
        try manager.removeItem(at: folder.file("images/bad.jpg"))
        #expect(mkfifo(folder.file("images/bad.jpg").path, 0o600) == 0)
        #expect(try problem()?.rule == .missingImage)
        try manager.removeItem(at: folder.file("images/bad.jpg"))
        try manager.createDirectory(at: folder.file("images/bad.jpg"), withIntermediateDirectories: true)
        #expect(try problem()?.rule == .missingImage)
    }

    @Test func foldersThatLinkToThemselves() throws {
        let loop = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(at: loop.file("VOCdevkit"), withDestinationURL: loop.url)
        try FileManager.default.createSymbolicLink(at: loop.file("images"), withDestinationURL: loop.file("images"))
        #expect(throws: DatasetError.self) { try DatasetIndex(loop.source).dataset(split: "train") }
    }

    @Test func namesCannotLeadOutOfTheFolder() throws {
        let outer = try TemporaryFolder()
        let outside = try outer.image("outside.jpg")
        try outer.image("set/images/good.jpg")
        for (name, file) in [("good", "good.jpg"), ("else", "../../outside.jpg"), ("third", outside.path)] {
            try outer.write(annotation([object("cat", 1, 1, 9, 9)], filename: file), to: "set/annotations/\(name).xml")
        }
        let data = try DatasetIndex(DatasetSource(root: outer.file("set"))).dataset(split: "all")
        #expect(data.samples.map(\.id) == ["good"])
        #expect(data.problems.map(\.rule) == [.missingImage, .missingImage])
    }
}

/// A generator with a seed.
struct SystemSeed: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 17
    }
}
