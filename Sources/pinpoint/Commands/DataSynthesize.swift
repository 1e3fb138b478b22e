import ArgumentParser
import Foundation
import SyntheticData
import Tensors

struct DataSynthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Create a data set of textured, overlapping shapes, or of stick figures with keypoints.",
        discussion: """
            Shapes are written as a VOC folder, stick figures as a COCO folder with keypoints. The same seed always creates \
            the same files.
            """)

    @Argument(help: "Folder to create.")
    var folder: String

    @Option(help: "Number of images.")
    var count = 100

    @Option(help: "Image width and height in pixels.")
    var size = 128

    @Option(help: "Random seed.")
    var seed: UInt64 = 1

    @Flag(help: "Draw stick figures with keypoints instead of shapes with boxes.")
    var keypoints = false

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be 1 or more.") }
        if !(32...4096).contains(size) { throw ValidationError("--size must be from 32 to 4096.") }
    }

    func run() throws {
        let url = URL(fileURLWithPath: folder)
        if keypoints {
            try FiguresSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        } else {
            try ShapesSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        }
        Terminal.standardOutput(terminalLines([folder]) + "\n")
    }
}
