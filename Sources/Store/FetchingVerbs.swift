import AuditLog
import Interchange

/// A formed batch as far as its receipt is checked against it.
public struct SentBatch: Sendable, Hashable {
    public var id: MessageID
    public var peer: Province
    /// The value of `Content-Encoding`; nil for none.
    public var encoding: String?
    /// SHA-256 of the content as sent.
    public var digest: Digest256
    /// In line order.
    public var envelopes: [EnvelopeReference]
    /// The receipt that was taken for it.
    public var receipt: [UInt8]?

    public init(
        id: MessageID, peer: Province, encoding: String?, digest: Digest256, envelopes: [EnvelopeReference],
        receipt: [UInt8]? = nil
    ) {
        self.id = id
        self.peer = peer
        self.encoding = encoding
        self.digest = digest
        self.envelopes = envelopes
        self.receipt = receipt
    }
}

/// What became of a receipt that a peer brought.
public enum ReceiptIntake: Sendable, Hashable {
    /// Its envelopes are settled.
    case taken
    /// The same content was taken before.
    case again
    /// Another content was taken before.
    case other
    /// No such batch was made for the peer.
    case batchUnknown
    case nonceReplayed
}

/// What a peer fetches, and how full the store is.
public protocol Fetching: Sendable {
    /// A batch that was formed for the peer, whatever has become of it.
    func sentBatch(_ id: MessageID, to peer: Province) async throws -> SentBatch?
    /// Spends the nonce and settles the batch by a verified receipt that answers it, whoever holds the lease; in one
    /// transaction.
    func takeReceipt(_ settlement: Settlement, nonce: String) async throws -> ReceiptIntake
    /// Envelopes accepted and not yet delivered, over all peers.
    func waitingEnvelopes() async throws -> Int
    /// How many bytes the store may still grow by its own bound; the disk may have less.
    func roomLeft() async throws -> Int64
}
