extension Image {
    /// Returns a part of the image.
    ///
    /// - Precondition: The part is not empty and lies in the image.
    package func cropped(columns: Range<Int>, rows: Range<Int>) -> Image {
        precondition(
            !columns.isEmpty && !rows.isEmpty && columns.lowerBound >= 0 && columns.upperBound <= width
                && rows.lowerBound >= 0 && rows.upperBound <= height,
            "columns \(columns) and rows \(rows) are no part of \(width) x \(height) pixels")
        var part: [UInt8] = []
        part.reserveCapacity(3 * columns.count * rows.count)
        for row in rows {
            let start = 3 * (row * width + columns.lowerBound)
            part += pixels[start..<start + 3 * columns.count]
        }
        return Image(width: columns.count, height: rows.count, pixels: part)
    }
}
