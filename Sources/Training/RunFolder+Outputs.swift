import Foundation

extension RunFolder {
    /// The complete experiment of the run.
    public var experiment: URL { url.appendingPathComponent("experiment.json") }
    /// The metrics.
    public var metrics: URL { url.appendingPathComponent("metrics.json") }
    /// The report page.
    public var report: URL { url.appendingPathComponent("report.html") }
    /// Validation images with the detected boxes.
    public var detections: URL { url.appendingPathComponent("detections", isDirectory: true) }
    /// Centre heatmaps of some validation images.
    public var heatmaps: URL { url.appendingPathComponent("heatmaps", isDirectory: true) }
}
