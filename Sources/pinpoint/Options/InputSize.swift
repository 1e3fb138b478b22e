import ArgumentParser
import Networks

/// Refuses an input size that the network cannot take. Without a network name, checks for the multiple that most networks require; a model
/// is checked again once it is loaded.
func validateInputSize(_ size: Int?, of network: String?) throws {
    guard let size else { return }
    let multiple = NetworkCatalogue.inputMultiple(of: network ?? "compact")
    if size < multiple || size % multiple != 0 { throw ValidationError("--size must be a multiple of \(multiple).") }
}
