import JSONTape

/// What must be known of a stored envelope to erase it, read from its line without judging it.
public struct EnvelopeHead: Sendable, Hashable {
    public var id: MessageID
    public var record: RecordID
    public var retainUntil: CivilDate
    /// The arrival that the envelope's content refers to.
    public var arrival: RecordID?
}

/// Reads heads of envelopes, with storage that is used again from one line to the next. It belongs to one task at a time.
public struct EnvelopeHeadReader {
    private let parser = JSONParser()

    public init() {}

    /// Nil for a line that does not say all of it.
    public func head(of line: [UInt8]) -> EnvelopeHead? {
        try? parser.parse(line) { root in
            guard let id = root["id"].flatMap({ $0.withUTF8 { MessageID(utf8: $0) } ?? nil }),
                let record = root["record"].flatMap({ $0.withUTF8 { RecordID(utf8: $0) } ?? nil }),
                let until = root["retainUntil"].flatMap({ $0.withUTF8 { CivilDate(utf8: $0) } ?? nil })
            else { return nil }
            let arrival = root["content"]?["arrivalRecord"].flatMap { $0.withUTF8 { RecordID(utf8: $0) } ?? nil }
            return EnvelopeHead(id: id, record: record, retainUntil: until, arrival: arrival)
        }
    }
}
