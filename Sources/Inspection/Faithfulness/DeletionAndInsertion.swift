import Tensors

/// The score while pixels are replaced by a baseline's, the most important first: the sooner it falls, the better the map. The area
/// is Petsiuk et al.'s deletion ("RISE", 2018, section 4.1): lower is better.
///
/// - Parameters:
/// - map: `[row, column]` of the input. The highest pixel goes first; equal ones go in reading order; NaN goes last.
///   - input: `[3, row, column]`, normalized.
/// - baseline: The image whose pixels replace the input's, of the same shape; by default zeros, the mean colour.
/// - steps: The number of equal parts in which pixels are removed.
/// - score: The target as a probability (a logit has no zero that scores could be relative to).
/// - batchSize: Images scored at once; the last batch may be smaller.
/// - Throws: ``FaithfulnessError`` when the unchanged image's score is not above zero; whatever the scorer throws.
public func deletionCurve(
    map: Tensor, input: Tensor, baseline: Tensor? = nil, steps: Int = 32, score: Score, batchSize: Int = 16
) throws -> FaithfulnessCurve {
    let scores = try replacementScores(
        map: map, from: input, to: baseline ?? Tensor(input.shape), steps: steps, score: score, batchSize: batchSize)
    return try curve(scores, unchanged: scores[0])
}

/// The score while pixels replace a baseline's, the most important first: the sooner it rises, the better the map. The area is
/// Petsiuk et al.'s insertion ("RISE", 2018, section 4.1): higher is better.
///
/// - Parameters:
///   - map: `[row, column]` of the input, in the order of ``deletionCurve(map:input:baseline:steps:score:batchSize:)``.
///   - input: `[3, row, column]`, normalized.
/// - baseline: The image whose pixels are replaced, of the same shape: a blurred one, in which sharp borders of inserted pixels mislead
///   least.
/// - steps: The number of equal parts in which pixels are inserted.
/// - score: The target as a probability.
/// - batchSize: Images scored at once; the last batch may be smaller.
/// - Throws: ``FaithfulnessError`` when the unchanged image's score is not above zero; whatever the scorer throws.
public func insertionCurve(
    map: Tensor, input: Tensor, baseline: Tensor, steps: Int = 32, score: Score, batchSize: Int = 16
) throws -> FaithfulnessCurve {
    let scores = try replacementScores(
        map: map, from: baseline, to: input, steps: steps, score: score, batchSize: batchSize)
    return try curve(scores, unchanged: scores[steps])
}

private func curve(_ scores: [Float], unchanged: Float) throws -> FaithfulnessCurve {
    try requireScore(unchanged)
    return FaithfulnessCurve(
        shares: scores.indices.map { Double($0) / Double(scores.count - 1) },
        scores: scores.map { Double($0) / Double(unchanged) })
}

/// Returns the `steps + 1` scores with `0, 1, … steps` of the equal parts of all pixels replaced.
private func replacementScores(
    map: Tensor, from start: Tensor, to end: Tensor, steps: Int, score: Score, batchSize: Int
) throws -> [Float] {
    let extents = LayerExtents(start, end)
    precondition(
        map.shape == [extents.rows, extents.columns], "a map of \(map.shape) does not rank the pixels of \(start.shape)"
    )
    precondition(steps > 0 && batchSize > 0, "\(steps) steps and batches of \(batchSize) must both be positive")
    let order = pixelsByImportance(map)
    var image = start
    var replaced = 0
    var answers: [Float] = []
    for first in stride(from: 0, through: steps, by: batchSize) {
        let size = min(batchSize, steps + 1 - first)
        var batch = Tensor(uninitialized: [size] + start.shape)
        for item in 0..<size {
            let goal = extents.cells * (first + item) / steps
            end.withElements { end in
                image.withMutableElements { image in
                    for pixel in order[replaced..<goal] {
                        for channel in 0..<extents.channels {
                            let index = channel * extents.cells + Int(pixel)
                            image[index] = end[index]
                        }
                    }
                }
            }
            replaced = goal
            image.withElements { image in
                batch.withMutableElements { batch in
                    _ = UnsafeMutableBufferPointer(rebasing: batch[item * image.count..<(item + 1) * image.count])
                        .update(fromContentsOf: image)
                }
            }
        }
        answers += try scores(score, of: batch)
    }
    return answers
}

/// Returns the pixels from the highest to the lowest; equal ones in reading order, NaN last.
package func pixelsByImportance(_ map: Tensor) -> [UInt32] {
    var keys = map.withElements { map in
        map.indices.map { index -> UInt64 in
            // Adding zero turns -0 into 0.
            let bits = (map[index] + 0).bitPattern
            // Maps floats to integers in the same order, then inverts them so that the highest has the lowest key.
            let ascending = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
            return UInt64(map[index].isNaN ? UInt32.max : ~ascending) << 32 | UInt64(index)
        }
    }
    keys.sort()
    return keys.map { UInt32(truncatingIfNeeded: $0) }
}
