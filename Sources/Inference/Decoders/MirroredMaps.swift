import Boxes
import DetectionHeads
import Tensors

extension Tensor {
    /// This map of a head with that of the mirrored image.
    func merged(with other: Tensor, of head: DetectionHead, _ skeleton: Skeleton?) -> Tensor {
        let order = skeleton?.mirrored ?? []
        switch head.mirroring {
        case .ignored: return self
        case .averagedDisplacements: return mean(with: other.mirroredDisplacements(order))
        case .averaged:
            // Where left becomes right, so do the channels of keypoints.
            let turned = other.mirrored
            return mean(with: head.channels == .perKeypoint ? turned.reordered(order) : turned)
        }
    }
}

extension Tensor {
    /// The mean of two tensors of one shape.
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

    /// `[batch, channel, row, column]` with its channels in another order: the new channel `i` is the old `order[i]`.
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

    /// Displacements of keypoints from their object's centre cell, `[batch, 2 keypoint, row, column]`, as the mirrored image has
    /// them; `order` says which keypoint takes the place of which.
    ///
    /// What lies `x` to the right of a cell's left edge lies `1 - x` to the right of that edge of the mirrored cell. CenterNet's
    /// code takes `-x`, a cell's width off.
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
