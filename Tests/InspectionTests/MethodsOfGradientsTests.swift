import Inspection
import Tensors
import TestSupport
import Testing

/// Methods that use an activation and its gradient, compared with their formulas, written out index by index.
@Suite struct MethodsOfGradientsTests {
    /// The second one is longer than the run of cells that one worker takes.
    static let shapes = [[5, 7, 9], [3, 51, 83], [1, 1, 1], [2, 1, 6]]

    @Test(arguments: shapes) func channelsWeightedByWhatTheFormulaSays(_ shape: [Int]) {
        let (a, g) = activationAndGradient(shape)
        let cells = Double(shape[1] * shape[2])
        func sum(_ channel: Int, _ term: (_ a: Double, _ g: Double) -> Double) -> Double {
            var sum = 0.0
            for row in 0..<shape[1] {
                for column in 0..<shape[2] {
                    sum += term(Double(a[channel, row, column]), Double(g[channel, row, column]))
                }
            }
            return sum
        }
        func weighted(_ weight: (Int) -> Double) -> Tensor {
            let weights = (0..<shape[0]).map(weight)
            return map(shape[1], shape[2]) { row, column in
                weights.indices.reduce(0) { $0 + weights[$1] * Double(a[$1, row, column]) }
            }
        }
        let average = weighted { sum($0) { $1 } / cells }
        #expect(relativeDifference(gradCAM(activation: a, gradient: g), average) < 1e-5)
        let plusPlus = weighted { channel in
            let total = sum(channel) { a, _ in a }
            return sum(channel) { _, g in g > 0 ? g * g * g / (2 * g * g + total * g * g * g + 1e-6) : 0 }
        }
        #expect(relativeDifference(gradCAMPlusPlus(activation: a, gradient: g), plusPlus) < 1e-5)
        let axiomatic = weighted { channel in sum(channel) { $0 * $1 } / (sum(channel) { a, _ in a } + 1e-7) }
        #expect(relativeDifference(xGradCAM(activation: a, gradient: g), axiomatic) < 1e-5)
    }

    @Test(arguments: shapes) func cellsMultipliedAsTheFormulaSays(_ shape: [Int]) {
        let (_, g) = activationAndGradient(shape)
        let a = noise(shape, seed: 5)
        func cellwise(_ term: (_ a: Double, _ g: Double) -> Double) -> Tensor {
            map(shape[1], shape[2]) { row, column in
                (0..<shape[0]).reduce(0) { $0 + term(Double(a[$1, row, column]), Double(g[$1, row, column])) }
            }
        }
        #expect(relativeDifference(hiResCAM(activation: a, gradient: g), cellwise { $0 * $1 }) < 1e-5)
        #expect(relativeDifference(layerCAM(activation: a, gradient: g), cellwise { $0 * max($1, 0) }) < 1e-5)
        #expect(relativeDifference(elementWiseGradCAM(activation: a, gradient: g), cellwise { max($0 * $1, 0) }) < 1e-5)
    }

    @Test func classActivationMapDividesTheScoreUp() {
        let activation = rectified(noise([6, 5, 8]))
        let weights: [Float] = [0.5, -1, 2, 0, 0.25, 1]
        let means = items(activation).map { $0.elements.reduce(0, +) / 40 }
        let score = zip(weights, means).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let map = classActivationMap(activation: activation, weights: weights)
        #expect(abs(map.elements.reduce(0, +) / 40 - score) < 1e-5)
        // With that head every cell's gradient is its channel's weight over the number of cells.
        let gradient = Tensor([6, 5, 8], elements: weights.flatMap { [Float](repeating: $0 / 40, count: 40) })
        let scaled = tensor(map.shape, map.elements.map { $0 / 40 })
        #expect(relativeDifference(gradCAM(activation: activation, gradient: gradient), scaled) < 1e-5)
        #expect(relativeDifference(hiResCAM(activation: activation, gradient: gradient), scaled) < 1e-5)
    }

    /// The first direction, by power iteration on the covariances.
    @Test(arguments: [[4, 6, 7], [12, 2, 3], [3, 40, 70]]) func eigenCAMFindsTheDirectionOfLargestSpread(_ shape: [Int])
    {
        let activation = rectified(noise(shape, seed: 9))
        let (channels, cells) = (shape[0], shape[1] * shape[2])
        let centered = items(activation).map { plane -> [Double] in
            let mean = plane.elements.reduce(0) { $0 + Double($1) } / Double(cells)
            return plane.elements.map { Double($0) - mean }
        }
        func projected(_ direction: [Double]) -> [Double] {
            (0..<cells).map { cell in (0..<channels).reduce(0) { $0 + direction[$1] * centered[$1][cell] } }
        }
        var direction = (0..<channels).map { Double($0 + 1) }
        for _ in 0..<5000 {
            let places = projected(direction)
            direction = centered.map { plane in zip(plane, places).reduce(0) { $0 + $1.0 * $1.1 } }
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            direction = direction.map { $0 / length }
        }
        let expected = Tensor([shape[1], shape[2]], elements: projected(direction).map(Float.init))
        let found = eigenCAM(activation: activation)
        let opposite = tensor(found.shape, found.elements.map { -$0 })
        #expect(min(relativeDifference(found, expected), relativeDifference(opposite, expected)) < 1e-4)
        let ones = Tensor(shape, repeating: 1)
        #expect(eigenGradCAM(activation: activation, gradient: ones) == found)
    }

    @Test func threadsDoNotChangeABit() {
        let (a, g) = activationAndGradient([37, 60, 41])
        let (one, three) = withOneAndThreeThreads {
            [gradCAM, gradCAMPlusPlus, xGradCAM, hiResCAM, layerCAM, elementWiseGradCAM, eigenGradCAM].map { $0(a, g) }
        }
        #expect(one == three)
    }

    @Test func whatIsNotANumberIsSeenAndCrashesNothing() {
        var (a, g) = activationAndGradient([4, 5, 6])
        a[1, 2, 3] = .nan
        g[2, 0, 0] = .infinity
        for method in [gradCAM, gradCAMPlusPlus, xGradCAM, hiResCAM, layerCAM, elementWiseGradCAM, eigenGradCAM] {
            let map = method(a, g)
            #expect(map.shape == [5, 6] && map.elements.contains { $0.isNaN })
            #expect(minMaxScaled(rectified(map)).shape == [5, 6])
        }
        #expect(eigenCAM(activation: a).elements.allSatisfy { $0.isNaN })
        #expect(eigenCAM(activation: Tensor([3, 0, 4])).shape == [0, 4])
        #expect(eigenCAM(activation: Tensor([3, 2, 2], repeating: 4)) == Tensor([2, 2]))
    }
}
