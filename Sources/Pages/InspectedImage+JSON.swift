import Boxes
import Foundation
import Images
import JSON

extension InspectedImage {
    /// Returns the data for the viewer's script.
    ///
    /// - Parameter classCount: The number of class names.
    func json(classCount: Int) throws(ImageError) -> JSONValue {
        check(classCount: classCount)
        let map = imageToInput
        return [
            "name": .string(name), "width": .integer(image.width), "height": .integer(image.height),
            "source": .string(try EmbeddedData.address(of: image)),
            "inputExtent": [.integer(inputExtent.columns), .integer(inputExtent.rows)],
            "scale": [.number(map.a), .number(map.d)], "shift": [.number(map.tx), .number(map.ty)],
            "detections": .array(detections.map(\.json)), "annotations": .array(annotations.map(\.json)),
            "heatmaps": [
                "predicted": predictedHeatmap.map { .array(EmbeddedMap.planes(of: $0)) } ?? .null,
                "true": groundTruthHeatmap.map { .array(EmbeddedMap.planes(of: $0)) } ?? .null,
            ],
            "features": .array(features.map(\.json)), "explanations": .array(explanations.map(\.json)),
        ]
    }

    private func check(classCount: Int) {
        precondition(
            imageToInput.b == 0 && imageToInput.c == 0 && imageToInput.inverse != nil,
            "images are drawn upright, but \(imageToInput) rotates them")
        for index in detections.map(\.classIndex) + annotations.map(\.classIndex) {
            precondition((0..<classCount).contains(index), "class \(index) of \(classCount) classes")
        }
        for heatmap in [predictedHeatmap, groundTruthHeatmap].compactMap({ $0 }) {
            precondition(
                heatmap.shape.first == classCount, "\(heatmap.shape) is not a heatmap of \(classCount) classes")
        }
        for index in explanations.compactMap(\.detection) {
            precondition(
                detections.indices.contains(index), "an explanation of detection \(index) of \(detections.count)")
        }
    }
}

extension InspectedDetection {
    fileprivate var json: JSONValue {
        [
            "class": .integer(classIndex), "score": .number(decimal(score)), "box": box.json,
            "isPoint": .bool(kind == .points),
            "peak": peak.map { [.integer($0.row), .integer($0.column)] } ?? .null, "note": .string(note),
        ]
    }
}

extension InspectedAnnotation {
    fileprivate var json: JSONValue {
        [
            "class": .integer(classIndex), "box": box.json, "isPoint": .bool(kind == .points), "note": .string(note),
        ]
    }
}

extension InspectedLayer {
    fileprivate var json: JSONValue {
        [
            "layer": .string(layer),
            "reductions": .array(
                reductions.map { ["name": .string($0.name), "map": EmbeddedMap($0.map).json] }),
            "components": components.map { image in
                [
                    "rows": .integer(image.height), "columns": .integer(image.width),
                    "colors": .string(Data(image.pixels).base64EncodedString()),
                ]
            } ?? .null,
        ]
    }
}

extension InspectedExplanation {
    fileprivate var json: JSONValue {
        [
            "detection": detection.map { .integer($0) } ?? .null, "target": .string(target),
            "method": .string(method), "layer": .string(layer), "map": EmbeddedMap(map, flatness: flatness).json,
            "milliseconds": milliseconds.map { .number($0) } ?? .null,
        ]
    }
}

extension Box {
    /// The edges, or null if one is not finite: such a box is listed but cannot be drawn.
    fileprivate var json: JSONValue {
        guard isFinite else { return .null }
        return .array([xMin, yMin, xMax, yMax].map { .number(($0 * 100).rounded() / 100) })
    }
}

/// Returns the shortest decimal number that rounds to this value.
private func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
