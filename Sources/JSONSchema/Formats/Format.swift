import JSONTape

/// The formats that are checked (draft 2020-12, validation, section 7.3). Others are annotations.
enum Format: String, Sendable {
    case date
    case dateTime = "date-time"
    case time
    case duration
    case uuid
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uriTemplate = "uri-template"
    case email
    case idnEmail = "idn-email"
    case hostname
    case idnHostname = "idn-hostname"
    case ipv4
    case ipv6
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    /// Whether a string has the format.
    func allows(_ view: JSONView) -> Bool { view.withUTF8 { allows($0) } ?? true }

    func allows(_ text: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .date: text.count == 10 && CalendarText.isDate(text[...])
        case .dateTime: CalendarText.isDateTime(text)
        case .time: CalendarText.isTime(text[...])
        case .duration: DurationText.isDuration(text)
        case .uuid: IdentifierText.isUUID(text)
        case .uri: URIText(allowsNonASCII: false).isURI(text[...])
        case .uriReference: URIText(allowsNonASCII: false).isReference(text[...])
        case .iri: URIText(allowsNonASCII: true).isURI(text[...])
        case .iriReference: URIText(allowsNonASCII: true).isReference(text[...])
        case .uriTemplate: URITemplateText.isTemplate(text)
        case .email: MailAddressText.isAddress(text, allowsNonASCII: false)
        case .idnEmail: MailAddressText.isAddress(text, allowsNonASCII: true)
        case .hostname: HostText.isName(text[...])
        case .idnHostname: HostText.isInternationalName(text[...])
        case .ipv4: HostText.isIPv4(text[...])
        case .ipv6: HostText.isIPv6(text[...])
        case .jsonPointer: IdentifierText.isPointer(text[...])
        case .relativeJSONPointer: IdentifierText.isRelativePointer(text[...])
        case .regex: PatternParser.isPattern(String(decoding: text, as: UTF8.self))
        }
    }
}

/// Part of a text that a format is checked against.
typealias TextSlice = Slice<UnsafeRawBufferPointer>

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    var isHexadecimal: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
}

extension TextSlice {
    /// The number of two decimal digits at an offset from the slice's start; nil when they are not digits.
    func twoDigits(at offset: Int) -> Int? {
        let start = startIndex + offset
        guard start + 1 < endIndex, self[start].isDigit, self[start + 1].isDigit else { return nil }
        return Int(self[start] - 0x30) * 10 + Int(self[start + 1] - 0x30)
    }

    func has(_ byte: Unicode.Scalar, at offset: Int) -> Bool {
        startIndex + offset < endIndex && self[startIndex + offset] == UInt8(ascii: byte)
    }

    /// The pieces between a separator, empty ones too.
    func pieces(between separator: Unicode.Scalar) -> [TextSlice] {
        split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
    }
}
