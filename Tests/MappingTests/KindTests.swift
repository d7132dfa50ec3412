import Foundation
import Intake
import Interchange
import Mapping
import Testing

/// A mapping for each kind, a row, and the envelope that is owed for it.
@Suite struct KindTests {
    private static let person = """
          person.idType: { from: 证件类型, codes: { 身份证: residentId, 护照: passport } }
          person.idNumber: { from: 证件号码, with: [idNumber] }
          person.name: { from: 姓名, with: [personName] }
          person.sex: { from: 性别, codes: sex }
          person.birthDate: { from: 出生日期, with: [date] }
          person.hukouDivision: { from: 户籍, with: [division] }
        """
    private static let resident = "身份证,450123198012316804,夏建雪,女,1980-12-31,450123"
    private static let residentMembers =
        #""person":{"idType":"residentId","idNumber":"450123198012316804","name":"夏建雪","sex":"2","birthDate":"1980-12-31","hukouDivision":"450123"}"#

    private func mapping(_ kind: Kind, purpose: Purpose, constants: String = "", _ fields: String) throws
        -> CompiledMapping
    {
        let yaml = """
            mapping: test
            kind: \(kind.rawValue)
            source: { format: csv, encoding: utf-8 }
            constants:
              from: "44"
              purpose: \(purpose.rawValue)
              legalBasis: 居住证暂行条例 第7条
            \(constants)
            fields:
            \(Self.person)
            \(fields)
            record: { home: person.hukouDivision, key: [证件号码] }
            """
        let isResident = [.arrival, .departure, .relocation].contains(kind)
        return try CompiledMapping.compile(
            yaml: isResident ? yaml.replacingOccurrences(of: ", 护照: passport", with: "") : yaml, file: "test.yaml")
    }

    /// The only row's draft, which a receiver's checker takes too.
    private func draft(_ mapping: CompiledMapping, columns: String, _ cells: String, person: String = resident) throws
        -> (draft: Draft, members: String)
    {
        let text = "证件类型,证件号码,姓名,性别,出生日期,户籍\(columns)\n\(person)\(cells)\n"
        let row = try #require(try Fixtures.rows(text, mapping).rows.first)
        let draft = try #require(row.draft, "\(row.violations)")
        let id = try #require(MessageID("01976f0a-0000-7000-8000-000000000000"))
        let line = draft.line(id: id, version: 1, salt: (1, 2))
        let receiver = CheckSide.receiver(as: draft.to, from: draft.from)
        let judgement = line.withUnsafeBytes { EnvelopeChecker().check($0, side: receiver, now: Fixtures.noon) }
        #expect(judgement.isAccepted, "\(judgement.violations)")
        return (draft, String(decoding: draft.fixed, as: UTF8.self))
    }

    @Test func aRelocation() throws {
        let mapping = try mapping(
            .relocation, purpose: .residenceRegistration,
            """
              content.arrivalRecord: { from: 原记录, with: [trim] }
              content.fromDivision: { from: 原地址区划, with: [number, division] }
              content.toDivision: { from: 现地址区划, with: [{ prefix: "44" }] }
              content.effectiveDate: { from: [变更日期, 登记日期], with: [firstOf, date] }
            """)
        let (draft, members) = try draft(
            mapping, columns: ",原记录,原地址区划,现地址区划,变更日期,登记日期",
            ",45-44-3EG0BVMS611HWXXR6TYX36SJ4F,441823.00,0103, ,2024年3月1日")
        #expect(draft.reference?.description == "45-44-3EG0BVMS611HWXXR6TYX36SJ4F")
        #expect(draft.division?.description == "440103")
        #expect(draft.effective?.description == "2024-03-01")
        #expect(
            members.hasSuffix(
                Self.residentMembers
                    + #","content":{"arrivalRecord":"45-44-3EG0BVMS611HWXXR6TYX36SJ4F","fromDivision":"441823","toDivision":"440103","effectiveDate":"2024-03-01"}"#
            ))
    }

    @Test func aPermitOfAForeignerHasNoHomeDivision() throws {
        let mapping = try mapping(
            .permit, purpose: .permitService, constants: "  to: \"31\"",
            """
              content.permitNumber: { from: 证号 }
              content.permitKind: { from: 证种, codes: { 居住证: "01" } }
              content.status: { from: 状态, codes: { 签发: issued } }
              content.issuedOn: { from: 签发日期, with: [{ emptyWhen: [无] }, date] }
            """)
        let (draft, members) = try draft(
            mapping, columns: ",证号,证种,状态,签发日期", ",GD0001,居住证,签发,无", person: "护照,E12345678,JOHN SMITH,男,1980-12-31,")
        #expect(draft.record.home.description == "31")
        #expect(draft.record.register.description == "44")
        #expect(draft.to.description == "31")
        #expect(draft.retainUntil.description == "2029-06-29")
        #expect(
            members
                == #""purpose":"permitService","legalBasis":"居住证暂行条例 第7条","person":{"idType":"passport","idNumber":"E12345678","name":"JOHN SMITH","sex":"1","birthDate":"1980-12-31"},"content":{"permitNumber":"GD0001","permitKind":"01","status":"issued"}"#
        )
    }

    @Test func anEmployment() throws {
        let mapping = try mapping(
            .employment, purpose: .employmentVerification,
            """
              content.employer: { from: 信用代码, with: [halfWidth, trim, upperCase] }
              content.industrySection: { from: 行业, with: [{ slice: { from: 1, count: 1 } }], lossy: true }
              content.status: { from: 就业, codes: { 是: employed, 否: left }, with: [{ default: 否 }] }
              content.since: { from: 起, with: [date] }
            """)
        let (draft, members) = try draft(
            mapping, columns: ",信用代码,行业,就业,起", ",91350100m000100y43 ,C3911,,2020.1.1")
        #expect(draft.retainUntil.description == "2026-12-27")
        #expect(
            members.hasSuffix(
                #""content":{"employer":"91350100M000100Y43","industrySection":"C","status":"left","since":"2020-01-01"}"#
            ))
    }

    @Test func aVerificationRequestTakesItsAssertionsFromAListInOneColumn() throws {
        let mapping = try mapping(
            .verificationRequest, purpose: .householdVerification,
            """
              respondBy: { from: 期限, with: [date] }
              content.assertions: { from: 核验事项, list: 、, codes: { 户籍: hukouHere, 姓名: nameMatches, 在世: alive } }
            """)
        let (draft, members) = try draft(mapping, columns: ",期限,核验事项", ",2026-07-21,户籍、 姓名、户籍、")
        #expect(draft.to.description == "45")
        #expect(members.contains(#""respondBy":"2026-07-21""#))
        #expect(members.hasSuffix(#""content":{"assertions":["hukouHere","nameMatches"]}"#))
        let unknown = try Fixtures.rows("证件类型,证件号码,姓名,性别,出生日期,户籍,期限,核验事项\n\(Self.resident),,户籍、血型\n", mapping).rows
        #expect(unknown[0].codes == [.codeUnknown])
        #expect(unknown[0].violations[0].column == "核验事项")
        #expect(unknown[0].violations[0].violation.pointer == "/content/assertions")
    }

    @Test func aVerificationRequestTakesItsAssertionsFromColumnsThatSayYes() throws {
        let yesNo = "codes: { 是: \"yes\", 否: \"no\" } }"
        let mapping = try mapping(
            .verificationRequest, purpose: .householdVerification,
            """
              content.assertions.alive: { from: 核验在世, \(yesNo)
              content.assertions.hukouHere: { from: 核验户籍, \(yesNo)
            """)
        let (_, members) = try draft(mapping, columns: ",核验户籍,核验在世", ",是,是")
        #expect(members.hasSuffix(#""content":{"assertions":["hukouHere","alive"]}"#))
        let none = try Fixtures.rows("证件类型,证件号码,姓名,性别,出生日期,户籍,核验户籍,核验在世\n\(Self.resident),否,\n", mapping).rows
        #expect(none[0].codes == [.required])
        #expect(none[0].violations[0].violation.pointer == "/content/assertions")
    }

    @Test func aVerificationRequestMayAskTheSameOfEveryone() throws {
        let mapping = try mapping(
            .verificationRequest, purpose: .householdVerification,
            constants: "  content.assertions: [hukouHere, divisionCurrent]", "")
        let (_, members) = try draft(mapping, columns: "", "")
        #expect(members.hasSuffix(#""content":{"assertions":["hukouHere","divisionCurrent"]}"#))
    }

    @Test func aVerificationResponseGoesFromTheHomeProvince() throws {
        let answers = "codes: { 是: \"yes\", 否: \"no\", 拒绝: refused } }"
        let mapping = try mapping(
            .verificationResponse, purpose: .householdVerification,
            """
              to: { from: 请求省 }
              inReplyTo: { from: 请求编号, with: [trim, lowerCase] }
              content.results.hukouHere: { from: 户籍在此, \(answers)
              content.results.nameMatches: { from: 姓名相符, \(answers)
              content.reasonCode: { from: 理由 }
            """)
        let (draft, members) = try draft(
            mapping, columns: ",请求省,请求编号,户籍在此,姓名相符,理由",
            ",31,01976F0A-0000-7000-8000-000000000001,是,拒绝,PURPOSE_DENIED",
            person: "身份证,440301199001011237,夏建雪,男,1990-01-01,440301")
        #expect(draft.from.description == "44")
        #expect(draft.to.description == "31")
        #expect(draft.record.home.description == "44")
        #expect(draft.record.register.description == "31")
        #expect(members.contains(#""inReplyTo":"01976f0a-0000-7000-8000-000000000001""#))
        #expect(
            members.hasSuffix(
                #""content":{"reasonCode":"PURPOSE_DENIED","results":{"hukouHere":"yes","nameMatches":"refused"}}"#))
    }

    @Test func aCorrectionNamesTheRecordByItsKey() throws {
        let mapping = try mapping(
            .correction, purpose: .correction,
            """
              content.target.record: { record: { kind: arrival, home: person.hukouDivision, key: [证件号码, { from: 来本地日期, with: [date] }] } }
              content.target.version: { from: 版本, with: [number] }
              content.field: { from: 字段, codes: { 姓名: /person/name } }
              content.oldDigest: { from: 旧值摘要 }
              content.newValue: { from: 新值 }
              content.requestedBy: { from: 申请方, codes: { 本人: subject } }
            """)
        let (draft, members) = try draft(
            mapping, columns: ",来本地日期,版本,字段,旧值摘要,新值,申请方",
            ",20191006,3,姓名,47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,夏剑雪,本人")
        #expect(draft.from.description == "44")
        #expect(
            members.hasSuffix(
                #""content":{"field":"/person/name","oldDigest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","newValue":"夏剑雪","requestedBy":"subject","target":{"record":"45-44-3EG0BVMS611HWXXR6TYX36SJ4F","version":3}}"#
            ))
    }

    @Test func aRetractionsVersionIsANumber() throws {
        let mapping = try mapping(
            .retraction, purpose: .correction,
            """
              content.target.record: { from: 记录编号 }
              content.target.version: { from: 版本 }
              content.ground: { from: 理由, codes: { 错人: wrongPerson } }
            """)
        let record = "45-44-3EG0BVMS611HWXXR6TYX36SJ4F"
        let (_, members) = try draft(mapping, columns: ",记录编号,版本,理由", ",\(record),1,错人")
        #expect(members.hasSuffix(#""content":{"ground":"wrongPerson","target":{"record":"\#(record)","version":1}}"#))
        let header = "证件类型,证件号码,姓名,性别,出生日期,户籍,记录编号,版本,理由\n"
        let rows = try Fixtures.rows(header + "\(Self.resident),\(record),01,错人\n\(Self.resident),X,1,\n", mapping).rows
        #expect(rows[0].codes == [.type])
        #expect(rows[0].violations[0].column == "版本")
        #expect(rows[1].codes == [.format, .required])
    }

    @Test func anAccessNotice() throws {
        let mapping = try mapping(
            .accessNotice, purpose: .subjectAccess,
            """
              content.askedBy: { from: 查询机构 }
              content.askedAt: { from: 查询时间, with: [instant] }
              content.purpose: { from: 目的, codes: { 案件: caseInquiry } }
              content.accessKind: { value: currentRegistration }
              content.deferredUntil: { from: 延至, with: [date] }
              content.deferralGround: { from: 延迟依据 }
            """)
        let (_, members) = try draft(
            mapping, columns: ",查询机构,查询时间,目的,延至,延迟依据",
            ",广州市公安局,2026-06-30 09:30:00,案件,2026-12-31,刑事诉讼法 第54条")
        #expect(
            members.hasSuffix(
                #""content":{"askedBy":"广州市公安局","askedAt":"2026-06-30T01:30:00Z","purpose":"caseInquiry","accessKind":"currentRegistration","deferredUntil":"2026-12-31","deferralGround":"刑事诉讼法 第54条"}"#
            ))
    }

    @Test func whatIsMappedIsNotMadeUp() throws {
        let mapping = try mapping(
            .permit, purpose: .permitService,
            """
              issuedAt: { from: 发出, with: [instant] }
              retainUntil: { from: 留至, with: [date] }
              content.permitNumber: { from: 证号 }
              content.permitKind: { value: "01" }
              content.status: { value: issued }
            """)
        let (draft, _) = try draft(mapping, columns: ",发出,留至,证号", ",2026-06-01T00:00:00Z,2027-01-01,GD1")
        #expect(draft.issuedAt.description == "2026-06-01T00:00:00Z")
        #expect(draft.retainUntil.description == "2027-01-01")
        let (unmapped, _) = try self.draft(mapping, columns: ",发出,留至,证号", ",,,GD1")
        #expect(unmapped.issuedAt == Fixtures.noon)
        #expect(unmapped.retainUntil.description == "2029-06-29")
    }
}
