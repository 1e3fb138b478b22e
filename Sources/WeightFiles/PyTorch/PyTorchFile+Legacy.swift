extension PyTorchFile {
    /// Reads a file in the format before PyTorch 1.6: five consecutive pickles (a magic number, a version, a description of the system, the
    /// value, the storages' keys), then each storage, as an 8-byte count and its numbers.
    ///
    /// Numbers are little-endian, whatever system the file says it was written on: PyTorch swaps them when writing.
    ///
    /// - Throws: ``WeightsError`` with the pickle and the byte offset.
    init(legacy bytes: FileBytes, path: String, budget: MemoryBudget) throws(WeightsError) {
        var position = Self.legacyMagic.count
        var machine = PickleMachine(bytes, budget: budget)
        func run(_ part: String) throws(WeightsError) -> PickleValue {
            machine = PickleMachine(bytes, from: position, budget: budget)
            do {
                let value = try machine.run()
                position = machine.position
                return value
            } catch {
                throw error.error(path: path, part: part)
            }
        }
        guard case .integer(1001) = try run("the version") else {
            throw .damaged(path: path, place: "the version", reason: "it is not 1001, the only version of this format")
        }
        _ = try run("the system's description")
        let value = try run("the saved value")
        let (heap, contents) = (machine.heap, machine.contents)
        guard case .list(let place) = try run("the list of storages") else {
            throw .damaged(path: path, place: "the list of storages", reason: "it is not a list")
        }
        let keys = machine.heap[place]
        let parts = try Self.storages(keys, in: bytes, from: position, contents, path: path)
        self.value = value
        self.heap = heap
        storages = StorageBytes(contents, isBigEndian: false, budget: budget) {
            (storage: PickledTensors.Storage) throws(StorageError) -> FileBytes in
            guard let part = parts[storage.key] else { throw StorageError("the file has no storage '\(storage.key)'") }
            return part
        }
    }

    private static func storages(
        _ keys: [PickleValue], in bytes: FileBytes, from start: Int, _ contents: PickledTensors, path: String
    ) throws(WeightsError) -> [String: FileBytes] {
        let declared = Dictionary(contents.storages.map { ($0.key, $0) }) { first, _ in first }
        var (position, parts) = (start, [String: FileBytes]())
        for key in keys {
            guard case .text(let key) = key, let storage = declared[key] else {
                throw .damaged(
                    path: path, place: "the list of storages", reason: "no tensor uses the storage \(key.kind)")
            }
            let place = "the storage '\(key)' at byte \(position)"
            // If a type is not supported, the start of the next storage is unknown.
            guard let size = ElementType(storage, dataType: nil)?.byteCount else {
                throw .damaged(path: path, place: place, reason: "numbers of \(storage.className) are not supported")
            }
            guard let count = bytes.integer(Int64.self, at: position) else {
                throw .damaged(path: path, place: place, reason: "the file ends before it")
            }
            func part(_ count: Int64) -> FileBytes? {
                let (length, overflow) = Int(count).multipliedReportingOverflow(by: size)
                return overflow ? nil : bytes.part(from: position + 8, count: length)
            }
            // Some versions did not swap the counts.
            guard let part = part(count) ?? part(count.byteSwapped) else {
                throw .damaged(
                    path: path, place: place,
                    reason:
                        "it has \(count) numbers of \(size) bytes, but the file has only \(bytes.count - position - 8) more bytes"
                )
            }
            parts[key] = part
            position += 8 + part.count
        }
        return parts
    }
}
