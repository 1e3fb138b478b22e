import ArgumentParser
import Tensors

/// How many cores are used.
struct ThreadOptions: ParsableArguments {
    @Option(help: "How many threads compute; by default one for each core that the program may use.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is from 1 to 1024.") }
    }

    /// To be called by the thread that computes, before it does.
    func apply() {
        if let threads { Threads.use(threads) }
    }
}
