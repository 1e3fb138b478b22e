import Experiments
import Foundation
import Training

extension Experiment {
    /// Numbers a name that nobody chose for this run, such as that of the data set's folder, where a new run finds another one in its
    /// folder: `shapes-2`. A chosen name stays, and ``Runner`` refuses to replace the run that has it; so does the name of a run that is
    /// resumed or replaced, since it says which one is meant.
    ///
    /// - Returns: A note for the user, if there is a run of this name; nil otherwise.
    public mutating func takeFreeName(for start: RunStart) -> String? {
        let (asked, numbered) = (self, (2...).lazy.map { [name] in "\(name)-\($0)" })
        switch start {
        case .fresh:
            guard isTaken(name), let free = numbered.first(where: { !asked.isTaken($0) }) else { return nil }
            let place = folder.relativePath
            name = free
            return
                "there is a run in \(place) already: the new one goes to \(folder.relativePath) (--name chooses another folder, "
                + "--resume continues the run in \(place), --replace replaces it)"
        case .resuming, .replacing:
            let others = Array(numbered.prefix { asked.isTaken($0) })
            guard isTaken(name), let last = others.last else { return nil }
            return
                "there are runs called \(([name] + others).joined(separator: ", ")): this is about \(name); --name \(last) would choose "
                + "the last one"
        }
    }

    /// Whether a run would be lost if another one started in the folder of this name.
    private func isTaken(_ name: String) -> Bool {
        var other = self
        other.name = name
        return !RunFolder(other.folder).remains.isEmpty
    }
}
