/// Scores detections against the ground truth: COCO's twelve numbers as pycocotools computes them, and VOC's average precision of
/// 2007 and of 2010.
///
/// Boxes and scores that are not finite are left out.
///
/// - Parameters:
///   - groundTruth: every object of every image.
///   - detections: in any order. Where scores are equal, COCO goes by image, VOC by the order given.
///   - classCount: classes without an object count in no mean.
///   - imageCount: how many images there are, with or without objects.
/// - Precondition: images are in `0..<imageCount` and classes in `0..<classCount`.
public func averagePrecision(
    groundTruth: [GroundTruthBox], detections: [ScoredBox], classCount: Int, imageCount: Int
) -> AveragePrecisionReport {
    let classes = ClassBoxes.gather(groundTruth, detections, classCount: classCount, imageCount: imageCount)
    let measures = classes.map(COCOClassMeasures.init)
    let curves = classes.map(PrecisionRecallCurve.init)

    func precision(_ size: COCO.Size, overlap: Int? = nil) -> Double {
        mean(measures.map { pick($0.precision[size] ?? [], overlap) })
    }
    func recall(_ size: COCO.Size) -> Double { mean(measures.map { mean($0.recall[size] ?? []) }) }
    func recall(limit: Int) -> Double { mean(measures.map { mean($0.limitedRecall[limit]) }) }

    let (voc2007, voc2010) = (curves.map(\.elevenPointAverage), curves.map(\.area))
    return AveragePrecisionReport(
        AP: precision(.all), AP50: precision(.all, overlap: 0), AP75: precision(.all, overlap: 5),
        APsmall: precision(.small), APmedium: precision(.medium), APlarge: precision(.large),
        AR1: recall(limit: 0), AR10: recall(limit: 1), AR100: recall(limit: 2),
        ARsmall: recall(.small), ARmedium: recall(.medium), ARlarge: recall(.large),
        perClassAP: measures.map { mean($0.precision[.all] ?? []) },
        perClassAP50: measures.map { pick($0.precision[.all] ?? [], 0) },
        voc2007: VOCAveragePrecision(mAP: mean(voc2007), perClass: voc2007),
        voc2010: VOCAveragePrecision(mAP: mean(voc2010), perClass: voc2010), precisionRecall: curves,
        imageCount: imageCount, objectCount: classes.reduce(0) { $0 + $1.groundTruths.count },
        perClassObjectCount: classes.map(\.groundTruths.count))
}

/// The mean of what is defined (not -1); -1 when nothing is.
func mean(_ values: [Double]) -> Double {
    let defined = values.filter { $0 > -1 }
    return defined.isEmpty ? -1 : defined.reduce(0, +) / Double(defined.count)
}

/// The value at one overlap, or the mean over all; -1 when there is none.
func pick(_ values: [Double], _ overlap: Int?) -> Double {
    guard let overlap else { return mean(values) }
    return values.isEmpty ? -1 : values[overlap]
}
