extension PickleMachine {
    mutating func useClass(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .global:
            let module = try line()
            try push(.name(Self.name(module: module, try line())))
        case .stackGlobal:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw .malformed("a name is not a string")
            }
            try spend(64 + module.utf8.count + name.utf8.count)
            try push(.name(Self.name(module: module, name)))
        case .inst:
            let module = try line()
            let name = Self.name(module: module, try line())
            try push(try call(name, try popToMark()))
        case .obj:
            let items = try popToMark()
            guard let first = items.first else { throw .malformed("no class is named") }
            try push(try call(first, Array(items.dropFirst())))
        case .newObjEx:
            _ = try pop()
            fallthrough
        case .newObj, .reduce:
            let arguments = try items(of: try pop())
            try push(try call(try pop(), arguments))
        default: try build(try pop())
        }
    }

    /// Renamed modules are treated as one.
    private static func name(module: String, _ name: String) -> String {
        let renamed = [
            "__builtin__": "builtins", "numpy._core.multiarray": "numpy.core.multiarray", "copy_reg": "copyreg",
        ]
        return "\(renamed[module] ?? module).\(name)"
    }

    private mutating func call(_ callee: PickleValue, _ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
        guard case .name(let name) = callee else { throw .malformed("\(callee.kind) cannot be called") }
        return try call(name, arguments)
    }

    /// Ignores attributes of an object that is already built: none of them matter here.
    private mutating func build(_ state: PickleValue) throws(PickleProblem) {
        switch try top() {
        case .dictionary, .list, .set, .tensor, .inert: return
        case let value: throw .malformed("\(value.kind) takes no attributes")
        }
    }

    /// Harmless classes whose objects are accepted without inspection.
    private static let inert: Set<String> = [
        "argparse.Namespace", "types.SimpleNamespace", "builtins.bytearray", "builtins.bytes", "builtins.complex",
        "builtins.slice", "builtins.range", "_codecs.encode", "collections.deque", "datetime.date", "datetime.datetime",
        "datetime.timedelta", "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath",
        "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy.dtype", "torch.device",
        "torch.dtype", "torch.serialization._get_layout",
    ]

    /// Kinds of tensors that cannot be converted to float32.
    private static let unsupported = [
        "torch._utils._rebuild_qtensor": "a quantized tensor", "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
        "torch._utils._rebuild_nested_tensor": "a nested tensor",
        "torch._utils._rebuild_meta_tensor_no_storage": "a meta tensor",
    ]

    /// Returns the result of a function or constructor, for everything that is allowed.
    private mutating func call(_ name: String, _ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
        switch name {
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": return try tensor(arguments)
        case "torch._utils._rebuild_tensor_v3":
            guard arguments.count >= 7, case .name(let type) = arguments[6] else {
                throw .malformed("\(name) does not state its data type")
            }
            return try tensor(arguments, dataType: type)
        case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
            guard case .tensor? = arguments.first else { throw .malformed("a parameter must be made from a tensor") }
            return arguments[0]
        case "torch._tensor._rebuild_from_type_v2":
            // A single function that makes tensors, not a chain of them, which could be endless.
            guard arguments.count >= 3, case .name(let maker) = arguments[0], maker.hasPrefix("torch._utils.") else {
                throw .malformed("\(name) takes a function, a type and arguments")
            }
            return try call(maker, try items(of: arguments[2]))
        case "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict":
            return .dictionary(try make(try members(arguments)))
        case "builtins.list": return .list(try make(try elements(arguments)))
        case "builtins.tuple", "torch.Size": return .tuple(try make(try elements(arguments)))
        case "builtins.set", "builtins.frozenset": return .set(try make(try elements(arguments)))
        case "copyreg._reconstructor":
            guard case .name(let type)? = arguments.first, type != name else { throw .refused(name) }
            return try call(type, [])
        default:
            if let kind = Self.unsupported[name] { throw .malformed("\(kind) is not supported") }
            guard Self.inert.contains(name) else { throw .refused(name) }
            return .inert(name)
        }
    }

    private func elements(_ arguments: [PickleValue]) throws(PickleProblem) -> [PickleValue] {
        guard let first = arguments.first else { return [] }
        return try items(of: first)
    }

    /// Alternating keys and values, from the pairs or the dictionary that a dictionary is made from.
    private func members(_ arguments: [PickleValue]) throws(PickleProblem) -> [PickleValue] {
        switch arguments.last {
        case nil, .name?, .nothing?: return []
        case .dictionary(let place)?: return heap[place]
        case let pairs?:
            var members: [PickleValue] = []
            for pair in try items(of: pairs) { members += try self.pairs(Array(try items(of: pair).prefix(2))) }
            return members
        }
    }

    /// Creates a tensor from its storage, offset, shape and strides.
    private mutating func tensor(
        _ arguments: [PickleValue], dataType: String? = nil
    ) throws(PickleProblem) -> PickleValue {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1]
        else { throw .malformed("a tensor must be made from a storage, an offset, a shape and strides") }
        let (shape, strides) = (try integers(arguments[2]), try integers(arguments[3]))
        try spend(256 + 32 * shape.count)
        return try contents.tensor(storage, offset: offset, shape: shape, strides: strides, dataType: dataType)
    }

    private func integers(_ value: PickleValue) throws(PickleProblem) -> [Int] {
        var integers: [Int] = []
        for item in try items(of: value) {
            guard case .integer(let integer) = item else { throw .malformed("a dimension or a stride is \(item.kind)") }
            integers.append(integer)
        }
        return integers
    }
}
