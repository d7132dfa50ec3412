/// One salt a person: the pseudonym in the audit log hangs on it, and goes with it.
struct PersonEntry: FixedWidthValue {
    static let bytes = 20

    /// 128 random bits.
    var salt: ShortHash
    /// The day of the last act about them.
    var lastAct: Int32

    init(salt: ShortHash, lastAct: Int32) {
        self.salt = salt
        self.lastAct = lastAct
    }

    init(reading fields: inout FieldReader) { (salt, lastAct) = (fields.takeHash(), fields.take()) }

    func write(to fields: inout FieldWriter) {
        fields.put(salt)
        fields.put(lastAct)
    }
}
