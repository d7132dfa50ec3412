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
        case 11 where name.equals("interchange"): interchange = MemberText(value)
        case 11 where name.equals("retainUntil"): retainUntil = value.reading { CivilDate(utf8: $0) }
        default: break
        }
    }

    private static func province(_ utf8: UnsafeRawBufferPointer) -> Province? {
        utf8.count == 2 ? Province(digits: utf8[0], utf8[1]) : nil
    }
}

extension PersonView {
    init(_ person: JSONView) {
        person.forEachMember { name, value in
            name.withText { name in
                guard let member = EnvelopeMember(person: name) else { return }
                if let text = MemberText(value) {
                    set(member, text)
                } else if member == .ethnicity {
                    hasEthnicity = true
                }
            }
        }
        settle()
    }
}

extension ContentView {
    init(_ content: JSONView) {
        content.forEachMember { name, value in
            name.withText { name in
                if name.count == 6, name.equals("target") {
                    target = RecordTarget(value)
                } else if let member = EnvelopeMember(content: name), let text = MemberText(value) {
                    set(member, text)
                }
            }
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
}
