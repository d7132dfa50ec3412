import AuditLog
import GRDB

extension StoreError {
    static let withoutResult = StoreError(
        .corrupt, "a transaction ended without a result", remedy: "report this as a defect")

    /// What an error of the engine means to the gateway.
    init(database error: any Error) {
        if let own = error as? StoreError {
            self = own
            return
        }
        if let error = error as? AuditError,
            [.fieldMissing, .fieldUnexpected, .fieldForm, .entryTooLong].contains(error.code)
        {
            self.init(
                .invalid, "the act cannot be entered in the audit log: \(error.message)",
                remedy: "report this as a defect")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.corrupt, "the store failed: \(error)", remedy: "run `yizhan doctor`, then restore from backup")
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "the disk or the database's page limit is full", remedy: "make room; nothing was lost")
        case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .broken, "the disk failed under the store (\(error.extendedResultCode))",
                remedy: "check the disk, then start again: the store is verified at start")
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .unavailable, "the store cannot be used (\(error.extendedResultCode))",
                remedy: "check that no other gateway runs on it and that its folder is writable")
        default:
            // The engine's message names tables and constraints, never a value.
            self.init(
                .corrupt, "the store refused a statement: \(error.message ?? "\(error.extendedResultCode)")",
                remedy: "report this as a defect")
        }
    }
}
