import ArgumentParser

/// The input normalization of a network.
struct NormalizationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Mean of red, green and blue, for values from 0 to 1.", valueName: "r,g,b"))
    var mean: NumberList?

    @Option(
        name: .customLong("std"),
        help: ArgumentHelp("Standard deviation of red, green and blue.", valueName: "r,g,b"))
    var standardDeviation: NumberList?

    func validate() throws {
        for (name, list) in [("--mean", mean), ("--std", standardDeviation)] {
            if let list, list.numbers.count != 3 { throw ValidationError("\(name) must be three numbers.") }
        }
        if let standardDeviation, !standardDeviation.isPositive {
            throw ValidationError("--std must be numbers above 0.")
        }
    }

    /// One number per channel, in RGB order.
    var colors: (mean: [Float]?, standardDeviation: [Float]?) {
        (mean?.numbers.map { Float($0) }, standardDeviation?.numbers.map { Float($0) })
    }
}
