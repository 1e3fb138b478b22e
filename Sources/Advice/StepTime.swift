import Boxes
import DetectionHeads
import Experiments
import HeatmapTargets
import Networks
import Tensors
import Training

/// Times training steps on empty images: what a step computes does not depend on what it sees.
struct StepTime {
    let experiment: Experiment
    let classCount: Int

    /// The timed steps, after one that warms up. The fastest counts: others may use the machine.
    private static let steps = 3

    func measure(size: Int, batch: Int) throws -> Double {
        let model = try Model(
            network: NetworkConfiguration(
                name: experiment.network.name, classCount: classCount, headChannels: experiment.network.headChannels),
            classNames: (0..<classCount).map { "class \($0)" }, inputSize: InputExtent(side: size), seed: 1)
        let step = try TrainingStep(
            model: model, configuration: TrainingConfiguration(), batchSize: batch,
            backend: experiment.backend.backend)
        let cells = size / outputStride
        let targets = (0..<batch).map { _ in
            DetectionTargets.render([], classCount: classCount, rows: cells, columns: cells, options: TargetOptions())
        }
        let images = TrainingBatch(input: Tensor([batch, 3, size, size]), targets: targets)
        var fastest = Double.infinity
        for number in 0...Self.steps {
            let began = ContinuousClock.now
            _ = try step.take([images], learningRate: 1e-6)
            if number > 0 { fastest = min(fastest, (ContinuousClock.now - began) / .seconds(1)) }
        }
        return fastest
    }
}
