/// An index of files that share their name with many others, such as video frames: it looks them up by folder, since comparing every
/// file for every name would take hours.
struct SharedNames: Sendable {
    /// Up to this many files of one name are compared one by one and not indexed.
    static let fewest = 16

    /// The files of each name by the numbers of their folders.
    private var crowds: [String: [Int32: [Int]]] = [:]
    private var numbers: [String: Int32] = [:]
    /// The numbers of folders by the ends and the beginnings of their paths.
    private var byEnd: [String: [Int32]] = [:]
    private var byStart: [String: [Int32]] = [:]

    /// - Parameters:
    ///   - names: The files of each name; names with many files are indexed.
    ///   - folders: Returns the folders of a file, from the root down.
    init<Index: BinaryInteger>(_ names: [String: [Index]], folders: (Int) -> [Substring]) {
        for (name, files) in names where files.count > Self.fewest {
            var crowd: [Int32: [Int]] = [:]
            for file in files { crowd[number(of: folders(Int(file))), default: []].append(Int(file)) }
            crowds[name] = crowd
        }
    }

    /// Returns whether a name has enough files to be indexed.
    func has(_ name: String) -> Bool { crowds[name] != nil }

    /// Returns the files of a name in folders whose path ends with the given folders.
    func files(of name: String, endingWith end: some Collection<Substring>) -> [Int] {
        files(of: name, in: byEnd[end.joined(separator: "/")])
    }

    /// Returns the files of a name in folders whose path begins with the given folders.
    func files(of name: String, beginningWith start: some Collection<Substring>) -> [Int] {
        files(of: name, in: byStart[start.joined(separator: "/")])
    }

    private func files(of name: String, in folders: [Int32]?) -> [Int] {
        guard let crowd = crowds[name], let folders else { return [] }
        return folders.flatMap { crowd[$0] ?? [] }.sorted()
    }

    /// Returns the length of the longest prefix of the given folders with which the path of any file of a name begins.
    func longestStart(of name: String, _ folders: [Substring]) -> Int {
        guard let crowd = crowds[name] else { return 0 }
        return (1...max(1, folders.count)).last { count in
            let numbers = count > folders.count ? nil : byStart[folders.prefix(count).joined(separator: "/")]
            return numbers?.contains { crowd[$0] != nil } ?? false
        } ?? 0
    }

    private mutating func number(of folders: [Substring]) -> Int32 {
        let path = folders.joined(separator: "/")
        if let number = numbers[path] { return number }
        let number = Int32(numbers.count)
        numbers[path] = number
        for count in 0...folders.count {
            byEnd[folders.suffix(count).joined(separator: "/"), default: []].append(number)
            byStart[folders.prefix(count).joined(separator: "/"), default: []].append(number)
        }
        return number
    }
}
