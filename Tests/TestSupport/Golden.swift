import Foundation
import JSON
import Tensors

/// Numbers computed elsewhere: the files of `Tests/Goldens`; of the folder that `PINPOINT_GOLDENS` names where it has them.
public enum Golden {
    /// Where the files of this repository are.
    public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens")

    /// Where a file is.
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

/// The largest difference between two tensors, relative to the largest magnitude in `expected`; infinite when shapes
/// differ or anything is not a number.
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
