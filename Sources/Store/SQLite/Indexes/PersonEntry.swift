/// One salt a person: the pseudonym in the audit log hangs on it, and goes with it.
struct PersonEntry {
    static let bytes = 20

    var salt: [UInt8]
    /// The day of the last act about them.
    var lastAct: Int32

    var encoded: [UInt8] {
        var out = salt
        FixedBytes.append(lastAct, to: &out)
        return out
    }

    init(salt: [UInt8], lastAct: Int32) {
        self.salt = salt
        self.lastAct = lastAct
    }

    init(decoding bytes: [UInt8]) {
        salt = Array(bytes[..<16])
        lastAct = FixedBytes.read(bytes, at: 16, as: Int32.self)
    }
}
