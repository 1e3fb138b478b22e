import Foundation
import Tensors

/// A weights file of any common format whose tensors are made when they are asked for, one at a time: a file of half-precision numbers
/// would take twice its size in memory. See ``WeightsFile`` for the formats and for what is refused.
public final class WeightsReader: @unchecked Sendable {
    private enum Source {
        case safeTensors(SafeTensorsOutline, names: [String])
        case pyTorch(PyTorchFile, places: [Int])
    }

    /// The tensors' names and shapes, in the file's order, under their names without common prefixes (`module.`).
    public private(set) var entries: [(name: String, shape: [Int])] = []
    /// Free text by key; PyTorch's files have none.
    public private(set) var metadata: [String: String] = [:]
    /// The file's format.
    public let format: WeightsFile.Format
    /// The path to the tensors in the file: the keys on the way to them, and the prefixes that all of their names had.
    public private(set) var origin: [String] = []

    private let path: String
    private let file: LoadedFile
    private let lock = NSLock()
    private var source: Source

    /// Opens a file, whose format is determined by its content; its numbers are not read.
    ///
    /// PyTorch's `num_batches_tracked` are left out: nothing depends on them.
    ///
    /// - Throws: ``WeightsError`` with the entry, the byte offset and the instruction.
    public convenience init(_ url: URL) throws(WeightsError) {
        try self.init(LoadedFile.weights(at: url), path: url.path)
    }

    /// Reads a file's content.
    ///
    /// - Parameter path: What errors call it.
    /// - Throws: ``WeightsError`` with the entry, the byte offset and the instruction.
    public init(_ file: LoadedFile, path: String) throws(WeightsError) {
        self.path = path
        self.file = file
        let bytes = FileBytes(file)
        let budget = MemoryBudget(fileSize: bytes.count)
        switch FileSignature(bytes) {
        case .zip:
            source = .pyTorch(try PyTorchFile(archive: bytes, path: path, budget: budget), places: [])
            format = .pyTorch
        case .legacy:
            source = .pyTorch(try PyTorchFile(legacy: bytes, path: path, budget: budget), places: [])
            format = .pyTorchLegacy
        case .other(let what): throw .unknownFormat(path: path, reason: what)
        case .perhapsSafeTensors:
            let outline = try SafeTensorsOutline(file, path: path)
            let shapes = outline.shapes
            entries = outline.names.filter { !Self.isCounter($0) }.map { ($0, shapes[$0] ?? []) }
            metadata = outline.metadata
            source = .safeTensors(outline, names: entries.map(\.name))
            format = .safeTensors
        }
        if case .pyTorch(let file, _) = source { try find(file, budget: budget) }
        removePrefixes()
        try file.requireUnchanged(path: path)
    }

    /// Compares all numbers with the hash that the file states, if it states one.
    ///
    /// - Throws: ``WeightsError/otherContent(path:found:expected:)``.
    public func checkContent() throws(WeightsError) {
        if case .safeTensors(let outline, _) = source { try outline.checkContent() }
    }

    private func find(_ file: PyTorchFile, budget: MemoryBudget) throws(WeightsError) {
        var file = file
        let dictionary = StateDictionary(file.heap, budget: budget)
        let found: (tensors: [(name: String, place: Int)], origin: [String])
        do {
            found = try dictionary.tensors(in: file.value)
        } catch {
            throw .damaged(path: path, place: "the tensors' names", reason: error.reason)
        }
        guard !found.tensors.isEmpty else {
            throw .noTensors(path: path, found: dictionary.description(of: file.value))
        }
        let tensors = found.tensors.filter { !Self.isCounter($0.name) }
        for (name, place) in tensors {
            do { try file.storages.check(place) } catch { throw damaged(name, error) }
        }
        entries = tensors.map { ($0.name, file.storages.contents.views[$0.place].shape) }
        origin = found.origin
        source = .pyTorch(file, places: tensors.map(\.place))
    }

    private func removePrefixes() {
        while let first = entries.first, let prefix = Self.prefixes.first(where: first.name.hasPrefix),
            entries.allSatisfy({ $0.name.hasPrefix(prefix) })
        {
            for index in entries.indices { entries[index].name.removeFirst(prefix.count) }
            origin.append(String(prefix.dropLast()))
        }
    }

    /// Returns the tensor of an entry, as float32, in memory of its own.
    ///
    /// - Throws: ``WeightsError`` when it would take too much memory for the file's size.
    public func tensor(_ index: Int) throws(WeightsError) -> Tensor { try tensor(index, isKept: false) }

    /// - Parameter isKept: Whether all tensors are used together, so that equal ones share their memory.
    func tensor(_ index: Int, isKept: Bool) throws(WeightsError) -> Tensor {
        lock.lock()
        defer { lock.unlock() }
        let tensor = try read(index, isKept: isKept)
        try file.requireUnchanged(path: path)
        return tensor
    }

    private func read(_ index: Int, isKept: Bool) throws(WeightsError) -> Tensor {
        let name = entries[index].name
        switch source {
        case .safeTensors(let outline, let names):
            let own = names[index]
            guard let tensor = isKept ? outline.tensor(own) : outline.passingTensor(own) else {
                preconditionFailure("there is no tensor '\(own)'")
            }
            return tensor
        case .pyTorch(var file, let places):
            defer { source = .pyTorch(file, places: places) }
            do {
                return try isKept ? file.storages.tensor(places[index]) : file.storages.passing(places[index])
            } catch { throw damaged(name, error) }
        }
    }

    private func damaged(_ name: String, _ error: StorageError) -> WeightsError {
        .damaged(path: path, place: "the tensor '\(name.prefix(200))'", reason: error.reason)
    }

    /// Prefixes that training code adds to every name.
    private static let prefixes = [
        "module.", "_orig_mod.", "_forward_module.", "model.", "net.", "network.", "detector.",
    ]

    private static func isCounter(_ name: String) -> Bool {
        name == "num_batches_tracked" || name.hasSuffix(".num_batches_tracked")
    }
}
