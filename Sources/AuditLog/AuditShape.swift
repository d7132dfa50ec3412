/// Which fields, outcomes and details the entries of an event have.
public struct AuditShape: Sendable, Hashable {
    /// When such an entry is written, one sentence.
    public var summary: String
    public var required: AuditFields
    public var optional: AuditFields
    /// What `outcome` may say; empty when the event has none.
    public var outcomes: [String]
    public var details: Set<AuditDetail>

    init(
        _ summary: String, _ required: AuditFields = [], optional: AuditFields = [], outcomes: [String] = [],
        details: Set<AuditDetail> = []
    ) {
        self.summary = summary
        self.required = outcomes.isEmpty ? required : required.union(.outcome)
        self.optional = optional
        self.outcomes = outcomes
        self.details = details
    }
}

extension AuditEvent {
    /// Which fields, outcomes and details its entries have.
    public var shape: AuditShape { Self.shapes[self] ?? AuditShape("") }

    private static let shapes = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.describe()) })

    private func describe() -> AuditShape {
        gatewayShape ?? intakeShape ?? deliveryShape ?? recordShape ?? questionShape ?? administrationShape
    }

    private var gatewayShape: AuditShape? {
        switch self {
        case .logOpened:
            AuditShape(
                "The log begins. After entries were lost: names the old `origin`, its restored `size` and `root`, and the highest checkpoint that is held of it: size (`entries`), root (`checkpoint`), who holds it (`peer`), and the digest of the note (`evidence`).",
                optional: [.evidence], details: [.origin, .size, .root, .entries, .checkpoint, .peer, .version])
        case .logDiverged:
            AuditShape(
                "A peer's log was found cut off, rewound or forked.", [.evidence],
                details: [.peer, .origin, .size, .root, .reason])
        case .gatewayStarted: AuditShape("The daemon started.", details: [.version, .policy, .digest])
        case .gatewayStopped: AuditShape("The daemon stopped in order.", details: [.reason])
        default: nil
        }
    }

    private var intakeShape: AuditShape? {
        let row: AuditFields = [.object]
        return switch self {
        case .intakeAccepted:
            AuditShape(
                "A record was taken in; its envelope waits for delivery.", [.subject, .object, .purpose],
                optional: [.batch],
                details: [.mapping, .kind, .peer, .flags])
        case .intakeUnchanged:
            AuditShape(
                "A record was given again as it is held; nothing was sent.", [.subject, .object], optional: [.batch],
                details: [.mapping, .kind])
        case .intakeQuarantined:
            AuditShape(
                "A row was put in quarantine; `object` is the digest of the row.", row, optional: [.subject, .batch],
                details: [.mapping, .codes])
        case .intakeRefused:
            AuditShape("A file was refused whole.", optional: [.batch], details: [.mapping, .file, .code])
        case .intakeCompleted:
            AuditShape(
                "A file or a submission was taken in to its end, with the counts of its rows.", optional: [.batch],
                details: [.mapping, .file, .read, .accepted, .flagged, .quarantined, .skipped, .dropped, .unchanged])
        case .quarantineViewed: AuditShape("A person looked at a quarantined row.", row, optional: [.subject])
        case .quarantineRepaired:
            AuditShape("A quarantined row was changed.", row, optional: [.subject, .evidence], details: [.codes])
        case .quarantineReplayed:
            AuditShape(
                "A quarantined row was judged again.", row, optional: [.subject],
                outcomes: ["accepted", "quarantined"],
                details: [.codes])
        case .quarantineDiscarded:
            AuditShape("A quarantined row was given up.", row, optional: [.subject], details: [.reason])
        default: nil
        }
    }

    private var deliveryShape: AuditShape? {
        let handled = AuditShape(
            "A person set a dead letter going again.", [.object], optional: [.subject, .batch],
            details: [.peer, .reason])
        return switch self {
        case .deliveryAttempted:
            AuditShape(
                "A batch was sent, or offered to a peer that pulls; `evidence` is the digest of its content.",
                [.batch, .evidence], outcomes: ["answered", "refused", "failed"],
                details: [.peer, .attempt, .status, .code, .entries])
        case .deliveryDeadLettered:
            AuditShape(
                "An envelope's delivery was given up until a person decides.", [.object], optional: [.subject, .batch],
                details: [.peer, .reason, .codes, .attempt])
        case .deliveryRetried: handled.saying("A person asked for an attempt at once.")
        case .deliveryRepaired: handled.saying("A person issued a repaired envelope in place of a dead letter.")
        case .deliveryReplayed: handled.saying("A person set a dead letter going again, unchanged.")
        case .deliveryCancelled: handled.saying("A person cancelled a delivery.")
        case .deliveryDiscarded: handled.saying("A person gave a dead letter up.")
        case .receiptReceived:
            AuditShape(
                "A receipt verified; `evidence` is the digest of its content.", [.batch, .evidence],
                details: [.peer, .contentDigest, .origin, .size, .accepted, .entries])
        case .receiptRefused:
            AuditShape(
                "What came as a receipt did not verify, or is none for the batch. Of receipts that peers bring, one entry for each peer and code in a while: `entries` is how many it stands for.",
                [.batch], details: [.peer, .code, .entries])
        default: nil
        }
    }

    private var recordShape: AuditShape? {
        let details: Set<AuditDetail> = [.peer, .kind, .contentDigest, .codes, .flags]
        let received = AuditShape(
            "", [.object, .batch], optional: [.subject, .purpose, .evidence], details: details)
        return switch self {
        case .batchReceived:
            AuditShape(
                "A batch was judged and its answer made durable; `evidence` is the digest of the receipt's `results`.",
                [.batch, .evidence], details: [.peer, .contentDigest, .entries, .accepted])
        case .batchRefused:
            AuditShape(
                "A peer's batch was refused whole, and for good. One entry for each peer and code in a while, of the last such batch: `entries` is how many it stands for.",
                optional: [.batch], details: [.peer, .code, .status, .entries])
        case .recordApplied: received.saying("An envelope was applied: outcome `accepted`.")
        case .recordDuplicate: received.saying("An envelope had been answered before: outcome `duplicate`.")
        case .recordStale: received.saying("A higher version is held: outcome `stale`.")
        case .recordParked: received.saying("What an envelope refers to has not come yet: outcome `parked`.")
        case .recordRejected: received.saying("An envelope breaks rules: outcome `rejected`.")
        case .recordConflict: received.saying("An envelope contradicts one that is held: outcome `conflict`.")
        case .recordRetracted: received.saying("An envelope withdrew a record.")
        case .recordErased:
            AuditShape("A payload was erased.", [.object], optional: [.subject], details: [.reason, .until])
        case .reconciliationCompleted:
            AuditShape(
                "Two gateways compared what they hold.", outcomes: ["equal", "different"],
                details: [.peer, .from, .until, .missing])
        default: nil
        }
    }

    private var questionShape: AuditShape? {
        let asked: AuditFields = [.purpose, .subject]
        let facts: Set<AuditDetail> = [
            .question, .queryId, .bureau, .legalBasis, .policy, .rule, .line, .facts, .validUntil, .peer,
            .deferredUntil, .legalGround,
        ]
        return switch self {
        case .questionForwarded:
            AuditShape(
                "A bureau's question is about to be sent to another province.", asked, optional: .caseReference,
                details: facts)
        case .questionAnswered:
            AuditShape(
                "A status question was answered; keeps the policy's digest, the rule and the facts it used.", asked,
                optional: .caseReference, outcomes: ["yes", "no", "unknown"], details: facts)
        case .questionRefused:
            AuditShape(
                "A status question was refused for what the request says.",
                optional: [.purpose, .caseReference, .subject],
                details: facts.union([.reason]))
        case .questionLimitExceeded:
            AuditShape(
                "A quota or a budget of misses was exceeded.", optional: [.purpose],
                details: [.bureau, .reason, .question, .until])
        case .questionSampled:
            AuditShape("A question was drawn for a supervisor to justify.", details: [.queryId, .bureau])
        case .questionJustified:
            AuditShape(
                "A supervisor judged a drawn question.", outcomes: ["justified", "unjustified"], details: [.queryId])
        case .questionReported:
            AuditShape(
                "Another province's `accessNotice` told that a question was asked there about a person of ours; says what the notice says.",
                asked.union([.object, .batch]),
                details: [.peer, .question, .askedBy, .askedAt, .deferredUntil, .legalGround])
        case .accessAnswered:
            AuditShape("A person was told who asked about them.", [.subject], details: [.entries, .queryId])
        case .accessNotified:
            AuditShape(
                "The home province was told of an inquiry.", [.subject, .object], optional: [.purpose],
                details: [.peer, .queryId])
        default: nil
        }
    }

    private var administrationShape: AuditShape {
        let change: Set<AuditDetail> = [.change, .item, .digest, .keyId, .peer, .from, .until]
        return switch self {
        case .auditViewed:
            AuditShape(
                "A person searched or read the audit log; `filter` is the digest of the search, or of the policy that was replayed.",
                optional: [.subject],
                details: [.filter, .entries, .size])
        case .auditExported:
            AuditShape(
                "Entries were exported.", optional: [.evidence], details: [.filter, .entries, .format, .size])
        case .auditArchived:
            AuditShape(
                "Entries before `size` were archived and removed; `evidence` is the digest of the archived bundles.",
                [.evidence], details: [.size, .entries, .from])
        case .auditVerified:
            AuditShape(
                "A person verified the log: its size and root, and as `entries` how many findings there were.",
                outcomes: ["sound", "damaged"], details: [.size, .root, .entries])
        case .changeProposed:
            AuditShape("A change of keys, peers or policies waits for a second person.", details: change)
        case .changeApproved:
            AuditShape("A second person approved the digest of a change.", details: change.union([.proposer]))
        case .keyChanged: AuditShape("A key came into force, was replaced or revoked.", details: change)
        case .peerChanged: AuditShape("A peer was added, changed or closed.", details: change)
        case .policyChanged:
            AuditShape(
                "Another policy came into force, or a person was put under protection.", optional: .subject,
                details: change.union([.policy]))
        case .mappingChanged: AuditShape("Another mapping came into force.", details: change.union([.mapping]))
        case .configurationChanged: AuditShape("Another configuration came into force.", details: change)
        case .backupMade: AuditShape("A backup was made.", optional: [.evidence], details: [.size, .root])
        case .backupRestored:
            AuditShape(
                "The store was restored from a backup.", optional: [.evidence], details: [.size, .root, .checkpoint])
        default: AuditShape("")
        }
    }
}

extension AuditShape {
    fileprivate func saying(_ summary: String) -> AuditShape {
        var shape = self
        shape.summary = summary
        return shape
    }
}

extension AuditEvent {
    /// The table of all events for the documentation, in Markdown.
    public static var markdown: String {
        let rows = allCases.map { event in
            let shape = event.shape
            let cells = [
                "`\(event.rawValue)`", shape.summary, list(shape.required.memberNames),
                list(shape.optional.memberNames),
                list(shape.outcomes), list(AuditDetail.allCases.filter(shape.details.contains).map(\.rawValue)),
            ]
            return "| \(cells.joined(separator: " | ")) |\n"
        }
        return """
            | event | written when | fields | may have | outcomes | details |
            | --- | --- | --- | --- | --- | --- |

            """ + rows.joined()
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
