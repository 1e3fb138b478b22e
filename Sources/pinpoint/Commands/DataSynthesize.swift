import ArgumentParser
import Foundation
import SyntheticData

struct DataSynthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Make a data set of textured, overlapping shapes, or of people with keypoints.",
        discussion: """
            Shapes are a VOC folder, people of strokes a COCO folder with keypoints. The same seed makes the same files.
            """)

    @Argument(help: "The folder to make.")
    var folder: String

    @Option(help: "How many images.")
    var count = 100

    @Option(help: "The side of an image in pixels.")
    var size = 128

    @Option(help: "What all randomness comes from.")
    var seed: UInt64 = 1

    @Flag(help: "People of strokes with keypoints instead of shapes with boxes.")
    var keypoints = false

    func validate() throws {
        if count < 1 { throw ValidationError("--count is 1 or more.") }
        if !(32...4096).contains(size) { throw ValidationError("--size is from 32 to 4096.") }
    }

    func run() throws {
        let url = URL(fileURLWithPath: folder)
        if keypoints {
            try FiguresSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        } else {
            try ShapesSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        }
        Terminal.standardOutput("\(folder)\n")
    }
}
