/// An operator that ONNX has from a later opset on, with that operator's inputs and attributes: a function in the file, whose body any
/// runtime can run that has opset 17.
///
/// Whoever reads the file can take a call for the operator of that name and need not look at the body; that is what gives Pinpoint
/// the same bits again.
struct LocalFunction: Sendable {
    /// The set of operators that is ours.
    static let domain = "pinpoint"

    /// What it is called.
    let name: String
    let inputs: [String]
    let attributes: [String]
    /// Appends the body's nodes, the last of which makes `Y`.
    let write: @Sendable (inout FunctionBody) -> Void

    var definition: ProtoFunctionDefinition {
        var function = ProtoFunctionDefinition()
        function.name = name
        function.domain = Self.domain
        function.input = inputs
        function.output = ["Y"]
        function.attribute = attributes
        var set = ProtoOperatorSet()
        set.version = 17
        function.opsetImport = [set]
        var body = FunctionBody()
        write(&body)
        function.node = body.nodes
        return function
    }
}

/// The nodes of a function, each named after its value.
struct FunctionBody {
    private(set) var nodes: [ProtoNodeDefinition] = []

    @discardableResult
    mutating func add(
        _ output: String, _ kind: String, _ inputs: [String], _ attributes: ProtoAttribute...
    ) -> String {
        append(output, kind, inputs, attributes)
        return output
    }

    mutating func append(_ output: String, _ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute]) {
        nodes.append(
            ProtoNodeDefinition(kind, name: output, inputs: inputs, outputs: [output], attributes: attributes))
    }

    mutating func integers(_ name: String, _ values: [Int]) -> String {
        add(name, "Constant", [], .ints("value_ints", values))
    }

    mutating func number(_ name: String, _ value: Float) -> String {
        add(name, "Constant", [], .float("value_float", value))
    }

    /// What the caller gives as an attribute that is a list of whole numbers.
    mutating func list(_ name: String, attribute: String) -> String {
        add(name, "Constant", [], .reference("value_ints", .ints, to: attribute))
    }

    /// What the caller gives as an attribute that is one whole number.
    mutating func integer(_ name: String, attribute: String) -> String {
        add(name, "Constant", [], .reference("value_int", .int, to: attribute))
    }

    /// One position of a list, as a list.
    mutating func element(_ name: String, of list: String, _ position: Int) -> String {
        add(name, "Gather", [list, integers("\(name)_position", [position])])
    }

    /// 0, 1, … up to a count that is a list of one number.
    mutating func counting(_ name: String, _ count: String) -> String {
        let scalar = add("\(name)_count", "Squeeze", [count])
        let zero = add("\(name)_first", "Constant", [], .int("value_int", 0))
        let one = add("\(name)_step", "Constant", [], .int("value_int", 1))
        return add(name, "Range", [zero, scalar, one])
    }

    /// The same number everywhere in a shape.
    mutating func filled(_ name: String, _ shape: String, _ value: Float) -> String {
        add(name, "ConstantOfShape", [shape], .tensor("value", ProtoTensorDefinition("", [1], floats: [value])))
    }
}
