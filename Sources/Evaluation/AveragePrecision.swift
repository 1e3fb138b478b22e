/// Scores detections against the ground truth: COCO's twelve metrics as pycocotools computes them, and VOC's average precision of 2007 and
/// of 2010.
///
/// Boxes and scores that are not finite are left out.
///
/// - Parameters:
///   - groundTruth: All objects of all images.
///   - detections: All detections, in any order. Equal scores are ordered by image for COCO, and as given for VOC.
///   - classCount: The number of classes; classes without objects are left out of all means.
///   - imageCount: The number of images, with or without objects.
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

/// Returns the mean of the defined values (not -1); -1 when there are none.
func mean(_ values: [Double]) -> Double {
    let defined = values.filter { $0 > -1 }
    return defined.isEmpty ? -1 : defined.reduce(0, +) / Double(defined.count)
}

/// Returns the value at one IoU threshold, or the mean over all; -1 when there is none.
func pick(_ values: [Double], _ overlap: Int?) -> Double {
    guard let overlap else { return mean(values) }
    return values.isEmpty ? -1 : values[overlap]
}
