import Boxes
import PeakDecoding
import Tensors

/// The names of a network's keypoint heads, and the skeleton.
public struct KeypointOutputs: Hashable, Sendable {
    /// The keypoints, in the order of the heads' channels.
    public let skeleton: Skeleton
    /// The names of the heads; see `NetworkCatalogue.make` for their shapes.
    public let displacement, heatmap, offset: String

    /// Creates keypoint outputs with these names of heads.
    public init(
        skeleton: Skeleton, displacement: String = "keypointDisplacement", heatmap: String = "keypointHeatmap",
        offset: String = "keypointOffset"
    ) {
        self.skeleton = skeleton
        (self.displacement, self.heatmap, self.offset) = (displacement, heatmap, offset)
    }

    /// Finds the heads among a network's outputs, by pinpoint's names or the published ones; nil if there are none.
    ///
    /// - Parameter heatmap: The objects' heatmap, whose size the keypoint maps share.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)`` if heads are missing or have the wrong shape.
    init?(outputs: [NetworkOutput], heatmap: NetworkOutput, skeleton: Skeleton) throws(DecoderError) {
        func find(_ names: [String]) -> NetworkOutput? { outputs.first { names.contains($0.name) } }
        let heads = [
            (find(["keypointDisplacement", "hps"]), 2 * skeleton.keypointCount),
            (find(["keypointHeatmap", "hm_hp"]), skeleton.keypointCount), (find(["keypointOffset", "hp_offset"]), 2),
        ]
        let names = heads.compactMap { $0.0?.name }
        if names.isEmpty { return nil }
        guard names.count == heads.count,
            heads.allSatisfy({ head, channels in
                head.map { $0.shape == [heatmap.shape[0], channels] + heatmap.shape[2...] } ?? false
            })
        else {
            throw .outputs(
                decoder: "centernet",
                wanted:
                    "(for \(skeleton.keypointCount) keypoints) keypointDisplacement, keypointHeatmap and keypointOffset with "
                    + "\(heads.map { "\($0.1)" }.joined(separator: ", ")) channels, or hps, hm_hp and hp_offset",
                found: outputs.shapesByName)
        }
        self.init(skeleton: skeleton, displacement: names[0], heatmap: names[1], offset: names[2])
    }

    /// The three heads.
    var names: [String] { [displacement, heatmap, offset] }

    /// Returns the keypoint maps of one item of a batch.
    func maps(_ outputs: [String: Tensor], _ item: Int, holdsProbabilities: Bool) -> KeypointMaps {
        func map(_ name: String) -> Tensor {
            guard let output = outputs[name] else { preconditionFailure("the output '\(name)' is missing") }
            return output.items(item..<item + 1)
        }
        return KeypointMaps(
            displacement: map(displacement), probabilities: holdsProbabilities ? map(heatmap) : sigmoid(map(heatmap)),
            offset: map(offset))
    }
}

extension KeypointMaps {
    /// Averages heatmaps and displacements with those of the mirrored image; `order` gives the mirror partner of each keypoint.
    mutating func average(withMirrored other: KeypointMaps, order: [Int]) {
        probabilities = probabilities.mean(with: other.probabilities.mirrored.reordered(order))
        displacement = displacement.mean(with: other.displacement.mirroredDisplacements(order))
    }
}

extension Tensor {
    /// Returns the mean of two tensors of the same shape.
    func mean(with other: Tensor) -> Tensor {
        precondition(shape == other.shape, "\(shape) cannot be averaged with \(other.shape)")
        var result = self
        result.withMutableElements { elements in
            other.withElements { others in
                for index in elements.indices { elements[index] = (elements[index] + others[index]) / 2 }
            }
        }
        return result
    }

    /// Returns a tensor `[batch, channel, row, column]` with its channels reordered: the new channel `i` is the old `order[i]`.
    package func reordered(_ order: [Int]) -> Tensor {
        precondition(order.count == shape[1], "an order of \(order.count) for \(shape[1]) channels")
        let plane = shape[2] * shape[3]
        var result = Tensor(shape)
        withElements { source in
            result.withMutableElements { target in
                for index in 0..<shape[0] * order.count {
                    let from = (index / order.count * order.count + order[index % order.count]) * plane
                    for cell in 0..<plane { target[index * plane + cell] = source[from + cell] }
                }
            }
        }
        return result
    }

    /// Returns the displacements of keypoints from their object's centre cell, `[batch, 2 keypoint, row, column]`, for the mirrored image;
    /// `order` gives the mirror partner of each keypoint.
    ///
    /// A point `x` to the right of a cell's left edge is `1 - x` to the right of the left edge of the mirrored cell. CenterNet's code uses
    /// `-x`, which is one cell off.
    package func mirroredDisplacements(_ order: [Int]) -> Tensor {
        var result = mirrored.reordered(order.flatMap { [2 * $0, 2 * $0 + 1] })
        let plane = shape[2] * shape[3]
        result.withMutableElements { elements in
            for channel in stride(from: 0, to: shape[0] * shape[1], by: 2) {
                for index in channel * plane..<(channel + 1) * plane { elements[index] = 1 - elements[index] }
            }
        }
        return result
    }
}
