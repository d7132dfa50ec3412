/// Where a residence permit stands. It moves only along ``next``, version by version.
public enum PermitStatus: String, Sendable, Hashable, CaseIterable {
    case applied, issued, endorsed, suspended, restored, addressChanged, cancelled

    /// What it may become in one move. `cancelled` is final.
    public var next: Set<PermitStatus> {
        switch self {
        case .applied: [.issued]
        case .issued: [.endorsed, .addressChanged, .cancelled]
        case .endorsed: [.endorsed, .suspended, .addressChanged, .cancelled]
        case .suspended: [.restored, .cancelled]
        case .restored: [.endorsed, .suspended, .addressChanged, .cancelled]
        case .addressChanged: [.endorsed, .cancelled]
        case .cancelled: []
        }
    }

    /// Whether a permit can stand so `moves` versions later. Standing still is no move: a version may correct something else.
    /// - Parameter moves: how many versions lie between; those in between may still be on their way.
    public func leads(to status: PermitStatus, within moves: Int) -> Bool {
        var reached: Set<PermitStatus> = [self]
        for _ in 0..<max(0, min(moves, Self.allCases.count)) where !reached.contains(status) {
            reached.formUnion(reached.flatMap(\.next))
        }
        return reached.contains(status)
    }
}
