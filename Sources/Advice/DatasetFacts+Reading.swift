import Boxes
import Datasets

extension DatasetFacts {
    /// Collects the facts of two splits with the same classes.
    package init(training: DetectionDataset, validation: DetectionDataset?) {
        let samples = training.samples + (validation?.samples ?? [])
        self.init(
            classes: Self.classes(training, validation), trainingImages: training.samples.count,
            validationImages: validation?.samples.count ?? 0, imageSide: quantile(samples.compactMap(\.longerSide), 0.5)
        )
        let shapes = samples.flatMap(\.boxShapes)
        objectsPerImage = quantile(samples.map(\.objects.count), 0.5) ?? 0
        typicalSide = quantile(shapes.map(\.smallerSide), 0.5) ?? 0
        let oblong = shapes.filter { $0.elongation > 1.3 }
        if oblong.count >= Self.fewestOblongBoxes {
            wideShare = Double(oblong.count(where: \.isWide)) / Double(oblong.count)
        }
    }

    /// The fewest boxes from which their directions are judged.
    private static let fewestOblongBoxes = 50

    private static func classes(_ training: DetectionDataset, _ validation: DetectionDataset?) -> [Class] {
        let count = training.classNames.count
        var (objects, images, validated) = (
            [Int](repeating: 0, count: count), [Int](repeating: 0, count: count), [Int]()
        )
        validated = objects
        var sides = [[Double]](repeating: [], count: count)
        for sample in training.samples {
            for object in sample.objects { objects[object.classIndex] += 1 }
            for index in Set(sample.objects.map(\.classIndex)) { images[index] += 1 }
        }
        for sample in validation?.samples ?? [] {
            for object in sample.objects { validated[object.classIndex] += 1 }
        }
        for shape in (training.samples + (validation?.samples ?? [])).flatMap(\.boxShapes) {
            sides[shape.classIndex].append(shape.smallerSide)
        }
        return training.classNames.indices.map { index in
            Class(
                name: training.classNames[index], trainingObjects: objects[index], trainingImages: images[index],
                validationObjects: validated[index], smallSide: quantile(sides[index], 0.05))
        }
    }
}

/// A box's shape, relative to its image.
private struct BoxShape {
    let classIndex: Int
    /// The smaller side, as a part of the image's longer side.
    let smallerSide: Double
    /// The longer side divided by the smaller one.
    let elongation: Double
    let isWide: Bool
}

extension Sample {
    /// The longer side of the image in pixels; nil where unknown.
    fileprivate var longerSide: Int? { width.flatMap { width in height.map { max(width, $0) } } }

    /// The shapes of the boxes that training learns.
    fileprivate var boxShapes: [BoxShape] {
        guard let side = longerSide, side > 0 else { return [] }
        return objects.filter { !$0.isIgnored && !$0.box.isEmpty }.map { object in
            let (smaller, longer) = (min(object.box.width, object.box.height), max(object.box.width, object.box.height))
            return BoxShape(
                classIndex: object.classIndex, smallerSide: smaller / Double(side), elongation: longer / smaller,
                isWide: object.box.width > object.box.height)
        }
    }
}

/// Returns a quantile of some values, one of them; nil without values.
private func quantile<Value: Comparable>(_ values: [Value], _ share: Double) -> Value? {
    if values.isEmpty { return nil }
    return values.sorted()[Int((share * Double(values.count - 1)).rounded())]
}
