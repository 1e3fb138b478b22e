/// The rules of a valid data set. The raw values are stable names used in reports.
public enum DatasetRule: String, CaseIterable, Hashable, Sendable {
    /// An annotation has no matching image.
    case missingImage = "missing-image"
    /// The image cannot be decoded.
    case unreadableImage = "unreadable-image"
    /// An image has no matching annotation.
    case missingAnnotation = "missing-annotation"
    /// The annotation is malformed, not VOC, too large, or not text.
    case unreadableAnnotation = "unreadable-annotation"
    /// The annotation declares a document type or entities; a few lines of those can expand to gigabytes.
    case entityDeclaration = "entity-declaration"
    /// An object has no name, no box, or a box without one of its edges.
    case missingField = "missing-field"
    /// An edge of a box is not a finite number.
    case notANumber = "not-a-number"
    /// The right edge is left of the left edge, or the bottom edge is above the top edge.
    case invertedBox = "inverted-box"
    /// The box has no area.
    case emptyBox = "empty-box"
    /// The box is at most one pixel wide or high: valid in VOC, but probably not drawn on purpose.
    case onePixelBox = "one-pixel-box"
    /// An edge is 0, but VOC counts pixels from 1.
    case zeroBasedBox = "zero-based-box"
    /// The box extends beyond the image, or lies outside it.
    case outsideImage = "outside-image"
    /// The annotation states a different size than the image has.
    case sizeMismatch = "size-mismatch"
    /// The boxes were drawn without the image's EXIF rotation.
    case exifRotated = "exif-rotated"
    /// The class name begins or ends with white space.
    case nameWithSpaces = "name-with-spaces"
    /// The class is not one of the requested classes.
    case unknownClass = "unknown-class"
    /// Two objects of an image have the same class and box.
    case duplicateObject = "duplicate-object"
    /// An object of a class with keypoints has none.
    case missingKeypoints = "missing-keypoints"
    /// An object does not have three numbers per keypoint, or states a wrong number of annotated keypoints.
    case wrongKeypointCount = "wrong-keypoint-count"
    /// A keypoint's visibility is not 0, 1 or 2.
    case unknownVisibility = "unknown-visibility"
    /// A keypoint lies outside the image.
    case keypointOutsideImage = "keypoint-outside-image"
    /// A class's keypoints have no usable names, a limb joins keypoints that do not exist, or two classes have different keypoints.
    case badSkeleton = "bad-skeleton"
    /// The annotation gives a different name for the image.
    case wrongFilename = "wrong-filename"
    /// The file's extension does not match the format of its content.
    case extensionLies = "extension-lies"
    /// A list names an image that does not exist.
    case missingFromSplit = "missing-from-split"
    /// The same image, byte for byte, appears twice in a split.
    case duplicateImage = "duplicate-image"
    /// The same image, byte for byte, is in two splits: data leakage, since the evaluation rewards memorized images.
    case duplicateAcrossSplits = "duplicate-across-splits"

    /// A folder cannot be listed, so its content is unknown.
    case unreadableFolder = "unreadable-folder"
    /// A file among the annotations is of another kind.
    case strayFile = "stray-file"
    /// The data set also exists in another format, which is not read.
    case otherFormat = "other-format"
    /// A bare `&`, which XML requires to be escaped.
    case bareAmpersand = "bare-ampersand"
    /// An annotation has objects, but none is usable: the image is left out of its split.
    case noUsableObject = "no-usable-object"
    /// One object has several boxes.
    case secondBox = "second-box"
    /// A box was computed from a polygon, a mask or a rotated box.
    case enclosingBox = "enclosing-box"
    /// All edges lie between 0 and 1: they are fractions of the image's width and height.
    case fractionalBoxes = "fractional-boxes"
    /// Boxes have right and bottom edges in place of width and height.
    case cornersAsSizes = "corners-as-sizes"
    /// The image was resized after annotation, with the same aspect ratio.
    case resizedImage = "resized-image"
    /// It is unknown whether boxes were drawn with or without the image's EXIF rotation.
    case exifAmbiguous = "exif-ambiguous"
    /// Class names differ only in case or spaces.
    case similarClassNames = "similar-class-names"
    /// A declared class has no objects.
    case unusedClass = "unused-class"
    /// Two entries refer to the same image file.
    case sameFileTwice = "same-file-twice"
    /// Several images of a split have the same identity.
    case sharedIdentity = "shared-identity"
    /// Several images match the name in an annotation.
    case ambiguousImage = "ambiguous-image"
    /// A split has no usable image.
    case emptySplit = "empty-split"
    /// A split was derived from another one, because the data set does not define it.
    case derivedSplit = "derived-split"
    /// Images have no label file, and count as background.
    case unlabelledImages = "unlabelled-images"
    /// The classes have no names.
    case unnamedClasses = "unnamed-classes"
    /// A file lists images but no annotations.
    case imagesWithoutAnnotations = "images-without-annotations"
    /// An image is complete except for its end marker.
    case missingEndMarker = "missing-end-marker"
    /// An image is wider or higher than anything that can be drawn; training and evaluation use it.
    case tooLargeToDraw = "too-large-to-draw"

    /// The severity, unless it depends on the case.
    public var severity: DatasetProblem.Severity {
        switch self {
        case .invertedBox, .onePixelBox, .zeroBasedBox, .outsideImage, .sizeMismatch, .exifRotated, .nameWithSpaces,
            .duplicateObject, .missingKeypoints, .wrongKeypointCount, .unknownVisibility, .keypointOutsideImage,
            .badSkeleton,
            .wrongFilename, .extensionLies, .duplicateImage, .duplicateAcrossSplits, .strayFile, .otherFormat,
            .bareAmpersand, .secondBox, .enclosingBox, .fractionalBoxes, .cornersAsSizes, .resizedImage, .exifAmbiguous,
            .similarClassNames, .unusedClass, .sameFileTwice, .derivedSplit, .unlabelledImages, .unnamedClasses,
            .imagesWithoutAnnotations, .missingEndMarker, .tooLargeToDraw, .sharedIdentity:
            .warning
        default: .error
        }
    }
}
