import Boxes
import Images
import Tensors

/// How a heatmap is decoded into boxes, as a sheet of four panels: the image, the heatmap with its peaks, offsets and sizes, and the boxes.
public struct DecodingSheet {
    /// A local maximum of the heatmap that reaches the threshold.
    public struct Peak: Hashable, Sendable {
        /// The class, from 0.
        public var classIndex: Int
        /// The cell.
        public var row, column: Int
        /// Its rank among all peaks, from 1.
        public var rank: Int
        /// The box in cells, from the other heads; not drawn when it is not finite.
        public var box: Box<OutputCells>

        /// Creates a peak.
        public init(classIndex: Int, row: Int, column: Int, rank: Int, box: Box<OutputCells>) {
            self.classIndex = classIndex
            self.row = row
            self.column = column
            self.rank = rank
            self.box = box
        }
    }

    /// A cell, and the neighbour that its line leads to.
    public struct Mark: Hashable, Sendable {
        /// The cell.
        public var row, column: Int
        /// The larger neighbour; nil for a peak below the threshold.
        public var winner: Cell?

        /// The position of a cell in the map.
        public struct Cell: Hashable, Sendable {
            /// The row and the column.
            public var row, column: Int

            /// Creates a position.
            public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
        }

        /// Creates a mark.
        public init(row: Int, column: Int, winner: Cell? = nil) {
            self.row = row
            self.column = column
            self.winner = winner
        }
    }

    /// The title above the sheet.
    public var title: String
    /// The image.
    public var image: Image
    /// `[class, row, column]`.
    public var heatmap: Tensor
    /// The transform from image pixels to the heatmap's cells.
    public var imageToCells: AffineMap<ImagePixels, OutputCells>
    /// The names of the classes.
    public var classNames: [String]
    /// The probability threshold for peaks.
    public var threshold: Double
    /// The peaks that reach the threshold.
    public var peaks: [Peak] = []
    /// Suppressed cells and low peaks.
    public var marks: [Mark] = []
    /// The final boxes.
    public var boxes: [LabelledBox] = []
    /// The annotated objects: a label says why an object was missed; objects without one were found. Nil for an image without annotation.
    public var groundTruths: [LabelledBox]?

    /// Creates a sheet without peaks or boxes.
    public init(
        title: String, image: Image, heatmap: Tensor, imageToCells: AffineMap<ImagePixels, OutputCells>,
        classNames: [String], threshold: Double
    ) {
        self.title = title
        self.image = image
        self.heatmap = heatmap
        self.imageToCells = imageToCells
        self.classNames = classNames
        self.threshold = threshold
    }

    /// Draws the sheet.
    ///
    /// - Throws: ``DrawingError``.
    public func draw() throws(DrawingError) -> Drawing {
        let panels = try DecodingPanels(self)
        let captions = panels.captions
        let (gap, heading, header) = (20, 52, 62)
        let (width, height) = (panels.width, panels.height)
        let legend = Legend(title: "Peaks", entries: panels.legend, width: width, measuredOn: try .ruler())
        let legendTop = heading + 2 * (header + height) + 3 * gap / 2
        let room = Double(width)
        let (top, bold, quiet) = (
            TextStyle(size: 21, isBold: true), TextStyle(size: 16, isBold: true),
            TextStyle(size: 13.5, color: Color(hex: 0x454d55))
        )
        return Drawing(width: 2 * width + 3 * gap, height: legendTop + legend.height) {
            (canvas) throws(DrawingError) in
            canvas.text(canvas.fitted(title, to: 2 * room, top), x: Double(gap), y: Double(heading) / 2 + 2, top)
            for (index, panel) in [panels.image, panels.peaks, panels.readings, panels.boxes].enumerated() {
                let (x, y) = (gap + index % 2 * (width + gap), heading + index / 2 * (header + height + gap))
                canvas.text(captions[index].title, x: Double(x), y: Double(y) + 14, bold)
                canvas.text(
                    canvas.fitted(captions[index].text, to: room, quiet), x: Double(x), y: Double(y) + 38, quiet)
                try canvas.inside(x: x, y: y + header - 8, width: width, height: height) {
                    () throws(DrawingError) in try panel(canvas)
                }
            }
            legend.draw(on: canvas, top: Double(legendTop))
        }
    }
}
