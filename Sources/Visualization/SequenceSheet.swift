import Boxes
import Foundation
import Images
import Tensors

/// The frames of an animated contact sheet: the image with its box, the map over it, and below them the strengths of the score and the map
/// over time. All frames have the same size, whatever the size of the images.
public struct SequenceSheet {
    /// The content of one frame.
    public struct Moment {
        /// The image.
        public var image: Image
        /// The object's box.
        public var boxes: [LabelledBox]
        /// The map `[row, column]` and the transform from image pixels to its cells; nil when there is none.
        public var map: (cells: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>)?
        /// The note: the frame's name, or why there is no map.
        public var note: String

        /// Creates the content of one frame.
        public init(
            image: Image, boxes: [LabelledBox], map: (cells: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>)?,
            note: String
        ) {
            self.image = image
            self.boxes = boxes
            self.map = map
            self.note = note
        }
    }

    private let style: MapStyle
    private let tile: (width: Int, height: Int)
    private let count: Int
    /// Everything that is the same in all frames.
    private let ground: Image
    /// The area of the plot over time.
    private let strip: Box<CanvasPixels>
    private let top: Int

    private static let text = TextStyle(size: 13, color: Color(hex: 0x454d55))
    private static let heading = TextStyle(size: 14, isBold: true)
    private static let gap = SheetLayout.gap

    /// Creates a sheet for this many frames.
    ///
    /// - Parameters:
    /// - image: The size of the images; others are fitted into the same place.
    /// - style: Its range is that of all maps; without one, maps are not drawn.
    /// - series: Lines of numbers in `0...1` over time: a name, and a number for each frame, nil where there is none.
    /// - Throws: ``DrawingError``.
    public init(
        title: String, image: (width: Int, height: Int), style: MapStyle, series: [(name: String, values: [Double?])],
        tileWidth: Int = 420
    ) throws(DrawingError) {
        self.style = style
        count = series.map(\.values.count).max() ?? 0
        let scale = min(Double(tileWidth) / Double(image.width), 1.5 * Double(tileWidth) / Double(image.height))
        tile = (
            tileWidth, max(60, Int((Double(image.height) * scale).rounded()))
        )
        let width = 3 * Self.gap + 2 * tile.width
        top = SheetLayout.titleHeight + 24
        let noteTop = top + tile.height
        let stripTop = noteTop + 60
        let stripHeight = 84
        strip = Box(
            xMin: Double(Self.gap), yMin: Double(stripTop), xMax: Double(width - Self.gap),
            yMax: Double(stripTop + stripHeight))
        let (strip, tile, top, count) = (strip, tile, top, count)
        let sheet = Drawing(width: width, height: stripTop + stripHeight + Self.gap) {
            (canvas) throws(DrawingError) in
            let titleStyle = TextStyle(size: 18, isBold: true)
            canvas.text(
                canvas.fitted(title, to: Double(width - 2 * Self.gap), titleStyle), x: Double(Self.gap), y: 30,
                titleStyle)
            for (column, name) in ["image", "what the network looks at"].enumerated() {
                canvas.text(
                    name, x: Double(Self.gap + column * (tile.width + Self.gap)) + Double(tile.width) / 2,
                    y: Double(top) - 14, Self.heading, anchor: .middle)
            }
            if let range = style.range {
                let panel = MapPanel(
                    caption: "", scale: .bar(range, style.colormap), width: tile.width, size: 12, padding: 0,
                    measuredOn: canvas)
                try panel.draw(on: canvas, left: Double(2 * Self.gap + tile.width), top: Double(noteTop))
            }
            Self.drawSeries(series, count: count, in: strip, on: canvas)
        }
        ground = try sheet.image()
    }

    /// Draws one frame of the sheet.
    ///
    /// - Throws: ``DrawingError``.
    public func frame(_ index: Int, _ moment: Moment) throws(DrawingError) -> Image {
        let image = moment.image
        let scale = min(Double(tile.width) / Double(image.width), Double(tile.height) / Double(image.height))
        let (width, height) = (
            max(1, Int((Double(image.width) * scale).rounded())), max(1, Int((Double(image.height) * scale).rounded()))
        )
        let laid = try style.range.flatMap { _ in moment.map }.map { (map) throws(DrawingError) in
            try LaidMap(image: image, map: map.cells, imageToCells: map.imageToCells, style: style, flatNote: nil)
        }
        let frame = Drawing(width: ground.width, height: ground.height) { (canvas) throws(DrawingError) in
            try canvas.draw(ground, x: 0, y: 0, width: ground.width, height: ground.height)
            let (x, y) = (Self.gap + (tile.width - width) / 2, top + (tile.height - height) / 2)
            try canvas.draw(image, x: x, y: y, width: width, height: height)
            try canvas.draw(moment.boxes, of: image, x: x, y: y, width: width, height: height)
            let right = x + tile.width + Self.gap
            if let laid {
                try laid.draw(on: canvas, moment.boxes, x: right, y: y, width: width, height: height)
            } else {
                try canvas.draw(image, x: right, y: y, width: width, height: height)
                try canvas.draw(moment.boxes, of: image, x: right, y: y, width: width, height: height)
            }
            canvas.text(
                canvas.lines(of: moment.note, to: Double(tile.width), Self.text, atMost: 2), x: Double(Self.gap),
                top: Double(top + tile.height) + 6, Self.text)
            if count > 0 {
                let x = Self.place(of: index, among: count, in: strip)
                canvas.stroke([(x, strip.yMin + 18), (x, strip.yMax)], .ink, lineWidth: 2)
            }
        }
        return try frame.image()
    }

    private static func place(of index: Int, among count: Int, in strip: Box<CanvasPixels>) -> Double {
        count < 2 ? strip.centerX : strip.xMin + 2 + Double(index) / Double(count - 1) * (strip.width - 4)
    }

    private static func drawSeries(
        _ series: [(name: String, values: [Double?])], count: Int, in strip: Box<CanvasPixels>, on canvas: Canvas
    ) {
        let frame = Box<CanvasPixels>(xMin: strip.xMin, yMin: strip.yMin + 18, xMax: strip.xMax, yMax: strip.yMax)
        canvas.fill(frame, Color(hex: 0xf4f5f7))
        var x = strip.xMin
        for (number, line) in series.enumerated() {
            let color = Palette.color(number == 0 ? 1 : 3 * number).onWhite
            canvas.stroke([(x, strip.yMin + 8), (x + 14, strip.yMin + 8)], color, lineWidth: 3)
            canvas.text(line.name, x: x + 20, y: strip.yMin + 8, text)
            x += 36 + canvas.width(of: line.name, text)
            let points = line.values.enumerated().map { index, value in
                value.map {
                    (
                        x: place(of: index, among: count, in: strip),
                        y: frame.yMax - 3 - max(0, min(1, $0)) * (frame.height - 6)
                    )
                }
            }
            for run in points.split(whereSeparator: { $0 == nil }) {
                let places = run.compactMap { $0 }
                if places.count == 1 { canvas.fillCircle(x: places[0].x, y: places[0].y, radius: 2.5, color) }
                if places.count > 1 { canvas.stroke(places, color, lineWidth: 2) }
            }
        }
    }
}
