import Tensors
import Testing
import Visualization

@Suite struct AxisScaleTests {
    private func check(_ axis: AxisScale, shows values: [Double], wholeNumbers: Bool = false) {
        #expect((2...40).contains(axis.ticks.count), "\(values)")
        #expect(axis.ticks.allSatisfy(\.isFinite) && zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(axis.labels).count == axis.ticks.count, "\(axis.labels)")
        for value in values where value.isFinite {
            #expect((-1e-6...1 + 1e-6).contains(axis.position(value)), "\(value) of \(values)")
        }
        if wholeNumbers { #expect(axis.ticks.allSatisfy { $0 == $0.rounded() }) }
    }

    @Test func everyNumberIsOnTheAxis() {
        var random = SeededGenerator(1)
        for magnitude in [1e-200, 1e-12, 1e-3, 1, 77, 1e5, 1e7, 1e200] {
            for _ in 0..<50 {
                let center = Double(random.integer(in: -1000...1000)) * magnitude
                let values = (0..<5).map { _ in center + Double(random.integer(in: -99...99)) * magnitude / 10 }
                for count in [1, 5, 12] { check(AxisScale(showing: values, tickCount: count), shows: values) }
            }
        }
    }

    @Test func hardNumbersHaveAnAxisToo() {
        let hard: [[Double]] = [
            [], [0], [1], [-3], [.nan], [.infinity, 4, -.infinity], [1, 1 + 1e-15], [1e15, 1e15 + 2], [0, 1e-9, 1e9],
            [1_850_000, 1_899_000], [.leastNonzeroMagnitude], [0, .leastNonzeroMagnitude],
            [.leastNormalMagnitude / 64, .leastNormalMagnitude / 16], [1e299], [-1e299, 1e299],
        ]
        for values in hard {
            for whole in [false, true] where !whole || values.allSatisfy({ $0 == $0.rounded() }) {
                check(AxisScale(showing: values, tickCount: 6, wholeNumbers: whole), shows: values, wholeNumbers: whole)
            }
        }
    }

    @Test func ticksAreRound() {
        let axis = AxisScale(showing: [0.13, 0.91], tickCount: 5)
        #expect(axis.range == 0...1 && axis.labels == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        let epochs = AxisScale(showing: [1, 2, 3], tickCount: 12, wholeNumbers: true)
        #expect(epochs.labels == ["0", "1", "2", "3"])
        let steps = AxisScale(showing: [0, 3_000_000], tickCount: 3)
        #expect(steps.label(1_000_000) == "1e+06")
    }
}
