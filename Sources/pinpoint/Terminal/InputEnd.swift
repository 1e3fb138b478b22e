import Foundation
import Tensors

/// Asks the program to stop, as Ctrl-C does, when its standard input ends: whoever started it has ended, or wants it to.
func stopAtEndOfInput() {
    let isWatched = BackgroundThread.start("input") {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count > 0 || count < 0 && errno == EINTR { continue }
            break
        }
        kill(getpid(), SIGINT)
    }
    if !isWatched {
        Terminal.standardError("warning: the system refuses a thread, so the end of input is not noticed\n")
    }
}
