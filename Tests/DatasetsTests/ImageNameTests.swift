import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// How annotations find their images: by paths from other machines, by names, in folders of any name.
@Suite struct ImageNameTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func xml(_ name: String, at path: String, className: String = "cat") throws {
        try folder.write(annotation([object(className, 1, 1, 9, 9)], filename: name), to: path)
    }

    private func csv(_ name: String) throws -> [String] {
        try folder.write("path,x1,y1,x2,y2,class\n\(name),1,2,10,12,cat\n", to: "annotations.csv")
        return try folder.index().dataset(split: "all").samples.map(\.path)
    }

    @Test(arguments: [
        ("x", "y"), ("one/two/three/four", "five/six/seven/eight"), (".", "deep/er/still/more"), ("a/b", "a"),
        ("Bilder für alle", "überall"), ("images.old", "v1.0/xml"),
    ]) func foldersOfAnyName(images: String, annotations: String) throws {
        for name in ["a", "b"] {
            try folder.image("\(images)/\(name).jpg", red: name == "a" ? 1 : 99)
            try xml("\(name).jpg", at: "\(annotations)/\(name).xml")
        }
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map(\.id) == ["a", "b"])
        #expect(index.findings.isEmpty)
    }

    @Test func strayFilesDoNoHarm() throws {
        try folder.flat(["a", "b"])
        for name in [
            ".DS_Store", "Thumbs.db", "annotations/.~lock.a.xml#", "annotations/desktop.ini", "readme.txt", "notes.md",
            "__MACOSX/annotations/._a.xml", "annotations/._a.xml", ".git/x.xml", "annotations/classes.txt",
        ] { try folder.write("stray \u{1}", to: name) }
        try folder.write("<svg xmlns='http://www.w3.org/2000/svg'/>", to: "logo.xml")
        try folder.write("{\"learning_rate\": 1}", to: "settings.json")
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map(\.id) == ["a", "b"])
        #expect(try index.dataset(split: "all").problems.isEmpty)
        #expect(index.findings.map(\.rule) == [.strayFile])
        #expect(index.findings.first?.message.contains("<svg>") == true)
    }

    @Test func namesakesInSeveralFoldersBelongToTheNearestAnnotation() throws {
        for (index, camera) in ["left", "right"].enumerated() {
            try folder.image("\(camera)/images/0001.jpg", red: UInt8(100 * index))
            try xml("0001.jpg", at: "\(camera)/annotations/0001.xml", className: camera)
        }
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["left/images/0001", "right/images/0001"])
        for sample in data.samples { #expect(sample.path.hasPrefix(sample.objects[0].className)) }
        #expect(data.problems.isEmpty)
    }

    @Test func namesakesThatNothingTellsApartAreLeftOutAndNamed() throws {
        for (index, camera) in ["left", "right"].enumerated() {
            try folder.image("\(camera)/0001.jpg", red: UInt8(100 * index))
        }
        try folder.image("other/0002.jpg")
        try xml("0001.jpg", at: "annotations/0001.xml")
        try xml("0002.jpg", at: "annotations/0002.xml")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["0002"])
        let problem = try #require(data.problems.first { $0.rule == .ambiguousImage })
        #expect(problem.message.contains("left/0001.jpg and right/0001.jpg"), "\(problem)")
    }

    @Test func copiesOfOneImageAreOneImage() throws {
        try folder.image("left/0001.jpg", red: 5)
        try folder.image("right/0001.jpg", red: 5)
        try xml("0001.jpg", at: "annotations/0001.xml")
        #expect(try folder.index().dataset(split: "all").samples.count == 1)
    }

    @Test(arguments: [
        "pics/a b.jpg", "pics\\a b.jpg", "C:\\Users\\me\\pics\\a b.jpg", "/home/me/pics/a b.jpg", "./pics/./a b.jpg",
        "../pics/a b.jpg", "a b.jpg", "a b", "pics/a%20b.jpg", "file:///home/me/pics/a%20b.jpg",
        "/data/local-files/?d=pics/a b.jpg", "A B.JPG", "a b.png", "https://example.org/pics/a%20b.jpg",
    ]) func pathsOfOtherMachines(name: String) throws {
        try folder.image("data/pics/a b.jpg")
        #expect(try csv(name) == ["data/pics/a b.jpg"])
    }

    @Test func percentSignsMayBelongToTheName() throws {
        try folder.image("100%20.jpg", red: 1)
        try folder.image("100 .jpg", red: 200)
        #expect(try csv("100%20.jpg") == ["100%20.jpg"])
        #expect(try csv("100 .jpg") == ["100 .jpg"])
    }

    @Test func theMostOfAPathDecides() throws {
        for (index, place) in ["a/x", "b/x", "b/y"].enumerated() {
            try folder.image("\(place)/1.jpg", red: UInt8(80 * index))
        }
        #expect(try csv("/srv/set/b/x/1.jpg") == ["b/x/1.jpg"])
        #expect(try csv("y/1.jpg") == ["b/y/1.jpg"])
    }

    /// labelImg names its file after the image, and two images may differ only in their extension.
    @Test(arguments: ["a.jpg", "a.png"]) func theFileNameDecidesBetweenNamesakes(name: String) throws {
        try folder.image("a.jpg", red: 1)
        try folder.image("a.png", red: 200)
        try xml(name, at: "a.xml")
        #expect(try folder.index().dataset(split: "all").samples.map(\.path) == [name])
    }

    @Test func masksBesideAreNoImages() throws {
        for name in ["a", "b", "c"] {
            try folder.image("JPEGImages/\(name).jpg", red: UInt8(name.utf8.first ?? 0))
            try xml("\(name).jpg", at: "Annotations/\(name).xml")
        }
        for name in ["a", "b"] {
            try folder.image("SegmentationClass/\(name).png", red: 3)
            try folder.image("SegmentationObject/\(name).png", red: 4)
        }
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.path) == ["a", "b", "c"].map { "JPEGImages/\($0).jpg" })
        #expect(data.samples.map(\.id) == ["a", "b", "c"])
        #expect(data.problems.isEmpty)
    }

    @Test func upperAndLowerCase() throws {
        try folder.image("JPEGIMAGES/PHOTO.JPG")
        try xml("photo.jpg", at: "ANNOTATIONS/photo.XML")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.path) == ["JPEGIMAGES/PHOTO.JPG"])
        #expect(data.samples.map(\.objects.count) == [1])
    }

    @Test func theRightCaseComesFirst() throws {
        try folder.image("a.jpg", red: 1)
        try folder.image("A.jpg", red: 200)
        #expect(try csv("A.jpg") == ["A.jpg"])
        #expect(try csv("a.jpg") == ["a.jpg"])
    }

    /// macOS writes `ä` as two characters in the names of files and archives, other systems as one.
    @Test(arguments: [("a\u{308}.jpg", "\u{e4}.jpg"), ("\u{e4}.jpg", "a\u{308}.jpg")])
    func accentsInTwoForms(file: String, name: String) throws {
        try folder.image("images/\(file)")
        #expect(try csv(name).count == 1)
        try FileManager.default.removeItem(at: folder.file("annotations.csv"))
        try xml(name, at: "annotations/\((name as NSString).deletingPathExtension).xml")
        #expect(try folder.index().dataset(split: "all").samples.map(\.objects.count) == [1])
    }

    @Test func brokenLinksAreNamed() throws {
        try folder.flat(["a", "b"])
        try FileManager.default.removeItem(at: folder.file("images/b.jpg"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("images/b.jpg").path, withDestinationPath: "/nowhere/b.jpg")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["a"])
        #expect(data.problems.map(\.rule) == [.unreadableImage])
        #expect(data.problems.first?.file.lastPathComponent == "b.jpg")
    }

    @Test func linkedFoldersAreEnteredAndLoopsAreNot() throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.image("a.jpg")
        try FileManager.default.createSymbolicLink(at: folder.file("images"), withDestinationURL: elsewhere.url)
        try xml("a.jpg", at: "annotations/a.xml")
        for name in ["again", "annotations/up"] {
            try FileManager.default.createSymbolicLink(at: folder.file(name), withDestinationURL: folder.url)
        }
        #expect(try folder.index().dataset(split: "all").samples.map(\.id) == ["a"])
    }

    /// What is in them may be a list, without which the images would be in other splits.
    @Test func foldersThatCannotBeListedAreErrors() throws {
        try folder.flat(["a"])
        let closed = folder.file("closed")
        try FileManager.default.createDirectory(at: closed, withIntermediateDirectories: false)
        #expect(chmod(closed.path, 0) == 0)
        defer { chmod(closed.path, 0o700) }
        // A user with all permissions can list the folder, which is empty.
        guard opendir(closed.path) == nil else { return }
        #expect(throws: DatasetError.unreadable(path: closed.relativePath, reason: "permission denied")) {
            try folder.index()
        }
    }

    @Test func imagesOfEveryFormatAreFound() throws {
        try folder.image("a.png")
        try folder.image("b.jpeg")
        for name in ["a", "b"] { try xml("", at: "\(name).xml") }
        #expect(try folder.ids("all") == ["a", "b"])
    }
}
