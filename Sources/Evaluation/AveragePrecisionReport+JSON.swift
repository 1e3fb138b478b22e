import JSON

extension AveragePrecisionReport {
    /// Returns the report as in `metrics.json`: COCO's metrics by name, `perClass`, `voc2007`, `voc2010`, `images` and `objects`, and
    /// `pose` if there are keypoints; of points, the metrics of ``PointReport`` in their place. Undefined values are -1.
    public func json(classNames: [String]) -> JSONValue {
        checkCount(classNames)
        if let points { return points.json(classNames: classNames) }
        func named(_ values: [JSONValue]) -> JSONValue { .object(JSONObject(Array(zip(classNames, values)))) }
        func voc(_ result: VOCAveragePrecision) -> JSONValue {
            ["mAP": .number(result.mAP), "perClass": named(result.perClass.map(JSONValue.number))]
        }
        var fields = cocoNumbers.map { ($0.name, JSONValue.number($0.value)) }
        fields += [
            ("perClass", named(zip(perClassAP, perClassAP50).map { ["AP": .number($0), "AP50": .number($1)] })),
            ("voc2007", voc(voc2007)), ("voc2010", voc(voc2010)),
            ("images", .integer(imageCount)), ("objects", .integer(objectCount)),
        ]
        if let pose { fields.append(("pose", pose.json)) }
        return .object(JSONObject(fields))
    }
}
