import AuditLog
import GRDB
import Interchange
import Store

/// A log by itself in a store's tables: entries checked, encoded, hashed into the tree and written with the tiles that changed by what
/// the store's writer does it with, and with its durability.
struct BareLog {
    /// What one entry is made of.
    enum Step {
        /// One of many that differ in subject and object only.
        case alike(Common, subject: Digest256?, object: Digest256)
        case alone(Act, subject: Digest256?)

        init(_ entry: AuditEntry) {
            let flags = entry.details[.flags]?.split(separator: ",").compactMap { ViolationCode(rawValue: String($0)) }
            if entry.event.marking == .none, let object = entry.object, entry.evidence == nil, entry.outcome == nil,
                entry.caseReference == nil, entry.details.pairs.count == (flags == nil ? 0 : 1)
            {
                self = .alike(Common(act: Act(entry), flags: flags ?? []), subject: entry.subject, object: object)
            } else {
                self = .alone(Act(entry), subject: entry.subject)
            }
        }
    }

    struct Common {
        let act: Act
        let flags: [ViolationCode]

        /// Whether the two are of one chunk or batch.
        func isBeside(_ other: Common) -> Bool {
            act.at == other.act.at && act.batch == other.act.batch && act.actor == other.act.actor
        }
    }

    private let database: DatabaseQueue
    private let tail = AuditTail(tree: TileAppender())

    init(path: String) async throws {
        try await MadeStore.open(at: path).close()
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// One transaction.
    func append(_ steps: ArraySlice<Step>) throws {
        var beside: (common: Common, forms: ActForms)?
        for step in steps {
            switch step {
            case .alone(let act, let subject): try tail.append(act, subject: subject)
            case .alike(let common, let subject, let object):
                if beside?.common.isBeside(common) != true {
                    beside = (common, ActForms(actor: common.act.actor, at: common.act.at, batch: common.act.batch))
                }
                guard
                    let form = try beside?.forms.form(
                        common.act.event, purpose: common.act.purpose, flags: common.flags, hasSubject: subject != nil)
                else { continue }
                try tail.append(form, subject: subject ?? .zero, object: object)
            }
        }
        try database.write { try tail.write(to: $0) }
    }
}
