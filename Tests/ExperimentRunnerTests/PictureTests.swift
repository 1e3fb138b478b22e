import ExperimentRunner
import Foundation
import Testing

@Suite("Pictures and their names")
struct PictureTests {
    @Test(
        "Names are stems, with more of the path where stems agree",
        arguments: [
            (["a/x.png", "a/y.png"], ["x", "y"]),
            (["a/x.png", "b/x.png", "b/y.png"], ["a_x", "b_x", "y"]),
            (["a/x.png", "a/x.jpg"], ["a_x_png", "a_x_jpg"]),
            (["a/X.png", "a/x.png"], ["a_X_png", "a_x_png_2"]),
            (["1/a/x.png", "2/a/x.png"], ["a_x_png", "a_x_png_2"]),
        ])
    func names(paths: [String], expected: [String]) {
        let names = Picture.uniqueNames(of: paths.map { URL(fileURLWithPath: "/\($0)") })
        #expect(names == expected)
        #expect(Set(names.map { $0.lowercased() }).count == names.count)
    }

    @Test("A folder is its pictures, by name; the same picture counts once")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: PictureError.noPictures(folder: folder.path)) { try Picture.collect([folder.path]) }
        for name in ["b.JPG", "a.png", "c.jpeg", "notes.txt", ".hidden.png"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        let collected = try Picture.collect([folder.path, folder.appendingPathComponent("a.png").path])
        #expect(collected.map(\.name) == ["a", "b", "c"])
        #expect(throws: PictureError.notFound("/nowhere")) { try Picture.collect(["/nowhere"]) }
    }

    @Test("Classes make different file names, whatever they are called")
    func classFileNames() {
        #expect(
            HeatmapDemo.fileNames(of: ["cell", "a/b", "heatmap", "Cell"]) == ["cell", "a_b", "heatmap_2", "Cell_2"])
    }
}
