/// Why a run cannot go on. What it found wrong with the gateways is not an error but an ``Account``.
struct FaultsError: Error, CustomStringConvertible {
    enum Code: String {
        /// A file or program that is needed is not there.
        case missing
        /// A gateway did not start, or the ports were taken.
        case notReady
        /// The system refused.
        case system
    }

    let code: Code
    let message: String
    let remedy: String

    init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    var description: String { "\(code.rawValue): \(message); \(remedy)" }
}
