/// What advice about a training is derived from: counts and sizes of a data set.
package struct DatasetFacts: Sendable {
    /// One class.
    package struct Class: Hashable, Sendable {
        /// The class name.
        package var name: String
        /// The objects in the training split, and the images that they are in.
        package var trainingObjects, trainingImages: Int
        /// The objects in the validation split.
        package var validationObjects: Int
        /// The smaller side of the class's small boxes (the 5th percentile), as a part of the longer side of their image; nil
        /// without boxes.
        package var smallSide: Double?

        /// Creates a class from its counts.
        package init(
            name: String, trainingObjects: Int, trainingImages: Int, validationObjects: Int, smallSide: Double? = nil
        ) {
            self.name = name
            self.trainingObjects = trainingObjects
            self.trainingImages = trainingImages
            self.validationObjects = validationObjects
            self.smallSide = smallSide
        }
    }

    /// The classes, in the order of the class names.
    package var classes: [Class]
    /// The usable images of both splits.
    package var trainingImages, validationImages: Int
    /// The longer side of the images in pixels, the median; nil where no size is known.
    package var imageSide: Int?
    /// The number of objects in an image, the median.
    package var objectsPerImage = 0
    /// The smaller side of the boxes, the median, as a part of the longer side of their image.
    package var typicalSide = 0.0
    /// The share of the boxes that are wider than high, among those that are not nearly square; nil with few of them.
    package var wideShare: Double?

    /// Creates facts from their parts.
    package init(classes: [Class], trainingImages: Int, validationImages: Int, imageSide: Int? = nil) {
        self.classes = classes
        self.trainingImages = trainingImages
        self.validationImages = validationImages
        self.imageSide = imageSide
    }
}
