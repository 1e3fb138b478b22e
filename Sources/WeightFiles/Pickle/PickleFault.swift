/// What can be wrong with a pickle.
enum PickleFault: Error, Equatable {
    /// An instruction that makes no sense where it stands.
    case malformed(String)
    /// A function or a class that is not built here.
    case refused(String)
}

/// A fault, and the instruction that has it.
struct PickleError: Error, Equatable {
    let fault: PickleFault
    /// From the pickle's beginning.
    let offset: Int
    /// `pickletools`' name for the instruction; nil when it has none.
    let instruction: String?

    /// As one of a file, whose part the pickle is.
    func error(path: String, part: String) -> WeightsError {
        let place = "\(part), byte \(offset)" + (instruction.map { " (\($0))" } ?? "")
        return switch fault {
        case .malformed(let reason): .damaged(path: path, place: place, reason: reason)
        case .refused(let name): .refused(path: path, place: place, name: name)
        }
    }
}
