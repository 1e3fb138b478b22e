import Operators

/// The operators that Pinpoint imports, by their ONNX names, with their attributes: of opset 7 (older ones are not read) to
/// ``ONNXModel/operatorSets``' upper bound.
extension Importer {
    static var table: [String: ImportedOperator] {
        [
            windows, normalizations, elementwise, movements, shapeChanges, others, computedAtImport, integerOperators,
        ].reduce(into: [:]) { $0.merge($1) { _, last in last } }
    }

    private static var windows: [String: ImportedOperator] {
        let window: [KnownAttribute] = ["auto_pad", "kernel_shape", "pads", "strides"]
        let convolution: [KnownAttribute] = window + ["dilations", "group"]
        let deformable: [KnownAttribute] = ["dilations", "group", "kernel_shape", "offset_group", "pads", "strides"]
        return [
            "Conv": ImportedOperator(Importer.convolution, convolution),
            "ConvTranspose": ImportedOperator(
                Importer.transposedConvolution, convolution + ["output_padding", "output_shape"]),
            "DeformConv": ImportedOperator(Importer.deformableConvolution, deformable),
            // The storage order concerns only the second output, which is refused where it is used.
            "MaxPool": ImportedOperator(
                Importer.maxPooling,
                window + [.since(10, "ceil_mode"), .since(10, "dilations"), .since(8, "storage_order")]),
            "AveragePool": ImportedOperator(
                Importer.averagePooling,
                window + [.since(10, "ceil_mode"), "count_include_pad", .since(19, "dilations")]),
            "GlobalAveragePool": ImportedOperator(Importer.globalAveragePooling),
            "GlobalMaxPool": ImportedOperator(Importer.globalMaxPooling),
            // Functions in our own files, with the signature of a later opset's operator.
            "pinpoint.DeformConv": ImportedOperator(Importer.deformableConvolution, deformable),
            "pinpoint.AveragePool": ImportedOperator(
                Importer.averagePooling, window + ["ceil_mode", "count_include_pad", "dilations"]),
        ]
    }

    private static var normalizations: [String: ImportedOperator] {
        [
            "BatchNormalization": ImportedOperator(
                Importer.batchNormalization, "epsilon", "momentum", .only(1, name: "spatial"),
                .only(1, name: "is_test"), .since(14, "training_mode")),
            "InstanceNormalization": ImportedOperator(Importer.instanceNormalization, "epsilon"),
            // Everything is computed in float32, whatever the stash type is.
            "GroupNormalization": ImportedOperator(
                Importer.groupNormalization, "epsilon", "num_groups", .since(21, "stash_type")),
            "pinpoint.GroupNormalization": ImportedOperator(Importer.groupNormalization, "epsilon", "num_groups"),
            "LayerNormalization": ImportedOperator(Importer.layerNormalization, "axis", "epsilon", "stash_type"),
            "LRN": ImportedOperator(Importer.localResponseNormalization, "alpha", "beta", "bias", "size"),
            "LpNormalization": ImportedOperator(Importer.normNormalization, "axis", "p"),
            "Softmax": ImportedOperator(Importer.softmax, "axis"),
            "LogSoftmax": ImportedOperator(Importer.softmax, "axis"),
        ]
    }

    private static var elementwise: [String: ImportedOperator] {
        var table: [String: ImportedOperator] = [
            "Relu": ImportedOperator(Importer.rectifier),
            "Sigmoid": ImportedOperator(Importer.sigmoid),
            "Clip": ImportedOperator(Importer.clip, .until(10, "max"), .until(10, "min")),
            "PRelu": ImportedOperator(Importer.parametricRectifier),
            "Add": ImportedOperator(Importer.sum),
            "Sum": ImportedOperator(Importer.sum),
            "Mul": ImportedOperator(Importer.multiplication),
            "Sub": ImportedOperator(Importer.binary),
            "Div": ImportedOperator(Importer.division),
            "Pow": ImportedOperator(Importer.binary),
            "Mod": ImportedOperator(Importer.binary, "fmod"),
            "Max": ImportedOperator(Importer.extremum),
            "Min": ImportedOperator(Importer.extremum),
            "Mean": ImportedOperator(Importer.mean),
            "Where": ImportedOperator(Importer.choice),
        ]
        for (kind, attributes) in activationAttributes {
            table[kind] = ImportedOperator(Importer.activation, attributes)
        }
        for kind in relations.keys { table[kind] = ImportedOperator(Importer.comparison) }
        for kind in reductions.keys {
            // Sums took their axes as an input earlier than other reductions.
            let last = kind == "ReduceSum" ? 12 : 17
            table[kind] = ImportedOperator(
                Importer.reduction, "keepdims", .until(last, "axes"), .since(last + 1, "noop_with_empty_axes"))
        }
        for kind in ["ArgMax", "ArgMin"] {
            table[kind] = ImportedOperator(
                Importer.argumentOfMaximum, "axis", "keepdims", .since(12, "select_last_index"))
        }
        return table
    }

    private static var movements: [String: ImportedOperator] {
        [
            "Concat": ImportedOperator(Importer.concatenation, "axis"),
            "Split": ImportedOperator(Importer.split, "axis", .until(12, "split"), .since(18, "num_outputs")),
            "Slice": ImportedOperator(Importer.slice, .until(9, "starts"), .until(9, "ends"), .until(9, "axes")),
            "Gather": ImportedOperator(Importer.gather, "axis"),
            "GatherND": ImportedOperator(Importer.gatherRows, .since(12, "batch_dims")),
            "GatherElements": ImportedOperator(Importer.gatherElements, "axis"),
            "TopK": ImportedOperator(
                Importer.largest, "axis", .until(9, "k"), .since(11, "largest"), .since(11, "sorted")),
            "Pad": ImportedOperator(Importer.pad, "mode", .until(10, "pads"), .until(10, "value")),
            "DepthToSpace": ImportedOperator(Importer.depthToSpace, "blocksize", .since(11, "mode")),
            "SpaceToDepth": ImportedOperator(Importer.spaceToDepth, "blocksize", .since(28, "mode")),
            // The value for extrapolation belongs to coordinates that are refused.
            "Resize": ImportedOperator(
                Importer.resize, "mode", .since(11, "coordinate_transformation_mode"), .since(11, "cubic_coeff_a"),
                .since(11, "exclude_outside"), .since(11, "extrapolation_value"), .since(11, "nearest_mode"),
                .since(18, "antialias"), .since(18, "axes"), .since(18, "keep_aspect_ratio_policy")),
            "Upsample": ImportedOperator(Importer.upsample, "mode", .until(8, "scales")),
            "GridSample": ImportedOperator(Importer.gridSample, "align_corners", "mode", "padding_mode"),
        ]
    }

    private static var shapeChanges: [String: ImportedOperator] {
        [
            "Reshape": ImportedOperator(Importer.reshape, .since(14, "allowzero")),
            "Flatten": ImportedOperator(Importer.flatten, "axis"),
            "Squeeze": ImportedOperator(Importer.squeeze, .until(12, "axes")),
            "Unsqueeze": ImportedOperator(Importer.unsqueeze, .until(12, "axes")),
            "Transpose": ImportedOperator(Importer.transpose, "perm"),
            "Expand": ImportedOperator(Importer.expansion),
            "Tile": ImportedOperator(Importer.tile),
        ]
    }

    private static var others: [String: ImportedOperator] {
        // Saturation concerns only numbers of 8 bits with an exponent, which are not supported.
        let scaled: [KnownAttribute] = [.since(13, "axis"), .since(21, "block_size")]
        return [
            "MatMul": ImportedOperator(Importer.matrixMultiplication),
            "Gemm": ImportedOperator(Importer.generalProduct, "alpha", "beta", "transA", "transB"),
            "Einsum": ImportedOperator(Importer.einsteinSum, "equation"),
            "QuantizeLinear": ImportedOperator(
                Importer.quantization,
                scaled + [.since(19, "saturate"), .since(21, "output_dtype"), .only(0, 1, name: "precision")]),
            "DequantizeLinear": ImportedOperator(Importer.dequantization, scaled + [.since(23, "output_dtype")]),
            "com.microsoft.QuantizeLinear": ImportedOperator(Importer.quantization, "axis"),
            "com.microsoft.DequantizeLinear": ImportedOperator(Importer.dequantization, "axis"),
            "Identity": ImportedOperator(Importer.identity),
            "Dropout": ImportedOperator(
                Importer.dropout, .until(11, "ratio"), .since(12, "seed"), .only(1, name: "is_test")),
            "Cast": ImportedOperator(Importer.cast, "to", .since(19, "saturate"), .since(24, "round_mode")),
            "CastLike": ImportedOperator(Importer.castLike, .since(19, "saturate"), .since(24, "round_mode")),
            "Shape": ImportedOperator(Importer.shape, .since(15, "start"), .since(15, "end")),
            "Size": ImportedOperator(Importer.size),
            "Constant": ImportedOperator(
                Importer.constantNode, "value", .since(11, "sparse_value"), .since(12, "value_float"),
                .since(12, "value_floats"), .since(12, "value_int"), .since(12, "value_ints"),
                .since(12, "value_string"), .since(12, "value_strings")),
            // Its branches are inlined where the condition is known.
            "If": ImportedOperator(nil, "else_branch", "then_branch"),
        ]
    }

    private static var computedAtImport: [String: ImportedOperator] {
        [
            "ConstantOfShape": ImportedOperator(nil, "value"),
            "CumSum": ImportedOperator(nil, "exclusive", "reverse"),
            "EyeLike": ImportedOperator(nil, "dtype", "k"),
            "NonZero": ImportedOperator(nil),
            "Range": ImportedOperator(nil, .since(27, "stash_type")),
            "ScatterND": ImportedOperator(nil, .since(16, "reduction")),
            "Trilu": ImportedOperator(nil, "upper"),
        ]
    }

    /// Their bodies are in ``IntegerOperators``; those without one are refused with advice.
    private static var integerOperators: [String: ImportedOperator] {
        var table: [String: ImportedOperator] = [:]
        for kind in IntegerOperators.others {
            table[kind] = ImportedOperator(refusing: Importer.integerOperator)
        }
        table["QLinearConv"] = ImportedOperator(
            nil, "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        table["QLinearMatMul"] = ImportedOperator(nil)
        table["com.microsoft.QLinearAdd"] = ImportedOperator(nil)
        table["com.microsoft.QLinearMul"] = ImportedOperator(nil)
        table["com.microsoft.QLinearSigmoid"] = ImportedOperator(nil)
        table["com.microsoft.QLinearLeakyRelu"] = ImportedOperator(nil, "alpha")
        table["com.microsoft.QLinearConcat"] = ImportedOperator(Importer.integerOperator, "axis")
        return table
    }
}
