import Foundation

/// Returns the peak memory of this process in bytes, as Linux counts it; nil if `/proc` does not tell.
public func peakMemoryBytes() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.count > 1 ? Int(words[1]).map { $0 * 1024 } : nil
    }
    return nil
}
