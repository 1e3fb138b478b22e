import Foundation

/// A probability as a function of some numbers: `1 / (1 + exp(-w · x))`.
package struct LogisticRegression {
    private let weights: [Double]

    /// How strongly weights are kept small, in examples; the first weight, of the constant, is free.
    private static let penalty = 1.0
    private static let iterations = 30

    /// Fits the weights by Newton's method.
    ///
    /// - Precondition: All examples have equally many numbers, the first of which is 1.
    package init(_ examples: [(numbers: [Double], isTrue: Bool)]) {
        let count = examples.first?.numbers.count ?? 0
        var weights = [Double](repeating: 0, count: count)
        for _ in 0..<Self.iterations {
            var gradient = weights.enumerated().map { $0 == 0 ? 0 : Self.penalty * $1 }
            var hessian = (0..<count).map { row in
                (0..<count).map { row == $0 ? (row == 0 ? 1e-6 : Self.penalty) : 0 }
            }
            for example in examples {
                let p = Self.probability(weights, example.numbers)
                let (error, spread) = (p - (example.isTrue ? 1 : 0), p * (1 - p))
                for row in 0..<count {
                    gradient[row] += error * example.numbers[row]
                    for column in 0...row {
                        hessian[row][column] += spread * example.numbers[row] * example.numbers[column]
                    }
                }
            }
            let step = Self.solve(hessian, gradient)
            // Where all examples agree, the constant would grow without end.
            for index in weights.indices { weights[index] = min(max(weights[index] - step[index], -20), 20) }
            if (step.map(abs).max() ?? 0) < 1e-9 { break }
        }
        self.weights = weights
    }

    /// Returns the probability that an example is true.
    package func probability(_ numbers: [Double]) -> Double { Self.probability(weights, numbers) }

    private static func probability(_ weights: [Double], _ numbers: [Double]) -> Double {
        1 / (1 + exp(-zip(weights, numbers).reduce(0) { $0 + $1.0 * $1.1 }))
    }

    /// Solves `matrix · x = values` by Cholesky's decomposition; the matrix is symmetric and positive, given by its lower triangle.
    private static func solve(_ matrix: [[Double]], _ values: [Double]) -> [Double] {
        var (lower, x) = (matrix, values)
        for row in x.indices {
            for column in 0...row {
                let sum = (0..<column).reduce(lower[row][column]) { $0 - lower[row][$1] * lower[column][$1] }
                lower[row][column] = row == column ? max(sum, 1e-12).squareRoot() : sum / lower[column][column]
            }
            x[row] = (0..<row).reduce(x[row]) { $0 - lower[row][$1] * x[$1] } / lower[row][row]
        }
        for row in x.indices.reversed() {
            x[row] = (row + 1..<x.count).reduce(x[row]) { $0 - lower[$1][row] * x[$1] } / lower[row][row]
        }
        return x
    }
}
