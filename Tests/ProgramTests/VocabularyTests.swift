import Foundation
import Testing

/// One word for one thing: CONTRIBUTING.md's glossary has the words, and this table those that they replaced.
@Suite("Retired words stay retired")
struct VocabularyTests {
    /// Words that the project does not use.
    struct Retired {
        /// In lower case; an entry of two words is a phrase.
        let words: [String]
        let instead: String
        /// The word is right after one of these.
        var after: Set<String> = []
        /// The word is right in lines that contain one of these.
        var lines: [String] = []
    }

    static let table = [
        // Data sets that others made have folders of this name.
        Retired(words: ["picture", "pictures"], instead: "image", lines: ["\"jpegimages\", \"pictures\", \"photos\""]),
        Retired(words: ["joint", "joints"], instead: "keypoint"),
        Retired(
            words: ["examine", "examines", "examined", "examining", "examination", "examinations"],
            instead: "check (of data), evaluate (a model)"),
        Retired(words: ["truth", "truths"], instead: "ground truth", after: ["ground"]),
        Retired(words: ["manyth"], instead: "a number, as in 'every 5th'"),
        Retired(words: ["left away", "leave away", "leaves away", "leaving away"], instead: "left out"),
        Retired(words: ["mend", "mends", "mended", "mending"], instead: "repair"),
        Retired(words: ["occasion", "occasions"], instead: "case, or time"),
    ]

    /// Lines with one of these are about settings' former names, which experiments may still contain.
    static let formerNames = [
        "formerly:", "replacing(\"keypoint\", with: \"joint\")", "\"training.pictureCacheBytes\"",
        "\"network.joints\"", "\"evaluation.jointSigmas\"", "\"loss.weights.joint",
    ]

    @Test("Sources, tests, tools, pages and experiments use the words of the glossary")
    func files() throws {
        let files = try Self.files()
        #expect(files.count > 500)
        #expect(files.contains("Sources/Boxes/Boxes.docc/Boxes.md"))
        for path in files {
            for finding in Self.findings(in: path) { Issue.record("\(path) is called \(finding.sentence)") }
            // What is not UTF-8 is no text.
            guard let text = try? Repository.text(path) else { continue }
            for finding in Self.findings(in: text) {
                Issue.record("\(path):\(finding.line): \(finding.sentence)")
            }
        }
    }

    @Test(
        "Retired words are found in sentences and in names",
        arguments: [
            ("a picture", ["picture"]), ("let pictureCount = 0", ["picture"]), ("drawPictures()", ["pictures"]),
            ("JPEGPicture", ["picture"]), ("JOINTS", ["joints"]), ("joint_names", ["joint"]),
            ("every so-manyth frame", ["manyth"]), ("what was left\n/// away", ["away"]), ("truthBoxes", ["truth"]),
            ("mend", ["mend"]),
        ])
    func found(text: String, words: [String]) {
        #expect(Self.findings(in: text).map(\.word) == words)
    }

    @Test(
        "Other words are not found",
        arguments: [
            "isDisjoint, disjoint, jointly", "ground truth, groundTruth, ground_truth and ground-truth",
            "the ground\n/// truth of a split", "amend, recommend", "occasionally", "left, far away",
            #"["jpegimages", "pictures", "photos"]"#, #"setting("keypoints", formerly: "joints")"#,
        ])
    func notFound(text: String) {
        #expect(Self.findings(in: text).isEmpty)
    }

    /// All texts that people of this project wrote: not the foreign files that tests read, nor the schema of ONNX.
    private static func files() throws -> [String] {
        let extensions: Set = ["", "swift", "c", "h", "modulemap", "md", "json", "py", "bash", "js", "css"]
        let own = URL(fileURLWithPath: #filePath).lastPathComponent
        let paths = try ["Sources", "Tests", "Tools", "Experiments"].flatMap(Repository.files)
        return ["Package.swift", "README.md", "CONTRIBUTING.md", "SECURITY.md", "Data/README.md"]
            + paths.filter { path in
                let parts = path.split(separator: "/")
                return extensions.contains(URL(fileURLWithPath: path).pathExtension) && parts.last != own[...]
                    && !path.hasPrefix("Tests/Goldens/") && !parts.contains("Files") && !parts.contains("Schema")
                    && !parts.contains("__pycache__")
            }
    }

    private struct Finding {
        let word: String
        let line: Int
        let instead: String
        var sentence: String { "'\(word)'; the word is: \(instead)" }
    }

    /// The last word of each entry, with the word before it in a phrase.
    private static let rules: [String: [(first: String?, retired: Retired)]] = {
        var rules: [String: [(first: String?, retired: Retired)]] = [:]
        for retired in table {
            for entry in retired.words {
                let words = entry.split(separator: " ").map(String.init)
                rules[words[words.count - 1], default: []].append((words.count > 1 ? words[0] : nil, retired))
            }
        }
        return rules
    }()

    private static func findings(in text: String) -> [Finding] {
        var findings: [Finding] = []
        var previous = ""
        for (word, line) in words(of: text) {
            for (first, retired) in rules[word] ?? [] where first == nil || first == previous {
                if retired.after.contains(previous) { continue }
                let said = text.split(separator: "\n", omittingEmptySubsequences: false)[line - 1]
                if (retired.lines + formerNames).contains(where: { said.contains($0) }) { continue }
                findings.append(Finding(word: word, line: line, instead: retired.instead))
            }
            previous = word
        }
        return findings
    }

    /// The words of a text in lower case, with their lines. Names in code are several words: both `groundTruth` and `ground_truth` are
    /// "ground" and "truth".
    private static func words(of text: String) -> [(word: String, line: Int)] {
        var words: [(word: String, line: Int)] = []
        var (letters, line) = ([UInt8](), 1)
        func isCapital(_ letter: UInt8) -> Bool { letter < UInt8(ascii: "a") }
        func finish(keeping kept: Int = 0) {
            let count = letters.count - kept
            if count > 0 { words.append((String(decoding: letters[..<count], as: UTF8.self).lowercased(), line)) }
            letters.removeFirst(count)
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                // The last capital in "JPEGImage" begins the next word.
                if letters.count > 1, let last = letters.last, isCapital(last) { finish(keeping: 1) }
                letters.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if let last = letters.last, !isCapital(last) { finish() }
                letters.append(byte)
            default:
                finish()
                if byte == UInt8(ascii: "\n") { line += 1 }
            }
        }
        finish()
        return words
    }
}
