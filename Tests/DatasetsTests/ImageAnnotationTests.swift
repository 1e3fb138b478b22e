import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct PictureAnnotationTests {
    @Test func singlePicturesFindTheirAnnotations() throws {
        let folder = try TemporaryFolder()
        try folder.flat(["a", "b", "c"])
        try folder.write("<annotation><object>", to: "annotations/c.xml")
        let copy = try folder.picture("elsewhere/b.jpg")
        let stranger = try folder.picture("elsewhere/z.jpg")
        let (samples, problems) = try folder.source.samples(
            of: [stranger, copy, folder.file("images/../images/a.jpg")], classNames: ["dog", "cat"])
        #expect(samples.map { $0?.id } == [nil, "b", "a"])
        #expect(samples.map { $0?.objects.map(\.classIndex) } == [nil, [1], [1]])
        // The broken annotation is another picture's, and was not read.
        #expect(problems.isEmpty)
        let broken = try folder.source.samples(of: [folder.file("images/c.jpg")], classNames: ["cat"])
        #expect(broken.samples == [nil])
        #expect(broken.problems.map(\.rule) == [.unreadableAnnotation])
    }
}
