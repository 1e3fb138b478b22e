import ArgumentParser

/// What a network wants done to the colours of its input.
struct NormalizationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Subtracted from red, green and blue, which go from 0 to 1.", valueName: "r,g,b"))
    var mean: NumberList?

    @Option(
        name: .customLong("std"),
        help: ArgumentHelp("The standard deviations that the differences are divided by.", valueName: "r,g,b"))
    var standardDeviation: NumberList?

    func validate() throws {
        for (name, list) in [("--mean", mean), ("--std", standardDeviation)] {
            if let list, list.numbers.count != 3 { throw ValidationError("\(name) takes three numbers.") }
        }
        if let standardDeviation, !standardDeviation.isPositive {
            throw ValidationError("--std takes numbers above 0.")
        }
    }

    /// A number a channel, red first.
    var colors: (mean: [Float]?, standardDeviation: [Float]?) {
        (mean?.numbers.map { Float($0) }, standardDeviation?.numbers.map { Float($0) })
    }
}
