import Boxes
import Inference
import Inspection
import Networks
import PeakDecoding

extension PictureInspector {
    /// A quantity of a detection.
    func target(
        _ quantity: DetectedQuantity, of detection: Detection<ImagePixels>, number: Int?,
        view: AffineMap<ImagePixels, InputPixels>
    ) -> Target {
        let name = (number.map { "\($0) " } ?? "") + predictor.model.classNames[detection.classIndex]
        return .quantity(
            quantity, of: detection, name: name, pixelsPerCell: Double(outputStride) / view.a)
    }

    /// What the request means in a picture.
    ///
    /// - Throws: ``InspectionError`` when the picture does not have it.
    func subjects(
        _ prediction: Prediction, _ detections: [Detection<ImagePixels>], view: AffineMap<ImagePixels, InputPixels>
    ) throws -> [Subject] {
        var chosen: [(index: Int?, detection: Detection<ImagePixels>)] = []
        switch request.subject {
        case .elements(let targets):
            return withSum(targets.map { Subject(target: $0, detectionIndex: nil, detection: nil, quantity: nil) })
        case .detections(let limit): chosen = detections.prefix(limit).enumerated().map { ($0, $1) }
        case .numbered(let numbers):
            for number in numbers {
                guard detections.indices.contains(number) else {
                    throw InspectionError.noSuchDetection(
                        index: number, count: detections.count, threshold: request.threshold)
                }
                chosen.append((number, detections[number]))
            }
        case .bestOfClass(let name):
            let names = predictor.model.classNames
            guard let index = names.firstIndex(of: name) else { throw InspectionError.unknownClass(name, known: names) }
            guard let best = prediction.detections.first(where: { $0.classIndex == index }) else {
                throw InspectionError.nothingOfClass(name)
            }
            chosen = [(detections.firstIndex(of: best), best)]
        }
        return withSum(
            chosen.flatMap { index, detection in
                request.quantities.map { quantity in
                    Subject(
                        target: target(quantity, of: detection, number: index, view: view), detectionIndex: index,
                        detection: detection, quantity: quantity)
                }
            })
    }

    private func withSum(_ subjects: [Subject]) -> [Subject] {
        guard request.addsSum && subjects.count > 1 else { return subjects }
        let sum = Target.sum(subjects.map(\.target), name: "all together")
        return subjects + [Subject(target: sum, detectionIndex: nil, detection: nil, quantity: nil)]
    }
}
