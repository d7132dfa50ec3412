/// Where a person is registered by one record, and until when.
struct RegistrationEntry {
    static let bytes = 13

    var province: UInt8
    var division: UInt32?
    var since: Int32?
    var until: Int32?

    var encoded: [UInt8] {
        var out = [province]
        FixedBytes.append(division ?? 0, to: &out)
        FixedBytes.append(since ?? Int32.min, to: &out)
        FixedBytes.append(until ?? Int32.min, to: &out)
        return out
    }

    init(province: UInt8, division: UInt32?, since: Int32?, until: Int32?) {
        self.province = province
        self.division = division
        self.since = since
        self.until = until
    }

    init(decoding bytes: [UInt8]) {
        province = bytes[0]
        let number = FixedBytes.read(bytes, at: 1, as: UInt32.self)
        division = number == 0 ? nil : number
        let (first, last) = (
            FixedBytes.read(bytes, at: 5, as: Int32.self), FixedBytes.read(bytes, at: 9, as: Int32.self)
        )
        since = first == .min ? nil : first
        until = last == .min ? nil : last
    }
}
