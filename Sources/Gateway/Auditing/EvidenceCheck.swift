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
    /// What the file does not show, and why.
    public private(set) var remarks: [String] = []
    /// More than half of the configured witnesses cosigned.
    public private(set) var isWitnessed = false
    /// Everything that the file states holds.
    public var isSound: Bool { lines.allSatisfy(\.holds) }

    let file: EvidenceFile

    public init(_ file: EvidenceFile) {
        self.file = file
        checkReceipt()
        checkSignature(file.request, .batch, of: file.sender, "The batch")
        checkSignature(file.response, .receipt, of: file.receiver, "The receipt")
        checkEntries()
        checkTheirs()
        checkKeys()
        checkWitnesses()
    }

    mutating func remark(_ text: String) { remarks.append(text) }

    mutating func say(_ holds: Bool, _ statement: String) {
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
        guard file.logs.contains(where: { $0.owner == file.receiver }) else {
            return remark("The key of the audit log of \(file.receiver) is not in the file.")
        }
        let opened = key(of: receipt.audit.origin, owner: file.receiver).flatMap {
            try? Checkpoint.open(Array(receipt.audit.checkpoint.utf8), keys: [$0], origin: receipt.audit.origin)
        }
        say(
            opened.map { $0.size == UInt64(receipt.audit.treeSize) } ?? false,
            "The checkpoint in the receipt is signed by the log \(receipt.audit.origin).")
    }

    /// A log's key as the file states it: a gateway that lost entries has had several.
    func key(of origin: String, owner: String) -> NoteVerifierKey? {
        file.logs.first { $0.owner == owner && $0.origin == origin }
            .flatMap { try? NoteVerifierKey(parsing: $0.key) }.flatMap { $0.name == origin ? $0 : nil }
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
        let stated = file.signingKeys.first { $0.owner == owner && Self.key($0)?.keyID == kept.keyID }
        say(
            stated.flatMap(Self.key).map { kept.isValid(by: $0) } ?? false && kept.hasTag(tag) && covers(kept, tag),
            "\(what) was signed by \(owner) with key \(kept.keyID).")
        guard let stated, let created = kept.created else { return }
        say(
            Self.validity(stated)?.covers(created) ?? false,
            "\(what) was signed at \(created), within the time of that key.")
    }

    private static func validity(_ stated: EvidenceFile.SigningKey) -> KeyValidity? {
        let until = stated.until.map { Instant($0) }
        // A bound that cannot be read bounds nothing.
        if case .some(.none) = until { return nil }
        guard let from = stated.from.map({ Instant($0) }) ?? Instant(milliseconds: 0) else { return nil }
        return KeyValidity(from: from, until: until ?? nil)
    }

    /// Whether the signature is over this batch or this receipt.
    private func covers(_ kept: KeptSignature, _ tag: SignatureProfile.Tag) -> Bool {
        let digest = kept.value(of: #""content-digest""#)
        if tag == .batch { return digest == file.contentDigest && kept.value(of: #""yizhan-batch""#) == file.batch }
        return digest == ContentDigest(of: Array(file.receipt.utf8)).description
    }

    private static func key(_ stated: EvidenceFile.SigningKey) -> VerificationKey? { try? VerificationKey(stated.jwk) }

    private func isLogged(_ logged: EvidenceFile.LoggedEntry) -> AuditEntry? {
        guard let key = key(of: logged.proof.origin, owner: file.madeBy),
            let entry = try? AuditEntry(decoding: Array(logged.entry.utf8)),
            entry.sequence == logged.proof.index,
            (try? logged.proof.verify(.leaf(Array(logged.entry.utf8)), keys: [key])) != nil
        else { return nil }
        return entry
    }

    private mutating func checkEntries() {
        say(!file.entries.isEmpty, "Entries of the log of \(file.madeBy) are there.")
        let receipt = Digest256(hashing: Array(file.receipt.utf8))
        let results = (try? Receipt(decoding: Array(file.receipt.utf8))).map {
            Digest256(hashing: Receipt.encode($0.results))
        }
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
                fits = fits && entry.evidence == results
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
            let id = Self.key(stated)?.keyID ?? "?"
            guard let logged = stated.entry else {
                remark("No entry shows how key \(id) of \(stated.owner) came into force.")
                continue
            }
            say(
                isLogged(logged).map { brought(id, stated, $0) } ?? false,
                "Entry \(logged.proof.index) of \(logged.proof.origin) brought key \(id) of \(stated.owner) "
                    + "into force.")
        }
    }

    /// Whether the entry names the key, or the digest of a form that was approved and has the key in one of its lines.
    private func brought(_ id: String, _ stated: EvidenceFile.SigningKey, _ entry: AuditEntry) -> Bool {
        guard entry.event == .keyChanged || entry.event == .peerChanged else { return false }
        guard let form = stated.approved else { return entry.details[.keyId] == id }
        return entry.details[.digest] == Digest256(hashing: Array(form.utf8)).base64
            && form.split(separator: "\n").contains { $0.hasPrefix("key \(id) from ") }
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
