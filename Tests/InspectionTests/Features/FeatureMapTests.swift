import Foundation
import Inspection
import Tensors
import Testing

@Suite struct FeatureMapTests {
    private static func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
        var random = SeededGenerator(seed)
        return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
    }

    @Test(arguments: [[1, 1, 1], [5, 3, 7], [16, 1, 4]]) func reductionsAreTheirDefinitions(_ shape: [Int]) {
        let activation = Self.noise(shape)
        let (mean, maximum, norm) = (channelMean(activation), channelMaximum(activation), channelNorm(activation))
        #expect([mean, maximum, norm].allSatisfy { $0.shape == Array(shape.dropFirst()) })
        for row in 0..<shape[1] {
            for column in 0..<shape[2] {
                let numbers = (0..<shape[0]).map { Double(activation[$0, row, column]) }
                #expect(abs(Double(mean[row, column]) - numbers.reduce(0, +) / Double(shape[0])) < 1e-5)
                #expect(Double(maximum[row, column]) == numbers.max())
                #expect(abs(Double(norm[row, column]) - numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()) < 1e-5)
            }
        }
    }

    @Test func theStrongestChannelsComeFirst() {
        var activation = Tensor([4, 2, 2])
        for (channel, value) in [-3, 1, 3, Float.nan].enumerated() {
            for cell in 0..<4 { activation[channel, cell / 2, cell % 2] = cell == 0 ? value : 0 }
        }
        activation[1, 1, 1] = -5
        let strongest = strongestChannels(activation, count: 9)
        #expect(strongest.map(\.index) == [1, 0, 2, 3])
        #expect(strongest.map(\.strength) == [1.5, 0.75, 0.75, 0])
        #expect(strongest[0].plane == Tensor([2, 2], elements: [1, 0, 0, -5]))
        #expect(strongestChannels(activation, count: 2).map(\.index) == [1, 0])
        #expect(strongestChannels(activation, count: -1).isEmpty)
    }

    /// Positions along three directions of known, decreasing spread: each colour must be the stretched coordinates along its direction.
    @Test func coloursArePlacesAlongTheDirectionsOfLargestSpread() throws {
        let (rows, columns) = (9, 11)
        // Orthogonal. The rule makes each one's entry of the largest magnitude positive, whatever its sign here.
        let directions: [[Float]] = [[1, -2, 0, 0], [2, 1, 0, 0], [0, 0, -0.6, -0.8]]
        let spreads = [10.0, 3, 1]
        // Waves, which are orthogonal as well.
        let places = spreads.enumerated().map { index, spread in
            (0..<rows * columns).map { Float(spread * cos(.pi * (Double($0) + 0.5) * Double(index + 1) / 99)) }
        }
        var activation = Tensor([4, rows, columns])
        for position in 0..<rows * columns {
            for channel in 0..<4 {
                var sum: Float = 7
                for (direction, place) in zip(directions, places) { sum += direction[channel] * place[position] }
                activation[channel, position / columns, position % columns] = sum
            }
        }
        let colors = try #require(principalComponentColors(activation))
        #expect(colors.shape == [3, rows, columns])
        for (component, sign) in [Float(-1), 1, -1].enumerated() {
            let wanted = places[component].map { sign * $0 }
            let seen = (0..<rows * columns).map { colors[component, $0 / columns, $0 % columns] }
            let sorted = wanted.sorted()
            func percentile(_ share: Double) -> Float {
                let place = share * Double(sorted.count - 1)
                let low = sorted[Int(place)]
                return low + Float(place - place.rounded(.down)) * (sorted[Int(place) + 1] - low)
            }
            let (low, high) = (percentile(0.02), percentile(0.98))
            let error = zip(seen, wanted).map { abs($0 - max(0, min(1, ($1 - low) / (high - low)))) }.max() ?? 1
            #expect(error < 1e-3, "component \(component)")
            #expect(seen.min() == 0 && seen.max() == 1)
        }
    }

    /// Negating a layer negates its coordinates along each component, whatever sign LAPACK finds; the rule keeps the component's own sign.
    @Test func colorsDoNotDependOnTheSignOfAComponent() throws {
        let activation = Self.noise([6, 8, 8], seed: 9)
        let colors = try #require(principalComponentColors(activation))
        let negative = Tensor([6, 8, 8], elements: activation.elements.map { -$0 })
        let turned = try #require(principalComponentColors(negative))
        for (one, other) in zip(colors.elements, turned.elements) { #expect(abs(one - (1 - other)) < 2e-3) }
    }

    @Test func layersWithFewChannelsOrPositionsOrWithoutSpread() throws {
        let one = try #require(principalComponentColors(Self.noise([1, 4, 4])))
        #expect(one.elements.dropFirst(16).allSatisfy { $0 == 0.5 } && Set(one.elements.prefix(16)).count > 4)
        #expect(principalComponentColors(Tensor([5, 3, 3], repeating: 0.3)) == nil)
        #expect(principalComponentColors(Self.noise([5, 1, 1])) == nil)
        var broken = Self.noise([3, 2, 2])
        broken[1, 1, 1] = .nan
        #expect(principalComponentColors(broken) == nil)
        // All but one position equal: so are the percentiles, yet the one stays visible.
        var lone = Tensor([3, 10, 10])
        lone[2, 4, 4] = 5
        let colors = try #require(principalComponentColors(lone))
        #expect(colors[0, 4, 4] == 1 && colors[0, 0, 0] == 0)
    }
}
