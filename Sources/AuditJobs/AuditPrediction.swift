import Auditing
import Boxes
import Datasets
import Evaluation
import Foundation
import Graphs
import Images
import Inference
import Jobs
import Tensors

/// What a network says about images, in the form that an audit ranks.
struct AuditPrediction {
    let predictor: Predictor

    /// The most detections in an image: crowds are audited, too.
    private static let maximumDetections = 300

    /// - Throws: Errors of the network.
    init(_ detector: Detector, backend: any Backend) throws {
        var options = PredictorOptions()
        options.maximumDetections = Self.maximumDetections
        // Slightly fewer false suspects.
        options.flip = detector.decodesObjects
        predictor = try Predictor(detector: detector, backend: backend, options: options)
    }

    /// Predicts images.
    ///
    /// - Returns: One entry per sample; nil where the image cannot be read, which is reported.
    func images(
        of samples: [Sample], finished earlier: Int, of count: Int, progress: @escaping (JobEvent) -> Void
    ) throws -> [AuditedImage?] {
        var images: [AuditedImage?] = []
        let files = samples.map(\.imageURL)
        try ImageRun(predictor: predictor, files: files, usesBatches: true, keepsImages: false).run {
            index, _, prediction in
            ImageProduct(value: prediction.audited(samples[index]))
        } collect: { index, image in
            do { images.append(try image.get()) } catch let error as ImageError {
                images.append(nil)
                progress(.warning("\(files[index].relativePath) is not audited: \(error)"))
            }
            progress(.working("auditing", finished: earlier + index + 1, count: count))
        }
        return images
    }
}

extension Prediction {
    /// Returns the prediction in the form that an audit ranks.
    func audited(_ sample: Sample) -> AuditedImage {
        AuditedImage(
            objects: sample.objects, evidence: sample.objects.map(evidence),
            detections: detections.map { $0.scored(image: 0) },
            width: sample.width, height: sample.height)
    }

    /// Returns the highest probability of an object's class in the 3x3 cells around its centre, and in a tenth of its box.
    private func evidence(of object: AnnotatedObject) -> Double {
        let (classes, rows, columns) = (heatmap.shape[0], heatmap.shape[1], heatmap.shape[2])
        guard object.classIndex < classes else { return 0 }
        let box = imageToCells(object.box)
        func range(_ center: Double, _ side: Double, _ count: Int) -> ClosedRange<Int>? {
            guard center.isFinite, side.isFinite else { return nil }
            let reach = max(1, side / 10)
            let (low, high) = (Int(max(0, center - reach)), Int(min(Double(count - 1), center + reach)))
            return low <= high ? low...high : nil
        }
        guard let inRow = range(box.centerX, box.width, columns), let inColumn = range(box.centerY, box.height, rows)
        else { return 0 }
        var highest: Float = 0
        for row in inColumn {
            for column in inRow { highest = max(highest, heatmap[object.classIndex, row, column]) }
        }
        return Double(highest)
    }
}
