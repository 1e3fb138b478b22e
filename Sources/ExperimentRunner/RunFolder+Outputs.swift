import Foundation
import Training

extension RunFolder {
    /// The complete experiment that made the run.
    public var experiment: URL { url.appendingPathComponent("experiment.json") }
    /// The figures.
    public var metrics: URL { url.appendingPathComponent("metrics.json") }
    /// Everything on one page.
    public var report: URL { url.appendingPathComponent("report.html") }
    /// Images of the validation split with the boxes that were found.
    public var detections: URL { url.appendingPathComponent("detections", isDirectory: true) }
    /// Centre heatmaps of some of them.
    public var heatmaps: URL { url.appendingPathComponent("heatmaps", isDirectory: true) }
}
