import AuditLog
import Interchange

/// The entries of one transaction's records by what they have in common, each form made once.
package struct ActForms {
    private struct Common: Hashable {
        var event: AuditEvent
        var purpose: Purpose?
        var flags: [ViolationCode]
        var hasSubject: Bool
    }

    private let actor: AuditActor
    private let at: Instant
    private let batch: String?
    private var held: [Common: EntryForm] = [:]
    private var last: (common: Common, form: EntryForm)?

    package init(actor: AuditActor, at now: Instant, batch: MessageID? = nil) {
        self.actor = actor
        at = now
        self.batch = batch?.description
    }

    /// - Parameter event: one that nothing is marked of.
    package mutating func form(
        _ event: AuditEvent, purpose: Purpose? = nil, flags: [ViolationCode] = [], hasSubject: Bool = true
    ) throws -> EntryForm {
        let common = Common(event: event, purpose: purpose, flags: flags, hasSubject: hasSubject)
        if let last, last.common == common { return last.form }
        let form = try held[common] ?? make(common)
        held[common] = form
        last = (common, form)
        return form
    }

    private func make(_ common: Common) throws -> EntryForm {
        precondition(common.event.marking == .none, "what is marked is appended by itself")
        let entry = AuditEntry(
            time: at.milliseconds, event: common.event, actor: actor, purpose: common.purpose?.rawValue, batch: batch,
            details: common.flags.isEmpty ? [:] : [.flags: ViolationCode.list(common.flags)])
        return try EntryForm(entry, hasSubject: common.hasSubject, hasObject: true)
    }
}

extension ViolationCode {
    /// At most five codes, each once, in one token.
    static func list(_ codes: [ViolationCode]) -> String {
        var seen: [ViolationCode] = []
        for code in codes where !seen.contains(code) && seen.count < 5 { seen.append(code) }
        return seen.map(\.rawValue).joined(separator: ",")
    }
}
