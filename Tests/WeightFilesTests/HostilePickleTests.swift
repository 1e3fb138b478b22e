import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Malicious pickles, in an archive with one storage `0` of 16 bytes.
@Suite struct HostilePickleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ pickle: [UInt8]) throws(WeightsError) -> WeightsFile {
        let entries = [
            StoredZip.Entry("any name/data.pkl", pickle),
            StoredZip.Entry("any name/data/0", [0, 0, 0x80, 0x3f] + [UInt8](repeating: 0, count: 12)),
        ]
        guard let url = try? folder.write(Data(StoredZip(entries).bytes), to: "file.pth") else {
            throw .notFound(path: "file.pth")
        }
        return try WeightsFile.read(url)
    }

    /// A tensor's instructions: its storage has the given number of elements; offset, shape and strides are pickled integers.
    private static func tensor(
        numbers: String = "K\u{4}", offset: String = "K\0", _ shape: String, _ strides: String
    ) -> String {
        "ctorch._utils\n_rebuild_tensor_v2\n((U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpu\(numbers)tQ"
            + "\(offset)(\(shape)t(\(strides)t\u{89}"
            + "ccollections\nOrderedDict\n)RtR"
    }

    private static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private static func named(_ value: String) -> [UInt8] { bytes("}U\u{1}x\(value)s.") }

    @Test func theWriterOfTheseTestsWritesTensors() throws {
        let file = try read(Self.named(Self.tensor("K\u{2}K\u{2}", "K\u{2}K\u{1}")))
        #expect(file.tensors.map(\.name) == ["x"])
        #expect(file.tensors.first?.tensor == Tensor([2, 2], elements: [1, 0, 0, 0]))
    }

    @Test(
        "Calls are refused by name, with their place",
        arguments: [
            ("cos\nsystem\n(U\u{2}lstR.", "os.system", "byte 17 (REDUCE)"),
            ("cposix\nsystem\n(U\u{2}lstR.", "posix.system", "REDUCE"),
            ("cbuiltins\neval\n(U\u{1}1tR.", "builtins.eval", "REDUCE"),
            ("c__builtin__\neval\n(U\u{1}1tR.", "builtins.eval", "REDUCE"),
            ("U\u{2}osU\u{6}system\u{93}(U\u{2}lstR.", "os.system", "REDUCE"),
            ("(U\u{2}lsios\nsystem\n.", "os.system", "INST"),
            ("(cos\nsystem\nU\u{2}lso.", "os.system", "OBJ"),
            ("cos\nsystem\n)\u{81}.", "os.system", "NEWOBJ"),
            ("cos\nsystem\n)}\u{92}.", "os.system", "NEWOBJ_EX"),
            ("ccopy_reg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR.", "os.system", "REDUCE"),
            ("ctorch.storage\n_load_from_bytes\n(U\u{1}xtR.", "torch.storage._load_from_bytes", "REDUCE"),
            ("cmodels.yolo\nModel\n)\u{81}}b.", "models.yolo.Model", "NEWOBJ"),
            ("cbuiltins\ngetattr\n(cos\nsystem\nU\u{4}nametR.", "builtins.getattr", "REDUCE"),
        ])
    func calls(pickle: String, name: String, place: String) throws {
        let error = #expect(throws: WeightsError.self) { try read(Self.bytes(pickle)) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("asks to call \(name), which is refused") && sentence.contains(place), "\(sentence)")
    }

    @Test(
        "Invalid instructions",
        arguments: [
            (".", "nothing on the stack"), ("", "the file ends"), ("N", "the file ends"), ("t.", "no mark"),
            ("(.", "nothing on"), ("(N0000", "nothing on"),
            ("h\u{5}.", "memo index 5"), ("g-1\n.", "not a memo index"), ("\u{80}\u{9}.", "protocol 9"),
            ("\u{ff}", "no instruction 255"),
            ("X\u{ff}\u{ff}\u{ff}\u{7f}ab", "promises 2147483647 bytes"),
            ("T\u{ff}\u{ff}\u{ff}\u{ff}", "cannot have -1"),
            ("\u{8d}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}", "promises 18446744073709551615"),
            ("\u{8b}\u{ff}\u{ff}\u{ff}\u{ff}", "cannot have"), ("\u{95}\u{ff}\0\0\0\0\0\0\0.", "frame has 255"),
            ("]NNs.", "cannot take these items"), ("}Na.", "cannot take these"), ("}(Nu.", "no value"),
            ("NN\u{85}R.", "cannot be called"),
            ("NQ.", "where a tuple is expected"), (")Q.", "not that of a storage"), ("\u{97}.", "out-of-band buffers"),
            ("\u{82}\u{1}.", "registry"),
            ("Ix\n.", "not an integer"), ("Fx\n.", "not a number"), ("I1", "no end"), ("NNb.", "no attributes"),
            ("Pid\n.", "persistent ids"),
            ("ctorch._utils\n_rebuild_tensor_v2\n)R.", "made from a storage"),
            ("ctorch._utils\n_rebuild_parameter\n(NtR.", "made from a tensor"),
            (
                "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._tensor\n_rebuild_from_type_v2\nN)NtR.",
                "takes a function"
            ),
            ("ctorch._utils\n_rebuild_qtensor\n)R.", "quantized"), ("X\u{2}\0\0\0\u{ff}\u{fe}.", "not UTF-8"),
        ])
    func nonsense(pickle: String, words: String) throws {
        let error = #expect(throws: WeightsError.self) { try read(Self.bytes(pickle)) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(words) && sentence.contains("any name/data.pkl, byte "), "\(sentence)")
    }

    @Test(
        "Tensors that exceed their storage",
        arguments: [
            (tensor("K\u{5}", "K\u{1}"), "reaches element 5 of a storage of 4"),
            (tensor(offset: "K\u{4}", "K\u{1}", "K\u{1}"), "reaches element 5"),
            (tensor("J\u{ff}\u{ff}\u{ff}\u{ff}", "K\u{1}"), "negative"),
            (tensor("K\u{1}", "J\u{ff}\u{ff}\u{ff}\u{ff}"), "negative"),
            (tensor("K\u{2}", ""), "1 dimensions do not match 0 strides"),
            (tensor("N", "K\u{1}"), "dimension or a stride is None"),
            // 2^62 · 8, and a stride that overflows the address space.
            (tensor("\u{8a}\u{8}\0\0\0\0\0\0\0@K\u{8}", "K\0K\0"), "impossible"),
            (tensor("K\u{3}", "\u{8a}\u{8}\0\0\0\0\0\0\0@"), "impossible"),
            // Strides of axes of length one, which have no effect but are added all the same.
            (
                tensor(
                    "K\u{2}K\u{1}K\u{1}", "K\u{1}\u{8a}\u{8}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{7f}K\u{1}"),
                "impossible"
            ),
            // Ten billion elements, which are all the same one.
            (tensor("\u{8a}\u{5}\0\u{e4}\u{b}T\u{2}", "K\0"), "takes 40000000000 bytes"),
            (tensor(String(repeating: "K\u{1}", count: 65), String(repeating: "K\u{1}", count: 65)), "65 dimensions"),
            // Storages of ten billion numbers, and of a negative number of them.
            (tensor(numbers: "\u{8a}\u{5}\0\u{e4}\u{b}T\u{2}", "K\u{5}", "K\u{1}"), "has 16 bytes"),
            (tensor(numbers: "J\u{ff}\u{ff}\u{ff}\u{ff}", "K\u{1}", "K\u{1}"), "cannot have -1"),
        ])
    func outside(tensor: String, words: String) throws {
        let error = #expect(throws: WeightsError.self) { try read(Self.named(tensor)) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func whatIsSharedStaysShared() throws {
        // Each list contains the one before it ten times: 10^12 leaves.
        func laughs(at leaf: String) -> String {
            (1...12).reduce(leaf + "q\0" + "0") { text, level in
                let items = String(repeating: "h" + Self.letter(level - 1), count: 10)
                return text + "](" + items + "eq" + Self.letter(level) + "0"
            } + "h" + Self.letter(12)
        }
        let error = #expect(throws: WeightsError.self) { try read(Self.bytes(laughs(at: "N") + ".")) }
        #expect(error?.description.contains("it is a list") == true, "\(error?.description ?? "")")
        // The same with a tensor as the leaf.
        let file = try read(Self.named(laughs(at: Self.tensor("K\u{1}", "K\u{1}"))))
        // The innermost list has it ten times.
        #expect(file.tensors.count == 10 && file.tensors.allSatisfy { $0.tensor == Tensor([1], elements: [1]) })
    }

    private static func letter(_ number: Int) -> String { String(Unicode.Scalar(UInt8(number))) }

    @Test func cyclesEnd() throws {
        // A list that contains itself, and a dictionary that does, with a tensor beside it.
        #expect(throws: WeightsError.self) { try read(Self.bytes("]q\0h\0a.")) }
        let cyclic = "}q\u{1}U\u{4}selfh\u{1}sU\u{5}modelh\u{1}sU\u{1}x" + Self.tensor("K\u{1}", "K\u{1}") + "s."
        #expect(try read(Self.bytes(cyclic)).tensors.map(\.name) == ["x"])
    }

    @Test func depthIsNoDanger() throws {
        let depth = 200_000
        let nested = String(repeating: "(", count: depth) + String(repeating: "l", count: depth) + "."
        let error = #expect(throws: WeightsError.self) { try read(Self.bytes(nested)) }
        #expect(error?.description.contains("64 times") == true || error?.description.contains("a list") == true)
        let tuples = "N" + String(repeating: "\u{85}", count: 5_000) + "."
        #expect(throws: WeightsError.self) { try read(Self.bytes(tuples)) }
    }

    @Test("Objects that are not inspected can be filled", arguments: ["(K\u{1}K\u{2}e", "K\u{1}a", "U\u{1}kK\u{1}s"])
    func inertObjectsTakeItems(items: String) throws {
        let deque = "U\u{6}recentccollections\ndeque\n)R\(items)s"
        let file = try read(Self.bytes("}\(deque)U\u{1}x" + Self.tensor("K\u{1}", "K\u{1}") + "s."))
        #expect(file.tensors.map(\.name) == ["x"])
    }

    @Test func namesAreNotMultiplied() throws {
        // A tensor that a list contains 2,000 times, under a key of 20,000 letters.
        let key = "X" + String(String.UnicodeScalarView(little(UInt32(20_000)).map { Unicode.Scalar($0) }))
        let list = "](" + Self.tensor("K\u{1}", "K\u{1}") + "q\0" + String(repeating: "h\0", count: 1999) + "e"
        let file = Self.bytes("}" + key + String(repeating: "k", count: 20_000) + list + "s.")
        let error = #expect(throws: WeightsError.self) { try read(file) }
        #expect(error?.description.contains("names") == true, "\(error?.description ?? "")")
    }

    @Test func aSmallFileDoesNotBuildMuch() throws {
        // Every byte creates another dictionary.
        let many = String(repeating: "}", count: 3_000_000) + "."
        let error = #expect(throws: WeightsError.self) { try read(Self.bytes(many)) }
        #expect(
            error?.description.contains("more than 64 times the file's size") == true, "\(error?.description ?? "")")
    }
}
