import Tensors

/// A point or a direction; y grows downwards.
package typealias Point = SIMD2<Double>

/// Functions made of arithmetic and square roots only, which give the same bits on every machine; those of the C library do not.
package enum PortableMath {
    /// Returns the sine of an angle in turns; the error is below 0.00001.
    package static func sine(_ turns: Double) -> Double {
        var part = turns - turns.rounded()
        if part > 0.25 { part = 0.5 - part } else if part < -0.25 { part = -0.5 - part }
        let x = 2 * Double.pi * part
        let square = x * x
        return x * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
    }

    /// Returns the direction of an angle in turns, clockwise from the x axis.
    package static func direction(_ turns: Double) -> Point { Point(sine(turns + 0.25), sine(turns)) }

    /// Returns 2 to a power; the error is below 0.0002 of it.
    package static func powerOfTwo(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        let x = exponent - whole
        let factor = 1 + x * (0.69315 + x * (0.24014 + x * (0.05551 + x * 0.0112)))
        return Double(sign: .plus, exponent: Int(whole), significand: factor)
    }

    /// Returns 0 below -0.5, 1 above 0.5, and a smooth curve between them.
    package static func smoothStep(_ x: Double) -> Double {
        let t = min(max(x + 0.5, 0), 1)
        return t * t * (3 - 2 * t)
    }
}

extension Point {
    var length: Double { (x * x + y * y).squareRoot() }
    var squaredLength: Double { x * x + y * y }
    func dot(_ other: Point) -> Double { x * other.x + y * other.y }
    /// The product of two complex numbers: turns this point by the angle of a direction.
    func turned(by direction: Point) -> Point {
        Point(x * direction.x - y * direction.y, x * direction.y + y * direction.x)
    }
    /// Turns this point back by the angle of a direction.
    func turnedBack(by direction: Point) -> Point {
        Point(x * direction.x + y * direction.y, y * direction.x - x * direction.y)
    }
}

extension SeededGenerator {
    /// Returns a number whose logarithm is drawn uniformly.
    package mutating func logUniform(_ low: Double, _ high: Double) -> Double {
        // The logarithm to base 2 by bisection, since the C library's differs between machines.
        var (lowest, highest) = (0.0, 64.0)
        for _ in 0..<40 {
            let middle = (lowest + highest) / 2
            if PortableMath.powerOfTwo(middle) < high / low { lowest = middle } else { highest = middle }
        }
        return min(high, low * PortableMath.powerOfTwo(uniform() * lowest))
    }

    /// Returns a uniformly distributed direction.
    package mutating func direction() -> Point { PortableMath.direction(uniform()) }

    /// Returns one of some values.
    mutating func element<Value>(of values: [Value]) -> Value { values[integer(in: 0...values.count - 1)] }

    /// Returns a number in about -1...1, mostly near 0.
    mutating func bell() -> Double { (uniform() + uniform() + uniform()) / 1.5 - 1 }
}
