import Foundation
import JSON
import Tensors

/// Reference results from other software: the files of `Tests/Goldens`, or of the folder that `PINPOINT_GOLDENS` names, where present.
public enum Golden {
    /// The folder of this repository's files.
    public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens")

    /// The location of a file.
    public static func file(_ name: String) -> URL {
        if let path = ProcessInfo.processInfo.environment["PINPOINT_GOLDENS"] {
            let other = URL(fileURLWithPath: path).appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: other.path) { return other }
        }
        return folder.appendingPathComponent(name)
    }

    /// The content of `NAME.json`.
    public static func load(_ name: String) throws -> JSONValue { try JSONValue(contentsOf: file(name + ".json")) }
}

extension JSONValue {
    /// A golden tensor: `{"shape": […], "data": […]}`.
    public func tensor() throws -> Tensor {
        Tensor(try self["shape"].integers(), elements: try self["data"].numbers().map(Float.init))
    }
}

/// The largest difference between two tensors, relative to the largest magnitude in `expected`; infinite when shapes differ or an element
/// is NaN.
public func relativeDifference(_ actual: Tensor, _ expected: Tensor) -> Float {
    guard actual.shape == expected.shape else { return .infinity }
    let scale = max(expected.elements.map(abs).max() ?? 0, 1e-12)
    var worst: Float = 0
    for (a, e) in zip(actual.elements, expected.elements) {
        let difference = abs(a - e)
        if !difference.isFinite { return .infinity }
        worst = max(worst, difference)
    }
    return worst / scale
}
