import AuditLog
import Exchange
import Foundation
import Interchange

/// What the sender's file shows of the receiver's log.
extension EvidenceCheck {
    /// That the entries which the receipt names are under a checkpoint of the receiver's, which continues the receipt's own.
    mutating func checkTheirs() {
        guard let theirs = file.theirs else {
            if let reason = file.theirsMissing {
                remark("The receiver's own proofs are not in the file: \(reason).")
            }
            return
        }
        let receipt = try? Receipt(decoding: Array(file.receipt.utf8))
        let checkpoint = key(of: theirs.origin, owner: file.receiver).flatMap {
            try? Checkpoint.open(Array(theirs.checkpoint.utf8), keys: [$0], origin: theirs.origin)
        }
        guard let receipt, let checkpoint, checkpoint.size == theirs.size, receipt.audit.origin == theirs.origin else {
            return say(false, "The checkpoint of \(theirs.size) entries is signed by the log \(theirs.origin).")
        }
        say(
            continues(receipt.audit, checkpoint, theirs),
            "The log \(theirs.origin) of \(checkpoint.size) entries continues that of the receipt.")
        let named = receipt.audit.entries
        say(
            theirs.entries.map(\.index) == named.map { UInt64($0) }
                && theirs.entries.allSatisfy { isUnder(checkpoint, $0) },
            "The entries \(named.lowerBound) to \(named.upperBound) that the receipt names are in that log.")
        remark("\(witnesses(of: theirs)) of the stated witnesses cosigned that log's checkpoint.")
    }

    private func continues(
        _ audit: Receipt.Audit, _ checkpoint: Checkpoint, _ theirs: EvidenceFile.Theirs
    ) -> Bool {
        guard let key = key(of: theirs.origin, owner: file.receiver),
            let old = try? Checkpoint.open(Array(audit.checkpoint.utf8), keys: [key], origin: theirs.origin),
            let path = Self.nodes(theirs.consistency)
        else { return false }
        let shown: Void? = try? MerkleProof.verifyConsistency(
            from: old.size, old.root, to: checkpoint.size, checkpoint.root, path: path)
        return shown != nil
    }

    private func isUnder(_ checkpoint: Checkpoint, _ shown: EvidenceFile.Theirs.Leaf) -> Bool {
        guard let leaf = Digest256(base64: shown.leaf), let path = Self.nodes(shown.path) else { return false }
        let verified: Void? = try? MerkleProof.verifyInclusion(
            of: leaf, at: shown.index, size: checkpoint.size, root: checkpoint.root, path: path)
        return verified != nil
    }

    private static func nodes(_ texts: [String]) -> [Digest256]? {
        let nodes = texts.compactMap { Digest256(base64: $0) }
        return nodes.count == texts.count ? nodes : nil
    }

    /// The sender's own log is among those that may have cosigned.
    private func witnesses(of theirs: EvidenceFile.Theirs) -> Int {
        let own = file.logs.filter { $0.owner == file.madeBy }.compactMap { log in
            (try? NoteVerifierKey(parsing: log.key)).flatMap { try? CosignerKey(of: $0) }
        }
        let keys = own + file.witnesses.compactMap { try? CosignerKey(parsing: $0) }
        let note = try? SignedNote(parsing: Array(theirs.checkpoint.utf8))
        return (try? note?.cosignatures(by: keys).count) ?? 0
    }
}

extension KeptSignature {
    /// When its parameters say that it was made.
    var created: Instant? {
        guard let parameters = value(of: #""@signature-params""#),
            let start = parameters.range(of: ";created=")?.upperBound,
            let seconds = Int64(parameters[start...].prefix { $0.isNumber })
        else { return nil }
        return Instant(seconds: seconds)
    }
}
