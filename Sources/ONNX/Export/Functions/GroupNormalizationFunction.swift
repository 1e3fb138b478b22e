/// Group normalization, which ONNX has from opset 18, and with a scale per channel from 21: inputs `X`, `scale` and `bias`. In the body,
/// each group is one channel of an instance normalization.
extension LocalFunction {
    static let groupNormalization = LocalFunction(
        name: "GroupNormalization", inputs: ["X", "scale", "bias"], attributes: ["num_groups", "epsilon"]
    ) { body in
        let rest = body.integers("rest", [-1])
        let first = body.integers("first_axis", [0])
        let groups = body.add("groups", "Unsqueeze", [body.integer("group_count", attribute: "num_groups"), first])
        body.add("grouped_shape", "Concat", [body.integers("batch", [0]), groups, rest], .int("axis", 0))
        body.add("grouped", "Reshape", ["X", "grouped_shape"])
        let neutral = [body.filled("ones", groups, 1), body.filled("zeros", groups, 0)]
        body.add(
            "normalized_groups", "InstanceNormalization", ["grouped"] + neutral,
            .reference("epsilon", .float, to: "epsilon"))
        let shape = body.add("shape", "Shape", ["X"])
        body.add("normalized", "Reshape", ["normalized_groups", shape])
        // [channel, 1, …], with one 1 per axis after the channels.
        let places = body.add("places", "Sub", [body.add("rank", "Shape", [shape]), body.integers("two", [2])])
        let ones = body.add(
            "place_extents", "ConstantOfShape", [places],
            .tensor("value", ProtoTensorDefinition("", [1], integers: [1])))
        body.add("channel_shape", "Concat", [rest, ones], .int("axis", 0))
        body.add("channel_scale", "Reshape", ["scale", "channel_shape"])
        body.add("channel_bias", "Reshape", ["bias", "channel_shape"])
        body.add("scaled", "Mul", ["normalized", "channel_scale"])
        body.add("Y", "Add", ["scaled", "channel_bias"])
    }
}
