import Foundation
import Interruption
import Video

/// Trains each trial in a process of its own: `pinpoint train FILE --resume`.
///
/// Memory that a trial uses up, or that the system refuses it, then ends the trial and not the sweep, and is free for the next one. The
/// process stops as for Ctrl-C when its standard input ends, so that no trial goes on without its sweep, however that ended.
public struct TrialProcess: TrialExecution {
    private let program: URL
    private let arguments: [String]

    /// - Parameters:
    ///   - program: The program; by default the running one, also if its file was replaced in the meantime.
    ///   - arguments: Further options of `train`.
    public init(program: URL = URL(fileURLWithPath: "/proc/self/exe"), arguments: [String] = []) {
        self.program = program
        self.arguments = arguments
    }

    /// The flag of `train` that stops it at the end of its standard input.
    public static let inputFlag = "stop-with-input"

    /// Trains a trial.
    ///
    /// - Throws: ``SweepError/cannotStart(reason:)``.
    public func train(_ trial: Trial, file: URL, report: @escaping (String) -> Void) throws -> TrialEnd {
        let channel: Channel
        let child: ChildProgram
        do throws(ChildProgram.Refusal) {
            channel = try Channel()
            defer { close(channel.theirs) }
            do throws(ChildProgram.Refusal) {
                child = try ChildProgram(
                    program, ["train", file.relativePath, "--resume", "--\(Self.inputFlag)"] + arguments,
                    input: .descriptor(channel.theirs), output: .nothing, errors: .descriptor(channel.theirs),
                    isApart: true)
            } catch {
                close(channel.ours)
                throw error
            }
        } catch { throw SweepError.cannotStart(reason: error.reason) }
        defer { close(channel.ours) }
        var lastWords: String?
        forEachLine(from: channel.ours) { line in
            lastWords = line.hasPrefix(Self.errorPrefix) ? String(line.dropFirst(Self.errorPrefix.count)) : lastWords
            report(line)
        }
        return Self.end(status: child.waitForEnd(), lastWords: lastWords)
    }

    private static let errorPrefix = "pinpoint: "

    /// Reads lines until the program closes its end; asks it to stop once the flag is raised.
    private func forEachLine(from descriptor: Int32, _ body: (String) -> Void) {
        let flag = InterruptFlag.current
        var (rest, buffer, isStopping) = ([UInt8](), [UInt8](repeating: 0, count: 4096), false)
        while true {
            if flag.isRaised && !isStopping {
                isStopping = true
                shutdown(descriptor, Int32(SHUT_WR))
            }
            var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // A signal may also be handled by another thread, without an end to this waiting.
            if poll(&state, 1, 100) <= 0 { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: 0x0a) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { body(String(decoding: rest, as: UTF8.self)) }
    }

    /// What a wait status says.
    package static func end(status: Int32, lastWords: String?) -> TrialEnd {
        if status == 0 { return .finished }
        let signal = status & 0x7f
        if signal == SIGKILL { return .failed("its process was killed, probably because memory ran out") }
        if signal != 0 { return .failed("its process was ended by signal \(signal)") }
        let code = status >> 8 & 0xff
        if [SIGINT, SIGTERM].contains(where: { Signals.exitCode($0) == code }) { return .interrupted }
        return .failed(lastWords ?? "its process ended with code \(code)")
    }
}
