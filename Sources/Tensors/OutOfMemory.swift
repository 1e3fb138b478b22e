import Foundation

/// Ends the program with a sentence and code 1 when memory cannot be allocated. Allocations are too many for errors that callers would
/// handle, and what cannot be allocated must not be taken for something else, such as a damaged file. Nothing here allocates.
package func endOutOfMemory() -> Never {
    let sentence: StaticString = "pinpoint: there is not enough memory\n"
    _ = write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
    TemporaryFiles.removeAll()
    _exit(1)
}

/// Returns uninitialized memory, to be freed with `free`; ends the program when there is none.
package func allocateMemory(byteCount: Int, alignment: Int = 64) -> UnsafeMutableRawPointer {
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, max(byteCount, 1)) == 0, let memory else { endOutOfMemory() }
    return memory
}
