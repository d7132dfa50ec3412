import Interchange

/// The receiver's answer to a batch: an outcome for each envelope, and where its audit log has them.
public struct Receipt: Sendable, Hashable {
    public static let contentType = "application/json"

    public struct Result: Sendable, Hashable {
        public let id: MessageID
        public let digest: ContentDigest
        public let outcome: EnvelopeOutcome

        public init(id: MessageID, digest: ContentDigest, outcome: EnvelopeOutcome) {
            self.id = id
            self.digest = digest
            self.outcome = outcome
        }
    }

    /// Where the receiver's audit log has the entries of the batch.
    public struct Audit: Sendable, Hashable {
        public let origin: String
        public let treeSize: Int
        /// First and last index.
        public let entries: ClosedRange<Int>
        /// The signed note over `treeSize`, as C2SP tlog-checkpoint has it.
        public let checkpoint: String

        public init(origin: String, treeSize: Int, entries: ClosedRange<Int>, checkpoint: String) {
            self.origin = origin
            self.treeSize = treeSize
            self.entries = entries
            self.checkpoint = checkpoint
        }
    }

    public let batch: MessageID
    /// Of the batch's content as it was encoded.
    public let contentDigest: ContentDigest
    /// The gateway that answers.
    public let from: Province
    /// The gateway that sent the batch.
    public let to: Province
    public let receivedAt: Instant
    /// In line order.
    public let results: [Result]
    public let audit: Audit

    public init(
        batch: MessageID, contentDigest: ContentDigest, from: Province, to: Province, receivedAt: Instant,
        results: [Result], audit: Audit
    ) {
        self.batch = batch
        self.contentDigest = contentDigest
        self.from = from
        self.to = to
        self.receivedAt = receivedAt
        self.results = results
        self.audit = audit
    }
}

/// Why a receipt's content does not settle a batch.
public enum ReceiptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not JSON, or the named member is missing or not of its form.
    case unreadable(String)
    case wrongBatch
    case wrongContentDigest
    case wrongFrom
    case wrongTo
    /// The results are not one for each envelope in line order; the line, from 1.
    case wrongResult(line: Int)

    /// One stable word.
    var code: String { if case .unreadable = self { "RECEIPT_UNREADABLE" } else { "RECEIPT_MISMATCH" } }

    public var description: String {
        switch self {
        case .unreadable(let member): "The receipt cannot be read at \(member)."
        case .wrongBatch: "The receipt is for another batch."
        case .wrongContentDigest: "The receipt is for other content."
        case .wrongFrom: "The receipt is by another province."
        case .wrongTo: "The receipt is for another province."
        case .wrongResult(let line): "The receipt's result \(line) is not for the batch's envelope \(line)."
        }
    }
}

extension Receipt {
    /// Checks that the receipt answers this batch: batch, digest, both provinces, and one result for each envelope, in line
    /// order, with the digest that was sent.
    public func check(answers batch: OutgoingBatch, sentBy sender: Province) throws(ReceiptError) {
        guard self.batch == batch.id else { throw .wrongBatch }
        guard contentDigest == batch.digest else { throw .wrongContentDigest }
        guard from == batch.to else { throw .wrongFrom }
        guard to == sender else { throw .wrongTo }
        for (index, envelope) in batch.envelopes.enumerated() {
            guard index < results.count, results[index].id == envelope.id, results[index].digest == envelope.digest
            else {
                throw .wrongResult(line: index + 1)
            }
        }
        guard results.count == batch.envelopes.count else { throw .wrongResult(line: batch.envelopes.count + 1) }
    }
}
