import Foundation
import Graphs
import Images
import Inference
import Networks
import Testing

/// Many images are processed in small batches.
struct ImageRunTests {
    /// An image's result is the same as without other images, except for the last bits; results are in order, and unreadable images change
    /// nothing.
    @Test(arguments: [1, 31, 33, 46]) func neighboursChangeNothing(count: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try (0..<count).map { index in
            let file = folder.appending(path: "\(index).png")
            if index % 13 == 5 {
                try Data("no image".utf8).write(to: file)
            } else {
                try Image(width: 20 + index, height: 30, fill: (UInt8(5 * index), 90, UInt8(255 - 5 * index)))
                    .writePNG(to: file)
            }
            return file
        }
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16), classNames: ["a", "b"],
            inputSize: 64, seed: 1)
        let predictor = try Predictor(model: model, backend: ReferenceBackend())
        var seen: [Int] = []
        try ImageRun(predictor: predictor, files: files).run { _, image, prediction in
            .init(value: (try image.full().width, prediction.detections.map(\.score)))
        } collect: { index, value in
            seen.append(index)
            guard index % 13 != 5 else {
                #expect(throws: ImageError.self) { try value.get() }
                return
            }
            let (width, scores) = try value.get()
            #expect(width == 20 + index)
            let alone = try predictor.predict([try Image(contentsOf: files[index])])[0].detections.map(\.score)
            #expect(scores.count == alone.count && !alone.isEmpty)
            for (score, other) in zip(scores, alone) { #expect(abs(score - other) < 1e-5) }
        }
        #expect(seen == Array(0..<count))
    }
}
