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
    /// The extent that the file declares for the image.
    let declaredExtent: InputExtent?
    /// The input for a tracker's template.
    let template: ONNXModel.Port?

    /// Below this size a declared extent is ignored: exporters write tiny extents for networks that accept any.
    private static let leastDeclaredSide = 64

    /// Finds the image inputs of a graph.
    ///
    /// - Throws: ``ImportError/input(_:)`` if the graph does not take one image, or one image and a template.
    init(_ file: ONNXModel, template: URL?) throws(ImportError) {
        let ports = file.inputs.filter { ($0.shape?.count ?? 4) == 4 && $0.elementKind == "float" }
        guard !ports.isEmpty, ports.count == file.inputs.count, ports.count == (template == nil ? 1 : 2) else {
            let names = file.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw .input(
                template == nil && ports.count == 2
                    ? "the graph takes two images, \(names); give a tracker's template with --template"
                    : "the graph takes \(names), but only one image can be given"
                        + (template == nil ? "" : ", with a template"))
        }
        // A template is smaller than the search image, whose extent may be dynamic; if the file does not tell, the template comes first.
        let area = { (port: ONNXModel.Port) in Self.extent(port).map { $0.rows * $0.columns } ?? .max }
        let ordered = ports.count == 2 && area(ports[0]) > area(ports[1]) ? Array(ports.reversed()) : ports
        self.template = ports.count == 2 ? ordered[0] : nil
        let port = ordered[ordered.count - 1]
        image = port.name
        if let channels = port.shape?[1], channels != 3 {
            throw .input("the graph's input '\(port.name)' has \(channels) channels, but images have 3")
        }
        declaredExtent = Self.extent(port).flatMap {
            min($0.rows, $0.columns) >= Self.leastDeclaredSide ? $0 : nil
        }
    }

    static func extent(_ port: ONNXModel.Port) -> InputExtent? {
        guard let shape = port.shape, let rows = shape[2], let columns = shape[3] else { return nil }
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
