import ArgumentParser
import Tensors

/// The number of threads.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Number of compute threads; by default one per processor core that the program may use.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
    }

    /// Sets the number of threads; call it on the computing thread before any work.
    func apply() {
        if let threads { Threads.use(threads) }
    }
}
