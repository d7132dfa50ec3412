import Exchange
import Interchange

/// An envelope about a person who does not exist, as this peer would send it.
struct TestEnvelope: Sendable {
    var interchange = "1.0"
    var id: MessageID
    var kind = Kind.arrival
    var from: Province
    var to: Province
    var record: RecordID
    var version = 1
    var issuedAt: Instant
    /// The members of `content`, without the braces.
    var content: String
    var person: String
    /// Erased by itself on the day after tomorrow, should it not be withdrawn.
    var retainUntil: CivilDate

    var line: [UInt8] {
        let text = """
            {"interchange":"\(interchange)","id":"\(id)","kind":"\(kind.rawValue)","from":"\(from)","to":"\(to)",\
            "record":"\(record)","version":\(version),"issuedAt":"\(issuedAt)","retainUntil":"\(retainUntil)",\
            "salt":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"residenceRegistration","legalBasis":"居住证暂行条例 第7条",\
            "person":{\(person)},"content":{\(content)}}
            """
        return Array(text.utf8)
    }

    var sent: SentEnvelope { SentEnvelope(id: id, digest: ContentDigest(of: line)) }
}

/// Makes envelopes; no two are about the same record.
struct EnvelopeMaker: Sendable {
    let from: Province
    let to: Province
    let now: Instant
    private let home: DivisionCode
    private let residence: DivisionCode
    private var made = 0

    init(from: Province, to: Province, now: Instant, lists: CodeLists = .standard) throws {
        self.from = from
        self.to = to
        self.now = now
        home = try Self.county(of: to, on: now.dayInShanghai, lists)
        residence = try Self.county(of: from, on: now.dayInShanghai, lists)
    }

    private static func county(of province: Province, on day: CivilDate, _ lists: CodeLists) throws -> DivisionCode {
        let found = lists.divisionCodes.first { code in
            code.description.hasPrefix("\(province)") && !code.description.hasSuffix("00")
                && lists.division(code)?.contains { $0.first <= 1990 && $0.last == nil } == true
        }
        guard let found else { throw Untested(reason: "the code list has no county of province \(province)") }
        return found
    }

    /// An arrival of a person of the other province.
    mutating func arrival() -> TestEnvelope {
        made += 1
        let today = now.dayInShanghai
        return envelope(
            .arrival,
            content: """
                "residenceDivision":"\(residence)","arrivalDate":"\(today.adding(days: -2))",\
                "registeredOn":"\(today.adding(days: -1))","reason":"01"
                """)
    }

    /// The departure that ends an arrival.
    mutating func departure(of arrival: TestEnvelope) -> TestEnvelope {
        envelope(
            .departure,
            content: """
                "arrivalRecord":"\(arrival.record)","departureDate":"\(now.dayInShanghai)","cause":"left"
                """)
    }

    /// The withdrawal of a record.
    mutating func retraction(of envelope: TestEnvelope) -> TestEnvelope {
        self.envelope(
            .retraction,
            content: """
                "target":{"record":"\(envelope.record)","version":\(envelope.version)},"ground":"purposeEnded"
                """)
    }

    /// The next version of a record, under an id of its own.
    func version(_ version: Int, of envelope: TestEnvelope) -> TestEnvelope {
        var next = envelope
        next.id = newID()
        next.version = version
        return next
    }

    func newID() -> MessageID {
        var generator = SystemRandomNumberGenerator()
        return MessageID(at: now, using: &generator)
    }

    private func envelope(_ kind: Kind, content: String) -> TestEnvelope {
        TestEnvelope(
            id: newID(), kind: kind, from: from, to: to,
            record: RecordID(home: to, register: from, high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)),
            issuedAt: now, content: content, person: person, retainUntil: now.dayInShanghai.adding(days: 2))
    }

    private var person: String {
        // An order number that a register gives out last, and a name that nobody bears.
        let prefix = "\(home)19900101\(990 + made % 5 * 2 + 1)"
        let check = PersonNumber(prefix + "0").expectedCheckCharacter
        return """
            "idType":"residentId","idNumber":"\(prefix)\(Character(UnicodeScalar(check)))","name":"合规测试",\
            "sex":"1","birthDate":"1990-01-01","hukouDivision":"\(home)"
            """
    }
}
