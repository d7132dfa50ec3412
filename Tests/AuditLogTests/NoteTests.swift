import AuditLog
import Testing

/// The vectors of golang.org/x/mod/sumdb/note, note_test.go.
enum GoNote {
    static let peterKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let enochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    /// The private key `PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz`, without its
    /// leading type.
    static let peterSeed = hexadecimal("810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173")
    static let text =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    static let peterLine =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    static let enochLine =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
}

@Suite struct NoteTests {
    private func verify(_ note: String, _ keys: [String]) throws -> [String] {
        let note = try SignedNote(parsing: Array(note.utf8))
        return try note.verified(by: keys.map { try NoteVerifierKey(parsing: $0) }).map(\.name)
    }

    @Test func aSignerWritesTheNoteOfTheVector() throws {
        let signer = try NoteSigner(name: "PeterNeumann", seed: GoNote.peterSeed)
        #expect(signer.verifierKey.description == GoNote.peterKey)
        #expect("\(signer)" == "NoteSigner(PeterNeumann)")
        var note = try SignedNote(text: GoNote.text)
        try note.sign(with: signer)
        #expect(note.description == GoNote.text + "\n" + GoNote.peterLine)
    }

    @Test func signaturesByUnknownKeysArePassedOver() throws {
        let note = GoNote.text + "\n" + GoNote.peterLine + GoNote.enochLine
        #expect(try verify(note, [GoNote.peterKey]) == ["PeterNeumann"])
        #expect(try verify(note, [GoNote.enochKey]) == ["EnochRoot"])
        #expect(try verify(note, [GoNote.peterKey, GoNote.enochKey]) == ["PeterNeumann", "EnochRoot"])
        #expect(throws: AuditError(.noteUnsigned, "No known key has signed the note.")) { try verify(note, []) }
    }

    @Test func aKnownKeysSignatureMustVerify() throws {
        let changed = GoNote.text.replacing("answer", with: "Answer") + "\n" + GoNote.peterLine
        let error = AuditError(.signatureInvalid, "The signature of key c74f20a3 does not verify.")
        #expect(throws: error) { try verify(changed, [GoNote.peterKey]) }
        let longer =
            GoNote.text + "\n" + String(GoNote.peterLine.prefix(60)) + "ABCD" + String(GoNote.peterLine.dropFirst(60))
        #expect(throws: error) { try verify(longer, [GoNote.peterKey]) }
    }

    @Test(arguments: [
        GoNote.text, GoNote.text + "\n", GoNote.text + "\n" + GoNote.peterLine.dropLast(),
        "\u{1}" + GoNote.text + "\n" + GoNote.peterLine, GoNote.text + "\r\n\n" + GoNote.peterLine,
        GoNote.text
            + "\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry\n",
        GoNote.text + "\n" + GoNote.peterLine + "Unexpected line.\n", GoNote.text + "\n— a+b xxxxxxxx\n",
        GoNote.text + "\n- PeterNeumann x08go/ZJkuBS\n", GoNote.text + "\n— PeterNeumann x08g\n",
        GoNote.text + "\n—  x08go/ZJkuBS\n", "", "\n", "\n\n",

    ])
    func aMalformedNoteIsRefused(note: String) {
        #expect(throws: AuditError(.noteMalformed, "This is not a signed note.")) {
            try SignedNote(parsing: Array(note.utf8))
        }
    }

    @Test func moreThan100SignaturesAreRefused() throws {
        let note = { GoNote.text + "\n" + String(repeating: GoNote.peterLine, count: $0) }
        #expect(try verify(note(100), [GoNote.peterKey]) == ["PeterNeumann"])
        #expect(throws: AuditError.self) { try verify(note(101), [GoNote.peterKey]) }
    }

    @Test func aNoteIsUTF8() {
        #expect(throws: AuditError.self) {
            try SignedNote(parsing: [0xFF] + Array((GoNote.text + "\n" + GoNote.peterLine).utf8))
        }
    }

    @Test func aTextMayHoldEmptyLines() throws {
        var note = try SignedNote(text: "one\n\ntwo\n")
        try note.sign(with: NoteSigner(name: "x", seed: GoNote.peterSeed))
        let read = try SignedNote(parsing: Array(note.description.utf8))
        #expect(read == note)
        #expect(read.text == "one\n\ntwo\n")
        #expect(throws: AuditError.self) { try SignedNote(text: "no newline") }
    }

    @Test func everyManglingOfAKeyIsRefused() throws {
        let bytes = Array(GoNote.peterKey.utf8)
        for start in 0...bytes.count {
            for end in start...bytes.count where (start, end) != (0, bytes.count) {
                let part = String(decoding: bytes[start..<end], as: UTF8.self)
                #expect(throws: AuditError.self) { try NoteVerifierKey(parsing: part) }
            }
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] += 1
            #expect(throws: AuditError.self) {
                try NoteVerifierKey(parsing: String(decoding: changed, as: UTF8.self))
            }
        }
        // The wrong length and an unknown algorithm, each with a hash that fits.
        for key in [
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            #expect(throws: AuditError.self) { try NoteVerifierKey(parsing: key) }
        }
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{3000}b", "a\nb"])
    func aNameWithoutAPlaceInANoteIsRefused(name: String) {
        #expect(throws: AuditError(.keyMalformed, "This is not a note's Ed25519 key.")) {
            try NoteSigner(name: name, seed: GoNote.peterSeed)
        }
    }
}

@Suite struct CheckpointTests {
    /// The example of C2SP tlog-checkpoint.
    private let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    @Test func theSpecificationsExampleIsReadAndWritten() throws {
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.root.description == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
        #expect(checkpoint.text == text)
        let signature =
            "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        let note = try SignedNote(parsing: Array((text + "\n" + signature).utf8))
        #expect(note.text == text)
        #expect(note.signatures.map(\.keyID) == [0x033d_e0ae])
        #expect(note.description == text + "\n" + signature)
    }

    @Test(arguments: [
        "", "o\n", "o\n1\n", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
        "o\n18446744073709551616\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\r\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ])
    func aMalformedTextIsRefused(text: String) {
        #expect(throws: AuditError(.checkpointMalformed, "This is not a log's checkpoint.")) {
            try Checkpoint(text: text)
        }
    }

    @Test func aSignedCheckpointOpensWithItsLogsKeyOnly() throws {
        let signer = try NoteSigner(name: "gateway-44.example/audit", seed: GoNote.peterSeed)
        let other = try NoteSigner(name: "gateway-44.example/audit", seed: [UInt8](repeating: 1, count: 32))
        let checkpoint = try Checkpoint(origin: "gateway-44.example/audit", size: 8, root: .emptyRoot)
        let note = Array(try checkpoint.signed(by: signer).description.utf8)
        #expect(try Checkpoint.open(note, keys: [other.verifierKey, signer.verifierKey]) == checkpoint)
        #expect(throws: AuditError.self) { try Checkpoint.open(note, keys: [other.verifierKey]) }
        #expect(throws: AuditError(.originUnexpected, "The checkpoint is of another log.")) {
            try Checkpoint.open(note, keys: [signer.verifierKey], origin: "gateway-51.example/audit")
        }
        for place in note.indices where note[place] != 0x0A {
            var changed = note
            changed[place] ^= 1
            #expect(throws: AuditError.self, "byte \(place)") {
                try Checkpoint.open(changed, keys: [signer.verifierKey])
            }
        }
    }

    @Test func extensionLinesAreKept() throws {
        let checkpoint = try Checkpoint(text: text + "extension\n")
        #expect(checkpoint.extensions == ["extension"])
        #expect(checkpoint.text == text + "extension\n")
        #expect(throws: AuditError.self) { try Checkpoint(origin: "o", size: 1, root: .emptyRoot, extensions: [""]) }
        #expect(throws: AuditError.self) { try Checkpoint(origin: "a\nb", size: 1, root: .emptyRoot) }
    }
}
