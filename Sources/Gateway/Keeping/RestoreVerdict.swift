import AuditLog
import Interchange
import Store

/// What a peer says when it is asked for the newest checkpoint of this gateway's log that it holds.
public enum PeerWord: Sendable, Hashable {
    /// The signed note.
    case holds([UInt8])
    case holdsNone
    /// It could not be asked, or its answer is nothing to go by.
    case unreachable(because: String)

    /// Whether the peer may hold more than is known.
    var isMissing: Bool {
        if case .unreachable = self { return true }
        return false
    }
}

/// How a copy of the log compares with what others hold of it.
struct RestoreVerdict: Sendable {
    /// The highest checkpoint that somebody holds and the copy does not reach: entries from its end up to there are lost.
    var ahead: (holder: String, size: UInt64)?
    /// Peers that could not be asked, and why: they may hold a higher one.
    var unasked: [(peer: Province, reason: String)] = []
    /// The largest checkpoint that the copy bears out.
    var covered: UInt64

    /// Reads the copy's whole log against every checkpoint.
    /// - Throws: ``GatewayError`` `damaged` for anything but a log that is shorter than a checkpoint says.
    init(
        of path: String, origin: String, key: NoteVerifierKey, kept: [KeptCheckpoint], words: [Province: PeerWord]
    ) async throws {
        var kept = kept
        for (peer, word) in words.sorted(by: { $0.key < $1.key }) {
            switch word {
            case .holds(let note): kept.append(KeptCheckpoint(holder: peer.description, note: note))
            case .holdsNone: break
            case .unreachable(let reason): unasked.append((peer, reason))
            }
        }
        let report = try await SQLiteReader(path: path).verifyAudit(
            checkpoints: kept, keys: [key], origin: origin)
        covered = report.covered
        for held in kept {
            guard let checkpoint = try? Checkpoint.open(held.note, keys: [key], origin: origin),
                checkpoint.size > max(report.size, ahead?.size ?? 0)
            else { continue }
            ahead = (held.holder, checkpoint.size)
        }
        if let finding = report.findings.first(where: { $0.kind != .logTooShort }) {
            throw GatewayError(
                .damaged, "the audit log in the backup is not sound: \(finding.message)", remedy: "use another backup")
        }
    }

    /// - Parameter size: entries of the copy's log.
    /// - Throws: ``GatewayError`` `damaged`, saying exactly what is lost or not known, unless two persons accept it.
    func judge(_ size: UInt64, acceptedBy persons: [String]) throws {
        if let ahead, persons.isEmpty {
            throw GatewayError(
                .damaged,
                "the backup has \(size) entries of the audit log; \(ahead.holder) holds a checkpoint of \(ahead.size): "
                    + "the \(ahead.size - size) entries from \(size) to \(ahead.size - 1), and what they record, are lost",
                remedy:
                    "use a later backup; without one two persons accept it, --accept-loss --approve NAME --approve NAME, and "
                    + "open a new log with `yizhan audit reopen`: continued, this one would be another under the same name"
            )
        }
        guard !unasked.isEmpty, persons.isEmpty else { return }
        let names = unasked.map { "\($0.peer) (\($0.reason))" }.joined(separator: ", ")
        throw GatewayError(
            .damaged,
            "\(names) could not be asked for the newest checkpoint held of this log: entries after the \(size) in the "
                + "backup may be lost without anybody knowing",
            remedy:
                "make them reachable and try again, give the checkpoints that they hold with --checkpoint, or let two "
                + "persons accept it: --accept-loss --approve NAME --approve NAME")
    }
}
