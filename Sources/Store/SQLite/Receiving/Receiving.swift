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
        return try await writes.run { transaction in
            var receiver = BatchReceiver(batch: batch, prepared: prepared, keys: keys)
            return try receiver.receive(composing: composer, in: transaction)
        }
    }

    public func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool {
        try await writes.run { try Nonces.spend(nonce, of: peer, at: now, in: $0.database) }
    }
}
