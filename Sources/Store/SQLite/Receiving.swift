import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func receive(_ batch: IncomingBatch) async throws -> Reception {
        let keys = keys
        // Compressed, encrypted and hashed before the writer is asked for: its time is what every commit shares.
        async let hashes = EnvelopeHashes.all(of: batch, keys: keys)
        let sealed = try Sealed(batch.lines, as: "received \(batch.from) \(batch.batch)", keys: keys)
        let prepared = PreparedBatch(sealed: sealed, hashes: await hashes)
        return try await writes.run { transaction in
            var receiver = BatchReceiver(batch: batch, prepared: prepared, keys: keys)
            return try receiver.receive(in: transaction)
        }
    }

    public func keepReceipt(
        _ content: [UInt8], signature: String?, from: Province, batch: MessageID, checkpoint: SignedCheckpoint
    ) async throws -> [UInt8] {
        try await writes.run { transaction in
            let find = try RawStatement(
                transaction.database, "SELECT receipt, received_at FROM received WHERE sender = ?1 AND batch = ?2")
            find.bind(1, Int(from.number))
            find.bind(2, batch.bytes)
            guard let held = try find.first({ ($0.optionalBytes(0), $0.integer(1)) }) else {
                throw StoreError(.notFound, "no such batch was received", remedy: "report this as a defect")
            }
            if let first = held.0 { return first }
            try AuditTables.keep(checkpoint, at: Instant(milliseconds: held.1), in: transaction.database)
            let put = try RawStatement(
                transaction.database,
                "UPDATE received SET receipt = ?3, receipt_signature = ?4 WHERE sender = ?1 AND batch = ?2")
            put.bind(1, Int(from.number))
            put.bind(2, batch.bytes)
            put.bind(3, content)
            if let signature { put.bind(4, signature) } else { put.bindNull(4) }
            try put.run()
            return content
        }
    }

    public func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool {
        try await writes.run { try Nonces.spend(nonce, of: peer, at: now, in: $0.database) }
    }
}
