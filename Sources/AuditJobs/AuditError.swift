/// An error that prevents an audit.
package enum AuditError: Error, Equatable, CustomStringConvertible {
    /// No data set was named, and the model's run does not name one.
    case noDataset(model: String)
    /// Cross-validation needs the settings of a run.
    case noExperiment(model: String)
    /// The output folder has annotations of an earlier audit, which may have been corrected since.
    case annotationsExist(folder: String)
    /// The objects are points, and boxes are audited.
    case points(root: String)
    /// A training was interrupted.
    case interrupted(fold: Int, folds: Int, folder: String)

    /// A sentence for the terminal.
    package var description: String {
        switch self {
        case .noDataset(let model): "\(model) does not name a data set: name the one to audit"
        case .noExperiment(let model):
            "\(model) is not in a run folder: --folds trains with the settings of a run's experiment.json"
        case .annotationsExist(let folder):
            "\(folder) has annotations already, which may have been corrected by hand: --replace writes them anew, --output "
                + "chooses another folder"
        case .points(let root): "the objects of \(root) are points, and an audit compares boxes"
        case .interrupted(let fold, let folds, let folder):
            "stopped while training for fold \(fold) of \(folds); the same command continues from what is saved in \(folder)"
        }
    }
}
