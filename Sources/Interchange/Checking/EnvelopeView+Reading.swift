import JSONTape

extension EnvelopeView {
    /// Reads an envelope. A value that is no object gives a view without members.
    public init(_ root: JSONView) {
        root.forEachMember { name, value in name.withText { read($0, value) } }
    }

    private mutating func read(_ name: UnsafeRawBufferPointer, _ value: JSONView) {
        switch name.count {
        case 2 where name.equals("id"): id = value.reading { MessageID(utf8: $0) }
        case 2 where name.equals("to"): to = value.reading(Self.province)
        case 4 where name.equals("from"): from = value.reading(Self.province)
        case 4 where name.equals("kind"): kind = value.reading(InterchangeNames.kinds.value)
        case 6 where name.equals("record"): record = value.reading { RecordID(utf8: $0) }
        case 6 where name.equals("person"): person = PersonView(value)
        case 7 where name.equals("version"): version = value.integer
        case 7 where name.equals("purpose"): purpose = value.reading(InterchangeNames.purposes.value)
        case 7 where name.equals("content"): content = ContentView(value)
        case 8 where name.equals("issuedAt"): issuedAt = value.reading { Instant(utf8: $0) }
        case 11 where name.equals("interchange"): interchange = value.kind == .string ? value : nil
        case 11 where name.equals("retainUntil"): retainUntil = value.date
        default: break
        }
    }

    private static func province(_ utf8: UnsafeRawBufferPointer) -> Province? {
        utf8.count == 2 ? Province(digits: utf8[0], utf8[1]) : nil
    }
}

extension PersonView {
    init(_ person: JSONView) {
        person.forEachMember { name, value in name.withText { read($0, value) } }
        if let number, let idType { numberForm = number.form(as: idType) }
    }

    private mutating func read(_ name: UnsafeRawBufferPointer, _ value: JSONView) {
        switch name.count {
        case 3 where name.equals("sex"): sex = value.reading { $0.count == 1 ? $0[0] : nil }
        case 4 where name.equals("name"): setName(value)
        case 6 where name.equals("idType"): idType = value.reading(InterchangeNames.idTypes.value)
        case 8 where name.equals("idNumber"): number = value.reading { PersonNumber(utf8: $0) }
        case 9 where name.equals("birthDate"): birthDate = value.date
        case 9 where name.equals("hukouAsOf"): hukouAsOf = value.date
        case 9 where name.equals("ethnicity"): hasEthnicity = true
        case 13 where name.equals("hukouDivision"): hukouDivision = value.division
        default: break
        }
    }

    private mutating func setName(_ value: JSONView) { name = value.kind == .string ? value : nil }
}

extension ContentView {
    init(_ content: JSONView) {
        content.forEachMember { name, value in name.withText { read($0, value) } }
    }

    private mutating func read(_ name: UnsafeRawBufferPointer, _ value: JSONView) {
        switch name.count {
        case 17 where name.equals("residenceDivision"): residenceDivision = value.division
        case 11 where name.equals("arrivalDate"): arrivalDate = value.date
        case 12 where name.equals("registeredOn"): registeredOn = value.date
        case 13 where name.equals("arrivalRecord"): arrivalRecord = value.reading { RecordID(utf8: $0) }
        case 13 where name.equals("departureDate"): departureDate = value.date
        case 12 where name.equals("fromDivision"): fromDivision = value.division
        case 10 where name.equals("toDivision"): toDivision = value.division
        case 13 where name.equals("effectiveDate"): effectiveDate = value.date
        case 8 where name.equals("issuedOn"): issuedOn = value.date
        case 5 where name.equals("since"): since = value.date
        case 8 where name.equals("employer"): employer = value.kind == .string ? value : nil
        case 6 where name.equals("status"): permitStatus = value.reading(InterchangeNames.permitStatuses.value)
        case 13 where name.equals("endorsedUntil"): endorsedUntil = value.date
        case 6 where name.equals("target"): target = RecordTarget(value)
        case 6 where name.equals("ground"): ground = value.reading(InterchangeNames.grounds.value)
        default: break
        }
    }
}

extension RecordTarget {
    fileprivate init?(_ target: JSONView) {
        guard let record = target["record"]?.reading({ RecordID(utf8: $0) }), let version = target["version"]?.integer
        else { return nil }
        self.init(record: record, version: version)
    }
}

extension JSONView {
    /// What `read` makes of a string's text; nil for another value. Text without escapes is read where it stands.
    @inline(__always)
    fileprivate func reading<Value>(_ read: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        guard kind == .string else { return nil }
        return hasEscapes ? withUTF8(read) ?? nil : read(rawString)
    }

    /// Calls `body` with a string's text.
    @inline(__always)
    fileprivate func withText(_ body: (UnsafeRawBufferPointer) -> Void) {
        if hasEscapes { _ = withUTF8(body) } else { body(rawString) }
    }

    fileprivate var date: CivilDate? { reading { CivilDate(utf8: $0) } }

    fileprivate var division: DivisionCode? { reading { DivisionCode(utf8: $0) } }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of the text; both must have the same length.
    @inline(__always)
    fileprivate func equals(_ text: StaticString) -> Bool {
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
