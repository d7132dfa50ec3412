import Interchange

extension ExportLayout {
    /// A mapping that fits the layout, as YAML. Every column is either used or dropped.
    public var mapping: String {
        let columns = Column.all(of: kind)
        return """
            # Written by yizhan synthesize: for synthetic exports of this layout.
            mapping: synthetic-\(kind.rawValue)
            kind: \(kind.rawValue)
            source:
              format: \(format.rawValue)
              encoding: \(encoding.rawValue)
            \(header(columns))  skipRowsWhere: { column: \(name(of: .serial)), matches: "^(合计|小计)" }
            \(labels(columns))drop: [\(names(of: columns.filter { Self.dropped.contains($0) }))]
            constants:
            \(constants)fields:
              person.idType: { from: \(name(of: .idType)), codes: { 居民身份证: residentId } }
              person.idNumber: { from: \(name(of: .idNumber)), with: [idNumber] }
              person.name: { from: \(name(of: .name)), with: [personName] }
              person.sex: { from: \(name(of: .sex)), codes: { 男: "1", 男性: "1", "1": "1", 女: "2", 女性: "2", "2": "2" } }
              person.birthDate: { from: \(name(of: .birthDate)), with: [date] }
              person.hukouDivision: { from: \(name(of: .home)), with: [division] }
            \(content)record: { home: person.hukouDivision, key: [\(key)] }

            """
    }

    private static let dropped: Set<Column> = [
        .homeAddress, .residenceAddress, .phone, .employerName, .marriage, .children, .contraception,
    ]

    private func names(of columns: [Column]) -> String {
        // In an arrival, what a permit and an employment carry is dropped too.
        let more: [Column] = kind == .arrival ? [.ethnicity, .employerCode] : []
        return (columns + more).map { name(of: $0) }.joined(separator: ", ")
    }

    private func header(_ columns: [Column]) -> String {
        switch format {
        case .csv: "  header: 1\n"
        case .fixedWidth:
            "  header: { \(columns.map { "\(name(of: $0)): \(width(of: $0))" }.joined(separator: ", ")) }\n"
        case .xml: "  header: \(XMLFormat.element)\n"
        case .dbf, .json, .ndjson: ""
        }
    }

    /// Initials do not tell that a column is one of those that the interchange must not carry.
    private func labels(_ columns: [Column]) -> String {
        guard namesAreInitials else { return "" }
        return "  labels: { \(columns.map { "\($0.initials): \($0.title)" }.joined(separator: ", ")) }\n"
    }

    private var constants: String {
        let purpose: Purpose =
            switch kind {
            case .permit: .permitService
            case .employment: .employmentVerification
            default: .residenceRegistration
            }
        // Only an arrival and a relocation say themselves where the person lives.
        let from = kind == .arrival ? "" : "  from: \"\(province)\"\n"
        return "\(from)  purpose: \(purpose.rawValue)\n  legalBasis: 居住证暂行条例 第7条\n"
    }

    private var key: String {
        switch kind {
        case .arrival: "\(name(of: .idNumber)), \(name(of: .arrivalDate))"
        case .permit: name(of: .permitNumber)
        case .employment: "\(name(of: .idNumber)), \(name(of: .employerCode))"
        default: arrivalKey
        }
    }

    private var arrivalKey: String {
        "\(name(of: .idNumber)), { from: \(name(of: .arrivalDate)), with: [date] }"
    }

    private var content: String {
        switch kind {
        case .departure:
            arrivalRecord + date("departureDate", .departureDate)
                + "  content.cause: { from: \(name(of: .cause)), codes: { 离开本地: left, 返回户籍地: returnedHome, "
                + "迁往他地: movedOn, 转为本地户籍: becameLocal, 死亡: deceased, 登记错误: registeredInError } }\n"
        case .relocation:
            arrivalRecord + division("fromDivision", .oldResidence) + division("toDivision", .newResidence)
                + date("effectiveDate", .effectiveDate)
        case .permit:
            "  person.ethnicity: { from: \(name(of: .ethnicity)), codes: ethnicity }\n"
                + "  content.permitNumber: { from: \(name(of: .permitNumber)) }\n"
                + "  content.permitKind: { from: \(name(of: .permitKind)), codes: permit-kind }\n"
                + "  content.status: { from: \(name(of: .permitStatus)), codes: { 签发: issued, 签注: endorsed } }\n"
                + date("issuedOn", .issuedOn) + date("endorsedUntil", .endorsedUntil)
        case .employment:
            "  content.employer: { from: \(name(of: .employerCode)) }\n"
                + "  content.industrySection: { from: \(name(of: .industry)), codes: industry-section }\n"
                + "  content.status: { from: \(name(of: .employmentStatus)), codes: { 在职: employed, 离职: left, "
                + "不明: unknown } }\n" + date("since", .since) + date("until", .until)
        default:
            division("residenceDivision", .residence) + date("arrivalDate", .arrivalDate)
                + date("registeredOn", .registeredOn)
                + "  content.reason: { from: \(name(of: .reason)), codes: arrival-reason }\n"
        }
    }

    private var arrivalRecord: String {
        "  content.arrivalRecord: { record: { kind: arrival, home: person.hukouDivision, key: [\(arrivalKey)] } }\n"
    }

    private func date(_ target: String, _ column: Column) -> String {
        "  content.\(target): { from: \(name(of: column)), with: [date] }\n"
    }

    private func division(_ target: String, _ column: Column) -> String {
        "  content.\(target): { from: \(name(of: column)), with: [division] }\n"
    }
}
