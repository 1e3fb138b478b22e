import ArgumentParser
import Foundation
import SyntheticData
import Tensors

struct DataSynthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract:
            "Create a data set of textured, overlapping shapes, of varied scenes to pre-train on, of stick figures with keypoints, or of points.",
        discussion: """
            Shapes and scenes are written as a VOC folder, stick figures as a COCO folder with keypoints, points (small discs and \
            rings, up to 1,000 in an image) as a CSV table. The same seed always creates the same files.
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

    @Flag(
        help:
            "Draw scenes for pre-training: many classes, and images that resemble photographs, drawings and microscope images."
    )
    var scenes = false

    @Option(
        help:
            "Number of classes of --scenes: up to 20 forms, or up to \(ScenesSynthesizer.maximumClassCount) of forms made of materials."
    )
    var classes: Int?

    @Flag(help: "Draw small discs and rings, annotated as points without boxes.")
    var points = false

    func validate() throws {
        if points && (keypoints || scenes) {
            throw ValidationError("--points excludes --keypoints and --scenes.")
        }
        if count < 1 { throw ValidationError("--count must be 1 or more.") }
        if !(32...4096).contains(size) { throw ValidationError("--size must be from 32 to 4096.") }
        if scenes && keypoints { throw ValidationError("--scenes and --keypoints exclude each other.") }
        if let classes {
            if !scenes { throw ValidationError("--classes needs --scenes.") }
            if !(1...ScenesSynthesizer.maximumClassCount).contains(classes) {
                throw ValidationError("--classes must be from 1 to \(ScenesSynthesizer.maximumClassCount).")
            }
        }
    }

    func run() throws {
        let url = URL(fileURLWithPath: folder)
        if keypoints {
            try FiguresSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        } else if scenes {
            try ScenesSynthesizer(
                seed: seed, imageCount: count, size: size, classCount: classes ?? ScenesSynthesizer.maximumClassCount
            ).write(to: url)
        } else if points {
            try PointsSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        } else {
            try ShapesSynthesizer(seed: seed, imageCount: count, size: size).write(to: url)
        }
        Terminal.standardOutput(terminalLines([folder]) + "\n")
    }
}
