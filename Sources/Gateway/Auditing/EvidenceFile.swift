import AuditLog
import Exchange
import Foundation
import Interchange
import Store

/// What `yizhan audit evidence BATCH` writes: all that shows to a third party, offline and years later, that a batch went from
/// one province to another and what became of it. Never the payload: a holder of one envelope shows it by its digest.
public struct EvidenceFile: Codable, Sendable {
    public static let format = "yizhan-evidence/1"
    /// A longer file is refused, in bytes.
    public static let longest = 16 << 20

    /// A message's signature (RFC 9421).
    public struct Signature: Codable, Sendable {
        public var keyId: String
        /// Base64.
        public var signature: String
        /// The text that was signed.
        public var base: String
    }

    public struct SigningKey: Codable, Sendable {
        public var owner: String
        /// The public key (RFC 7517); its thumbprint is the key id.
        public var jwk: String
        public var from, until: String?
        /// The entry that brought it into force; nil when the logs that were at hand have none.
        public var entry: LoggedEntry?
        /// The normal form that two persons approved with it, whose digest is in the entry, when the entry does not name the key
        /// itself.
        public var approved: String?
    }

    /// An entry with the proof that it stands in the log.
    public struct LoggedEntry: Codable, Sendable {
        /// As it is stored.
        public var entry: String
        public var proof: InclusionStatement
    }

    public struct Log: Codable, Sendable {
        public var owner, origin: String
        /// `name+hash+base64`.
        public var key: String
    }

    /// Shows, from the receiver's own tiles, that the entries which its receipt names are in its log.
    public struct Theirs: Codable, Sendable {
        public var origin: String
        public var size: UInt64
        /// The receiver's signed note over `size`, with its witnesses' lines.
        public var checkpoint: String
        /// From the receipt's checkpoint to this one (RFC 9162, 2.1.4), in base64.
        public var consistency: [String]
        public var entries: [Leaf]

        public struct Leaf: Codable, Sendable {
            public var index: UInt64
            /// In base64; the entry itself is for the receiver's auditors.
            public var leaf: String
            /// Lowest node first (RFC 9162, 2.1.3).
            public var path: [String]
        }
    }

    public var format: String
    public var batch: String
    /// `sha-256=:…:` of the batch's content as it travelled.
    public var contentDigest: String
    public var sender, receiver: String
    public var madeBy, madeAt: String
    /// By the sender over the batch, and by the receiver over the receipt; nil where this gateway did not keep it.
    public var request, response: Signature?
    /// The receipt's content, byte for byte.
    public var receipt: String
    public var signingKeys: [SigningKey]
    /// The logs of both, as far as their keys are known.
    public var logs: [Log]
    /// Entries of the log of who made this file.
    public var entries: [LoggedEntry]
    /// Of a file that the sender made: nil when the receiver's log could not be read.
    public var theirs: Theirs?
    /// Why ``theirs`` is not there.
    public var theirsMissing: String?
    /// `name+hash+base64` of every configured witness of that log.
    public var witnesses: [String]
    /// How many cosignatures make it count as witnessed.
    public var quorum: Int

    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [0x0A]
    }

    /// - Throws: ``GatewayError`` `mistakes` for what is no evidence file.
    public init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= Self.longest, let file = try? JSONDecoder().decode(EvidenceFile.self, from: Data(bytes)),
            file.format == Self.format
        else {
            throw GatewayError(
                .mistakes, "this is no evidence file of the form \(Self.format)",
                remedy: "give what `yizhan audit evidence` wrote, unchanged")
        }
        self = file
    }

    init(
        _ evidence: BatchEvidence, receipt: [UInt8], province: Province, at now: Instant, keys: [SigningKey],
        logs: [Log], entries: [LoggedEntry], theirs: ReadLeaves?, witnesses: [String], quorum: Int
    ) {
        format = Self.format
        batch = evidence.batch.description
        contentDigest = ContentDigest(bytes: evidence.contentDigest.bytes)?.description ?? ""
        sender = (evidence.isSent ? province : evidence.peer).description
        receiver = (evidence.isSent ? evidence.peer : province).description
        (madeBy, madeAt) = (province.description, now.description)
        request = evidence.requestSignature.flatMap { KeptSignature($0) }.map { Signature($0) }
        response = evidence.receiptSignature.flatMap { KeptSignature($0) }.map { Signature($0) }
        self.receipt = String(decoding: receipt, as: UTF8.self)
        (signingKeys, self.logs, self.entries) = (keys, logs, entries)
        (self.witnesses, self.quorum) = (witnesses, quorum)
        switch theirs {
        case .read(let proofs)?: self.theirs = proofs
        case .missing(let reason)?: theirsMissing = reason
        case nil: break
        }
    }
}

/// What came of reading the receiver's log.
enum ReadLeaves: Sendable {
    case read(EvidenceFile.Theirs)
    /// Why it could not be read.
    case missing(String)
}

extension EvidenceFile.Signature {
    init(_ kept: KeptSignature) {
        self.init(
            keyId: kept.keyID, signature: Data(kept.signature).base64EncodedString(),
            base: String(decoding: kept.base, as: UTF8.self))
    }

    var kept: KeptSignature {
        KeptSignature(
            keyID: keyId, signature: Array(Data(base64Encoded: signature) ?? Data()), base: Array(base.utf8))
    }
}
