/// What can be wrong with a data set. The raw values are names that reports use and that do not change.
public enum DatasetRule: String, CaseIterable, Hashable, Sendable {
    /// There is an annotation, and no picture of its name.
    case missingImage = "missing-image"
    /// The picture cannot be decoded.
    case unreadableImage = "unreadable-image"
    /// There is a picture, and no annotation of its name.
    case missingAnnotation = "missing-annotation"
    /// The annotation is not well-formed, not VOC, too large, or not text.
    case unreadableAnnotation = "unreadable-annotation"
    /// The annotation declares a document type or entities; a few lines of those can ask for gigabytes.
    case entityDeclaration = "entity-declaration"
    /// An object has no name, no box, or a box without one of its edges.
    case missingField = "missing-field"
    /// An edge of a box is not a finite number.
    case notANumber = "not-a-number"
    /// The right edge is left of the left one, or the lower above the upper.
    case invertedBox = "inverted-box"
    /// The box covers nothing.
    case emptyBox = "empty-box"
    /// The box is at most one pixel wide or high: an object by VOC's rule, and hardly one that somebody drew.
    case onePixelBox = "one-pixel-box"
    /// An edge is 0, and VOC counts pixels from 1.
    case zeroBasedBox = "zero-based-box"
    /// The box reaches beyond the picture, or lies outside it.
    case outsideImage = "outside-image"
    /// The annotation states another size than the picture has.
    case sizeMismatch = "size-mismatch"
    /// The boxes were drawn before the picture was turned as its EXIF data say.
    case exifRotated = "exif-rotated"
    /// The class name begins or ends with white space.
    case nameWithSpaces = "name-with-spaces"
    /// The class is none of those asked for.
    case unknownClass = "unknown-class"
    /// The same class and box twice in a picture.
    case duplicateObject = "duplicate-object"
    /// An object of a class with joints says nothing of them.
    case missingJoints = "missing-joints"
    /// An object has not three numbers for each joint, or states another number of annotated joints than it has.
    case wrongJointCount = "wrong-joint-count"
    /// A joint's visibility is none of 0, 1 and 2.
    case unknownVisibility = "unknown-visibility"
    /// A joint lies outside the picture.
    case jointOutsideImage = "joint-outside-image"
    /// A class's joints have no usable names, a limb is between joints that do not exist, or two classes have different joints.
    case badSkeleton = "bad-skeleton"
    /// The annotation calls the picture by another name.
    case wrongFilename = "wrong-filename"
    /// The file's name promises another format than its content has.
    case extensionLies = "extension-lies"
    /// A list names a picture that is not there.
    case missingFromSplit = "missing-from-split"
    /// The same picture, byte for byte, twice in a split.
    case duplicatePicture = "duplicate-picture"
    /// The same picture, byte for byte, in two splits: the examination asks what was learned by heart.
    case duplicateAcrossSplits = "duplicate-across-splits"

    /// How bad it is wherever it does not depend on the case.
    public var severity: DatasetProblem.Severity {
        switch self {
        case .invertedBox, .onePixelBox, .zeroBasedBox, .outsideImage, .sizeMismatch, .exifRotated, .nameWithSpaces,
            .duplicateObject, .missingJoints, .wrongJointCount, .unknownVisibility, .jointOutsideImage, .badSkeleton,
            .wrongFilename, .extensionLies, .duplicatePicture, .duplicateAcrossSplits:
            .warning
        default: .error
        }
    }
}
