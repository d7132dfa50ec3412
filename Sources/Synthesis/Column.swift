import Interchange

/// A column of an export.
enum Column: Sendable, Hashable {
    case serial, name, sex, ethnicity, birthDate, idType, idNumber, home, homeAddress
    case residence, residenceAddress, arrivalDate, registeredOn, reason, phone, employerName, employerCode
    case marriage, children, contraception
    case departureDate, cause
    case oldResidence, newResidence, effectiveDate
    case permitNumber, permitKind, permitStatus, issuedOn, endorsedUntil
    case industry, employmentStatus, since, until

    /// Columns of a kind, in order. Those of an arrival are the ones of the registers' own exports, what the interchange
    /// must not carry among them.
    static func all(of kind: Kind) -> [Column] {
        let person: [Column] = [.serial, .name, .sex, .birthDate, .idType, .idNumber, .home]
        switch kind {
        case .departure: return person + [.arrivalDate, .departureDate, .cause]
        case .relocation: return person + [.arrivalDate, .oldResidence, .newResidence, .effectiveDate]
        case .permit:
            return [.serial, .name, .sex, .ethnicity, .birthDate, .idType, .idNumber, .home]
                + [.permitNumber, .permitKind, .permitStatus, .issuedOn, .endorsedUntil]
        case .employment: return person + [.employerCode, .industry, .employmentStatus, .since, .until]
        default:
            return [
                .serial, .name, .sex, .ethnicity, .birthDate, .idType, .idNumber, .home, .homeAddress, .residence,
                .residenceAddress, .arrivalDate, .registeredOn, .reason, .phone, .employerName, .employerCode,
                .marriage,
                .children, .contraception,
            ]
        }
    }

    var title: String { description.title }
    /// Of the title in pinyin; at most ten bytes.
    var initials: String { description.initials }
    /// In bytes of GB 18030.
    var width: Int { description.width }

    private var description: (title: String, initials: String, width: Int) {
        switch self {
        case .serial: ("序号", "XH", 6)
        case .name: ("姓名", "XM", 30)
        case .sex: ("性别", "XB", 6)
        case .ethnicity: ("民族", "MZ", 12)
        case .birthDate: ("出生日期", "CSRQ", 18)
        case .idType: ("证件类型", "ZJLX", 12)
        case .idNumber: ("证件号码", "ZJHM", 40)
        case .home: ("户籍地区划", "HJQH", 6)
        case .homeAddress: ("户籍地址", "HJDZ", 60)
        case .residence: ("现居住地区划", "JZQH", 6)
        case .residenceAddress: ("现居住地址", "JZDZ", 70)
        case .arrivalDate: ("来本地日期", "LDRQ", 18)
        case .registeredOn: ("登记日期", "DJRQ", 18)
        case .reason: ("流入原因", "LRYY", 12)
        case .phone: ("联系电话", "LXDH", 12)
        case .employerName: ("工作单位", "GZDW", 50)
        case .employerCode: ("统一社会信用代码", "XYDM", 18)
        case .marriage: ("婚姻状况", "HYZK", 6)
        case .children: ("子女数", "ZNS", 2)
        case .contraception: ("避孕措施", "BYCS", 6)
        case .departureDate: ("离开日期", "LKRQ", 18)
        case .cause: ("离开原因", "LKYY", 12)
        case .oldResidence: ("原居住地区划", "YZQH", 6)
        case .newResidence: ("现居住地区划", "JZQH", 6)
        case .effectiveDate: ("变更日期", "BGRQ", 18)
        case .permitNumber: ("居住证号", "JZZH", 24)
        case .permitKind: ("办证类型", "BZLX", 12)
        case .permitStatus: ("证件状态", "ZJZT", 12)
        case .issuedOn: ("办证日期", "BZRQ", 18)
        case .endorsedUntil: ("有效期至", "YXQZ", 18)
        case .industry: ("行业门类", "HYML", 2)
        case .employmentStatus: ("就业状态", "JYZT", 12)
        case .since: ("起始日期", "QSRQ", 18)
        case .until: ("终止日期", "ZZRQ", 18)
        }
    }
}

extension Kind {
    /// The column of the day that a row is about.
    var factColumn: Column {
        switch self {
        case .departure: .departureDate
        case .relocation: .effectiveDate
        case .permit: .issuedOn
        case .employment: .since
        default: .arrivalDate
        }
    }
}
