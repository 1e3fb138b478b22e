/// Batch normalization of known tensors, with given statistics or with their own: some exporters write standardized weights as the latter.
extension FoldedNode {
    /// Returns the normalized tensor; in training from opset 14 also the new running mean and variance.
    mutating func normalize() throws(ImportProblem) -> [Literal] {
        let input = try required(0)
        guard input.shape.count >= 2, input.count > 0 else {
            throw node.malformed("its input \(input.shape) has no channels")
        }
        let channels = input.shape[1]
        let vectors = try (1..<5).map { index throws(ImportProblem) in try required(index).floats.map(Double.init) }
        for vector in vectors where vector.count != channels {
            throw node.malformed("a parameter has \(vector.count) elements for \(channels) channels")
        }
        try reserve(input.shape)
        let (scales, shifts) = (vectors[0], vectors[1])
        var (means, variances) = (vectors[2], vectors[3])
        let area = input.shape[2...].reduce(1, *)
        let values = input.floats
        let isTraining = try node.normalizesInTraining()
        if isTraining {
            let share = Double(input.count / channels)
            func average(_ term: (_ value: Double, _ channel: Int) -> Double) -> [Double] {
                var sums = [Double](repeating: 0, count: channels)
                for (place, value) in values.enumerated() {
                    let channel = place / area % channels
                    sums[channel] += term(Double(value), channel)
                }
                return sums.map { $0 / share }
            }
            means = average { value, _ in value }
            let centres = means
            variances = average { value, channel in (value - centres[channel]) * (value - centres[channel]) }
        }
        let epsilon = Double(try node.float("epsilon", default: 1e-5))
        let factors = zip(scales, variances).map { $0 / ($1 + epsilon).squareRoot() }
        let normalized = values.enumerated().map { place, value in
            let channel = place / area % channels
            return Float((Double(value) - means[channel]) * factors[channel] + shifts[channel])
        }
        let result = Literal(input.shape, floats: normalized)
        guard isTraining, node.opset >= 14 else { return [result] }
        let momentum = Double(try node.float("momentum", default: 0.9))
        let running = zip([vectors[2], vectors[3]], [means, variances]).map { old, new in
            Literal([channels], floats: zip(old, new).map { Float($0 * momentum + $1 * (1 - momentum)) })
        }
        return [result] + running
    }
}

extension ImportedNode {
    /// Returns whether a batch normalization uses the statistics of its own input: by attribute from opset 14, before by having more than
    /// one output.
    func normalizesInTraining() throws(ImportProblem) -> Bool {
        if opset < 14 { return outputs.dropFirst().contains { !$0.isEmpty } }
        return try flag("training_mode")
    }

    /// Checks that a dropout drops nothing: it is not in training, or its ratio is zero.
    func requireNothingDropped() throws(ImportProblem) {
        guard let mode = operand(2) else { return }
        guard case .literal(let known) = mode, known.isSame else { throw lacking("with a computed training_mode") }
        guard known.literal.floats.contains(where: { $0 != 0 }) else { return }
        if case .literal(let ratio)? = operand(1), ratio.isSame, ratio.literal.floats.allSatisfy({ $0 == 0 }) { return }
        throw lacking("in training")
    }
}
