import ArgumentParser
import Foundation

/// Comma-separated numbers, with optional spaces.
struct NumberList: ExpressibleByArgument, CustomStringConvertible {
    var numbers: [Double]

    init(_ numbers: [Double]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        numbers = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }.filter(\.isFinite)
        if numbers.isEmpty || numbers.count != parts.count { return nil }
    }

    var description: String { numbers.map { String(format: "%g", $0) }.joined(separator: ",") }

    /// Whether all numbers are above zero.
    var isPositive: Bool { numbers.allSatisfy { $0 > 0 } }
}
