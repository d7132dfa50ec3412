import AuditLog
import Exchange
import Foundation
import Interchange

/// Checks an evidence file with nothing but itself: no configuration, no store, no network.
///
/// It trusts the keys that the file states, and says which: whoever relies on it compares them with those they know.
public struct EvidenceCheck: Sendable {
    public struct Line: Codable, Sendable, Hashable {
        public var holds: Bool
        public var statement: String
    }

    public private(set) var lines: [Line] = []
    /// More than half of the configured witnesses cosigned.
    public private(set) var isWitnessed = false
    /// Everything that the file states holds.
    public var isSound: Bool { lines.allSatisfy(\.holds) }

    private let file: EvidenceFile

    public init(_ file: EvidenceFile) {
        self.file = file
        checkReceipt()
        checkSignature(file.request, .batch, of: file.sender, "The batch")
        checkSignature(file.response, .receipt, of: file.receiver, "The receipt")
        checkEntries()
        checkKeys()
        checkWitnesses()
    }

    private mutating func say(_ holds: Bool, _ statement: String) {
        lines.append(Line(holds: holds, statement: statement))
    }

    private mutating func checkReceipt() {
        guard let receipt = try? Receipt(decoding: Array(file.receipt.utf8)) else {
            return say(false, "The receipt can be read.")
        }
        say(
            receipt.batch.description == file.batch && receipt.contentDigest.description == file.contentDigest
                && receipt.from.description == file.receiver && receipt.to.description == file.sender,
            "The receipt of \(file.receiver) answers batch \(file.batch) of \(file.sender) with this content digest; "
                + "it has \(receipt.results.count) results.")
        guard let log = file.logs.first(where: { $0.owner == file.receiver }) else { return }
        let key = try? NoteVerifierKey(parsing: log.key)
        let opened = key.flatMap {
            try? Checkpoint.open(Array(receipt.audit.checkpoint.utf8), keys: [$0], origin: receipt.audit.origin)
        }
        say(
            opened.map { $0.size == UInt64(receipt.audit.treeSize) && receipt.audit.origin == log.origin } ?? false,
            "The checkpoint in the receipt is signed by the log \(log.origin).")
    }

    private mutating func checkSignature(
        _ signature: EvidenceFile.Signature?, _ tag: SignatureProfile.Tag, of owner: String, _ what: String
    ) {
        guard let kept = signature?.kept else {
            // Each side must have kept what the other said: that is what it has to show.
            let isOthers = owner != file.madeBy
            if isOthers { say(false, "\(what)'s signature by \(owner) is there.") }
            return
        }
        let key = file.signingKeys.first { $0.owner == owner && Self.key($0)?.keyID == kept.keyID }.flatMap(Self.key)
        say(
            key.map { kept.isValid(by: $0) } ?? false && kept.hasTag(tag) && covers(kept, tag),
            "\(what) was signed by \(owner) with key \(kept.keyID).")
    }

    /// Whether the signature is over this batch or this receipt.
    private func covers(_ kept: KeptSignature, _ tag: SignatureProfile.Tag) -> Bool {
        let digest = kept.value(of: #""content-digest""#)
        if tag == .batch { return digest == file.contentDigest && kept.value(of: #""yizhan-batch""#) == file.batch }
        return digest == ContentDigest(of: Array(file.receipt.utf8)).description
    }

    private static func key(_ stated: EvidenceFile.SigningKey) -> VerificationKey? { try? VerificationKey(stated.jwk) }

    private var ownLog: NoteVerifierKey? {
        file.logs.first { $0.owner == file.madeBy }.flatMap { try? NoteVerifierKey(parsing: $0.key) }
    }

    private func isLogged(_ logged: EvidenceFile.LoggedEntry) -> AuditEntry? {
        guard let key = ownLog, let entry = try? AuditEntry(decoding: Array(logged.entry.utf8)),
            entry.sequence == logged.proof.index,
            (try? logged.proof.verify(.leaf(Array(logged.entry.utf8)), keys: [key])) != nil
        else { return nil }
        return entry
    }

    private mutating func checkEntries() {
        say(!file.entries.isEmpty, "Entries of the log of \(file.madeBy) are there.")
        let receipt = Digest256(hashing: Array(file.receipt.utf8))
        for logged in file.entries {
            let number = "Entry \(logged.proof.index) of \(logged.proof.origin)"
            guard let entry = isLogged(logged) else {
                say(false, "\(number) is in the tree of \(logged.proof.size) entries.")
                continue
            }
            var fits = entry.batch == file.batch
            if entry.event == .receiptReceived { fits = fits && entry.evidence == receipt }
            if entry.event == .batchReceived {
                fits = fits && entry.details[.contentDigest].map { "sha-256=:\($0):" } == file.contentDigest
            }
            if entry.event == .deliveryAttempted {
                fits = fits && entry.evidence.map { "sha-256=:\($0.base64):" } == file.contentDigest
            }
            say(
                fits,
                "\(number), \(entry.event.rawValue), is about this batch and is in the tree of \(logged.proof.size) entries."
            )
        }
    }

    private mutating func checkKeys() {
        for stated in file.signingKeys {
            guard let logged = stated.entry else { continue }
            let id = Self.key(stated)?.keyID
            let entry = isLogged(logged)
            say(
                entry?.event == .keyChanged && entry?.details[.keyId] == id && id != nil,
                "Entry \(logged.proof.index) brought key \(id ?? "?") of \(stated.owner) into force.")
        }
    }

    private mutating func checkWitnesses() {
        let keys = file.witnesses.compactMap { try? CosignerKey(parsing: $0) }
        guard keys.count == file.witnesses.count else { return say(false, "The witnesses' keys can be read.") }
        let counts = file.entries.map { logged -> Int in
            guard let note = try? SignedNote(parsing: Array(logged.proof.checkpoint.utf8)),
                let cosignatures = try? note.cosignatures(by: keys)
            else { return -1 }
            return cosignatures.count
        }
        guard let fewest = counts.min() else { return }
        guard fewest >= 0 else { return say(false, "Every cosignature by a stated witness verifies.") }
        isWitnessed = !keys.isEmpty && fewest > keys.count / 2
        say(true, "\(fewest) of \(keys.count) witnesses cosigned: \(isWitnessed ? "witnessed" : "not witnessed").")
    }
}
