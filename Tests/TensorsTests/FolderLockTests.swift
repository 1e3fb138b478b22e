import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct FolderLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }

    @Test func theSecondLearnsWhoHasTheFolder() throws {
        let lock = try FolderLock(folder.url)
        let error = #expect(throws: FolderLockError.self) { try FolderLock(folder.url) }
        guard case .inUse(_, let holder?)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(holder.process == "\(getpid())" && !holder.host.isEmpty && !holder.command.isEmpty)
        #expect(error?.description.contains("process \(getpid()) on \(holder.host)") == true)
        lock.release()
        #expect(try names().isEmpty)
        let next = try FolderLock(folder.url)
        next.release()
    }

    /// A killed process leaves the file, but the kernel frees its lock.
    @Test func theFileAloneIsNoLock() throws {
        try folder.write("1\nelsewhere\npinpoint train\n", to: ".pinpoint.lock")
        let lock = try FolderLock(folder.url)
        lock.release()
        #expect(try names().isEmpty)
    }

    @Test func foldersThatNobodyNeededGo() throws {
        let place = folder.file("Runs/a")
        try FolderLock(place).release()
        #expect(try names().isEmpty)
        let lock = try FolderLock(place)
        try folder.write("1", to: "Runs/a/log.jsonl")
        lock.release()
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["log.jsonl"])
    }

    @Test func aLinkToNowhereIsASentence() throws {
        let link = folder.file("link")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/not/mounted")
        let error = #expect(throws: FolderLockError.self) { try FolderLock(link) }
        #expect(error?.description.contains("/not/mounted") == true)
    }
}

@Suite struct AbandonedFilesTests {
    @Test func onlyFilesOfDeadProcessesGo() throws {
        let folder = try TemporaryFolder()
        // The largest number of a process on Linux is 4194304.
        let dead = [".last.safetensors.4194305.7", ".a.b.2147483647.4294967295"]
        let kept = [
            ".x.\(getppid()).1", ".x.1.2", "x.4194305.7", ".4194305.7", ".x.4194305.4294967296", ".x.-5.7",
            ".x.4194305.",
            ".hidden", "last.safetensors",
        ]
        for name in dead + kept { try folder.write("half", to: name) }
        #expect(removeAbandonedTemporaryFiles(in: folder.url) == dead.sorted())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == kept.sorted())
    }

    /// Another process of this number may have been killed in a container; what this process is writing stays.
    @Test func ownFilesGoUnlessTheyAreBeingWritten() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("half", to: ".x.\(getpid()).1")
        let descriptor = open(file.path, O_RDWR)
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(removeAbandonedTemporaryFiles(in: folder.url).isEmpty)
        close(descriptor)
        #expect(removeAbandonedTemporaryFiles(in: folder.url) == [".x.\(getpid()).1"])
    }
}
