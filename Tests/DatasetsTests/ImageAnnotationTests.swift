import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct ImageAnnotationTests {
    @Test func singleImagesFindTheirAnnotations() throws {
        let folder = try TemporaryFolder()
        try folder.flat(["a", "b", "c"])
        try folder.write("<annotation><object>", to: "annotations/c.xml")
        let copy = try folder.image("elsewhere/b.jpg")
        let stranger = try folder.image("elsewhere/z.jpg")
        let (samples, problems) = try DatasetIndex(folder.source).samples(
            of: [stranger, copy, folder.file("images/../images/a.jpg")], classNames: ["dog", "cat"])
        #expect(samples.map { $0?.id } == [nil, "b", "a"])
        #expect(samples.map { $0?.objects.map(\.classIndex) } == [nil, [1], [1]])
        // The malformed annotation belongs to another image and was not read.
        #expect(problems.isEmpty)
        let broken = try DatasetIndex(folder.source).samples(of: [folder.file("images/c.jpg")], classNames: ["cat"])
        #expect(broken.samples == [nil])
        #expect(broken.problems.map(\.rule) == [.unreadableAnnotation])
    }
}
