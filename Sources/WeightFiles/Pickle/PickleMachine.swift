import Foundation

/// Runs a pickle: a program for a machine with a stack, marks on it, and a memo.
///
/// Every instruction is either executed or refused by name. Functions and classes are those of ``call(_:_:)``, implemented here: no code of
/// the file is ever run. There are no loops and no recursion, so time is proportional to the pickle's length, and everything built is
/// charged to a ``MemoryBudget``.
struct PickleMachine {
    /// The containers that the result refers to.
    private(set) var heap = PickleHeap()
    /// The storages and tensors that the result refers to.
    var contents = PickledTensors()
    /// The offset after the last instruction.
    private(set) var position: Int

    private let bytes: FileBytes
    private let budget: MemoryBudget
    private var stack: [PickleValue] = []
    /// The height of the stack at each mark.
    private var marks: [Int] = []
    private var memory: [Int: PickleValue] = [:]
    private var highest = 0

    /// Creates a machine for the pickle that begins at an offset.
    init(_ bytes: FileBytes, from start: Int = 0, budget: MemoryBudget) {
        self.bytes = bytes
        self.budget = budget
        position = start
    }

    /// Runs to the end, and returns the value that was built.
    mutating func run() throws(PickleError) -> PickleValue {
        while true {
            let start = position
            var opcode: PickleOpcode?
            do throws(PickleProblem) {
                let byte = try integer(UInt8.self)
                opcode = PickleOpcode(rawValue: byte)
                guard let opcode else { throw .malformed("there is no instruction \(byte)") }
                if opcode == .stop { return try pop() }
                try execute(opcode)
            } catch {
                throw PickleError(fault: error, offset: start, instruction: opcode?.name)
            }
        }
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .stop, .proto, .frame: try executeFrame(opcode)
        case .mark:
            try spend(16)
            marks.append(stack.count)
        case .pop:
            if marks.last == stack.count && !marks.isEmpty { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: try push(try top())
        case .none: try push(.nothing)
        case .newTrue: try push(.boolean(true))
        case .newFalse: try push(.boolean(false))
        case .int, .long, .float, .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat: try pushNumber(opcode)
        case .string, .unicode, .binString, .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8:
            try pushText(opcode)
        case .shortBinBytes: try pushBytes(try integer(UInt8.self))
        case .binBytes: try pushBytes(try integer(UInt32.self))
        case .binBytes8, .byteArray8: try pushBytes(try integer(UInt64.self))
        case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize: try useMemory(opcode)
        case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyList, .list, .emptyDict, .dict, .emptySet,
            .frozenSet:
            try makeContainer(opcode)
        case .append, .appends, .addItems, .setItem, .setItems: try fillContainer(opcode)
        case .global, .stackGlobal, .inst, .obj, .newObj, .newObjEx, .reduce, .build: try useClass(opcode)
        case .binPersId: try pushStorage(try items(of: try pop()))
        case .persId: throw .malformed("persistent ids as text are not used by PyTorch")
        case .ext1, .ext2, .ext4: throw .malformed("extension codes need Python's registry and are not supported")
        case .nextBuffer, .readOnlyBuffer: throw .malformed("out-of-band buffers are missing")
        }
    }

    private mutating func executeFrame(_ opcode: PickleOpcode) throws(PickleProblem) {
        if opcode == .proto {
            let version = try integer(UInt8.self)
            guard version <= 5 else { throw .malformed("protocol \(version) is not known; the last one is 5") }
        } else {
            let length = try integer(UInt64.self)
            guard length <= UInt64(bytes.count - position) else {
                throw .malformed("the frame has \(length) bytes, and the file only \(bytes.count - position) more")
            }
        }
    }
}

// MARK: The stack, the bytes and the memo

extension PickleMachine {
    func spend(_ count: Int) throws(PickleProblem) {
        guard budget.spend(count) else {
            throw .malformed("what it builds takes more than \(MemoryBudget.factor) times the file's size")
        }
    }

    mutating func push(_ value: PickleValue) throws(PickleProblem) {
        stack.append(value)
        guard stack.count > highest else { return }
        highest = stack.count
        // A growing array briefly exists twice.
        try spend(3 * MemoryLayout<PickleValue>.stride)
    }

    mutating func pop() throws(PickleProblem) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
            throw .malformed("there is nothing on the stack")
        }
        return value
    }

    func top() throws(PickleProblem) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else {
            throw .malformed("there is nothing on the stack")
        }
        return value
    }

    mutating func popToMark() throws(PickleProblem) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw .malformed("there is no mark on the stack") }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(PickleProblem) -> Integer {
        guard let value = bytes.integer(type, at: position) else { throw .malformed("the file ends here") }
        position += MemoryLayout<Integer>.size
        return value
    }

    /// The next bytes.
    mutating func take(_ count: some FixedWidthInteger) throws(PickleProblem) -> FileBytes {
        guard let count = Int(exactly: count), let part = bytes.part(from: position, count: count) else {
            throw .malformed("it promises \(count) bytes, but the file has only \(bytes.count - position) more")
        }
        position += count
        return part
    }

    /// The rest of the line.
    mutating func line() throws(PickleProblem) -> String {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: position) else {
            throw .malformed("its line has no end")
        }
        let part = try take(end - position)
        position += 1
        try spend(64 + part.count)
        return part.text ?? part.latinText
    }

    private mutating func useMemory(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .get: try recall(try lineNumber())
        case .binGet: try recall(Int(try integer(UInt8.self)))
        case .longBinGet: try recall(Int(try integer(UInt32.self)))
        case .put: try remember(try lineNumber())
        case .binPut: try remember(Int(try integer(UInt8.self)))
        case .longBinPut: try remember(Int(try integer(UInt32.self)))
        default: try remember(memory.count)
        }
    }

    private mutating func lineNumber() throws(PickleProblem) -> Int {
        let text = try line()
        guard let number = Int(text), number >= 0 else {
            throw .malformed("'\(text.prefix(40))' is not a memo index")
        }
        return number
    }

    private mutating func recall(_ place: Int) throws(PickleProblem) {
        guard let value = memory[place] else { throw .malformed("nothing is stored at memo index \(place)") }
        try push(value)
    }

    private mutating func remember(_ place: Int) throws(PickleProblem) {
        let value = try top()
        if memory.updateValue(value, forKey: place) == nil { try spend(128) }
    }
}

// MARK: Containers and storages

extension PickleMachine {
    /// Creates a container, charged to the budget.
    mutating func make(_ items: [PickleValue]) throws(PickleProblem) -> Int {
        try spend(80 + items.count * MemoryLayout<PickleValue>.stride)
        return heap.add(items)
    }

    /// Adds to a container.
    mutating func append(_ items: [PickleValue], to place: Int) throws(PickleProblem) {
        try spend(3 * items.count * MemoryLayout<PickleValue>.stride)
        heap.append(items, to: place)
    }

    /// The items of a tuple, a list or a set.
    func items(of value: PickleValue) throws(PickleProblem) -> [PickleValue] {
        switch value {
        case .tuple(let place), .list(let place), .set(let place): return heap[place]
        default: throw .malformed("\(value.kind) is found where a tuple is expected")
        }
    }

    private mutating func makeContainer(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .emptyTuple: try push(.tuple(try make([])))
        case .tuple: try push(.tuple(try make(try popToMark())))
        case .tuple1: try push(.tuple(try make([try pop()])))
        case .tuple2:
            let second = try pop()
            try push(.tuple(try make([try pop(), second])))
        case .tuple3:
            let (third, second) = (try pop(), try pop())
            try push(.tuple(try make([try pop(), second, third])))
        case .emptyList: try push(.list(try make([])))
        case .list: try push(.list(try make(try popToMark())))
        case .emptyDict: try push(.dictionary(try make([])))
        case .dict: try push(.dictionary(try make(try pairs(popToMark()))))
        case .emptySet: try push(.set(try make([])))
        default: try push(.set(try make(try popToMark())))
        }
    }

    private mutating func fillContainer(_ opcode: PickleOpcode) throws(PickleProblem) {
        var items: [PickleValue]
        switch opcode {
        case .append: items = [try pop()]
        case .setItem:
            let value = try pop()
            items = [try pop(), value]
        default: items = try popToMark()
        }
        switch (opcode, try top()) {
        case (.append, .list(let place)), (.appends, .list(let place)), (.addItems, .set(let place)):
            try append(items, to: place)
        case (.setItem, .dictionary(let place)), (.setItems, .dictionary(let place)):
            try append(try pairs(items), to: place)
        // The contents of these objects do not matter.
        case (_, .inert): return
        case (_, let value): throw .malformed("\(value.kind) cannot take these items")
        }
    }

    private mutating func pushStorage(_ id: [PickleValue]) throws(PickleProblem) {
        try spend(256)
        let heap = heap
        let storage = try contents.storage(for: id) { (value: PickleValue) throws(PickleProblem) -> [PickleValue] in
            guard case .tuple(let place) = value else { throw .malformed("\(value.kind) is not a view of a storage") }
            return heap[place]
        }
        try push(storage)
    }

    func pairs(_ items: [PickleValue]) throws(PickleProblem) -> [PickleValue] {
        guard items.count % 2 == 0 else { throw .malformed("a key has no value") }
        return items
    }
}
