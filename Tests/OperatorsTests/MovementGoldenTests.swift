import Graphs
import JSON
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// Movement, window and resampling operators against ONNX Runtime: `Tools/Goldens/operators_movement.py`.
@Suite struct MovementGoldenTests {
    @Test func operatorsEqualONNXRuntime() throws {
        let golden = try Golden.load("operators-movement")
        let cases = try golden["cases"].array()
        #expect(cases.count > 150)
        for (index, example) in cases.enumerated() {
            let (kind, settings) = (try example["kind"].string(), try example["settings"])
            let inputs = try example["inputs"].strings().map { try golden["values"][$0].tensor() }
            let kernel = try make(kind, settings)
            let use = OperatorCase("", kernel, inputs.map(\.shape))
            let program = try ReferenceBackend().compile(
                use.graph, parameters: ParameterStore(for: use.graph), inputs: use.inputShapes, mode: .inference)
            let found = try program.forward(
                Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("input\($0)", $1) }))
            let expected = try example["output"].tensor()
            let difference = relativeDifference(try #require(found["output"]), expected)
            #expect(difference < 1e-4, "\(index): \(kernel) differs by \(difference)")
            #expect(found["output"]?.shape == expected.shape, "\(index): \(kernel)")
        }
    }

    private func make(_ kind: String, _ settings: JSONValue) throws -> any Operator {
        switch kind {
        case "Resize": return try resize(settings)
        case "GridSample": return try gridSample(settings)
        case "MaxPool":
            return MaxPooling(
                kernel: try extent(settings["kernel"]), stride: try extent(settings["stride"]),
                padding: try extent(settings["before"]), dilation: try extent(settings["dilation"]),
                paddingEnd: try extent(settings["after"]), ceilMode: try settings["ceil"].bool())
        case "AveragePool":
            return AveragePooling(
                kernel: try extent(settings["kernel"]), stride: try extent(settings["stride"]),
                padding: try extent(settings["before"]), dilation: try extent(settings["dilation"]),
                paddingEnd: try extent(settings["after"]), ceilMode: try settings["ceil"].bool(),
                countsPadding: try settings["counts"].bool())
        case "Slice":
            return Slice(
                try settings["ranges"].array().map {
                    let numbers = try $0.integers()
                    return .init(axis: numbers[0], start: numbers[1], end: numbers[2], step: numbers[3])
                })
        case "Pad":
            let pads = try settings["pads"].integers()
            let mode: Padding.Mode =
                switch try settings["mode"].string() {
                case "reflect": .reflect
                case "edge": .edge
                case "wrap": .wrap
                default: .constant(0.25)
                }
            return Padding(
                before: Array(pads.prefix(pads.count / 2)), after: Array(pads.suffix(pads.count / 2)), mode: mode)
        case "Gather":
            return Gather(
                axis: try settings["axis"].integer(), indices: try settings["indices"].integers(),
                indexShape: try settings["shape"].integers())
        case "DepthToSpace":
            let isFirst = try settings["mode"].string() == "DCR"
            return DepthToSpace(
                block: try settings["block"].integer(), mode: isFirst ? .depthColumnRow : .columnRowDepth)
        case "SpaceToDepth": return SpaceToDepth(block: try settings["block"].integer())
        case "Expand": return Expand(to: try settings["shape"].integers())
        default: return Tile(repeats: try settings["repeats"].integers())
        }
    }

    private func extent(_ numbers: JSONValue) throws -> Extent {
        let numbers = try numbers.integers()
        return Extent(numbers[0], numbers[1])
    }

    private func resize(_ settings: JSONValue) throws -> Resize {
        let mode: Resize.Mode =
            switch try settings["mode"].string() {
            case "nearest": .nearest
            case "linear": .linear
            default: .cubic(coefficient: -0.75)
            }
        let coordinates: Resize.Coordinates =
            switch try settings["places"].string() {
            case "half_pixel": .halfPixel
            case "pytorch_half_pixel": .pytorchHalfPixel
            case "asymmetric": .asymmetric
            case "align_corners": .alignCorners
            default: .halfPixelSymmetric
            }
        let rounding: Resize.Rounding =
            switch try settings["rounding"].string() {
            case "round_prefer_floor": .roundPreferFloor
            case "round_prefer_ceil": .roundPreferCeil
            case "floor": .floor
            default: .ceil
            }
        let lengths: [Resize.Length] =
            if let sizes = settings.optional("sizes") {
                try sizes.integers().map { .extent($0) }
            } else {
                try settings["scales"].numbers().map { .scale($0) }
            }
        return Resize(
            mode: mode, coordinates: coordinates, rounding: rounding, rows: lengths[0], columns: lengths[1])
    }

    private func gridSample(_ settings: JSONValue) throws -> GridSample {
        let padding: GridSample.Outside =
            switch try settings["padding"].string() {
            case "zeros": .zeros
            case "border": .border
            default: .reflection
            }
        return GridSample(
            mode: try settings["mode"].string() == "linear" ? .linear : .nearest, padding: padding,
            alignsCorners: try settings["aligned"].bool())
    }
}
