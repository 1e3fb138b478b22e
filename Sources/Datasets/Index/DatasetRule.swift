/// What can be wrong with a data set. The raw values are names that reports use and that do not change.
public enum DatasetRule: String, CaseIterable, Hashable, Sendable {
    /// There is an annotation, and no image of its name.
    case missingImage = "missing-image"
    /// The image cannot be decoded.
    case unreadableImage = "unreadable-image"
    /// There is an image, and no annotation of its name.
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
    /// The box reaches beyond the image, or lies outside it.
    case outsideImage = "outside-image"
    /// The annotation states another size than the image has.
    case sizeMismatch = "size-mismatch"
    /// The boxes were drawn before the image was turned as its EXIF data say.
    case exifRotated = "exif-rotated"
    /// The class name begins or ends with white space.
    case nameWithSpaces = "name-with-spaces"
    /// The class is none of those asked for.
    case unknownClass = "unknown-class"
    /// The same class and box twice in an image.
    case duplicateObject = "duplicate-object"
    /// An object of a class with keypoints says nothing of them.
    case missingKeypoints = "missing-keypoints"
    /// An object has not three numbers for each keypoint, or states another number of annotated keypoints than it has.
    case wrongKeypointCount = "wrong-keypoint-count"
    /// A keypoint's visibility is none of 0, 1 and 2.
    case unknownVisibility = "unknown-visibility"
    /// A keypoint lies outside the image.
    case keypointOutsideImage = "keypoint-outside-image"
    /// A class's keypoints have no usable names, a limb is between keypoints that do not exist, or two classes have different keypoints.
    case badSkeleton = "bad-skeleton"
    /// The annotation calls the image by another name.
    case wrongFilename = "wrong-filename"
    /// The file's name promises another format than its content has.
    case extensionLies = "extension-lies"
    /// A list names an image that is not there.
    case missingFromSplit = "missing-from-split"
    /// The same image, byte for byte, twice in a split.
    case duplicateImage = "duplicate-image"
    /// The same image, byte for byte, in two splits: the evaluation rewards what was memorized.
    case duplicateAcrossSplits = "duplicate-across-splits"

    /// A folder cannot be listed, so what is in it is unknown.
    case unreadableFolder = "unreadable-folder"
    /// A file among the annotations is something else.
    case strayFile = "stray-file"
    /// The data set is there in another format, too, which is not read.
    case otherFormat = "other-format"
    /// A `&` that XML wants written otherwise.
    case bareAmpersand = "bare-ampersand"
    /// An annotation has objects, and none of them can be used: the image leaves its split.
    case noUsableObject = "no-usable-object"
    /// One object has several boxes.
    case secondBox = "second-box"
    /// A box was made around a polygon, a mask or a turned box.
    case enclosingBox = "enclosing-box"
    /// All edges lie between 0 and 1: they are parts of the image's extents.
    case fractionalBoxes = "fractional-boxes"
    /// Boxes have their right and lower edges where width and height belong.
    case cornersAsSizes = "corners-as-sizes"
    /// The image has another size than when it was annotated, in the same proportion.
    case resizedImage = "resized-image"
    /// Nothing says whether boxes were drawn before or after the image was turned as its EXIF data say.
    case exifAmbiguous = "exif-ambiguous"
    /// Names of classes are the same but for upper and lower case, or spaces.
    case similarClassNames = "similar-class-names"
    /// A class is declared, and no object is of it.
    case unusedClass = "unused-class"
    /// Two entries speak of one image file.
    case sameFileTwice = "same-file-twice"
    /// Several images of a split have one identity.
    case sharedIdentity = "shared-identity"
    /// An annotation's image is one of several of that name.
    case ambiguousImage = "ambiguous-image"
    /// A split has no image, or none that can be used.
    case emptySplit = "empty-split"
    /// A split is made of another one, as nothing lists it.
    case derivedSplit = "derived-split"
    /// Images have no label file, and are taken to show nothing.
    case unlabelledImages = "unlabelled-images"
    /// Nothing says what the classes are called.
    case unnamedClasses = "unnamed-classes"
    /// A file lists images and no annotations.
    case imagesWithoutAnnotations = "images-without-annotations"
    /// All of an image is there, and the marker of its end is not.
    case missingEndMarker = "missing-end-marker"

    /// How bad it is wherever it does not depend on the case.
    public var severity: DatasetProblem.Severity {
        switch self {
        case .invertedBox, .onePixelBox, .zeroBasedBox, .outsideImage, .sizeMismatch, .exifRotated, .nameWithSpaces,
            .duplicateObject, .missingKeypoints, .wrongKeypointCount, .unknownVisibility, .keypointOutsideImage,
            .badSkeleton,
            .wrongFilename, .extensionLies, .duplicateImage, .duplicateAcrossSplits, .strayFile, .otherFormat,
            .bareAmpersand, .secondBox, .enclosingBox, .fractionalBoxes, .cornersAsSizes, .resizedImage, .exifAmbiguous,
            .similarClassNames, .unusedClass, .sameFileTwice, .derivedSplit, .unlabelledImages, .unnamedClasses,
            .imagesWithoutAnnotations, .missingEndMarker, .sharedIdentity:
            .warning
        default: .error
        }
    }
}
