import AuditLog
import Testing

@Suite struct CosignatureTests {
    /// The example of C2SP tlog-cosignature; its line made by OpenSSL over the message that the page spells out.
    private static let text =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    private static let key = "witness.example.com/w1+d46a2b1b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let line =
        "— witness.example.com/w1 1GorGwAAAABkGFDLJeR//pqzhnEKVvEm2wWbh2RJ6oru5+cUUfm5X9NnlaGr8aSH9QE5RVZD4QGlxl2F5UpVIIi94p178KLfqPPsAA==\n"
    private static let logLine =
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"

    @Test func aWitnessWritesTheLineOfTheVector() throws {
        let signer = try NoteSigner(name: "witness.example.com/w1", seed: GoNote.peterSeed)
        #expect(try signer.cosignerKey.description == Self.key)
        #expect(try signer.cosign(Self.text, at: 1_679_315_147).line == Self.line)
    }

    @Test func aCosignatureIsReadWithItsTimeAndOthersArePassedOver() throws {
        let note = try SignedNote(parsing: Array((Self.text + "\n" + Self.logLine + Self.line + Self.line).utf8))
        let found = try note.cosignatures(by: [CosignerKey(parsing: Self.key)])
        #expect(found.map(\.time) == [1_679_315_147])
        #expect(found.map(\.key.name) == ["witness.example.com/w1"])
        let other = try NoteSigner(name: "witness.example.com/w1", seed: [UInt8](repeating: 1, count: 32))
        #expect(try note.cosignatures(by: [other.cosignerKey]).isEmpty)
    }

    @Test func aCosignatureOfAnotherCheckpointOrTimeDoesNotVerify() throws {
        let changed = Self.text.replacing("20852163", with: "20852164") + "\n" + Self.line
        let late = Self.text + "\n" + Self.line.replacing("1GorGwAAAABkGFDL", with: "1GorGwAAAABkGFDM")
        for note in [changed, late] {
            let note = try SignedNote(parsing: Array(note.utf8))
            #expect(throws: AuditError(.signatureInvalid, "The cosignature of key d46a2b1b does not verify.")) {
                _ = try note.cosignatures(by: [CosignerKey(parsing: Self.key)])
            }
        }
    }

    @Test func aLogsKeyAndItsWitnessKeyAreNotTakenForOneAnother() throws {
        let signer = try NoteSigner(name: "example.com/log", seed: GoNote.peterSeed)
        #expect(try signer.cosignerKey.id != signer.verifierKey.id)
        #expect(throws: AuditError.self) { try CosignerKey(parsing: signer.verifierKey.description) }
        #expect(throws: AuditError.self) { try NoteVerifierKey(parsing: Self.key) }
        var note = try SignedNote(text: Self.text)
        note.add(try signer.cosign(Self.text, at: 1))
        #expect(throws: AuditError.self) { try note.verified(by: [signer.verifierKey]) }
    }
}

@Suite struct WitnessTests {
    private let signer: NoteSigner
    private let log: StoredLog
    private let fork: StoredLog

    init() throws {
        signer = try NoteSigner(name: "henan.example/log", seed: GoNote.peterSeed)
        log = try StoredLog(entries: 40)
        let other = try StoredLog(entries: 40, seed: 7)
        fork = StoredLog(leaves: Array(log.entries.prefix(20)) + other.entries.dropFirst(20))
    }

    private func checkpoint(_ size: UInt64, of log: StoredLog) throws -> Checkpoint {
        try Checkpoint(
            origin: "henan.example/log", size: size, root: try MerkleProof.root(size: size, in: log.reader))
    }

    private func request(_ old: UInt64, _ size: UInt64, of log: StoredLog) throws -> WitnessRequest {
        let proof = old == 0 || old >= size ? [] : try MerkleProof.consistency(from: old, to: size, in: log.reader)
        let note = try checkpoint(size, of: log).signed(by: signer).description
        return WitnessRequest(oldSize: old, proof: proof, note: Array(note.utf8))
    }

    private func verdict(
        _ old: UInt64, _ size: UInt64, of shown: StoredLog, held: UInt64?
    ) throws -> WitnessVerdict {
        WitnessVerdict(
            on: try request(old, size, of: shown), try checkpoint(size, of: shown),
            held: try held.map { try checkpoint($0, of: log) })
    }

    @Test func theSpecificationsRequestIsReadAndWritten() throws {
        let text = """
            old 20852014
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
            5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
            /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

            """
        let request = try WitnessRequest(parsing: Array(text.utf8))
        #expect(request.oldSize == 20_852_014)
        #expect(request.proof.count == 4)
        #expect(request.note.count == 208)
        #expect(request.bytes == Array(text.utf8))
    }

    @Test(arguments: [
        "", "old 1", "old 1\n", "old 01\n\nx", "old -1\n\nx", "OLD 1\n\nx", "old 1 \n\nx", "old 1\nAAAA\n\nx", "\n\nx",
        "old 18446744073709551616\n\nx",
        "old 1\n" + String(repeating: "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n", count: 64) + "\nx",
    ])
    func aMalformedRequestIsRefused(text: String) {
        #expect(throws: AuditError(.requestMalformed, "This is not a request to witness a checkpoint.")) {
            try WitnessRequest(parsing: Array(text.utf8))
        }
    }

    @Test func whatContinuesWhatIsHeldIsCosigned() throws {
        #expect(try verdict(0, 10, of: log, held: nil) == .cosign)
        for (old, size) in [(0, 10), (1, 2), (8, 40), (13, 39), (25, 40), (40, 40)] as [(UInt64, UInt64)] {
            #expect(try verdict(old, size, of: log, held: old) == .cosign, "\(old) to \(size)")
        }
    }

    @Test func anotherOldSizeThanTheHeldOneIsOutdated() throws {
        #expect(try verdict(0, 30, of: log, held: 25) == .outdated(held: 25))
        #expect(try verdict(10, 30, of: log, held: nil) == .outdated(held: 0))
        #expect(try verdict(25, 25, of: log, held: 20) == .outdated(held: 20))
        #expect(try verdict(30, 20, of: log, held: 30) == .contradictory)
    }

    @Test func aForkARewindAndAProofOfNothingAreToldApart() throws {
        #expect(try verdict(20, 30, of: fork, held: 30) == .diverged(.forked))
        #expect(try verdict(25, 40, of: fork, held: 25) == .diverged(.forked))
        #expect(try verdict(10, 20, of: log, held: 30) == .diverged(.rewound))
        // The proof from a power of two leaves the old root out: it shows nothing of it.
        #expect(try verdict(32, 40, of: fork, held: 32) == .diverged(.unproven))
        var lame = try request(25, 40, of: log)
        lame.proof.removeLast()
        #expect(
            WitnessVerdict(on: lame, try checkpoint(40, of: log), held: try checkpoint(25, of: log))
                == .diverged(.unproven))
    }

    @Test func aForkIsProvenByTwoFiles() throws {
        let keys = [signer.verifierKey]
        let held = Array(try checkpoint(25, of: log).signed(by: signer).description.utf8)
        let shown = try request(25, 40, of: fork).bytes
        #expect(
            CheckpointComparison(try ShownCheckpoint(held, keys: keys), try ShownCheckpoint(shown, keys: keys))
                == .forked(size: 25))
        let same = try request(25, 25, of: fork).note
        #expect(
            CheckpointComparison(try ShownCheckpoint(same, keys: keys), try ShownCheckpoint(held, keys: keys))
                == .forked(size: 25))
    }

    @Test func checkpointsThatDoNotContradictEachOtherAreNoFork() throws {
        let keys = [signer.verifierKey]
        let held = try ShownCheckpoint(try request(0, 25, of: log).note, keys: keys)
        #expect(
            CheckpointComparison(held, try ShownCheckpoint(try request(25, 40, of: log).bytes, keys: keys))
                == .consistent)
        #expect(
            CheckpointComparison(held, try ShownCheckpoint(try request(0, 40, of: fork).note, keys: keys))
                == .undecided)
        let other = try NoteSigner(name: "x", seed: GoNote.peterSeed)
        let note = try Checkpoint(origin: "x", size: 25, root: .emptyRoot).signed(by: other).description
        #expect(
            CheckpointComparison(held, try ShownCheckpoint(Array(note.utf8), keys: [other.verifierKey])) == .unrelated)
        #expect(throws: AuditError.self) { try ShownCheckpoint(Array(note.utf8), keys: keys) }
    }

    @Test func aWholeProofShowsTheOldRootOfEverySize() throws {
        for size in [1, 2, 3, 7, 8, 33, 40] as [UInt64] {
            for old in 1..<size {
                let proof = try MerkleProof.wholeConsistency(from: old, to: size, in: fork.reader)
                let past = MerkleProof.pastRoot(
                    of: old, in: size, try MerkleProof.root(size: size, in: fork.reader), path: proof)
                #expect(past == (try MerkleProof.root(size: old, in: fork.reader)), "\(old) in \(size)")
            }
        }
    }
}
