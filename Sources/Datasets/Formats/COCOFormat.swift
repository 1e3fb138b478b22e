import Boxes
import Foundation
import JSON

/// COCO's format: one JSON file for many images, also written by CVAT, Label Studio, Roboflow and makesense.
package enum COCOFormat: AnnotationFormat {
    static let format = DatasetFormat.coco
    static let title = "COCO (instances or keypoints in JSON)"
    static let otherImages = OtherImages.ignored

    /// The name of the file for images that are in no split of a data set with splits.
    package static let unlisted = "unlisted"

    static func recognizes(_ opening: FileHead) -> Bool {
        guard case .json(let json) = opening.content, !json.isList else { return false }
        if json.first(of: "images", has: "file_name") || json.first(of: "images", has: "id") { return true }
        if json.first(of: "annotations", has: "image_id") { return true }
        return json.has("images", "annotations") || json.has("images", "categories")
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        raw.hasOriginAndSize = true
        let all = files.map(\.file)
        let splits = splits(of: all, in: tree)
        let chosen = choose(all, splits, prefersKeypoints: request.prefersKeypoints)
        let kinds = Set(all.filter { !chosen.contains($0) }.map(\.name)).sorted()
        if let first = kinds.first {
            raw.problems.append(
                .systematic(
                    tree.root, .otherFormat,
                    "\(first)\(kinds.count > 1 ? " and \(kinds.count - 1) more files were" : " was") not read, as other files "
                        + "have the boxes or keypoints of the same splits"))
        }
        var categories = COCOCategories()
        for (file, split) in zip(all, splits) where chosen.contains(file) {
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
                // Without it, its images would count as background.
                raw.problems.append(
                    .systematic(
                        file.url, .unreadableAnnotation, "the file and all its images were left out: \(error.reason)",
                        severity: .error))
            }
        }
        return raw
    }

    /// Selects, for each split, the files of the requested kind: boxes or keypoints. COCO's own archives also contain similar files with
    /// captions, panoptic segments and so on.
    private static func choose(
        _ files: [FolderTree.File], _ splits: [String?], prefersKeypoints: Bool
    ) -> Set<FolderTree.File> {
        func kind(_ file: FolderTree.File) -> String {
            let name = file.name.lowercased()
            if ["captions_", "panoptic_", "stuff_"].contains(where: name.hasPrefix) { return "other" }
            return name.contains("keypoints") ? "keypoints" : name.contains("instances") ? "boxes" : "plain"
        }
        let order = (prefersKeypoints ? ["keypoints", "boxes"] : ["boxes", "keypoints"]) + ["plain", "other"]
        var chosen: Set<FolderTree.File> = []
        for group in Dictionary(grouping: zip(files, splits), by: { $0.1 ?? "" }).values {
            let kinds = Dictionary(grouping: group.map(\.0), by: kind)
            guard let first = order.first(where: { kinds[$0] != nil }) else { continue }
            chosen.formUnion(kinds[first] ?? [])
            // A file whose name states no kind has other images; if it has the same ones, its entries are merged later.
            if first != "other" { chosen.formUnion(kinds["plain"] ?? []) }
        }
        return chosen
    }

    /// Returns the splits indicated by the names and folders of files; nil where a random seed decides.
    private static func splits(of files: [FolderTree.File], in tree: FolderTree) -> [String?] {
        let names = SplitName.splits(of: files.map(\.stem), areFiles: true)
        let known = files.map { names[$0.stem] ?? tree.splits.split(of: $0.folders) }
        if known.allSatisfy({ $0 == nil }) { return known }
        // `instances_minival2014.json` beside others is a split of its own.
        // In a copy, `unlisted` has the images that are in no split.
        return zip(files, known).map { file, split in
            split ?? (ownName(file.stem) == COCOFormat.unlisted ? nil : ownName(file.stem))
        }
    }

    private static func ownName(_ stem: String) -> String {
        for prefix in ["instances_", "person_keypoints_", "keypoints_"] where stem.lowercased().hasPrefix(prefix) {
            return String(stem.dropFirst(prefix.count))
        }
        return stem
    }
}
