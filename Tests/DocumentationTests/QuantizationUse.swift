import Foundation
import Images
import Networks
import OneDNNBackend
import Quantization
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func quantization() throws {
        let folder = try TemporaryFolder()
        let images = try (0..<2).map { number in
            let file = folder.file("\(number).png")
            try ShapesSynthesizer(imageCount: 2, size: 64).makeImage(number).image.writePNG(to: file)
            return file
        }
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1), classNames: ["shape"], inputSize: 64, seed: 1
        )
        var options = QuantizationOptions()
        options.imageCount = 2
        options.sensitivityImageCount = 1
        var quantizer = try Quantizer(model, backend: OneDNNBackend(), options: options)
        let imageCount = try quantizer.calibrate(on: images)
        let integers = try quantizer.quantized(Set(quantizer.candidates))
        #expect(imageCount == 2 && integers.quantization?.weights.isEmpty == false)
    }
}
