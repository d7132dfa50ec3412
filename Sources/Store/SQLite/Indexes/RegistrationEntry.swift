import Interchange

/// What one record says of a person, as far as status questions ask: all of a person's stand together in one index.
struct RegistrationEntry {
    enum Fact: UInt8 {
        case registration, permit, employment
        /// No record: of this person every question is answered `unknown`.
        case protection
    }

    var fact = Fact.registration
    var province: UInt8
    /// Of a registration.
    var division: UInt32?
    /// From when a registration holds, or a permit was issued.
    var since: Int32?
    /// The end of a registration, or the last day of a permit.
    var until: Int32?
    /// Of a permit.
    var status: PermitStatus?
    /// Keyed hash of name and birth date; 0 when they are not known.
    var identity: UInt64 = 0
    /// Keyed hash of an employer's code; 0 when it is not known.
    var employer: UInt64 = 0

    init(province: UInt8, division: UInt32?, since: Int32?, until: Int32?) {
        self.province = province
        self.division = division
        self.since = since
        self.until = until
    }
}

extension RegistrationEntry: FixedWidthValue {
    static let bytes = 31

    func write(to fields: inout FieldWriter) {
        fields.put(fact.rawValue)
        fields.put(province)
        fields.put(division ?? 0)
        fields.put(since ?? Int32.min)
        fields.put(until ?? Int32.min)
        fields.put(status.flatMap { PermitStatus.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0)
        fields.put(identity)
        fields.put(employer)
    }

    init(reading fields: inout FieldReader) {
        fact = Fact(rawValue: fields.take()) ?? .registration
        province = fields.take()
        let number = fields.take(as: UInt32.self)
        division = number == 0 ? nil : number
        since = Self.day(fields.take())
        until = Self.day(fields.take())
        let statuses = PermitStatus.allCases
        let place = Int(fields.take(as: UInt8.self))
        status = place > 0 && place <= statuses.count ? statuses[place - 1] : nil
        identity = fields.take()
        employer = fields.take()
    }

    private static func day(_ day: Int32) -> Int32? { day == .min ? nil : day }
}

/// ``StatusFacts`` in the form in which they are kept: keyed hashes that hold for this person only.
struct HashedFacts {
    var identity: UInt64
    var employer: UInt64
    var permit: StatusFacts.Permit?

    /// - Parameter lookup: the person's look-up hash.
    init(_ facts: StatusFacts, of lookup: ShortHash, keys: StoreKeys) {
        identity = facts.identity.map { Self.identity($0, of: lookup, keys: keys) } ?? 0
        employer = facts.employer.map { Self.employer($0, of: lookup, keys: keys) } ?? 0
        permit = facts.permit
    }

    static func identity(_ identity: [UInt8], of lookup: ShortHash, keys: StoreKeys) -> UInt64 {
        keys.factHash(1, identity, of: lookup)
    }

    static func employer(_ code: [UInt8], of lookup: ShortHash, keys: StoreKeys) -> UInt64 {
        keys.factHash(2, code, of: lookup)
    }
}
