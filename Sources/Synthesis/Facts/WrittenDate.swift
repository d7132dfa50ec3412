import Interchange

/// The written forms of a day that exports have.
enum WrittenDate {
    case iso, compact, short
    /// With the characters for year, month and day.
    case chinese(year: Phrases.ID, month: Phrases.ID, day: Phrases.ID)

    func append(_ date: CivilDate, _ phrases: Phrases, to out: inout [UInt8]) {
        let (year, month, day) = date.components
        switch self {
        case .iso: date.append(to: &out)
        case .compact:
            out.append(digits: year, least: 4)
            out.append(digits: month, least: 2)
            out.append(digits: day, least: 2)
        case .short:
            out.append(digits: year, least: 4)
            out.append(0x2E)
            out.append(digits: month)
            out.append(0x2E)
            out.append(digits: day)
        case .chinese(let yearSign, let monthSign, let daySign):
            out.append(digits: year, least: 4)
            phrases.append(yearSign, to: &out)
            out.append(digits: month)
            phrases.append(monthSign, to: &out)
            out.append(digits: day)
            phrases.append(daySign, to: &out)
        }
    }
}

extension [UInt8] {
    /// The decimal digits of a number that is not negative.
    mutating func append(digits number: Int, least: Int = 1) {
        var scale = 1
        var count = 1
        while count < least || number / scale >= 10 {
            scale *= 10
            count += 1
        }
        while scale > 0 {
            append(0x30 + UInt8(number / scale % 10))
            scale /= 10
        }
    }
}
