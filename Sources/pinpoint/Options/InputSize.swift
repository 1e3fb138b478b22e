import ArgumentParser
import Boxes
import Networks

/// `480x640`, height before width, or one number for a square.
extension InputExtent: ExpressibleByArgument {
    /// See `ExpressibleByArgument`.
    public init?(argument: String) { self.init(parsing: argument) }
}

/// Refuses an input size that the network cannot take. Without a network name, checks for the multiple that most networks require; a model
/// is checked again once it is loaded.
func validateInputSize(_ size: InputExtent?, of network: String?) throws {
    let multiple = NetworkCatalogue.inputMultiple(of: network ?? "compact")
    if let problem = size?.problem(multiple: multiple) { throw ValidationError("--size \(problem).") }
}
