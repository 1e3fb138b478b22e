import Foundation
import SyntheticData
import Tensors
import Testing

@Suite struct OutlineTests {
    static let outlines: [(name: String, outline: Outline, exact: Bool)] = [
        ("disc", .disc([0.1, -0.2], 0.6), true), ("stroke", .stroke([-0.5, -0.3], [0.6, 0.2], 0.15), true),
        ("polygon", .polygon([[-0.8, -0.6], [0.7, -0.5], [0.1, 0], [0.6, 0.8], [-0.6, 0.7]]), true),
        ("round polygon", .polygon([[-0.6, -0.5], [0.5, -0.4], [0.2, 0.6]], rounding: 0.2), true),
        ("ellipse", .ellipse([0, 0.1], [0.8, 0.5], axis: [0.6, 0.8]), false),
        ("tapered stroke", .stroke([-0.5, 0], [0.5, 0.1], 0.3, 0.1), false),
        ("radial", .radial { 0.6 + 0.1 * $0.x - 0.15 * $0.y * $0.x }, false),
    ]

    @Test(arguments: outlines.indices) func distancesAreThoseToTheNearestPointOfTheOutline(index: Int) {
        let (name, outline, exact) = Self.outlines[index]
        let frame = ObjectFrame(center: [50, 50], radius: 40)
        let field = DistanceField([outline], frame: frame, columns: 0..<100, rows: 0..<100)
        // The outline: where the sign changes between neighbours, at the zero of the line through both.
        var points: [Point] = []
        for y in 0..<99 {
            for x in 0..<99 {
                let here = field.values[field.index(x, y)]
                for (next, step) in [
                    (field.values[field.index(x + 1, y)], Point(1, 0)),
                    (field.values[field.index(x, y + 1)], Point(0, 1)),
                ] where (here < 0) != (next < 0) {
                    points.append(Point(Double(x), Double(y)) + step * (here / (here - next)))
                }
            }
        }
        #expect(points.count > 50)
        for y in stride(from: 0, to: 100, by: 3) {
            for x in stride(from: 0, to: 100, by: 3) {
                let value = field.values[field.index(x, y)]
                let place = Point(Double(x), Double(y))
                let nearest = points.map { (($0 - place) * ($0 - place)).sum().squareRoot() }.min() ?? .infinity
                // Others than strokes and polygons are only exact near the outline, where pixels are partly covered.
                guard exact || nearest < 1.5 else { continue }
                #expect(abs(abs(value) - nearest) < (exact ? 1 : 0.6), "\(name) at \(x), \(y)")
            }
        }
    }

    @Test func holesAreTakenAwayFromWhatIsBeforeThem() {
        let outlines: [Outline] = [.disc(.zero, 1), Outline.disc(.zero, 0.5).asHole, .disc(.zero, 0.2)]
        let frame = ObjectFrame(center: [20.5, 20.5], radius: 20)
        let field = DistanceField(outlines, frame: frame, columns: 0..<41, rows: 0..<41)
        let inside = [0, 3, 5, 9, 11, 19, 21].map { field.values[field.index(20 + $0 - ($0 > 20 ? 1 : 0), 20)] < 0 }
        #expect(inside == [true, true, false, false, true, true, false])
    }

    @Test func portableFunctionsAreCloseToThoseOfTheLibrary() {
        for step in -400...400 {
            let x = Double(step) / 97
            #expect(abs(PortableMath.sine(x) - sin(2 * .pi * x)) < 1e-5)
            let direction = PortableMath.direction(x)
            #expect(abs(direction.x - cos(2 * .pi * x)) < 1e-5 && abs(direction.y - sin(2 * .pi * x)) < 1e-5)
            #expect(abs(PortableMath.powerOfTwo(x) / exp2(x) - 1) < 2e-4)
        }
    }

    @Test func logUniformNumbersHaveAsManyInEachOctave() {
        var random = SeededGenerator(3)
        var counts = [0, 0, 0, 0]
        for _ in 0..<4000 {
            let value = random.logUniform(0.05, 0.8)
            #expect((0.05...0.8).contains(value))
            counts[min(3, Int(log2(value / 0.05)))] += 1
        }
        #expect(counts.allSatisfy { abs($0 - 1000) < 150 }, "\(counts)")
    }

    @Test func noiseRepeatsAndHasAllOctaves() {
        var random = SeededGenerator(8)
        let noise = NoiseTile(persistence: 0.9, random: &random)
        let values = noise.values.map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        #expect(abs(mean) < 1e-3)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1) < 1e-3)
        for _ in 0..<50 {
            let place = Point(random.uniform(-2, 2), random.uniform(-2, 2))
            #expect(abs(noise(place) - noise(place + [1, -1])) < 1e-6)
        }
        // The variance of differences grows with the distance, also across the edge of the tile.
        let side = NoiseTile.side
        let growth = [1, 2, 4, 8, 16, 32].map { lag in
            (0..<side * side).reduce(0.0) { sum, place in
                let difference = values[place] - values[place / side * side + (place + lag) % side]
                return sum + difference * difference
            }
        }
        for (near, far) in zip(growth, growth.dropFirst()) { #expect(far > 1.1 * near, "\(growth)") }
    }
}
