import ArgumentParser
import Datasets
import Foundation

struct DataSynthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize", abstract: "Make a VOC folder of textured, overlapping, rotated shapes.",
        discussion: "The same seed makes the same files.")

    @Argument(help: "The folder to make.")
    var folder: String

    @Option(help: "How many pictures.")
    var count = 100

    @Option(help: "The side of a picture in pixels.")
    var size = 128

    @Option(help: "What all randomness comes from.")
    var seed: UInt64 = 1

    func validate() throws {
        if count < 1 { throw ValidationError("--count is 1 or more.") }
        if !(32...4096).contains(size) { throw ValidationError("--size is from 32 to 4096.") }
    }

    func run() throws {
        let shapes = ShapesSynthesizer(seed: seed, imageCount: count, size: size)
        try shapes.write(to: URL(fileURLWithPath: folder))
        Terminal.standardOutput("\(folder)\n")
    }
}
