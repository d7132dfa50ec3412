/// What one look came to.
struct Finding: Encodable {
    enum State: String, Encodable {
        case ok, warning, failure
        /// Something that should answer does not.
        case unreachable
    }

    /// `configuration`, `files`, `certificates`, `keys`, `store`, `alerts`, `disk`, `daemon`, `ports`, `peer`, `clock` or `approvals`.
    var check: String
    var state: State
    var message: String
    /// What to do; nil when all is well.
    var remedy: String?

    static func ok(_ check: String, _ message: String) -> Finding {
        Finding(check: check, state: .ok, message: message)
    }

    static func warning(_ check: String, _ message: String, do remedy: String) -> Finding {
        Finding(check: check, state: .warning, message: message, remedy: remedy)
    }

    static func failure(_ check: String, _ message: String, do remedy: String) -> Finding {
        Finding(check: check, state: .failure, message: message, remedy: remedy)
    }

    static func unreachable(_ check: String, _ message: String, do remedy: String) -> Finding {
        Finding(check: check, state: .unreachable, message: message, remedy: remedy)
    }

    var line: String {
        let mark =
            switch state {
            case .ok: Terminal.green("ok     ")
            case .warning: "warning"
            case .failure, .unreachable: Terminal.red("FAILED ")
            }
        return "\(mark)  \(check.padded(to: 12))  \(message)" + (remedy.map { "\n             do: \($0)" } ?? "")
    }
}
