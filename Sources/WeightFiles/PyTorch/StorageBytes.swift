import Tensors

/// Creates tensors from views of storages: contiguous float32 data is used in place, everything else is copied.
struct StorageBytes {
    let contents: PickledTensors
    let isBigEndian: Bool
    let budget: MemoryBudget
    /// Returns the bytes of a storage.
    let bytes: (PickledTensors.Storage) throws(StorageError) -> FileBytes

    private var found: [Int: FileBytes] = [:]
    private var made: [Int: Tensor] = [:]
    /// Up to where each storage, keyed by its offset, is already used in place. Two tensors never share bytes: writing to one would change
    /// the other.
    private var used: [Int: Int] = [:]

    init(
        _ contents: PickledTensors, isBigEndian: Bool, budget: MemoryBudget,
        bytes: @escaping (PickledTensors.Storage) throws(StorageError) -> FileBytes
    ) {
        self.contents = contents
        self.isBigEndian = isBigEndian
        self.budget = budget
        self.bytes = bytes
    }

    /// Returns the tensor at an index of the pickle's list; the same one every time.
    mutating func tensor(_ place: Int) throws(StorageError) -> Tensor {
        if let tensor = made[place] { return tensor }
        let tensor = try make(contents.views[place])
        made[place] = tensor
        return tensor
    }

    /// Returns the tensor at an index of the pickle's list without keeping it: memory is for one tensor at a time.
    mutating func passing(_ place: Int) throws(StorageError) -> Tensor {
        // Decompressed storages are kept, and so is what they cost.
        try check(place)
        let before = used
        used = [:]
        defer { used = before }
        let view = contents.views[place]
        let tensor = try budget.lend { () throws(StorageError) in try make(view) }
        // What lies in the file's memory is copied, so that this can be given back.
        let copy = Tensor(tensor.shape, owning: tensor.buffer.copy())
        if let (source, _) = try locate(view).data { source.forget() }
        return copy
    }

    /// Checks that a tensor's data are in the file, without reading them.
    mutating func check(_ place: Int) throws(StorageError) { _ = try locate(contents.views[place]) }

    /// Returns the type of a tensor's data, and where they begin.
    private mutating func locate(
        _ view: PickledTensors.View
    ) throws(StorageError) -> (kind: ElementType, data: (source: FileBytes, start: Int)?) {
        let storage = contents.storages[view.storage]
        guard let kind = ElementType(storage, dataType: view.dataType) else {
            throw StorageError("numbers of type \(view.dataType ?? storage.className) are not supported")
        }
        if view.shape.contains(0) { return (kind, nil) }
        let source = try bytes(of: view.storage)
        let last = zip(view.shape, view.strides).reduce(view.offset) { $0 + ($1.0 - 1) * $1.1 }
        let end = (storage.offset + last + 1).multipliedReportingOverflow(by: kind.byteCount)
        guard !end.overflow, end.partialValue <= source.count else {
            throw StorageError(
                "its storage '\(storage.key)' has \(source.count) bytes, but the tensor reaches element "
                    + "\(storage.offset + last + 1), of \(kind.byteCount) bytes each")
        }
        return (kind, (source, (storage.offset + view.offset) * kind.byteCount))
    }

    private mutating func make(_ view: PickledTensors.View) throws(StorageError) -> Tensor {
        guard budget.spend(256) else { throw StorageError("there are too many tensors for the file's size") }
        let (kind, data) = try locate(view)
        guard let (source, start) = data else { return Tensor(view.shape) }
        let count = view.shape.reduce(1, *)
        if kind == .float32, !isBigEndian, view.isContiguous, let tensor = inPlace(view.shape, source, start, 4 * count)
        {
            return tensor
        }
        guard budget.spend(numbers: count, ofBytes: 4) else {
            throw StorageError(
                "its shape \(view.shape) takes \(4 * count) bytes, which together with the tensors before it is more than "
                    + "\(MemoryBudget.numberFactor) times the file's size")
        }
        var tensor = Tensor(uninitialized: view.shape)
        tensor.withMutableElements { target in
            source.withMemory { memory in
                guard let first = memory.baseAddress else { return }
                kind.copy(
                    from: first + start, shape: view.shape, strides: view.strides, isBigEndian: isBigEndian, to: target)
            }
        }
        return tensor
    }

    private mutating func inPlace(_ shape: [Int], _ source: FileBytes, _ start: Int, _ byteCount: Int) -> Tensor? {
        guard 1.littleEndian == 1, let place = source.place, (place.offset + start) % 4 == 0,
            start >= used[place.offset] ?? 0
        else { return nil }
        used[place.offset] = start + byteCount
        return Tensor(shape, owning: FloatBuffer(place.file, at: place.offset + start, count: byteCount / 4))
    }

    private mutating func bytes(of place: Int) throws(StorageError) -> FileBytes {
        if let known = found[place] { return known }
        let fresh = try bytes(contents.storages[place])
        found[place] = fresh
        return fresh
    }
}

/// Why a tensor's data cannot be read.
struct StorageError: Error, Equatable {
    /// A phrase about the tensor.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension ElementType {
    /// The data type of a storage: that of its class or, if untyped, of its tensors.
    init?(_ storage: PickledTensors.Storage, dataType: String?) {
        if let dataType {
            self.init(dataType: dataType)
        } else {
            self.init(storageClass: storage.className)
        }
    }
}

extension PickledTensors.View {
    /// Whether the elements are contiguous in row-major order.
    fileprivate var isContiguous: Bool {
        var expected = 1
        for (extent, step) in zip(shape, strides).reversed() where extent != 1 {
            if step != expected { return false }
            expected *= extent
        }
        return true
    }
}
