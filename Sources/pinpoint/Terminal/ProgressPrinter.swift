import DetectionHeads
import DetectionLosses
import Evaluation
import Foundation
import Jobs
import Tensors
import Training

/// Prints the progress of a run: a bar with the remaining time on a terminal, plain lines elsewhere.
final class ProgressPrinter {
    private var line = ProgressLine()
    private var plan: TrainingPlan?
    private var epochs = 0
    private var lastSaid = ContinuousClock.now

    func report(_ event: JobEvent) {
        switch event {
        case .working(let what, let finished, let count):
            line.draw("\(what)  \(ProgressLine.bar(finished, of: count))  \(finished)/\(count)")
            if finished == count { line.clear() }
        case .note(let text): say(text)
        case .warning(let text): say("warning: \(text)")
        }
    }

    func reportTraining(_ event: TrainingEvent) {
        switch event {
        case .started(let plan, let finishedSteps):
            self.plan = plan
            epochs = plan.epochs
            for line in Self.introduction(plan, finishedSteps: finishedSteps) { say(line) }
        case .lengthDecided(let decision):
            epochs = decision.length.epochs
            say("\(decision)")
        case .step(let step):
            line.draw(bar(step))
            // Without a bar, long epochs still report progress now and then.
            if !Terminal.isInteractive && ContinuousClock.now - lastSaid > .seconds(30) { say(bar(step)) }
        case .validating(let finished, let count):
            line.draw("validating  \(ProgressLine.bar(finished, of: count))  \(finished)/\(count)")
        case .epochFinished(let record): say(summary(record))
        case .checkpoint: break
        case .warning(let text): say("warning: \(text)")
        }
    }

    /// Prints a line, which stays one whatever names it contains.
    private func say(_ text: String) {
        lastSaid = .now
        line.clear()
        Terminal.standardError(text.shownOnTerminal + "\n")
    }

    private static func introduction(_ plan: TrainingPlan, finishedSteps: Int) -> [String] {
        let images = "\(plan.batchSize * plan.accumulation) images per step"
        let time = plan.minutes.map { String(format: "%g minutes, at most ", $0) } ?? ""
        let batches = plan.accumulation > 1 ? " in \(plan.accumulation) batches" : ""
        let start =
            "training on \(plan.imageCount) images for \(time)\(plan.epochs) epochs of \(plan.stepsPerEpoch) steps, "
            + "\(images)\(batches); validating on \(plan.validationImageCount) images"
        let frozen = plan.frozenParameterCount > 0 ? " (\(plan.frozenParameterCount) of them frozen)" : ""
        let rates = plan.learningRates.sorted { $0.key < $1.key }.map { "\($0.key) times \($0.value)" }
        let rate = "learning rate \(plan.learningRate)" + (rates.isEmpty ? "" : " (\(rates.joined(separator: ", ")))")
        let network = "\(plan.parameterCount) parameters\(frozen), \(rate); \(plan.kernels)"
        return [start, network] + (finishedSteps > 0 ? ["resuming after step \(finishedSteps)"] : [])
    }

    private func bar(_ step: StepReport) -> String {
        let steps = plan?.stepsPerEpoch ?? 0
        return "epoch \(step.epoch)/\(epochs)  \(ProgressLine.bar(step.step, of: steps))  \(step.step)/\(steps)  "
            + "ETA \(ProgressLine.duration(step.secondsLeft))  \(Self.rate(step.imagesPerSecond))  "
            + Self.terms(step.losses)
    }

    private func summary(_ record: EpochRecord) -> String {
        var text =
            "epoch \(record.epoch)/\(epochs)  \(Self.terms(record.losses))  "
            + Self.rate(record.imagesPerSecond)
        if let report = record.validation {
            if let losses = record.validationLosses { text += String(format: "  validation loss %.4f", losses.total) }
            if report.deciding.value < 0 && report.AP50 < 0 {
                text += "  nothing to score"
            } else if let points = report.points?.all {
                text += "  AP \(figure(points.AP))  F1 \(figure(points.F1))"
                text += String(format: "  MAE %.2f", points.counts.meanAbsolute)
            } else {
                text += "  AP \(figure(report.AP))  AP50 \(figure(report.AP50))"
            }
            if let pose = report.pose { text += "  OKS AP \(figure(pose.AP))" }
            if record.isBest { text += "  best" }
        }
        return text
    }

    private static func rate(_ imagesPerSecond: Double) -> String { String(format: "%.1f images/s", imagesPerSecond) }

    /// `loss 1.2000 (heatmap 1.0000, size 1.5000, offset 0.0500)`.
    private static func terms(_ losses: LossTerms) -> String {
        let terms = losses.terms.map { String(format: "\($0.head.label) %.4f", $0.value) }
        return String(format: "loss %.4f (", losses.total) + terms.joined(separator: ", ") + ")"
    }
}
