import Experiments
import Foundation
import Interruption
import Sweeps
import TestSupport
import Testing

/// Trials as processes, with shell scripts in the program's place.
@Suite(.serialized) struct TrialProcessTests {
    private func end(_ script: String, flag: InterruptFlag = InterruptFlag()) throws -> (end: TrialEnd, lines: [String])
    {
        let folder = try TemporaryFolder()
        let program = try folder.write("#!/bin/sh\n\(script)\n", to: "program")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let experiment = try Experiment(dataset: "somewhere")
        let definition = try SweepDefinition(experiment, variations: [], folds: 2)
        let trial = try #require(definition.trials(of: definition.candidates, share: 1, in: folder.url).first)
        let lines = Lines()
        let end = try InterruptFlag.$current.withValue(flag) {
            try TrialProcess(program: program, arguments: ["--threads", "1"]).train(
                trial, file: folder.file("experiment.json")
            ) { lines.all.append($0) }
        }
        return (end, lines.all)
    }

    private final class Lines { var all: [String] = [] }

    @Test func progressAndEndAreThoseOfTheProcess() throws {
        let outcome = try end("echo one >&2; echo nothing; printf \"$1 $3 $4 $5 $6\" >&2")
        #expect(outcome.end == .finished)
        #expect(outcome.lines == ["one", "train --resume --stop-with-input --threads 1"])
    }

    @Test func aFailureHasTheProcessesLastSentence() throws {
        let outcome = try end("echo 'pinpoint: the loss is not finite' >&2; exit 1")
        #expect(outcome.end == .failed("the loss is not finite"))
        #expect(try end("exit 3").end == .failed("its process ended with code 3"))
    }

    @Test func aKilledProcessFails() throws {
        #expect(
            try end("kill -9 $$").end == .failed("its process was killed, probably because memory ran out"))
    }

    /// The script waits until its input ends.
    @Test func theFlagEndsTheProcessesInput() throws {
        let flag = InterruptFlag()
        flag.raise()
        #expect(try end("cat > /dev/null; exit 130", flag: flag).end == .interrupted)
    }

    @Test func aProgramThatIsNotThereCannotStart() throws {
        let definition = try SweepDefinition(Experiment(dataset: "somewhere"), variations: [], folds: 2)
        let trial = try #require(
            definition.trials(of: definition.candidates, share: 1, in: URL(fileURLWithPath: "x")).first)
        #expect(throws: SweepError.self) {
            _ = try TrialProcess(program: URL(fileURLWithPath: "/nowhere")).train(
                trial, file: URL(fileURLWithPath: "x")
            ) { _ in }
        }
    }
}
