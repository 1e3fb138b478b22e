/// Files that share their name with many others, as frames of videos do: which of them are meant is found by their folders, since
/// looking at each of them for each name takes hours.
struct Namesakes: Sendable {
    /// So few are looked at one by one.
    static let fewest = 16

    /// The files of one name by the numbers of their folders.
    private var crowds: [String: [Int32: [Int]]] = [:]
    private var numbers: [String: Int32] = [:]
    /// The numbers of folders by what their paths end with, and begin with.
    private var byEnd: [String: [Int32]] = [:]
    private var byStart: [String: [Int32]] = [:]

    /// - Parameters:
    ///   - names: The files of each name, of which those with many are taken.
    ///   - folders: Those of a file, from the root down.
    init<Index: BinaryInteger>(_ names: [String: [Index]], folders: (Int) -> [Substring]) {
        for (name, files) in names where files.count > Self.fewest {
            var crowd: [Int32: [Int]] = [:]
            for file in files { crowd[number(of: folders(Int(file))), default: []].append(Int(file)) }
            crowds[name] = crowd
        }
    }

    /// Whether so many files have a name that they are here.
    func has(_ name: String) -> Bool { crowds[name] != nil }

    /// The files of a name in folders whose path ends with some folders.
    func files(of name: String, endingWith end: some Collection<Substring>) -> [Int] {
        files(of: name, in: byEnd[end.joined(separator: "/")])
    }

    /// The files of a name in folders whose path begins with some folders.
    func files(of name: String, beginningWith start: some Collection<Substring>) -> [Int] {
        files(of: name, in: byStart[start.joined(separator: "/")])
    }

    private func files(of name: String, in folders: [Int32]?) -> [Int] {
        guard let crowd = crowds[name], let folders else { return [] }
        return folders.flatMap { crowd[$0] ?? [] }.sorted()
    }

    /// How many of some folders the path of any file of a name begins with.
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
