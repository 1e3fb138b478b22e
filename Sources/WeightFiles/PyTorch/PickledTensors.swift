/// The storages and tensors that a PyTorch pickle refers to; their data is elsewhere in the file.
struct PickledTensors: Sendable {
    /// Contiguous numbers, which tensors are views of.
    struct Storage: Sendable, Hashable {
        /// The name of the data in the file.
        let key: String
        /// PyTorch's class: `torch.FloatStorage`, `torch.storage.UntypedStorage`.
        let className: String
        /// The number of elements, or of bytes if the class does not state their type.
        let count: Int
        /// The offset of this storage in the file's storage, in elements; old files have such views.
        var offset = 0

        /// Whether the type of the data is known only to its tensors.
        var isUntyped: Bool { className.hasSuffix("UntypedStorage") }
    }

    /// A view of a storage.
    struct View: Sendable {
        let storage: Int
        /// In elements, like the strides.
        let offset: Int
        let shape: [Int]
        let strides: [Int]
        /// PyTorch's name of the data type, if the storage does not state it.
        let dataType: String?
    }

    private(set) var storages: [Storage] = []
    private(set) var views: [View] = []
    private var places: [Storage: Int] = [:]

    /// Larger than the address space of today's machines.
    private static let greatest = 1 << 48
    /// PyTorch's own limit is of this order of magnitude.
    private static let greatestRank = 64

    /// Returns the storage of a persistent id: `('storage', class, key, device, count)`, in old files with a view of it.
    mutating func storage(
        for id: [PickleValue], items: (PickleValue) throws(PickleProblem) -> [PickleValue]
    ) throws(PickleProblem) -> PickleValue {
        guard id.count >= 5, case .text("storage") = id[0], case .name(let className) = id[1],
            case .text(let key) = id[2], case .integer(let count) = id[4]
        else { throw .malformed("the persistent id is not that of a storage") }
        guard (0...Self.greatest).contains(count) else { throw .malformed("a storage cannot have \(count) numbers") }
        var storage = Storage(key: key, className: className, count: count)
        if id.count >= 6 {
            switch id[5] {
            case .nothing: break
            case let view: storage = try part(of: storage, items(view))
            }
        }
        if let known = places[storage] { return .storage(known) }
        storages.append(storage)
        places[storage] = storages.count - 1
        return .storage(storages.count - 1)
    }

    /// A part of a storage, as in old files: `(key, offset, count)`.
    private func part(of whole: Storage, _ view: [PickleValue]) throws(PickleProblem) -> Storage {
        guard view.count == 3, case .integer(let offset) = view[1], case .integer(let count) = view[2], offset >= 0,
            count >= 0, offset <= whole.count, count <= whole.count - offset
        else { throw .malformed("a view of the storage '\(whole.key)' is out of bounds") }
        return Storage(key: whole.key, className: whole.className, count: count, offset: offset)
    }

    /// Adds a tensor that lies within its storage.
    mutating func tensor(
        _ storage: Int, offset: Int, shape: [Int], strides: [Int], dataType: String?
    ) throws(PickleProblem) -> PickleValue {
        guard shape.count == strides.count, shape.count <= Self.greatestRank else {
            throw .malformed("\(shape.count) dimensions do not match \(strides.count) strides")
        }
        guard shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }), offset >= 0 else {
            throw .malformed("shape \(shape), strides \(strides) and offset \(offset) must not be negative")
        }
        var (count, last) = (1, offset)
        for (extent, step) in zip(shape, strides) {
            let (product, tooMany) = count.multipliedReportingOverflow(by: extent)
            let (distance, tooFar) = step.multipliedReportingOverflow(by: max(extent - 1, 0))
            let (sum, outside) = last.addingReportingOverflow(distance)
            // Loops over the axes add each stride, even that of an axis of length one.
            guard !tooMany, !tooFar, !outside, product <= Self.greatest, sum <= Self.greatest, step <= Self.greatest
            else {
                throw .malformed("the shape \(shape) is impossible")
            }
            (count, last) = (product, sum)
        }
        // The number of elements in untyped bytes is known only when they are read.
        let available = storages[storage].count
        guard count == 0 || storages[storage].isUntyped || last < available else {
            throw .malformed(
                "a tensor of shape \(shape) reaches element \(last + 1) of a storage of \(available)")
        }
        views.append(View(storage: storage, offset: offset, shape: shape, strides: strides, dataType: dataType))
        return .tensor(views.count - 1)
    }
}
