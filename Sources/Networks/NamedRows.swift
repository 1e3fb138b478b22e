import Boxes
import DetectionHeads
import Graphs
import Tensors
import WeightFiles

/// Which rows of a file's last layers answer about the same class or keypoint as a network's rows, by name.
///
/// The last layers of the heads have a row, or two for x and y, for each class or keypoint. Their order is each data set's own: rows are
/// taken by name, and those that the file does not know stay as they are.
struct NamedRows: Sendable {
    /// For each parameter of such a layer, the file's row for each of its rows; nil where the file has none.
    private(set) var rows: [String: [Int?]] = [:]
    /// For each parameter of such a layer, the number of rows that the file's tensor must have.
    private(set) var rowCounts: [String: Int] = [:]
    /// The network's classes and keypoints that the file does not know.
    private(set) var newNames: [String] = []

    /// Compares a model's names with those in a file's metadata. Without names in the file, or where they are the same in the same order,
    /// no layer is treated by rows.
    init(of model: Model, metadata: [String: String]) {
        let classes = ModelDescription.classNames(in: metadata)
        add(.perClass, own: model.classNames, file: classes, graph: model.graph)
        let keypoints = (try? Skeleton(metadata: metadata))?.keypointNames ?? []
        let ownKeypoints = model.skeleton?.keypointNames ?? []
        for channels in [DetectionHead.Channels.perKeypoint, .pairPerKeypoint] {
            add(channels, own: ownKeypoints, file: keypoints, graph: model.graph)
        }
        for (own, file) in [(model.classNames, classes), (ownKeypoints, keypoints)] where !file.isEmpty {
            newNames += own.filter { !file.contains($0) }
        }
    }

    private mutating func add(
        _ channels: DetectionHead.Channels, own: [String], file: [String], graph: Graph
    ) {
        if own == file || own.isEmpty || file.isEmpty { return }
        let width = channels == .pairPerKeypoint ? 2 : 1
        let found = own.flatMap { name in
            let index = file.firstIndex(of: name)
            return (0..<width).map { part in index.map { $0 * width + part } }
        }
        for head in DetectionHead.all where head.channels == channels {
            for parameter in graph.lastLayer(of: head) {
                rows[parameter] = found
                rowCounts[parameter] = file.count * width
            }
        }
    }
}

extension TensorView {
    /// Copies rows of a tensor with rows of the same length: for each row here the one there; nil leaves a row as it is.
    func assign(_ tensor: Tensor, rows: [Int?]) {
        let length = tensor.shape.dropFirst().reduce(1, *)
        tensor.withElements { source in
            for (row, found) in rows.enumerated() {
                guard let found else { continue }
                for index in 0..<length { pointer[row * length + index] = source[found * length + index] }
            }
        }
    }
}

extension Graph {
    /// The names of the parameters of a head's last layer; none where the graph has no such head.
    fileprivate func lastLayer(of head: DetectionHead) -> [String] {
        let names = parameters.map(\.name).filter { $0.hasPrefix("heads.\(head.name).") }
        guard let layer = names.last?.split(separator: ".").dropLast() else { return [] }
        return names.filter { $0.split(separator: ".").dropLast().elementsEqual(layer) }
    }
}
