/// An affine map from one coordinate system to another: `x' = a x + b y + tx`, `y' = c x + d y + ty`.
public struct AffineMap<From: CoordinateSpace, To: CoordinateSpace>: Hashable, Sendable {
    /// The factors of `x` and `y` in `x'`, and the constant term.
    public var a, b, tx: Double
    /// The factors of `x` and `y` in `y'`, and the constant term.
    public var c, d, ty: Double

    /// Creates a map from its six coefficients.
    public init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
        self.a = a
        self.b = b
        self.tx = tx
        self.c = c
        self.d = d
        self.ty = ty
    }

    /// Creates a map that scales by one factor per axis, and then shifts.
    public init(scaleX: Double, scaleY: Double, shiftX: Double = 0, shiftY: Double = 0) {
        self.init(a: scaleX, b: 0, tx: shiftX, c: 0, d: scaleY, ty: shiftY)
    }

    /// Maps a point.
    public func callAsFunction(x: Double, y: Double) -> (x: Double, y: Double) {
        (a * x + b * y + tx, c * x + d * y + ty)
    }

    /// Returns the bounding box of the four mapped corners; exact when the map neither rotates nor shears.
    public func callAsFunction(_ box: Box<From>) -> Box<To> {
        let corners = [
            self(x: box.xMin, y: box.yMin), self(x: box.xMax, y: box.yMin), self(x: box.xMin, y: box.yMax),
            self(x: box.xMax, y: box.yMax),
        ]
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        return Box(
            xMin: xs.reduce(.infinity, min), yMin: ys.reduce(.infinity, min), xMax: xs.reduce(-.infinity, max),
            yMax: ys.reduce(-.infinity, max))
    }

    /// Whether the map mirrors.
    public var isMirrored: Bool { a * d - b * c < 0 }

    /// The inverse map; nil when the map is singular.
    public var inverse: AffineMap<To, From>? {
        let determinant = a * d - b * c
        guard determinant != 0, determinant.isFinite else { return nil }
        return AffineMap<To, From>(
            a: d / determinant, b: -b / determinant, tx: (b * ty - d * tx) / determinant,
            c: -c / determinant, d: a / determinant, ty: (c * tx - a * ty) / determinant)
    }

    /// Returns this map followed by another.
    public func followed<Last>(by next: AffineMap<To, Last>) -> AffineMap<From, Last> {
        AffineMap<From, Last>(
            a: next.a * a + next.b * c, b: next.a * b + next.b * d, tx: next.a * tx + next.b * ty + next.tx,
            c: next.c * a + next.d * c, d: next.c * b + next.d * d, ty: next.c * tx + next.d * ty + next.ty)
    }
}

extension AffineMap where From == ImagePixels, To == InputPixels {
    /// Returns CenterNet's view of an image: the square with side `side` (image pixels) around (`centerX`, `centerY`) fills the input. A
    /// rectangular input shows the middle part of that square: its longer side is the square's. `flipped` mirrors the view horizontally.
    public static func square(
        centerX: Double, centerY: Double, side: Double, inputSize: InputExtent, flipped: Bool = false
    ) -> AffineMap {
        let scale = Double(inputSize.longerSide) / side
        let scaleX = flipped ? -scale : scale
        return AffineMap(
            scaleX: scaleX, scaleY: scale, shiftX: Double(inputSize.columns) / 2 - scaleX * centerX,
            shiftY: Double(inputSize.rows) / 2 - scale * centerY)
    }

    /// Returns the view of the whole image, centred and undistorted, as large as the input allows: in a square input, the square with side
    /// `max(width, height)` fills it.
    ///
    /// CenterNet's own rectangular inputs (`--input_h`, `--input_w`) fit `max(width, height)` into the input's width, which cuts upright
    /// images; this does not.
    public static func wholeImage(width: Int, height: Int, inputSize: InputExtent) -> AffineMap {
        square(
            centerX: Double(width) / 2, centerY: Double(height) / 2,
            side: wholeSide(width: width, height: height, inputSize: inputSize), inputSize: inputSize)
    }

    /// Returns the side of the square that ``square(centerX:centerY:side:inputSize:flipped:)`` must be given for an input to show all of an
    /// image, as large as possible.
    public static func wholeSide(width: Int, height: Int, inputSize: InputExtent) -> Double {
        if inputSize.isSquare { return Double(max(width, height)) }
        let longer = Double(inputSize.longerSide)
        return max(
            Double(width) * (longer / Double(inputSize.columns)), Double(height) * (longer / Double(inputSize.rows)))
    }
}

extension AffineMap where From == InputPixels, To == OutputCells {
    /// Returns the map from input pixels to output cells.
    public static func outputStride(_ stride: Int) -> AffineMap {
        AffineMap(scaleX: 1 / Double(stride), scaleY: 1 / Double(stride))
    }
}
