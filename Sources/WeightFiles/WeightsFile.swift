import Foundation
import Tensors

/// Named tensors from a file of any common weights format: safetensors, and the files of `torch.save`, both today's zip archives and the
/// format before PyTorch 1.6.
///
/// Files are not trusted. None of their code is run: a pickle builds tensors and containers, and everything else that it requests is
/// refused by name. Reading allocates at most ``memoryFactor`` bytes for each byte of the file and 1 MiB; contiguous float32 data is not
/// copied but used in the file, page by page. Checksums of archives are not verified, just as in `torch.load`.
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

    /// Reads a file, whose format is determined by its content.
    ///
    /// PyTorch's `num_batches_tracked` are left out: nothing depends on them.
    ///
    /// - Throws: ``WeightsError`` with the entry, the byte offset and the instruction.
    public static func read(_ url: URL) throws(WeightsError) -> WeightsFile {
        let reader = try WeightsReader(url)
        try reader.checkContent()
        var tensors: [(name: String, tensor: Tensor)] = []
        for (index, entry) in reader.entries.enumerated() {
            tensors.append((entry.name, try reader.tensor(index, isKept: true)))
        }
        return WeightsFile(
            tensors: tensors, metadata: reader.metadata, format: reader.format, origin: reader.origin)
    }
}
