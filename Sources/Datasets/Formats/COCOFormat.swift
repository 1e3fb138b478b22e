import Boxes
import Foundation
import JSON

/// A JSON file for many images, as COCO has them, and as CVAT, Label Studio, Roboflow and makesense write them.
enum COCOFormat: AnnotationFormat {
    static let format = DatasetFormat.coco
    static let title = "COCO (instances or keypoints in JSON)"
    static let otherImages = OtherImages.ignored

    static func recognizes(_ opening: FileOpening) -> Bool {
        guard case .json(let json) = opening.content, !json.isList else { return false }
        if json.first(of: "images", has: "file_name") || json.first(of: "images", has: "id") { return true }
        if json.first(of: "annotations", has: "image_id") { return true }
        return json.has("images", "annotations") || json.has("images", "categories")
    }

    static func read(
        _ files: [FileOpening], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        raw.hasOriginAndSize = true
        let chosen = choose(files.map(\.file), prefersKeypoints: request.prefersKeypoints)
        let splits = splits(of: chosen)
        var categories = COCOCategories()
        for (file, split) in zip(chosen, splits) {
            do throws(FileReadingError) {
                try AnnotationText.withJSON(of: file.url) { (bytes) throws(FileReadingError) in
                    do throws(JSONError) {
                        var content = try COCOFile(bytes, file: file)
                        content.add(to: &raw, categories: &categories, split: split)
                    } catch {
                        throw FileReadingError(
                            reason: [error.line.map { "line \($0)" } ?? "", error.path, error.reason]
                                .filter { !$0.isEmpty }.joined(separator: ": "))
                    }
                }
            } catch {
                // Its images would be background without it.
                raw.problems.append(
                    .systematic(
                        file.url, .unreadableAnnotation, "the file was left out with all its images: \(error.reason)",
                        severity: .error))
            }
        }
        return raw
    }

    /// Of files about the same images those that are asked for.
    private static func choose(_ files: [FolderTree.File], prefersKeypoints: Bool) -> [FolderTree.File] {
        func named(_ part: String) -> [FolderTree.File] { files.filter { $0.name.lowercased().contains(part) } }
        let (boxes, keypoints) = (named("instances"), named("keypoints"))
        for kind in prefersKeypoints ? [keypoints, boxes] : [boxes, keypoints] where !kind.isEmpty { return kind }
        // Captions, panoptic segments and the like lie beside those in COCO's own archives, and look alike.
        let others = files.filter { file in
            !["captions_", "panoptic_", "stuff_"].contains { file.name.lowercased().hasPrefix($0) }
        }
        return others.isEmpty ? files : others
    }

    /// What files' names and folders say about their splits; nil where a seed shall decide.
    private static func splits(of files: [FolderTree.File]) -> [String?] {
        let known = files.map { file in
            SplitName(file.stem)?.split ?? file.folders.reversed().lazy.compactMap { SplitName($0)?.split }.first
        }
        if known.allSatisfy({ $0 == nil }) { return known }
        // `instances_minival2014.json` beside others is a split of its own.
        return zip(files, known).map { file, split in split ?? ownName(file.stem) }
    }

    private static func ownName(_ stem: String) -> String {
        for prefix in ["instances_", "person_keypoints_", "keypoints_"] where stem.lowercased().hasPrefix(prefix) {
            return String(stem.dropFirst(prefix.count))
        }
        return stem
    }
}
