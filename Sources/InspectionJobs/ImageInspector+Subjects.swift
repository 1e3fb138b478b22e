import Boxes
import Inference
import Inspection
import PeakDecoding

extension ImageInspector {
    /// Returns the target for a quantity of a detection.
    ///
    /// - Throws: ``InspectionError/unsuitable(_:)`` if the network does not output it.
    func target(
        _ quantity: DetectedQuantity, of detection: Detection<ImagePixels>, number: Int?, place: MapPlace
    ) throws(InspectionError) -> Target {
        let detector = predictor.detector
        let name = (number.map { "\($0) " } ?? "") + detector.classNames[detection.classIndex]
        let target = Target.quantity(
            quantity, of: detection, by: detector.decoder, name: name, imagePixels: (1 / place.view.a, 1 / place.view.d)
        )
        guard let target else {
            throw .unsuitable(
                "\(quantity.rawValue) is not a sum of this network's outputs as read by the decoder "
                    + "'\(detector.decoder.name)', so it cannot be explained; the score always can")
        }
        return target
    }

    /// Returns the subjects of the request in an image.
    ///
    /// - Throws: ``InspectionError`` if the image does not have them.
    func subjects(
        _ prediction: Prediction, _ detections: [Detection<ImagePixels>], place: MapPlace
    ) throws -> [Subject] {
        var chosen: [(index: Int?, detection: Detection<ImagePixels>)] = []
        switch request.subject {
        case .elements(let targets):
            return withSum(
                targets.map { Subject(target: $0, detectionIndex: nil, detection: nil, quantity: nil, unit: .value) })
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
            let names = predictor.detector.classNames
            guard let index = names.firstIndex(of: name) else { throw InspectionError.unknownClass(name, known: names) }
            guard let best = prediction.detections.first(where: { $0.classIndex == index }) else {
                throw InspectionError.nothingOfClass(name)
            }
            chosen = [(detections.firstIndex(of: best), best)]
        }
        return withSum(
            try chosen.flatMap { index, detection in
                try request.quantities.map { quantity in
                    Subject(
                        target: try target(quantity, of: detection, number: index, place: place), detectionIndex: index,
                        detection: detection, quantity: quantity, unit: quantity == .score ? scoreUnit : .pixels)
                }
                    + request.keypoints.map { keypoint in
                        Subject(
                            target: try target(keypoint, of: detection, number: index, place: place),
                            detectionIndex: index,
                            detection: detection, quantity: nil, unit: keypoint.kind == .score ? scoreUnit : .pixels)
                    }
            })
    }

    /// Returns the target for a quantity of one of a detection's keypoints.
    ///
    /// - Throws: ``InspectionError/unsuitable(_:)`` if the network has no such keypoint, or it lies outside the network's input.
    func target(
        _ quantity: KeypointQuantity, of detection: Detection<ImagePixels>, number: Int?, place: MapPlace
    ) throws(InspectionError) -> Target {
        let detector = predictor.detector
        guard let names = detector.skeleton?.keypointNames, detection.keypoints.count == names.count else {
            throw .unsuitable("\(quantity) needs keypoints, and this network has none")
        }
        guard let index = names.firstIndex(of: quantity.keypoint) else {
            throw .unsuitable(
                "there is no keypoint '\(quantity.keypoint)'; this network has \(names.joined(separator: ", "))"
            )
        }
        let (view, extent) = (place.view, place.extent)
        let keypoint = detection.keypoints[index].mapped(by: view)
        guard keypoint.x >= 0, keypoint.y >= 0, keypoint.x < Double(extent.columns), keypoint.y < Double(extent.rows)
        else {
            throw .unsuitable("\(quantity.keypoint) lies outside the network's input")
        }
        let source = DetectionSource(detection)
        guard let elements = detector.decoder.elements(of: quantity.kind, keypoint: index, at: keypoint, of: source)
        else {
            throw .unsuitable("\(quantity) is not a sum of this network's outputs, so it cannot be explained")
        }
        let scale = quantity.kind == .score ? 1 : Float(1 / (quantity.kind == .x ? view.a : view.d))
        return Target(
            (number.map { "\($0) " } ?? "") + "\(detector.classNames[detection.classIndex]), \(quantity)",
            elements.map { OutputElement($0.output, $0.place, weight: $0.weight * scale) })
    }

    private func withSum(_ subjects: [Subject]) -> [Subject] {
        guard request.addsSum && subjects.count > 1 else { return subjects }
        let sum = Target.sum(subjects.map(\.target), name: "all together")
        let unit = Set(subjects.map(\.unit)).count == 1 ? subjects[0].unit.ofSum : .value
        return subjects + [Subject(target: sum, detectionIndex: nil, detection: nil, quantity: nil, unit: unit)]
    }

    private var scoreUnit: Subject.Unit {
        switch predictor.detector.decoder.scoreForm {
        case .logit: .scoreLogit
        case .partial: .logit
        case .probability: .probability
        case .twoProbabilities: .value
        }
    }
}

extension ImageInspector.Subject.Unit {
    /// The unit of a sum of values: no longer one score.
    fileprivate var ofSum: Self {
        switch self {
        case .scoreLogit: .logit
        case .probability: .value
        case .logit, .pixels, .value: self
        }
    }
}
