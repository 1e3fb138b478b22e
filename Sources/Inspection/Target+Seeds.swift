import Tensors

extension Target {
    /// The target's value in a network's outputs, for one item of the batch.
    func value(in outputs: [String: Tensor], item: Int) -> Float {
        terms.reduce(0) { sum, term in
            guard let output = outputs[term.output] else { return sum }
            return sum + term.weight * output.withElements { $0[Self.offset(term.place, output.shape, item: item)] }
        }
    }

    /// Adds the target's gradient with respect to an output to one item of a batch of such gradients.
    func addSeed(to seed: inout Tensor, output: String, item: Int) {
        for term in terms where term.output == output {
            let offset = Self.offset(term.place, seed.shape, item: item)
            seed.withMutableElements { $0[offset] += term.weight }
        }
    }

    private static func offset(_ place: [Int], _ shape: [Int], item: Int) -> Int {
        zip(place, shape.dropFirst()).reduce(item) { $0 * $1.1 + $1.0 }
    }
}
