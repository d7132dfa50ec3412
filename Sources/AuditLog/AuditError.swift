/// What went wrong with an entry, a tile, a proof, a note or a checkpoint. It never repeats an entry's content.
public struct AuditError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case entryMalformed, entryTooLong, fieldMissing, fieldUnexpected, fieldForm
        case tileMissing, tileMalformed, pathMalformed, bundleMalformed
        case proofOutOfRange, proofInvalid
        case keyMalformed, noteMalformed, noteUnsigned, signatureInvalid
        case checkpointMalformed, originUnexpected
        case requestMalformed
    }

    public var code: Code
    /// What is wrong, one sentence.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a person does next.
    public var remedy: String {
        switch code {
        case .entryMalformed, .bundleMalformed:
            "Compare the entry with a backup or a peer's proof, and report it to the auditor."
        case .entryTooLong, .fieldMissing, .fieldUnexpected, .fieldForm:
            "Report it as a defect: the act was not recorded and has not taken place."
        case .tileMissing, .tileMalformed: "Run `yizhan audit verify`; restore the tile from a backup."
        case .pathMalformed, .proofOutOfRange: "Ask for a path or a range that the log has."
        case .proofInvalid: "Fetch the proof and both checkpoints again; if it stays, keep them as evidence."
        case .keyMalformed: "Give the key as `name+hash+base64`, as its owner published it."
        case .noteMalformed, .checkpointMalformed: "Fetch the checkpoint again, unchanged."
        case .noteUnsigned: "Add the log's public key to the configuration, or ask its owner for the current one."
        case .signatureInvalid: "Do not use the checkpoint; keep it as evidence and ask its owner."
        case .requestMalformed: "Send the lines of C2SP tlog-witness: old size, proof, empty line, checkpoint."
        case .originUnexpected: "Ask the log's owner which origin is in force."
        }
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
