import Foundation

/// Removes the temporary files in a folder that a killed process left: those whose process is no longer living on this machine, and that
/// nobody is writing.
///
/// - Returns: The names of the removed files.
@discardableResult
package func removeAbandonedTemporaryFiles(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { name in
        guard let writer = temporaryFileWriter(name), writer == getpid() || !isLiving(writer) else { return false }
        let path = folder.appendingPathComponent(name).path
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // In a container, another process may have had this process's number, or that of a dead one may be living elsewhere.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK { return false }
        return unlink(path) == 0
    }.sorted()
}

/// Returns the process that wrote a temporary file of this name, as ``temporaryFile(for:)`` makes them: `.NAME.PROCESS.NUMBER`.
func temporaryFileWriter(_ name: String) -> pid_t? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    let (process, number) = (parts[parts.count - 2], parts[parts.count - 1])
    guard [process, number].allSatisfy({ !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }),
        UInt32(number) != nil, let writer = pid_t(process), writer > 0
    else { return nil }
    return writer
}

/// Whether a process of this number is living on this machine, whoever owns it.
private func isLiving(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno != ESRCH }
