import Foundation
import Tensors

/// Named tensors from a file of any common weights format: safetensors, and the files of `torch.save`, both today's zip archives and the
/// format before PyTorch 1.6.
///
/// Files are not trusted. None of their code is run: a pickle builds tensors and containers, and everything else that it requests is
/// refused by name. Reading allocates at most ``memoryFactor`` bytes for each byte of the file and 1 MiB; contiguous float32 data is used
/// where it was read to. Files may be overwritten at any time: what was read is kept, and a change while reading is an error. Checksums of
/// archives are verified for the entries that are read, the content hash of Pinpoint's own files for all of them.
public struct WeightsFile: Sendable {
    /// A file format for tensors.
    public enum Format: String, Sendable {
        /// Hugging Face's format.
        case safeTensors = "safetensors"
        /// PyTorch's zip archives.
        case pyTorch = "PyTorch"
        /// PyTorch's format before version 1.6.
        case pyTorchLegacy = "PyTorch, before 1.6"
    }

    /// The tensors, as float32, in the file's order, under their names without common prefixes (`module.`).
    public var tensors: [(name: String, tensor: Tensor)]
    /// Free text by key; PyTorch's files have none.
    public var metadata: [String: String]
    /// The file's format.
    public let format: Format
    /// The path to the tensors in the file: the keys on the way to them, and the prefixes that all of their names had.
    public let origin: [String]

    /// Reading allocates at most this many bytes for each byte of the file, and 1 MiB.
    public static let memoryFactor = MemoryBudget.factor

    /// Prefixes that training code adds to every name.
    private static let prefixes = [
        "module.", "_orig_mod.", "_forward_module.", "model.", "net.", "network.", "detector.",
    ]

    /// Reads a file, whose format is determined by its content.
    ///
    /// PyTorch's `num_batches_tracked` are left out: nothing depends on them.
    ///
    /// - Throws: ``WeightsError`` with the entry, the byte offset and the instruction.
    public static func read(_ url: URL) throws(WeightsError) -> WeightsFile {
        let path = url.path
        let file = try LoadedFile.weights(at: url)
        return try file.unchanged(path: path) { () throws(WeightsError) in try read(file, path: path) }
    }

    private static func read(_ file: LoadedFile, path: String) throws(WeightsError) -> WeightsFile {
        let bytes = FileBytes(file)
        let budget = MemoryBudget(fileSize: bytes.count)
        switch FileSignature(bytes) {
        case .zip:
            return try WeightsFile(
                try PyTorchFile(archive: bytes, path: path, budget: budget), .pyTorch, path: path, budget: budget)
        case .legacy:
            return try WeightsFile(
                try PyTorchFile(legacy: bytes, path: path, budget: budget), .pyTorchLegacy, path: path, budget: budget)
        case .other(let what): throw .unknownFormat(path: path, reason: what)
        case .perhapsSafeTensors:
            let content = try SafeTensorsFile(file, path: path)
            return WeightsFile(
                content.tensors.filter { !Self.isCounter($0.name) }, metadata: content.metadata, .safeTensors,
                origin: [])
        }
    }

    private init(_ file: PyTorchFile, _ format: Format, path: String, budget: MemoryBudget) throws(WeightsError) {
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
        var tensors: [(name: String, tensor: Tensor)] = []
        for (name, place) in found.tensors where !Self.isCounter(name) {
            do {
                tensors.append((name, try file.storages.tensor(place)))
            } catch {
                throw .damaged(path: path, place: "the tensor '\(name.prefix(200))'", reason: error.reason)
            }
        }
        self.init(tensors, metadata: [:], format, origin: found.origin)
    }

    private init(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], _ format: Format, origin: [String]
    ) {
        var (tensors, origin) = (tensors, origin)
        while let first = tensors.first, let prefix = Self.prefixes.first(where: first.name.hasPrefix),
            tensors.allSatisfy({ $0.name.hasPrefix(prefix) })
        {
            for index in tensors.indices { tensors[index].name.removeFirst(prefix.count) }
            origin.append(String(prefix.dropLast()))
        }
        self.tensors = tensors
        self.metadata = metadata
        self.format = format
        self.origin = origin
    }

    private static func isCounter(_ name: String) -> Bool {
        name == "num_batches_tracked" || name.hasSuffix(".num_batches_tracked")
    }
}
