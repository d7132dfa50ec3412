import AuditLog
import Testing

/// The verifier's quick reading of entries finds well-formed exactly what decoding does.
@Suite struct EntryFormTests {
    private static let samples: [AuditEntry] = {
        let actor = AuditActor(organisation: "urn:yizhan:bureau:44:police-1", person: "o-17")
        let digest = Digest256(hashing: [1, 2, 3])
        return [
            StoredLog.act(1),
            AuditEntry(
                time: 1_782_806_400_001, event: .questionAnswered, actor: actor, purpose: "caseInquiry",
                caseReference: "case 2026-18", subject: digest, outcome: "no",
                details: [
                    .question: "currentRegistration", .legalBasis: "Law art. 15", .line: "20", .policy: digest.base64,
                ]),
            AuditEntry(
                time: 951_782_400_000, event: .batchReceived, actor: AuditActor(organisation: "urn:yizhan:province:51"),
                batch: "01980000-0000-7000-8000-000000000001", evidence: digest,
                details: [.peer: "51", .contentDigest: digest.base64, .entries: "0", .accepted: "1000"]),
            AuditEntry(
                time: 0, event: .gatewayStarted, actor: AuditActor(organisation: "gateway"), details: [.version: "é"]),
            AuditEntry(
                time: 1, event: .intakeCompleted, actor: actor, details: [.mapping: "广东 \"a\\b\"", .read: "12"]),
        ]
    }()

    private func isWellFormed(_ bytes: [UInt8]) throws -> Bool {
        let log = StoredLog(leaves: [bytes])
        var verifier = AuditVerifier(size: 1, checkpoints: [], keys: [], origin: "x") { log.tile($0, $1) }
        try verifier.take(0, bytes)
        return try verifier.finish().isSound
    }

    private func decodes(_ bytes: [UInt8]) -> Bool { (try? AuditEntry(decoding: bytes))?.sequence == 0 }

    @Test func everyMutationIsJudgedAsDecodingJudgesIt() throws {
        var generator = SeededGenerator(seed: 3)
        var (good, bad) = (0, 0)
        for sample in Self.samples {
            var sample = sample
            sample.nonce = AuditNonce(high: 5, low: 6)
            let whole = sample.encoded()
            let isValid: Bool = (try? sample.validate()) != nil
            #expect(try isWellFormed(whole) == isValid)
            for _ in 0..<1_500 {
                let bytes = mutated(whole, using: &generator)
                let expected = decodes(bytes)
                #expect(try isWellFormed(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self))")
                if expected { good += 1 } else { bad += 1 }
            }
        }
        #expect(good > 500 && bad > 500)
    }

    private func mutated(_ whole: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = whole
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let pool = Array("0123456789AZaz+/=\"\\{},:.-TZ é\u{1F}\u{7F}".utf8)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = pool.randomElement(using: &generator) ?? 0x41
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(pool.randomElement(using: &generator) ?? 0x41, at: place)
        case 3: if bytes[place] &- 0x30 < 10 { bytes[place] = 0x30 + UInt8.random(in: 0..<10, using: &generator) }
        default: bytes[place] ^= 0x20
        }
        return bytes
    }

    @Test(arguments: [
        ("44010419900101123", false), ("440104199001011234", true), ("44010419900101123X", true),
        ("4401041990010112345", false), ("440104900101123", true), ("a440104900101123b", true),
    ])
    func numbersOfPersonsAreFoundInTokens(text: String, holds: Bool) throws {
        var entry = AuditEntry(
            time: 1, event: .gatewayStopped, actor: AuditActor(organisation: "gateway"), details: [.reason: text])
        entry.nonce = AuditNonce(high: 1, low: 2)
        #expect(try isWellFormed(entry.encoded()) == !holds)
    }
}

/// Proofs are made from a handful of tiles, whatever the log's size.
@Suite struct ProofCostTests {
    /// A log of ten million entries: what a tile holds matters to no proof's cost.
    private final class CountingTiles {
        var reads: [String: Int] = [:]
        func tile(_ level: Int, _ index: UInt64) -> [UInt8] {
            reads["\(level)/\(index)", default: 0] += 1
            return [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 8_192)
        }
    }

    @Test func aProofFromTenMillionEntriesReadsFewTiles() throws {
        for index in [0, 1, 4_999_999, 8_388_608, 9_999_999] as [UInt64] {
            let tiles = CountingTiles()
            let reader = TileHashReader(size: 10_000_000) { tiles.tile($0, $1) }
            let path = try MerkleProof.inclusion(of: index, size: 10_000_000, in: reader)
            #expect(path.count <= 24)
            #expect(tiles.reads.count <= 9)
        }
        let tiles = CountingTiles()
        let reader = TileHashReader(size: 10_000_000) { tiles.tile($0, $1) }
        _ = try MerkleProof.consistency(from: 7_654_321, to: 10_000_000, in: reader)
        #expect(tiles.reads.count <= 9)
    }
}
