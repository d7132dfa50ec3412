import Foundation
import Interchange

extension CodeLists {
    /// The standard lists, with the divisions of a local list if there is one.
    ///
    /// - Throws: ``GatewayError``: the file cannot be read, or has mistakes, each told with file and line.
    public static func standard(adding path: String?) throws -> CodeLists {
        guard let path else { return .standard }
        guard let text = FileManager.default.contents(atPath: path) else {
            throw GatewayError(
                .file, "the list of divisions \(path) cannot be read", remedy: "check `divisionsExtra` and the path")
        }
        do {
            return try CodeLists.standard.adding(divisions: [UInt8](text))
        } catch {
            throw GatewayError(
                .mistakes, error.mistakes.map { "\(path):\($0)" }.joined(separator: "\n"),
                remedy: "the columns are those of schemas/codes/divisions.tsv")
        }
    }
}
