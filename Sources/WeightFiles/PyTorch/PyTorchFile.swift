import Foundation
import Tensors

/// The content of a `torch.save` file: the saved value, and the data of its tensors.
struct PyTorchFile {
    let value: PickleValue
    let heap: PickleHeap
    var storages: StorageBytes

    /// Reads a file in today's format: a zip archive with `data.pkl`, and an entry for each storage, in a folder of any name.
    ///
    /// - Throws: ``WeightsError`` with the entry and the byte offset.
    init(archive bytes: FileBytes, path: String, budget: MemoryBudget) throws(WeightsError) {
        func attempt<Value>(_ body: () throws(ZipError) -> Value) throws(WeightsError) -> Value {
            do {
                return try body()
            } catch {
                throw .damaged(path: path, place: "as a zip archive", reason: error.reason)
            }
        }
        let archive = try attempt { () throws(ZipError) in try ZipArchive(bytes, budget: budget) }
        let pickles = archive.entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
        guard let pickle = pickles.first, pickles.count == 1, let entry = archive.entries[pickle] else {
            throw .unknownFormat(
                path: path,
                reason: pickles.isEmpty
                    ? "it is a zip archive without data.pkl, so torch.save did not write it"
                    : "it is a zip archive with \(pickles.count) entries named data.pkl")
        }
        let folder = pickle.dropLast("data.pkl".count)
        if archive.entries.keys.contains(where: { $0.hasPrefix("\(folder)code/") }) {
            throw .unknownFormat(
                path: path, reason: "it is a TorchScript archive, which holds a program; save the module's state_dict()"
            )
        }
        func content(_ entry: ZipArchive.Entry) throws(ZipError) -> FileBytes {
            try archive.content(of: entry, budget: budget)
        }
        var isBigEndian = false
        if let order = archive.entries["\(folder)byteorder"] {
            let word = try attempt { () throws(ZipError) in try content(order) }.text ?? ""
            guard ["little", "big"].contains(word) else {
                throw .damaged(path: path, place: order.name, reason: "the byte order is '\(word.prefix(20))'")
            }
            isBigEndian = word == "big"
        }
        let program = try attempt { () throws(ZipError) in try content(entry) }
        var machine = PickleMachine(program, budget: budget)
        do {
            value = try machine.run()
        } catch {
            throw error.error(path: path, part: pickle)
        }
        heap = machine.heap
        storages = StorageBytes(machine.contents, isBigEndian: isBigEndian, budget: budget) {
            (storage: PickledTensors.Storage) throws(StorageError) -> FileBytes in
            let name = "\(folder)data/\(storage.key)"
            guard let entry = archive.entries[name] else { throw StorageError("the archive has no entry '\(name)'") }
            do throws(ZipError) {
                return try content(entry)
            } catch {
                throw StorageError(error.reason)
            }
        }
    }

    /// Whether a file has `torch.save`'s format before PyTorch 1.6: its first pickle is a number.
    static func isLegacy(_ bytes: FileBytes) -> Bool { bytes.has(legacyMagic) }

    /// `0x1950a86a20f9469cfc6c` as a pickle of protocol 2.
    static let legacyMagic: [UInt8] = [
        0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
    ]
}
