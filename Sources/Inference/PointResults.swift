import Evaluation
import Foundation
import Tensors

/// Detected points as a table, `image,class,score,x,y`: a line per point, in pixels of the image counted from 0.
public enum PointResults {
    /// Writes a table.
    ///
    /// - Parameter imageIDs: Each image's file name without extension, by ``ScoredBox/image``.
    /// - Throws: ``FileWriteError`` when the file cannot be written.
    public static func write(
        _ detections: [ScoredBox], imageIDs: [String], classNames: [String], to file: URL
    ) throws(FileWriteError) {
        let table = try AtomicFile(file)
        try table.append(text: "image,class,score,x,y\n")
        for detection in detections {
            let numbers = [
                String(format: "%.6f", detection.score), String(format: "%.2f", detection.box.centerX),
                String(format: "%.2f", detection.box.centerY),
            ]
            let names = [imageIDs[detection.image], classNames[detection.classIndex]].map(field)
            try table.append(text: (names + numbers).joined(separator: ",") + "\n")
        }
        try table.finish()
    }

    /// Names may contain what separates fields and lines.
    private static func field(_ name: String) -> String {
        name.unicodeScalars.contains { [",", "\"", "\r", "\n"].contains($0) }
            ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
    }
}
