import Boxes
import Foundation
import Images
import Inference
import ONNX
import Tensors

/// The image inputs of a graph.
struct ImagePorts {
    /// The input for the image.
    let image: String
    /// How that input takes the image.
    let axes: ImageAxes
    /// Whether that input takes whole numbers, from 0 to 255.
    let takesIntegers: Bool
    /// The extent that the file declares for the image.
    let declaredExtent: InputExtent?
    /// The batch size that the file declares; nil if it is free, or there is none.
    let declaredBatch: Int?
    /// The input for a tracker's template.
    let template: ONNXModel.Port?

    /// Below this size a declared extent is ignored: exporters write tiny extents for networks that accept any.
    private static let leastDeclaredSide = 64

    /// Finds the image inputs among those that the wanted results are computed from.
    ///
    /// - Throws: ``ImportError/input(_:)`` if the graph does not take one image, or one image and a template.
    init(_ file: ONNXModel, results: [String]?, template: URL?) throws(ImportError) {
        let needed = file.inputs(for: results)
        // Where no input is needed, the result is a constant, and the message names the inputs that there are.
        let all = needed.isEmpty ? file.inputs : needed
        let ports = all.filter { Self.axes($0) != nil && Self.takesImages($0) }
        guard !ports.isEmpty, ports.count == all.count, ports.count == (template == nil ? 1 : 2) else {
            throw .input(Self.refusal(all, imageCount: ports.count, hasTemplate: template != nil))
        }
        // A template is smaller than the search image, whose extent may be dynamic; if the file does not tell, the template comes first.
        let area = { (port: ONNXModel.Port) in Self.extent(port).map { $0.rows * $0.columns } ?? .max }
        let ordered = ports.count == 2 && area(ports[0]) > area(ports[1]) ? Array(ports.reversed()) : ports
        self.template = ports.count == 2 ? ordered[0] : nil
        let port = ordered[ordered.count - 1]
        image = port.name
        axes = Self.axes(port) ?? .batchChannelsFirst
        takesIntegers = Self.integerKinds.contains(port.elementKind)
        if axes == .batchChannelsFirst, let channels = port.shape?[1], channels != 3 {
            throw .input("the graph's input '\(port.name)' has \(channels) channels, but images have 3")
        }
        declaredExtent = Self.extent(port).flatMap {
            min($0.rows, $0.columns) >= Self.leastDeclaredSide ? $0 : nil
        }
        declaredBatch = axes.hasBatch ? port.shape?[0] : nil
    }

    private static let floatKinds = ["float", "float16", "bfloat16", "double", "undefined"]
    private static let integerKinds = ["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64"]

    private static func takesImages(_ port: ONNXModel.Port) -> Bool {
        (floatKinds + integerKinds).contains(port.elementKind)
    }

    /// Returns the axes of an image input, nil for other inputs. Free extents can be anything, so only an axis of 3 in another place tells
    /// channels last.
    private static func axes(_ port: ONNXModel.Port) -> ImageAxes? {
        guard let shape = port.shape else { return .batchChannelsFirst }
        switch shape.count {
        case 4: return shape[1] != 3 && shape[3] == 3 ? .batchChannelsLast : .batchChannelsFirst
        case 3: return shape[0] == 3 ? .channelsFirst : shape[2] == 3 ? .channelsLast : nil
        default: return nil
        }
    }

    private static func refusal(_ ports: [ONNXModel.Port], imageCount: Int, hasTemplate: Bool) -> String {
        let names = ports.map { "'\($0.name)'" }.joined(separator: ", ")
        if !hasTemplate && imageCount == 2 && ports.count == 2 {
            return "the graph takes two images, \(names); give a tracker's template with --template"
        }
        let described = ports.map { port in
            let extents =
                port.shape.map { $0.map { $0.map(String.init) ?? "?" }.joined(separator: " x ") } ?? "any shape"
            return "'\(port.name)' (\(port.elementKind), \(extents))"
        }.joined(separator: ", ")
        if ports.count == 1 && !hasTemplate {
            return takesImages(ports[0])
                ? "the graph's input \(described) has other axes than an image: batch, channel, row and column, "
                    + "with 3 channels"
                : "the graph's input \(described) holds no numbers, so it cannot take an image"
        }
        return "the graph takes \(described), but only one image can be given"
            + (hasTemplate
                ? ", with a template" : "; outputs that need only the image can be chosen with --until NAME")
    }

    static func extent(_ port: ONNXModel.Port) -> InputExtent? {
        guard let shape = port.shape, let axes = axes(port) else { return nil }
        let image = axes.hasBatch ? shape.dropFirst() : shape[...]
        let isFirst = axes == .batchChannelsFirst || axes == .channelsFirst
        let first = image.startIndex + (isFirst ? 1 : 0)
        guard let rows = image[first], let columns = image[first + 1] else { return nil }
        return InputExtent(rows: rows, columns: columns)
    }
}

/// A tracker's template, prepared as a constant of the graph.
struct TemplateInput {
    let name: String
    let values: Tensor
    let extent: InputExtent

    var shape: [Int] { values.shape }

    /// SiamFC's template size, used if the file does not define one.
    private static let usualSide = 127

    init(_ port: ONNXModel.Port, image: URL?, preparation: ImagePreparation) throws {
        guard let image else { throw ImportError.option("a tracker requires an image of its object: --template") }
        name = port.name
        extent = ImagePorts.extent(port) ?? InputExtent(side: Self.usualSide)
        var preparation = preparation
        preparation.fit = .stretch
        values = preparation.batch([ScaledImage(try Image(contentsOf: image))], extent: extent)
    }
}
