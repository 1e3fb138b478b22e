import Boxes

/// Where targets cut the boxes of objects that touch the border of the map.
public enum BorderClipping: String, CaseIterable, Sendable {
    /// At the border itself, `[0, columns] x [0, rows]`: a box inside the image is learned as it is.
    case exact
    /// At `[0, columns - 1] x [0, rows - 1]`, as CenterNet published it: objects at the right and the lower border are learned up to a cell
    /// too small, and those inside the last column or row not at all.
    case published

    /// Returns the part of a box that is learned on a map of `rows x columns` cells.
    func callAsFunction(_ box: Box<OutputCells>, rows: Int, columns: Int) -> Box<OutputCells> {
        let cut = self == .published ? 1 : 0
        return box.clipped(width: Double(columns - cut), height: Double(rows - cut))
    }
}
