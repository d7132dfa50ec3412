import Crypto
import Foundation
import Interchange
import Policy

/// What a home province is to be told: that another province asked about one of its people. Made from the question alone, so that
/// it tells nothing of what is held here.
struct AccessNotice: Codable, Sendable {
    static let legalBasis = "个人信息保护法 第45条"
    /// Where the question states no name.
    static let nameNotStated = "不详"

    var home: UInt8
    var idType: String
    var idNumber: String
    var name: String
    var sex: String
    var birthDate: String
    var askedBy: String
    var askedAt: String
    var purpose: String
    var accessKind: String
    var deferredUntil: String?
    var deferralGround: String?

    /// Nil when the home cannot be told from the number, or is this gateway's own province: its log has the entry.
    init?(_ question: StatusQuestion, _ asking: QuestionDesk.Asking, from own: Province) {
        let number = question.subject.lookUpNumber.exposed
        guard question.subject.idType == .residentId, number.count == 18,
            let home = Province(String(decoding: number[..<2], as: UTF8.self)), home != own
        else { return nil }
        func digits(_ range: Range<Int>) -> String { String(decoding: number[range], as: UTF8.self) }
        self.home = home.number
        idType = question.subject.idType.rawValue
        idNumber = question.subject.idNumber.exposed
        name = question.subject.name?.exposed ?? Self.nameNotStated
        sex = number[16] & 1 == 1 ? "1" : "2"
        birthDate = "\(digits(6..<10))-\(digits(10..<12))-\(digits(12..<14))"
        askedBy = asking.asker
        askedAt = asking.at.description
        purpose = question.purpose.rawValue
        accessKind = question.question.rawValue
        deferredUntil = question.deferral?.until.description
        deferralGround = question.deferral?.ground
    }

    var encoded: [UInt8] {
        get throws { Array(try JSONEncoder().encode(self)) }
    }

    /// At once, or when the deferral ends: when the day begins in Asia/Shanghai, as the log reads it.
    var due: Instant {
        deferredUntil.flatMap { CivilDate($0) }.map(Instant.init(startOf:)) ?? Instant(milliseconds: 0)
    }
}

extension AccessNotice {
    /// The envelope's draft; nil when the home is no province.
    /// - Parameters:
    ///   - id: the question's; the same id gives the same record.
    ///   - key: the key of record ids.
    func draft(id: MessageID, from own: Province, key: [UInt8], at now: Instant) -> Draft? {
        guard let home = Province(number: Int(home)) else { return nil }
        let number = PersonNumber(idNumber)
        return Draft(
            kind: .accessNotice, from: own, to: home, record: record(id, home, own, key), purpose: .subjectAccess,
            issuedAt: now, retainUntil: now.dayInShanghai.adding(days: Purpose.subjectAccess.retentionCapInDays),
            flags: [], subject: number.subject(number.form(as: .residentId)), reference: nil, fixed: fixed(home))
    }

    private func record(_ id: MessageID, _ home: Province, _ own: Province, _ key: [UInt8]) -> RecordID {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("accessNotice".utf8) + id.bytes, using: SymmetricKey(data: key))
        return code.withUnsafeBytes { bytes in
            RecordID(
                home: home, register: own,
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// The members from `purpose` to the end of `content`. The household's province stands for the division: the number's own
    /// division may be long gone.
    private func fixed(_ home: Province) -> [UInt8] {
        var content = [
            ("askedBy", askedBy), ("askedAt", askedAt), ("purpose", purpose), ("accessKind", accessKind),
        ]
        if let deferredUntil { content.append(("deferredUntil", deferredUntil)) }
        if let deferralGround { content.append(("deferralGround", deferralGround)) }
        let person = [
            ("idType", idType), ("idNumber", idNumber), ("name", name), ("sex", sex), ("birthDate", birthDate),
            ("hukouDivision", "\(home)0000"),
        ]
        var out: [UInt8] = []
        out.append(text: #""purpose":"subjectAccess","legalBasis":"#)
        out.append(jsonString: Self.legalBasis)
        out.append(text: #","person":"#)
        Self.append(person, to: &out)
        out.append(text: #","content":"#)
        Self.append(content, to: &out)
        return out
    }

    private static func append(_ members: [(String, String)], to out: inout [UInt8]) {
        for (place, member) in members.enumerated() {
            out.append(text: "\(place == 0 ? "{" : ",")\"\(member.0)\":")
            out.append(jsonString: member.1)
        }
        out.append(text: "}")
    }
}
