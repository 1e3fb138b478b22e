import Foundation

extension RawDataset {
    /// Determines splits from the format's files: by what these state for each image, or else by the files' own names.
    mutating func readSplits() {
        let open = images.indices.filter { images[$0].splits.isEmpty && images[$0].annotationFile == nil }
        let labels = SplitName.splits(
            of: Set(open.compactMap { images[$0].splitLabel }).sorted(), areFiles: true)
        let stems = Set(open.map { images[$0].source }).map { FileName.stem($0.lastPathComponent) }
        let files = SplitName.splits(of: stems.sorted(), areFiles: true)
        if labels.isEmpty && files.isEmpty { return }
        for index in open where images[index].imageFile?.url != images[index].source {
            let stem = FileName.stem(images[index].source.lastPathComponent)
            images[index].split = images[index].splitLabel.flatMap { labels[$0] } ?? files[stem]
        }
    }
}
