import Interchange

/// What one record says of a person, as far as status questions ask: all of a person's stand together in one index.
struct RegistrationEntry {
    static let bytes = 31

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

    var encoded: [UInt8] {
        var out = [fact.rawValue, province]
        out.reserveCapacity(Self.bytes)
        FixedBytes.append(division ?? 0, to: &out)
        FixedBytes.append(since ?? Int32.min, to: &out)
        FixedBytes.append(until ?? Int32.min, to: &out)
        out.append(status.flatMap { PermitStatus.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0)
        FixedBytes.append(identity, to: &out)
        FixedBytes.append(employer, to: &out)
        return out
    }

    init(province: UInt8, division: UInt32?, since: Int32?, until: Int32?) {
        self.province = province
        self.division = division
        self.since = since
        self.until = until
    }

    init(decoding bytes: [UInt8]) {
        fact = Fact(rawValue: bytes[0]) ?? .registration
        province = bytes[1]
        let number = FixedBytes.read(bytes, at: 2, as: UInt32.self)
        division = number == 0 ? nil : number
        since = Self.day(bytes, at: 6)
        until = Self.day(bytes, at: 10)
        let statuses = PermitStatus.allCases
        status = bytes[14] > 0 && bytes[14] <= statuses.count ? statuses[Int(bytes[14]) - 1] : nil
        identity = FixedBytes.read(bytes, at: 15, as: UInt64.self)
        employer = FixedBytes.read(bytes, at: 23, as: UInt64.self)
    }

    /// Reads what stores before migration 13 kept: 13 bytes, of registrations alone.
    init(decodingFormer bytes: [UInt8]) {
        let number = FixedBytes.read(bytes, at: 1, as: UInt32.self)
        self.init(
            province: bytes[0], division: number == 0 ? nil : number, since: Self.day(bytes, at: 5),
            until: Self.day(bytes, at: 9))
    }

    /// What stores before migration 13 kept.
    var encodedFormer: [UInt8] {
        var out = [province]
        FixedBytes.append(division ?? 0, to: &out)
        FixedBytes.append(since ?? Int32.min, to: &out)
        FixedBytes.append(until ?? Int32.min, to: &out)
        return out
    }

    private static func day(_ bytes: [UInt8], at place: Int) -> Int32? {
        let day = FixedBytes.read(bytes, at: place, as: Int32.self)
        return day == .min ? nil : day
    }
}

/// ``StatusFacts`` in the form in which they are kept: keyed hashes that hold for this person only.
struct HashedFacts {
    var identity: UInt64
    var employer: UInt64
    var permit: StatusFacts.Permit?

    /// - Parameter lookup: the person's look-up hash.
    init(_ facts: StatusFacts, of lookup: [UInt8], keys: StoreKeys) {
        identity = facts.identity.map { Self.identity($0, of: lookup, keys: keys) } ?? 0
        employer = facts.employer.map { Self.employer($0, of: lookup, keys: keys) } ?? 0
        permit = facts.permit
    }

    static func identity(_ identity: [UInt8], of lookup: [UInt8], keys: StoreKeys) -> UInt64 {
        hash([0x01] + lookup + identity, keys)
    }

    static func employer(_ code: [UInt8], of lookup: [UInt8], keys: StoreKeys) -> UInt64 {
        hash([0x02] + lookup + code, keys)
    }

    /// A person's number never begins with these bytes, so the hashes have nothing in common with look-up hashes. Never 0.
    private static func hash(_ bytes: [UInt8], _ keys: StoreKeys) -> UInt64 {
        FixedBytes.read(keys.lookupHash(bytes), at: 0, as: UInt64.self) | 1
    }
}
