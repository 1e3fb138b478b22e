import DatasetWriting
import Datasets
import Foundation
import Images
import Tensors

/// What the files of all synthetic data sets have in common.
enum SyntheticImages {
    /// Returns the name of image `index`: its number, from 1, with at least six digits.
    static func id(_ index: Int) -> String {
        let digits = String(index + 1)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Divides the images: twelve in sixteen are `train`, three `val`, one `test`.
    static func split(_ count: Int) -> (train: Range<Int>, validation: Range<Int>, test: Range<Int>) {
        let validation = count < 2 ? 0 : max(1, count * 3 / 16)
        let train = count - validation - count / 16
        return (0..<train, train..<train + validation, train + validation..<count)
    }

    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``.
    static func write(_ image: Image, to url: URL, quality: Int) throws(DatasetError) {
        do { try image.writeJPEG(to: url, quality: quality) } catch {
            throw .cannotWrite(path: url.relativePath, reason: (error as? FileWriteError)?.reason ?? "\(error)")
        }
    }

    /// Writes the lists of the splits of a VOC folder, also `trainval`.
    static func writeSplits(_ count: Int, with writer: VOCWriter) throws(DatasetError) {
        let ids = (0..<count).map(id)
        let split = split(count)
        try writer.write(split: "train", ids: Array(ids[split.train]))
        try writer.write(split: "val", ids: Array(ids[split.validation]))
        try writer.write(split: "trainval", ids: Array(ids[..<split.validation.upperBound]))
        try writer.write(split: "test", ids: Array(ids[split.test]))
    }
}
