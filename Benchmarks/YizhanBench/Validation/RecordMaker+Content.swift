import Interchange

extension RecordMaker {
    /// The members of `content`, as the kind's schema wants them.
    mutating func content(of kind: Kind, _ home: String, _ register: String) -> [MadeRecord.Member] {
        switch kind {
        case .arrival:
            [
                ("residenceDivision", quoted(register)), ("arrivalDate", quoted(day(2015...2022))),
                ("registeredOn", quoted(day(2023...2025))),
                ("reason", quoted(pick(["01", "02", "03", "04", "06", "08", "09", "99"]))),
                ("expectedStay", quoted(pick(["under1Month", "1To6Months", "over6Months"]))),
            ]
        case .departure:
            [
                ("arrivalRecord", quoted(recordID(home, register))), ("departureDate", quoted(day(2020...2025))),
                ("cause", quoted(pick(["left", "returnedHome", "movedOn", "becameLocal"]))),
            ]
        case .relocation:
            [
                ("arrivalRecord", quoted(recordID(home, register))), ("fromDivision", quoted(register)),
                ("toDivision", quoted(register)), ("effectiveDate", quoted(day(2020...2025))),
            ]
        case .permit:
            [
                ("permitNumber", quoted(register + "\(number(100_000_000...999_999_999))")),
                ("permitKind", quoted(pick(["01", "02", "99"]))), ("status", quoted(pick(["applied", "issued"]))),
                ("issuedOn", quoted(day(2020...2025))), ("endorsedUntil", quoted(day(2026...2027))),
            ]
        case .employment:
            [
                ("employer", quoted("91" + register + text(10, of: Self.creditCode))),
                ("industrySection", quoted(pick(["A", "C", "F", "H", "I"]))),
                ("status", quoted(pick(["employed", "left"]))), ("since", quoted(day(2015...2025))),
            ]
        default: administrative(kind, home, register)
        }
    }

    private mutating func administrative(_ kind: Kind, _ home: String, _ register: String) -> [MadeRecord.Member] {
        switch kind {
        case .verificationRequest:
            return [("assertions", #"["hukouHere","nameMatches","birthDateMatches","sexMatches","divisionCurrent"]"#)]
        case .verificationResponse:
            let names = ["hukouHere", "nameMatches", "birthDateMatches", "sexMatches", "divisionCurrent", "alive"]
            var results: [MadeRecord.Member] = []
            for name in names { results.append((name, quoted(pick(["yes", "no", "unknown"])))) }
            return [("results", MadeRecord.object(results)), ("reasonCode", quoted("RECORD_FOUND"))]
        case .correction:
            return [
                ("target", target(home, register)), ("field", quoted("/content/residenceDivision")),
                ("oldDigest", quoted(text(43, of: Self.base64url))), ("newValue", quoted(register)),
                ("requestedBy", quoted(pick(["subject", "register", "home"]))),
            ]
        case .retraction:
            return [("target", target(home, register)), ("ground", quoted(pick(["wrongPerson", "duplicate"])))]
        default:
            return [
                ("askedBy", quoted("urn:yizhan:bureau:\(home.prefix(2)):police:\(home)")),
                ("askedAt", quoted("2026-06-\(two(10...29))T\(two(10...19)):30:00Z")),
                ("purpose", quoted("caseInquiry")), ("accessKind", quoted("currentRegistration")),
                ("deferredUntil", quoted("2026-12-31")), ("deferralGround", quoted(pick(Self.legalBases))),
            ]
        }
    }

    private mutating func target(_ home: String, _ register: String) -> String {
        MadeRecord.object([("record", quoted(recordID(home, register))), ("version", "\(number(1...9))")])
    }

    static let purposes: [Kind: String] = [
        .permit: "permitService", .employment: "employmentVerification",
        .verificationRequest: "householdVerification", .verificationResponse: "householdVerification",
        .correction: "correction", .retraction: "correction", .accessNotice: "subjectAccess",
    ]

    static let legalBases = [
        "《居住证暂行条例》第二条、第七条、第九条；《中华人民共和国个人信息保护法》第六条、第十三条第一款第三项、第三十四条；《流动人口服务和管理条例》第十二条、第十五条",
        "《中华人民共和国户口登记条例》第十五条、第十六条；《居住证暂行条例》第二条、第七条、第九条；《中华人民共和国个人信息保护法》第十三条第一款第三项、第三十四条",
        "《中华人民共和国个人信息保护法》第十三条第一款第三项、第四十四条、第四十五条；《居住证暂行条例》第七条、第十八条；《流动人口管理办法》第九条、第二十一条第一款",
    ]
    static let familyNames = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "欧阳", "司马", "夏", "覃"]
    static let givenNames = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明"]
    static let longNames = ["阿卜杜热西提·买买提艾力", "古丽米热·阿卜杜克热木", "扎西多吉·仁增旺姆", "努尔艾合麦提·图尔荪"]
    static let base32 = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    static let base64url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    static let creditCode = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
}
