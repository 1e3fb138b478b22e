import Boxes
import Foundation

/// The meaning of the columns of a table of boxes or points.
struct CSVColumns: Equatable {
    /// The meaning of an object's numbers.
    enum Edges: Equatable {
        /// Left, top, right, bottom in VOC's convention, from 1 and inclusive: the table was made from VOC files.
        case voc
        /// Left, top, right, bottom, continuous from 0.
        case corners
        /// Left, top, width, height, continuous from 0.
        case originAndSize
        /// The x and y of a point, continuous from 0.
        case point
    }

    var image: Int
    /// The column of the class; nil when all objects have one class.
    var className: Int?
    /// The columns of the four numbers of a box, or of the two of a point, or a single column with a list of them.
    var box: [Int]
    var edges: Edges
    var width, height: Int?
    var split: Int?

    /// The columns of a table without a header: `path,x1,y1,x2,y2,class`.
    static let unnamed = CSVColumns(image: 0, className: 5, box: [1, 2, 3, 4], edges: .corners)

    private init(image: Int, className: Int?, box: [Int], edges: Edges) {
        (self.image, self.className, self.box, self.edges) = (image, className, box, edges)
    }

    /// Reads the columns named by a header; nil when the names do not fit a table of objects.
    init?(header: [String]) {
        // A row of numbers is not a header.
        guard header.count >= 2, header.count <= 1000, header.contains(where: { plainNumber($0) == nil }) else {
            return nil
        }
        let keys = header.map(Self.key)
        func column(_ names: [String]) -> Int? {
            for name in names { if let index = keys.firstIndex(of: name) { return index } }
            return nil
        }
        func columns(_ names: [[String]]) -> [Int]? {
            let found = names.compactMap(column)
            return found.count == names.count && Set(found).count == found.count ? found : nil
        }
        guard let image = column(Self.imageNames) else { return nil }
        if let box = columns(Self.vocEdges) {
            self.init(image: image, className: column(Self.classNames), box: box, edges: .voc)
        } else if let box = columns(Self.corners) {
            self.init(image: image, className: column(Self.classNames), box: box, edges: .corners)
        } else if let box = columns(Self.originsAndSizes) ?? column(["bbox", "boundingbox", "box"]).map({ [$0] }) {
            self.init(image: image, className: column(Self.classNames), box: box, edges: .originAndSize)
        } else if let point = columns(Self.points) {
            self.init(image: image, className: column(Self.classNames), box: point, edges: .point)
        } else {
            return nil
        }
        let sizes = [["imagewidth", "imgwidth", "width"], ["imageheight", "imgheight", "height"]].map(column)
        (width, height) = (sizes[0], sizes[1])
        if box.contains(where: { $0 == width || $0 == height }) { (width, height) = (nil, nil) }
        split = column(["split", "subset", "set", "partition"])
    }

    /// Returns the letters and digits of a name, in lower case.
    private static func key(_ name: String) -> String {
        String(
            decoding: name.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
                default: nil
                }
            }, as: UTF8.self)
    }

    private static let imageNames = [
        "filename", "imagepath", "filepath", "imagename", "imagefilename", "imagefile", "imageid", "image", "imgname",
        "imgpath", "imgid", "img", "path", "file", "fname",
    ]
    private static let classNames = [
        "class", "classname", "label", "labelname", "category", "categoryname", "name", "object", "objectname", "cls",
        "classid", "categoryid", "target",
    ]
    private static let vocEdges = [
        ["xmin", "bboxxmin", "boxxmin"], ["ymin", "bboxymin", "boxymin"], ["xmax", "bboxxmax", "boxxmax"],
        ["ymax", "bboxymax", "boxymax"],
    ]
    private static let corners = [["x1", "left", "x0"], ["y1", "top", "y0"], ["x2", "right"], ["y2", "bottom"]]
    private static let originsAndSizes = [
        ["x", "bboxx", "boxx", "left"], ["y", "bboxy", "boxy", "top"],
        ["w", "bboxwidth", "boxwidth", "bboxw", "width"],
        ["h", "bboxheight", "boxheight", "bboxh", "height"],
    ]

    private static let points = [
        ["x", "pointx", "centerx", "centrex", "xcenter", "xcentre", "cx"],
        ["y", "pointy", "centery", "centrey", "ycenter", "ycentre", "cy"],
    ]

    /// Returns whether a row belongs to a table without a header.
    static func areUnnamed(_ fields: [String]) -> Bool {
        let fields = fields.map { $0.trimmingWhiteSpace() }
        guard fields.count == 6, FileSystem.isImageName(fields[0]) else { return false }
        let isBackground = fields.dropFirst().allSatisfy(\.isEmpty)
        return isBackground || fields[1...4].allSatisfy { plainNumber($0) != nil }
    }
}
