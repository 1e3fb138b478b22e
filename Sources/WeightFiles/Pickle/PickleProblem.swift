/// Why a pickle is refused.
enum PickleProblem: Error, Equatable {
    /// An instruction that is invalid where it occurs.
    case malformed(String)
    /// A function or a class that is not allowed.
    case refused(String)
}

/// A fault, and the instruction that caused it.
struct PickleError: Error, Equatable {
    let fault: PickleProblem
    /// The offset in the bytes that contain the pickle.
    let offset: Int
    /// The name of the instruction in `pickletools`; nil when it has none.
    let instruction: String?

    /// Converts the error to one of the file that contains the pickle.
    func error(path: String, part: String) -> WeightsError {
        let place = "\(part), byte \(offset)" + (instruction.map { " (\($0))" } ?? "")
        return switch fault {
        case .malformed(let reason): .damaged(path: path, place: place, reason: reason)
        case .refused(let name): .refused(path: path, place: place, name: name)
        }
    }
}
