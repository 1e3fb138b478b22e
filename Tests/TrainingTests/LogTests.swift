import Foundation
import TestSupport
import Testing
import Training

@Suite struct LogTests {
    /// Reads the file as TensorBoard does: each record's lengths and checksums, computed here bit by bit.
    @Test func eventsAreRecordsWithChecksums() throws {
        let folder = try TemporaryFolder()
        try Data("old".utf8).write(to: folder.file("events.out.tfevents.1.pinpoint"))
        let events = try EventFile(in: folder.url, now: Date(timeIntervalSince1970: 1000))
        try events.append([("loss", 1.5), ("AP50/red cell", 0.25)], step: 300, now: Date(timeIntervalSince1970: 1001))
        try events.append(png: Data([1, 2, 3]), width: 200, height: 100, tag: "heatmaps/a", step: 4)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names == ["events.out.tfevents.1000.pinpoint"])

        var bytes = [UInt8](try Data(contentsOf: events.url))
        func take(_ count: Int) -> [UInt8] {
            defer { bytes.removeFirst(count) }
            return Array(bytes.prefix(count))
        }
        func number(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        var records: [[UInt8]] = []
        while !bytes.isEmpty {
            let length = take(8)
            #expect(number(take(4)) == UInt64(maskedChecksum(length)))
            let content = take(Int(number(length)))
            #expect(number(take(4)) == UInt64(maskedChecksum(content)))
            records.append(content)
        }
        #expect(records.count == 3)
        // The version: field 1 a double, field 3 a text.
        #expect(records[0][0] == 0x09 && records[0][9] == 0x1a)
        #expect(String(decoding: records[0].suffix(13), as: UTF8.self) == "brain.Event:2")
        // The step 300 as a variable-length integer, then the summary with both values.
        #expect(Array(records[1][9...11]) == [0x10, 0xac, 0x02] && records[1][12] == 0x2a)
        #expect(records[1].firstRange(of: Array("AP50/red cell".utf8)) != nil)
        let number1 = withUnsafeBytes(of: Float(1.5).bitPattern.littleEndian) { Array($0) }
        #expect(records[1].firstRange(of: [0x15] + number1) != nil)
        // Height before width.
        #expect(records[2].firstRange(of: [0x08, 100, 0x10, 200, 1, 0x18, 3, 0x22, 3, 1, 2, 3]) != nil)
    }

    /// CRC-32C by its definition, one bit at a time, then TensorFlow's mask.
    private func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            for bit in 0..<8 {
                let feedback = (remainder ^ UInt32(byte >> UInt8(bit))) & 1
                remainder >>= 1
                if feedback == 1 { remainder ^= 0x82f6_3b78 }
            }
        }
        remainder = ~remainder
        return (remainder >> 15 | remainder << 17) &+ 0xa282_ead8
    }

    /// The check value of CRC-32C's definition.
    @Test func theChecksumIsCastagnolis() {
        let masked: UInt32 = 0xe306_9283
        #expect(maskedChecksum(Array("123456789".utf8)) == (masked >> 15 | masked << 17) &+ 0xa282_ead8)
    }

    @Test func theTableHasAColumnPerNumber() {
        let table = ResultsTable([
            #"{"epoch":1,"loss":2.5}"#,
            #"{"epoch":2,"loss":1.25,"AP50PerClass":{"a,\"b\"":0.5,"c":1},"best":true,"warnings":["x"]}"#,
        ])
        #expect(
            table.text == "epoch,loss,\"AP50/a,\"\"b\"\"\",AP50/c\r\n1.0,2.5,,\r\n2.0,1.25,0.5,1.0\r\n")
        #expect(ResultsTable([]).text == "\r\n")
    }
}
