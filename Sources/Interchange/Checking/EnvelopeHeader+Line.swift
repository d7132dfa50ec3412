import JSONTape

extension EnvelopeHeader {
    /// Reads the header of a line that was checked before; nil when it is no envelope.
    public init?(line: [UInt8]) {
        let header = try? JSONParser(maximumDepth: 16, maximumNodes: 4096).parse(line) { root in
            EnvelopeHeader(EnvelopeView(root))
        }
        guard let header else { return nil }
        self = header
    }
}

extension Draft {
    /// The draft that a line was made of, to be issued under another id and version.
    /// - Parameter line: as ``line(id:version:salt:)`` made it; nil for another.
    public init?(line: [UInt8]) {
        let draft = try? JSONParser(maximumDepth: 16, maximumNodes: 4096).parse(line) { root -> Draft? in
            guard let header = EnvelopeHeader(EnvelopeView(root)), let salt = root["salt"]?.span.upperBound,
                salt + 1 < line.count, line[salt] == UInt8(ascii: ","), line.last == UInt8(ascii: "}")
            else { return nil }
            var flags: [ViolationCode] = []
            root["flags"]?.forEachElement { flag in
                if let code = flag.string.flatMap(ViolationCode.init(rawValue:)) { flags.append(code) }
            }
            return Draft(header, flags: flags, fixed: Array(line[(salt + 1)..<(line.count - 1)]))
        }
        guard let draft else { return nil }
        self = draft
    }

    public init(_ header: EnvelopeHeader, flags: [ViolationCode], fixed: [UInt8]) {
        self.init(
            kind: header.kind, from: header.from, to: header.to, record: header.record, purpose: header.purpose,
            issuedAt: header.issuedAt, retainUntil: header.retainUntil, flags: flags, subject: header.subject,
            reference: header.reference, division: header.division, effective: header.effective, fixed: fixed)
        effect = header.effect
    }

    /// The withdrawal of a record that we sent, to the province that it was sent to.
    /// - Parameters:
    ///   - line: the record's newest envelope, of which the person and the legal basis are taken.
    ///   - record: the withdrawal's own id.
    public static func retraction(
        of line: [UInt8], ground: RetractionGround, as record: RecordID, at now: Instant
    ) -> Draft? {
        let draft = try? JSONParser(maximumDepth: 16, maximumNodes: 4096).parse(line) { root -> Draft? in
            guard var header = EnvelopeHeader(EnvelopeView(root)), let basis = root["legalBasis"]?.span,
                let person = root["person"]
            else { return nil }
            let target = RecordTarget(record: header.record, version: header.version)
            var fixed: [UInt8] = []
            fixed.append(text: #""purpose":"\#(header.purpose.rawValue)","legalBasis":"#)
            fixed += line[basis]
            fixed.append(text: #","person":{"#)
            // Nationality is for permits only.
            var isFirst = true
            person.forEachMember { name, value in
                guard !name.stringEquals("ethnicity") else { return }
                if !isFirst { fixed.append(UInt8(ascii: ",")) }
                isFirst = false
                fixed += line[name.span]
                fixed.append(UInt8(ascii: ":"))
                fixed += line[value.span]
            }
            fixed.append(text: #"},"content":{"target":{"record":""#)
            target.record.append(to: &fixed)
            fixed.append(text: #"","version":\#(target.version)},"ground":"\#(ground.rawValue)"}"#)
            (header.kind, header.record, header.issuedAt) = (.retraction, record, now)
            (header.reference, header.division, header.effective) = (nil, nil, nil)
            header.effect = .retraction(target, ground)
            return Draft(header, flags: [], fixed: fixed)
        }
        return draft ?? nil
    }
}
