import Foundation

/// A protocol buffer message, written field by field: tests build valid and invalid files with it, independently of the code that reads
/// them.
struct Wire {
    private(set) var data = Data()

    static func varint(_ value: UInt64) -> Data {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return Data(bytes + [UInt8(rest)])
    }

    mutating func integer(_ field: Int, _ value: Int) {
        data += Self.varint(UInt64(field << 3)) + Self.varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        data += Self.varint(UInt64(field << 3 | 5))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }

    mutating func bytes(_ field: Int, _ value: Data) {
        data += Self.varint(UInt64(field << 3 | 2)) + Self.varint(UInt64(value.count)) + value
    }

    mutating func text(_ field: Int, _ value: String) { bytes(field, Data(value.utf8)) }

    mutating func message(_ field: Int, _ value: Wire) { bytes(field, value.data) }

    mutating func packed(_ field: Int, _ values: [Int]) {
        bytes(field, values.reduce(into: Data()) { $0 += Self.varint(UInt64(bitPattern: Int64($1))) })
    }

    init(_ fill: (inout Wire) -> Void = { _ in }) { fill(&self) }
}

/// ONNX's element types, as far as the tests use them.
enum Element: Int {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
    case boolean = 9
    case float16 = 10
    case double = 11
    case bfloat16 = 16
}

/// Returns a tensor with raw data.
func tensor(_ name: String, _ shape: [Int], _ element: Element, raw: Data) -> Wire {
    Wire {
        $0.packed(1, shape)
        $0.integer(2, element.rawValue)
        $0.text(8, name)
        $0.bytes(9, raw)
    }
}

func tensor(_ name: String, _ shape: [Int], _ floats: [Float]) -> Wire {
    tensor(name, shape, .float, raw: floats.withUnsafeBytes { Data($0) })
}

func integers(_ name: String, _ shape: [Int], _ integers: [Int64]) -> Wire {
    tensor(name, shape, .int64, raw: integers.withUnsafeBytes { Data($0) })
}

/// Returns a tensor of floats with external data.
func external(
    _ name: String, _ shape: [Int], in location: String, offset: String = "0", length: String? = nil
) -> Wire {
    Wire {
        $0.packed(1, shape)
        $0.integer(2, Element.float.rawValue)
        $0.text(8, name)
        for (key, value) in [("location", location), ("offset", offset), ("length", length)] {
            guard let value else { continue }
            let entry = Wire {
                $0.text(1, key)
                $0.text(2, value)
            }
            $0.message(13, entry)
        }
        $0.integer(14, 1)
    }
}

/// An attribute of a node.
enum Setting {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case floats([Float])
    case text(String)
    case tensor(Wire)
    case graph(File)
    case reference(String)

    func wire(_ name: String) -> Wire {
        Wire {
            $0.text(1, name)
            switch self {
            case .integer(let value):
                $0.integer(3, value)
                $0.integer(20, 2)
            case .integers(let values):
                $0.packed(8, values)
                $0.integer(20, 7)
            case .float(let value):
                $0.float(2, value)
                $0.integer(20, 1)
            case .floats(let values):
                for value in values { $0.float(7, value) }
                $0.integer(20, 6)
            case .text(let value):
                $0.text(4, value)
                $0.integer(20, 3)
            case .tensor(let value):
                $0.message(5, value)
                $0.integer(20, 4)
            case .graph(let value):
                $0.message(6, value.graph)
                $0.integer(20, 5)
            case .reference(let value):
                $0.text(21, value)
                $0.integer(20, 2)
            }
        }
    }
}

/// Returns a node.
func node(
    _ kind: String, _ inputs: [String], _ outputs: [String], name: String = "", domain: String = "",
    _ settings: [(String, Setting)] = []
) -> Wire {
    Wire { wire in
        for input in inputs { wire.text(1, input) }
        for output in outputs { wire.text(2, output) }
        if !name.isEmpty { wire.text(3, name) }
        wire.text(4, kind)
        for (key, setting) in settings { wire.message(5, setting.wire(key)) }
        if !domain.isEmpty { wire.text(7, domain) }
    }
}

/// An ONNX file to be built.
struct File {
    var opset = 17
    var inputs: [(name: String, shape: [Int?]?, element: Element)] = []
    var outputs: [String] = []
    var nodes: [Wire] = []
    var initializers: [Wire] = []
    var functions: [Wire] = []

    init(opset: Int = 17, _ fill: (inout File) -> Void = { _ in }) {
        self.opset = opset
        fill(&self)
    }

    mutating func input(_ name: String, _ shape: [Int?]?, _ element: Element = .float) {
        inputs.append((name, shape, element))
    }

    mutating func add(
        _ kind: String, _ inputs: [String], _ outputs: [String], name: String = "", _ settings: [(String, Setting)] = []
    ) {
        nodes.append(node(kind, inputs, outputs, name: name, settings))
    }

    mutating func constant(_ name: String, _ values: [Int64]) {
        initializers.append(integers(name, [values.count], values))
    }

    var graph: Wire {
        Wire { wire in
            for node in nodes { wire.message(1, node) }
            wire.text(2, "graph")
            for initializer in initializers { wire.message(5, initializer) }
            for input in inputs { wire.message(11, Self.port(input.name, input.shape, input.element)) }
            for output in outputs { wire.message(12, Self.port(output, nil, .float)) }
        }
    }

    var data: Data {
        Wire { wire in
            wire.integer(1, 8)
            wire.text(2, "tests")
            wire.message(7, graph)
            wire.message(8, Wire { $0.integer(2, opset) })
            wire.message(
                8,
                Wire {
                    $0.text(1, "pinpoint")
                    $0.integer(2, 1)
                })
            for function in functions { wire.message(25, function) }
        }.data
    }

    private static func port(_ name: String, _ shape: [Int?]?, _ element: Element) -> Wire {
        Wire { wire in
            wire.text(1, name)
            wire.message(
                2,
                Wire { type in
                    type.message(
                        1,
                        Wire { tensor in
                            tensor.integer(1, element.rawValue)
                            guard let shape else { return }
                            tensor.message(
                                2,
                                Wire { extents in
                                    for extent in shape {
                                        extents.message(
                                            1, Wire { if let extent { $0.integer(1, extent) } else { $0.text(2, "n") } }
                                        )
                                    }
                                })
                        })
                })
        }
    }
}

/// Returns a local function.
func function(
    _ name: String, domain: String, _ inputs: [String], _ outputs: [String], _ nodes: [Wire],
    defaults: [(String, Setting)] = []
) -> Wire {
    Wire { wire in
        wire.text(1, name)
        for input in inputs { wire.text(4, input) }
        for output in outputs { wire.text(5, output) }
        for node in nodes { wire.message(7, node) }
        wire.message(9, Wire { $0.integer(2, 17) })
        wire.message(
            9,
            Wire {
                $0.text(1, domain)
                $0.integer(2, 1)
            })
        wire.text(10, domain)
        for (key, setting) in defaults { wire.message(11, setting.wire(key)) }
    }
}
