import AuditLog
import GRDB
import Interchange

/// What stands beside the log so that entries of some kinds are found without reading it through.
struct AuditMarks {
    private var asked: [(subject: Digest256, sequence: UInt64)] = []
    private var deferred: [(sequence: UInt64, until: Int64)] = []
    private var administrative: [(sequence: UInt64, event: AuditEvent)] = []

    /// How many of each there are: enough to take back what came later.
    struct Mark {
        fileprivate let counts: (Int, Int, Int)
    }

    func mark() -> Mark { Mark(counts: (asked.count, deferred.count, administrative.count)) }

    mutating func restore(_ mark: Mark) {
        asked.removeLast(asked.count - mark.counts.0)
        deferred.removeLast(deferred.count - mark.counts.1)
        administrative.removeLast(administrative.count - mark.counts.2)
    }

    mutating func add(_ entry: AuditEntry) {
        switch entry.event.marking {
        case .none: return
        case .administrative: administrative.append((entry.sequence, entry.event))
        case .question:
            guard let subject = entry.subject else { return }
            add(subject, entry.sequence, deferredUntil: entry.deferredUntil)
        }
    }

    /// A question about somebody.
    mutating func add(_ subject: Digest256, _ sequence: UInt64, deferredUntil: Instant?) {
        asked.append((subject, sequence))
        if let deferredUntil { deferred.append((sequence, deferredUntil.milliseconds)) }
    }

    mutating func write(to database: Database) throws {
        if !asked.isEmpty {
            let put = try RawStatement(database, "INSERT INTO audit_asked(subject, sequence) VALUES (?1, ?2)")
            for (subject, sequence) in asked {
                put.bind(1, subject)
                put.bind(2, Int64(sequence))
                try put.run()
            }
        }
        for (sequence, until) in deferred {
            let put = try RawStatement(database, "INSERT INTO audit_deferred(sequence, until) VALUES (?1, ?2)")
            put.bind(1, Int64(sequence))
            put.bind(2, until)
            try put.run()
        }
        for (sequence, event) in administrative {
            let put = try RawStatement(database, "INSERT INTO audit_administrative(sequence, event) VALUES (?1, ?2)")
            put.bind(1, Int64(sequence))
            put.bind(2, event.rawValue)
            try put.run()
        }
        asked.removeAll(keepingCapacity: true)
        deferred.removeAll()
        administrative.removeAll()
    }

    /// Marks the entries that were written before there were marks.
    static func fill(in database: Database) throws {
        let rows = try RawStatement(database, "SELECT first, body, forms FROM audit_entries ORDER BY first")
        try rows.forEachRow { columns in
            var marks = AuditMarks()
            for bytes in AuditTables.entries(columns) {
                if let entry = try? AuditEntry(decoding: bytes) { marks.add(entry) }
            }
            try marks.write(to: database)
        }
    }
}

extension AuditEvent {
    package enum Marking { case none, question, administrative }

    package var marking: Marking {
        switch self {
        case .questionForwarded, .questionAnswered, .questionRefused, .questionReported, .accessNotified,
            .quarantineViewed:
            .question
        case .logOpened, .logDiverged, .changeProposed, .changeApproved, .keyChanged, .peerChanged, .policyChanged,
            .mappingChanged, .configurationChanged, .backupMade, .backupRestored, .auditArchived,
            .questionLimitExceeded:
            .administrative
        default: .none
        }
    }
}

extension AuditEntry {
    /// Until when the person is not told of it; nil when they are. A day is the start of that day in Asia/Shanghai.
    public var deferredUntil: Instant? {
        details[.deferredUntil].flatMap { text in
            Instant(text) ?? CivilDate(text).map(Instant.init(startOf:))
        }
    }
}
