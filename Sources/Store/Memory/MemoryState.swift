import AuditLog
import Interchange

/// Everything that a store in memory holds. Its verbs lie beside it, a file for each part.
struct MemoryState: Sendable {
    /// The newest version of a fact.
    struct Fact {
        var sender: Province
        var version: Int
        var digest: Digest256
        /// Nil of what was received.
        var content: [UInt8]?
    }

    /// An envelope that intake made.
    struct Envelope {
        var id: MessageID
        var digest: Digest256
        var line: [UInt8]
        var acceptedAt: Instant
    }

    /// An envelope that goes its own way: parked at the peer, refused by it, or taken out of a batch.
    struct Exception {
        enum State: String { case parked, offered, deadLettered, settled }
        var peer: Province
        var state: State
        var reason: String
        var codes = ""
        var since: Instant
        var due: Instant
        var together = 1_000
        var line: [UInt8]
    }

    struct Batch {
        enum State: String { case leased, retryable, deadLettered, delivered, closed }
        var peer: Province
        var state: State
        var due: Instant
        var content: EncodedContent
        var lines: [[UInt8]]
        var envelopes: [EnvelopeReference]
        var attempts = 0
        var acceptedAt: Instant
        var blockedOn: String?
        var detail: String?
    }

    struct Key<Part: Hashable & Sendable>: Hashable, Sendable {
        var peer: Province
        var part: Part
    }

    struct Received {
        var digest: Digest256
        var receipt: [UInt8]
    }

    var generator: any RandomNumberGenerator & Sendable
    var runs: [RunDescription] = []
    var refused = 0
    var facts: [RecordID: Fact] = [:]
    /// What no batch has taken yet, in order of acceptance.
    var free: [Province: [Envelope]] = [:]
    var batches: [MessageID: Batch] = [:]
    var exceptions: [MessageID: Exception] = [:]
    /// Envelopes that a receipt settled, by peer.
    var settled: [Province: Set<MessageID>] = [:]
    var received: [Key<MessageID>: Received] = [:]
    var answered: [Key<MessageID>: (digest: Digest256, outcome: Outcome.Earlier)] = [:]
    var nonces: [Key<String>: Instant] = [:]
    var log = MemoryLog()
    var checkpoints: [UInt64: SignedCheckpoint] = [:]
    /// Peers that have something to send since the last commit.
    var announced: Set<Province> = []

    init(generator: any RandomNumberGenerator & Sendable) { self.generator = generator }

    var newestCheckpoint: SignedCheckpoint? { checkpoints.values.max { $0.size < $1.size } }

    mutating func words() -> (UInt64, UInt64) { (generator.next(), generator.next()) }

    @discardableResult
    mutating func enter(_ act: Act, subject: [UInt8]? = nil) throws -> UInt64 {
        try log.append(act, subject: subject, using: &generator)
    }

    mutating func record(_ acts: [Act]) throws {
        try log.check(acts)
        for act in acts { try enter(act) }
    }

    /// No size is ever kept with two roots.
    mutating func keep(_ checkpoint: SignedCheckpoint) throws {
        if let held = checkpoints[checkpoint.size], held.root != checkpoint.root {
            throw StoreError(
                .corrupt, "a checkpoint of \(checkpoint.size) entries was signed before with another root",
                remedy: "stop the gateway and verify the audit log")
        }
        if checkpoints[checkpoint.size] == nil { checkpoints[checkpoint.size] = checkpoint }
    }
}
