import ArgumentParser
import Networks

/// Refuses a side in pixels that a network cannot take: a model says later what it needs, and a network that nobody named has what most
/// have.
func validateInputSize(_ size: Int?, of network: String?) throws {
    guard let size else { return }
    let multiple = NetworkCatalogue.inputMultiple(of: network ?? "compact")
    if size < multiple || size % multiple != 0 { throw ValidationError("--size is a multiple of \(multiple).") }
}
