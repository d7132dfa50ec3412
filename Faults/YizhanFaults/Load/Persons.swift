import Interchange

/// Persons who do not exist, registered by one province and at home in another, as rows of an export.
struct Persons: Sendable {
    static let mappingName = "fault-arrivals"

    /// Of the people's home: the first six digits of their numbers.
    let home: String
    /// Where they live now.
    let residence: String

    /// The arrival of the person of this number, as the register says it for the given time. Each time says something else.
    func row(_ person: Int, version: Int) -> String {
        let birth = CivilDate(daysSince1970: -3_000 + person / 499)
        var number = PersonNumber("\(home)\(birth.digits)\(Self.padded(person % 499 * 2 + 1, 3))0")
        number = PersonNumber("\(home)\(birth.digits)\(Self.padded(person % 499 * 2 + 1, 3))\(number.checkDigit)")
        let id = String(decoding: (0..<18).map { number[$0] }, as: UTF8.self)
        let registered = CivilDate(daysSince1970: 17_532 + version)
        return "居民身份证,\(id),熊长凯,男,\(birth),\(home),\(residence),2018-01-01,\(registered),务工\n"
    }

    static let header = "证件类型,证件号码,姓名,性别,出生日期,户籍地区划,现居住地区划,来本地日期,登记日期,流入原因\n"

    static let mapping = """
        mapping: fault-arrivals
        kind: arrival
        source: { format: csv, encoding: utf-8, header: 1 }
        constants:
          purpose: residenceRegistration
          legalBasis: 居住证暂行条例 第7条
        fields:
          person.idType: { from: 证件类型, codes: { 居民身份证: residentId } }
          person.idNumber: { from: 证件号码, with: [idNumber] }
          person.name: { from: 姓名, with: [personName] }
          person.sex: { from: 性别, codes: { 男: "1", 女: "2" } }
          person.birthDate: { from: 出生日期, with: [date] }
          person.hukouDivision: { from: 户籍地区划, with: [division] }
          content.residenceDivision: { from: 现居住地区划, with: [division] }
          content.arrivalDate: { from: 来本地日期, with: [date] }
          content.registeredOn: { from: 登记日期, with: [date] }
          content.reason: { from: 流入原因, codes: arrival-reason }
        record: { home: person.hukouDivision, key: [证件号码, 来本地日期] }
        """

    fileprivate static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension CivilDate {
    /// `YYYYMMDD`.
    fileprivate var digits: String { description.filter { $0 != "-" } }
}

extension PersonNumber {
    fileprivate var checkDigit: Character { Character(UnicodeScalar(expectedCheckCharacter)) }
}
