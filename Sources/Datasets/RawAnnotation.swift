import Boxes
import Foundation

/// What an annotation says, before it is held against the picture and the classes.
package struct RawAnnotation: Sendable {
    /// What it calls the picture.
    var filename: String?
    /// The size that it states.
    var width, height: Int?
    var objects: [RawObject] = []
    /// What could not be understood.
    var problems: [DatasetProblem] = []
}

/// An object as annotated: the name may have spaces, the box may lie anywhere.
struct RawObject: Sendable {
    /// Its place in the file, from 1.
    var number: Int
    var line: Int?
    var name: String
    var box: Box<ImagePixels>
    var difficult = false
    var truncated = false
    var crowd = false
    /// As stated; nil when it is no finite number above 0.
    var area: Double?
    /// In the order of the skeleton, anywhere; empty without.
    var joints: [Joint<ImagePixels>] = []
}
