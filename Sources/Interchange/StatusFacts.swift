/// What status questions are answered from, beside the person's number and the division. It never leaves the process: look-ups
/// use keyed hashes of it.
public struct StatusFacts: Sendable, Hashable {
    /// Name and birth date in one form: see ``identity(name:birthDate:)``.
    public var identity: [UInt8]?
    public var permit: Permit?
    /// The employer's code (GB 32100).
    public var employer: [UInt8]?

    public init(identity: [UInt8]? = nil, permit: Permit? = nil, employer: [UInt8]? = nil) {
        self.identity = identity
        self.permit = permit
        self.employer = employer
    }

    /// A residence permit as its newest record says.
    public struct Permit: Sendable, Hashable {
        public var status: PermitStatus
        public var issuedOn: CivilDate?
        public var endorsedUntil: CivilDate?

        public init(status: PermitStatus, issuedOn: CivilDate? = nil, endorsedUntil: CivilDate? = nil) {
            self.status = status
            self.issuedOn = issuedOn
            self.endorsedUntil = endorsedUntil
        }

        /// Whether a permit that stands so may be valid.
        public static func isInForce(_ status: PermitStatus) -> Bool {
            switch status {
            case .issued, .endorsed, .restored, .addressChanged: true
            case .applied, .suspended, .cancelled: false
            }
        }
    }

    /// One form for what belongs together: the birth date, then the name without blanks, its middle dots as U+00B7 and its
    /// Latin letters in capitals. The name is in NFC.
    public static func identity(name: UnsafeRawBufferPointer, birthDate: CivilDate) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(10 + name.count)
        birthDate.append(to: &out)
        if isAllHan(name) {
            out.append(contentsOf: name)
            return out
        }
        var place = 0
        while place < name.count {
            let length = min(ScalarBytes.count(ofLead: name[place]), name.count - place)
            append(UnsafeRawBufferPointer(rebasing: name[place..<place + length]), to: &out)
            place += length
        }
        return out
    }

    /// Whether these are characters of U+4000 to U+9FFF alone, as nearly every name is: none of them has another form.
    private static func isAllHan(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count % 3 == 0 else { return false }
        for place in stride(from: 0, to: name.count, by: 3) where name[place] < 0xE4 || name[place] > 0xE9 {
            return false
        }
        return true
    }

    public static func identity(name: String, birthDate: CivilDate) -> [UInt8] {
        Array(name.utf8).withUnsafeBytes { identity(name: $0, birthDate: birthDate) }
    }

    /// Appends one character in its one form.
    private static func append(_ scalar: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        switch scalar.count {
        case 1 where scalar[0] == 0x20: break
        case 1: out.append((0x61...0x7A).contains(scalar[0]) ? scalar[0] - 0x20 : scalar[0])
        case 2 where scalar[0] == 0xC2 && scalar[1] == 0xA0: break
        case 3:
            switch UInt32(scalar[0]) << 16 | UInt32(scalar[1]) << 8 | UInt32(scalar[2]) {
            case 0xE38080: break  // U+3000
            case 0xE383BB, 0xE280A2, 0xEFBC8E, 0xE280A7: out.append(contentsOf: [0xC2, 0xB7])
            default: out.append(contentsOf: scalar)
            }
        default: out.append(contentsOf: scalar)
        }
    }
}

/// How many bytes UTF-8 uses for a character, by the first of them.
private enum ScalarBytes {
    static func count(ofLead lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}

extension StatusFacts {
    /// What an envelope says; nil for kinds that state no fact of their own about the person.
    init?(_ envelope: EnvelopeView) {
        switch envelope.kind {
        case .arrival: self.init()
        case .permit:
            self.init(
                permit: envelope.content.permitStatus.map {
                    Permit(
                        status: $0, issuedOn: envelope.content.issuedOn, endorsedUntil: envelope.content.endorsedUntil)
                })
        case .employment: self.init(employer: envelope.content.employer?.withUTF8 { Array($0) })
        default: return nil
        }
        if let name = envelope.person.name, let birthDate = envelope.person.birthDate {
            identity = name.withUTF8 { Self.identity(name: $0, birthDate: birthDate) }
        }
    }
}
