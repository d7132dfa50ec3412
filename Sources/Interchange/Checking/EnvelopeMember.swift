/// A member of `person` or `content` that the rules or the store read.
public enum EnvelopeMember: Sendable, Hashable, CaseIterable {
    case idType, idNumber, name, sex, birthDate, hukouDivision, hukouAsOf, ethnicity
    case residenceDivision, arrivalDate, registeredOn, arrivalRecord, departureDate
    case fromDivision, toDivision, effectiveDate
    case issuedOn, permitStatus, endorsedUntil
    case employer, since, ground

    /// - Parameter path: as a mapping writes it: `person.name`.
    public init?(path: String) {
        guard let member = Self.allCases.first(where: { $0.path == path }) else { return nil }
        self = member
    }

    private var path: String {
        switch self {
        case .idType, .idNumber, .name, .sex, .birthDate, .hukouDivision, .hukouAsOf, .ethnicity: "person.\(self)"
        case .permitStatus: "content.status"
        default: "content.\(self)"
        }
    }
}

extension EnvelopeMember {
    /// The member of `person` of this name, without its quotes.
    init?(person name: UnsafeRawBufferPointer) {
        switch name.count {
        case 3 where name.equals("sex"): self = .sex
        case 4 where name.equals("name"): self = .name
        case 6 where name.equals("idType"): self = .idType
        case 8 where name.equals("idNumber"): self = .idNumber
        case 9 where name.equals("birthDate"): self = .birthDate
        case 9 where name.equals("hukouAsOf"): self = .hukouAsOf
        case 9 where name.equals("ethnicity"): self = .ethnicity
        case 13 where name.equals("hukouDivision"): self = .hukouDivision
        default: return nil
        }
    }

    /// The member of `content` of this name, without its quotes.
    init?(content name: UnsafeRawBufferPointer) {
        switch name.count {
        case 17 where name.equals("residenceDivision"): self = .residenceDivision
        case 11 where name.equals("arrivalDate"): self = .arrivalDate
        case 12 where name.equals("registeredOn"): self = .registeredOn
        case 13 where name.equals("arrivalRecord"): self = .arrivalRecord
        case 13 where name.equals("departureDate"): self = .departureDate
        case 12 where name.equals("fromDivision"): self = .fromDivision
        case 10 where name.equals("toDivision"): self = .toDivision
        case 13 where name.equals("effectiveDate"): self = .effectiveDate
        case 8 where name.equals("issuedOn"): self = .issuedOn
        case 5 where name.equals("since"): self = .since
        case 8 where name.equals("employer"): self = .employer
        case 6 where name.equals("status"): self = .permitStatus
        case 13 where name.equals("endorsedUntil"): self = .endorsedUntil
        case 6 where name.equals("ground"): self = .ground
        default: return nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of the text; both must have the same length.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
