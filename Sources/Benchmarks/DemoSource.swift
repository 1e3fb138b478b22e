import Foundation
import Images
import Networks
import SyntheticData

/// The weights and the image of a benchmark: the given ones, or synthetic ones.
struct DemoSource {
    let model, image: URL
    /// The folder of synthetic files, deleted with the last copy of this value.
    let scratch: ScratchFolder

    init(_ settings: Benchmark) throws {
        scratch = try ScratchFolder()
        model = try settings.model ?? Self.madeUpModel(settings, in: scratch)
        image = try settings.image ?? Self.madeUpImage(in: scratch)
    }

    private static func madeUpModel(_ settings: Benchmark, in scratch: ScratchFolder) throws -> URL {
        let names = (0..<settings.network.classCount).map { "class \($0 + 1)" }
        let model = try Model(
            network: settings.network, classNames: names, inputSize: settings.inputSize, seed: 1)
        let file = scratch.url.appendingPathComponent("random.safetensors")
        try model.save(to: file)
        return file
    }

    /// Writes a synthetic image of the size of a photograph, 640 x 480.
    private static func madeUpImage(in scratch: ScratchFolder) throws -> URL {
        let file = scratch.url.appendingPathComponent("image.jpg")
        try ShapesSynthesizer(imageCount: 1, size: 640).makeImage(0).image.resized(width: 640, height: 480)
            .writeJPEG(to: file)
        return file
    }
}
