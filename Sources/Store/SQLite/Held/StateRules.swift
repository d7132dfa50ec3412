import Interchange

/// Rules that depend on what is held, the same for what we issue and for what comes.
enum StateRules {
    /// What an envelope says, as far as these rules look.
    struct Said {
        var record: RecordID
        var version: Int
        /// The province that says it.
        var sender: Province
        var effect: EnvelopeEffect?
    }

    /// Why it may not be; nil when it may.
    /// - Parameter held: the newest version of its record.
    static func objection(
        to said: Said, held: RecordEntry?, in transaction: borrowing Transaction
    ) throws -> RefusedRow.Reason? {
        if let held, held.isRetracted { return reason(.retracted, "/record") }
        switch said.effect {
        case .permit(let status):
            guard let held, let before = held.permit,
                !before.leads(to: status, within: said.version - Int(held.version))
            else { return nil }
            return reason(.permitTransition, "/content/status")
        case .retraction(let target, _):
            if target.record == said.record { return reason(.schema, place) }
            let held = try transaction.record(target.record)
            let isEntitled = held.map { $0.sender == said.sender.number } ?? target.record.concerns(said.sender)
            return isEntitled ? nil : reason(.wrongProvince, place)
        case .correction(let target):
            return target.record.concerns(said.sender) ? nil : reason(.wrongProvince, place)
        case nil: return nil
        }
    }

    /// Why a draft may not be issued; nil when it may, or says nothing new.
    static func objection(to draft: Draft, in transaction: borrowing Transaction) throws -> RefusedRow.Reason? {
        let held = try transaction.record(draft.record)
        return try objection(to: draft.said(over: held), held: held, in: transaction)
    }

    private static let place = "/content/target/record"

    private static func reason(_ code: ViolationCode, _ pointer: String) -> RefusedRow.Reason {
        RefusedRow.Reason(code: code, pointer: pointer, column: nil)
    }
}

extension RecordID {
    /// Whether the province is one of the two that the record is between.
    fileprivate func concerns(_ province: Province) -> Bool { home == province || register == province }
}
