import Boxes
import Foundation
import Inference
import JSON
import PeakDecoding
import Tensors
import TestSupport
import Testing

/// Raw outputs of detectors, made from integers as in `Tools/Goldens/decoders.py`, and how torchvision and NumPy decode them.
@Suite struct DecoderGoldenTests {
    static let cases = (try? Golden.load("decoders")["cases"].array()) ?? []

    @Test func thereAreCases() { #expect(Self.cases.count == 14) }

    @Test("Boxes, scores and classes match the reference", arguments: cases.indices)
    func detections(index: Int) throws {
        let golden = Self.cases[index]
        let input = InputExtent(side: try golden["size"].integer())
        let outputs = try self.outputs(golden)
        let decoder = try Self.decoder(golden["decoder"].string(), outputs, input)
        let expected = try golden["detections"].array()
        let decoded = decoder.decode(
            Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.tensor) }), mirrored: nil, item: 0,
            input: input, limit: expected.count)
        #expect(expected.count > 3)
        #expect(decoded.detections.count == expected.count)
        for (found, wanted) in zip(decoded.detections, expected) {
            let box = try wanted["box"].numbers()
            #expect(abs(Double(found.score) - (try wanted["score"].number())) < 2e-5)
            #expect(try found.classIndex == wanted["cls"].integer())
            #expect(try found.candidate == wanted["candidate"].integer())
            for (edge, expected) in zip([found.box.xMin, found.box.yMin, found.box.xMax, found.box.yMax], box) {
                #expect(abs(edge - expected) < 2e-3 * max(1, abs(expected) / 10))
            }
            let keypoints = try wanted.object()["keypoints"]?.numbers() ?? []
            #expect(found.keypoints.count == decoder.skeleton?.keypointCount ?? 0)
            #expect(keypoints.count == 2 * found.keypoints.count)
            for (number, expected) in zip(found.keypoints.flatMap({ [$0.x, $0.y] }), keypoints) {
                #expect(abs(number - expected) < 2e-3 * max(1, abs(expected) / 10))
            }
        }
    }

    @Test("The elements of a score are those that it was read from", arguments: cases.indices)
    func elements(index: Int) throws {
        let golden = Self.cases[index]
        let input = InputExtent(side: try golden["size"].integer())
        let outputs = try self.outputs(golden)
        let decoder = try Self.decoder(golden["decoder"].string(), outputs, input)
        var tensors = Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.tensor) })
        let before = decoder.decode(tensors, mirrored: nil, item: 0, input: input, limit: 1).detections[0]
        let elements = try #require(decoder.elements(of: .score, of: DetectionSource(before)))
        #expect(!elements.isEmpty)
        // Decreasing each of them decreases the score and changes nothing else.
        for element in elements {
            let shape = try #require(tensors[element.output]).shape
            #expect(element.place.count == shape.count - 1)
            let offset = zip(element.place, shape.dropFirst()).reduce(0) { $0 * $1.1 + $1.0 }
            tensors[element.output]?.withMutableElements { $0[offset] -= 0.01 }
        }
        let after = decoder.decode(tensors, mirrored: nil, item: 0, input: input, limit: 1000).detections
        let same = try #require(after.first { $0.candidate == before.candidate && $0.classIndex == before.classIndex })
        #expect(same.score < before.score && same.score > before.score * 0.9)
        #expect(same.box == before.box)
    }

    @Test("Lengths of boxes that a graph decodes are sums of its outputs", arguments: ["yolov5", "yolov8"])
    func lengths(name: String) throws {
        let golden = try #require(
            try Self.cases.first {
                try $0["decoder"].string() == name && (try? $0["shapes"]["boxes"].integers()) != nil
            })
        let input = InputExtent(side: try golden["size"].integer())
        let outputs = try self.outputs(golden)
        let decoder = try Self.decoder(name, outputs, input)
        let found = decoder.decode(
            [outputs[0].name: outputs[0].tensor], mirrored: nil, item: 0, input: input, limit: 1
        ).detections[0]
        func value(_ quantity: DetectedQuantity) throws -> Double {
            try #require(decoder.elements(of: quantity, of: DetectionSource(found))).reduce(0) { sum, element in
                let offset = zip(element.place, outputs[0].shape.dropFirst()).reduce(0) { $0 * $1.1 + $1.0 }
                return sum + Double(element.weight * outputs[0].tensor.elements[offset])
            }
        }
        #expect(abs(try value(.width) - found.box.width) < 1e-5)
        #expect(abs(try value(.height) - found.box.height) < 1e-5)
        #expect(abs(try value(.left) + found.box.xMin) < 1e-5)
        #expect(abs(try value(.top) + found.box.yMin) < 1e-5)
        #expect(abs(try value(.right) - found.box.xMax) < 1e-5)
        #expect(abs(try value(.bottom) - found.box.yMax) < 1e-5)
    }

    private struct Output {
        let name: String
        let tensor: Tensor
        var shape: [Int] { tensor.shape }
    }

    private static func decoder(
        _ name: String, _ outputs: [Output], _ input: InputExtent
    ) throws -> any DetectionDecoder {
        let described = outputs.map { NetworkOutput(name: $0.name, shape: $0.shape, isProbability: false) }
        if let version = YOLOVersion(rawValue: name) {
            return try YOLODecoder(version: version, outputs: described, input: input)
        }
        if let kind = AnchorDecoder.Kind(rawValue: name) {
            return try AnchorDecoder(kind: kind, outputs: described, input: input)
        }
        return try CenterFaceDecoder(outputs: described)
    }

    private func outputs(_ golden: JSONValue) throws -> [Output] {
        try golden["shapes"].object().map { name, shape in
            let shape = try shape.integers()
            let parameters = try golden["parameters"][name].numbers()
            return Output(
                name: name,
                tensor: Tensor(
                    shape,
                    elements: (0..<shape.reduce(1, *)).map { index in
                        Self.number(index, seed: Int(parameters[0]), scale: parameters[1], shift: parameters[2])
                    }))
        }
    }

    private static func number(_ index: Int, seed: Int, scale: Double, shift: Double) -> Float {
        var bits = (UInt64(index) &* 2_654_435_761 &+ UInt64(seed) &* 40503) & 0xffff_ffff
        bits = ((bits ^ (bits >> 15)) &* 2_246_822_519) & 0xffff_ffff
        bits ^= bits >> 13
        return Float((Double(bits) / 4_294_967_296 * 2 - 1) * scale + shift)
    }
}
