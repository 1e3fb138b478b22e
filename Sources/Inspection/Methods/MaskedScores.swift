import Tensors

/// Scores masked images: `mask * input + (1 - mask) * hidden`, one batch at a time, so that memory does not grow with the number of masks.
struct MaskedScores {
    /// `[3, row, column]`.
    let input: Tensor
    /// The image shown where a mask is zero, of the same shape; nil means zeros.
    let hidden: Tensor?
    /// Images per batch; the last one may be smaller.
    let batchSize: Int
    let score: Score

    private var cells: Int { input.shape[1] * input.shape[2] }

    init(input: Tensor, hidden: Tensor? = nil, batchSize: Int, score: @escaping Score) {
        precondition(input.shape.count == 3, "\(input.shape) is not [channel, row, column]")
        precondition(hidden.map { $0.shape == input.shape } ?? true, "the input and its replacement differ in shape")
        precondition(batchSize > 0, "the batch size \(batchSize) is not positive")
        self.input = input
        self.hidden = hidden
        self.batchSize = batchSize
        self.score = score
    }

    /// Makes and scores `count` masks; `use` gets each batch of masks, `[mask, row, column]`, with their scores.
    func forEachBatch(
        of count: Int, makeMask: (_ index: Int, _ mask: UnsafeMutableBufferPointer<Float>) -> Void,
        use: (_ masks: Tensor, _ scores: [Float]) -> Void
    ) throws {
        for first in stride(from: 0, to: count, by: batchSize) {
            let size = min(batchSize, count - first)
            var masks = Tensor(uninitialized: [size, input.shape[1], input.shape[2]])
            masks.withMutableElements { masks in
                Parallel.forEach(size) { item, _ in
                    makeMask(
                        first + item, UnsafeMutableBufferPointer(rebasing: masks[item * cells..<(item + 1) * cells]))
                }
            }
            use(masks, try scores(score, of: blended(masks)))
        }
    }

    private func blended(_ masks: Tensor) -> Tensor {
        let channels = input.shape[0]
        var batch = Tensor(uninitialized: [masks.shape[0]] + input.shape)
        batch.withMutableElements { batch in
            masks.withElements { masks in
                input.withElements { input in
                    Parallel.forEach(masks.count / cells * channels) { item, _ in
                        let target = UnsafeMutableBufferPointer(rebasing: batch[item * cells..<(item + 1) * cells])
                        let mask = masks.plane(item / channels, of: cells)
                        let shown = input.plane(item % channels, of: cells)
                        guard let hidden else {
                            for cell in target.indices { target[cell] = mask[cell] * shown[cell] }
                            return
                        }
                        hidden.withElements { hidden in
                            let hidden = hidden.plane(item % channels, of: cells)
                            for cell in target.indices {
                                target[cell] = hidden[cell] + mask[cell] * (shown[cell] - hidden[cell])
                            }
                        }
                    }
                }
            }
        }
        return batch
    }
}

/// Calls a scorer, and requires one score per image.
func scores(_ score: Score, of batch: Tensor) throws -> [Float] {
    let scores = try score(batch)
    precondition(scores.count == batch.shape[0], "\(scores.count) scores for \(batch.shape[0]) images")
    return scores
}

/// The score of one image, `[channel, row, column]`.
func score(_ score: Score, ofOne image: Tensor) throws -> Float {
    try scores(score, of: image.reshaped([1] + image.shape))[0]
}

extension Tensor {
    /// Adds another tensor of the same shape, times a factor.
    mutating func add(_ other: Tensor, times factor: Float = 1) {
        precondition(shape == other.shape, "\(other.shape) cannot be added to \(shape)")
        other.withElements { other in
            withMutableElements { own in
                for index in own.indices { own[index] += factor * other[index] }
            }
        }
    }
}
