import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func receive(
        _ batch: IncomingBatch, composing composer: ReceiptComposer
    ) async throws -> Reception {
        let keys = keys
        // Compressed, encrypted and hashed before the writer is asked for: its time is what every commit shares.
        async let hashes = EnvelopeHashes.all(of: batch, keys: keys)
        let identity = "received \(batch.from) \(batch.batch)"
        let sealed =
            if let packed = batch.packed, Zstd.isPacked(packed, bytes: batch.lines.count) {
                try Sealed(packed: packed, as: identity, keys: keys)
            } else {
                try Sealed(batch.lines, as: identity, keys: keys)
            }
        let prepared = PreparedBatch(
            sealed: sealed, hashes: await hashes, order: EnvelopeOrder(batch.envelopes.map(\.id)))
        return try await writes.run(.bulk) { transaction in
            var receiver = BatchReceiver(batch: batch, prepared: prepared, keys: keys)
            return try receiver.receive(composing: composer, in: transaction)
        }
    }

    public func earlierReception(
        of batch: MessageID, from peer: Province, digest: Digest256, nonce: String, at now: Instant
    ) async throws -> Reception? {
        let came = KnownBatch(from: peer, batch: batch)
        guard try await read({ try came.isHeld(in: $0) }) else { return nil }
        return try await writes.run { transaction in
            guard try Nonces.spend(nonce, of: peer, at: now, in: transaction.database) else { return .nonceReplayed }
            return try came.reception(of: digest, in: transaction.database)
        }
    }

    public func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool {
        try await writes.run { try Nonces.spend(nonce, of: peer, at: now, in: $0.database) }
    }
}
