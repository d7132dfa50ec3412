import JSONTape

/// Goes through JSON that is larger than memory, from value to value, without parsing what is in them.
///
/// Works on the source's own encoding: outside strings JSON is ASCII, and inside them a byte that GB 18030 uses as the second
/// of a character is not taken for a backslash.
struct JSONWalk {
    var window: ByteWindow
    private let isGB18030: Bool

    init(_ window: ByteWindow, encoding: TextEncoding) {
        self.window = window
        isGB18030 = encoding == .gb18030
    }

    /// The next byte that is no white space, at the front of the window afterwards; nil at the end.
    mutating func peek() throws(IntakeError) -> UInt8? {
        while true {
            let blanks = window.withBytes { bytes in
                bytes.prefix { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.count
            }
            window.consume(blanks)
            if let byte = window.withBytes(\.first) { return byte }
            if window.isLast { return nil }
            try window.fill()
        }
    }

    /// Takes the next byte if it is this one.
    mutating func take(_ byte: UInt8) throws(IntakeError) -> Bool {
        guard try peek() == byte else { return false }
        window.consume(1)
        return true
    }

    /// Brings the whole of the next value to the front of the window. Returns its length; nil when it is longer than `limit`.
    ///
    /// - Throws: ``IntakeError/Code/truncated`` when the file ends in it, ``IntakeError/Code/form`` when none begins here.
    mutating func value(limit: Int) throws(IntakeError) -> Int? {
        guard try peek() != nil else { throw .cutJSON(at: window.offset) }
        while true {
            var scan = JSONExtent(isGB18030: isGB18030)
            let isLast = window.isLast
            if let length = window.withBytes({ scan.end(in: $0, isLast: isLast) }) {
                guard length > 0 else { throw .noJSONValue(at: window.offset) }
                return length
            }
            if isLast { throw .cutJSON(at: window.offset) }
            if window.count > limit { return nil }
            try window.fill()
        }
    }

    /// Passes over the next value, however long it is.
    mutating func skipValue() throws(IntakeError) {
        guard try peek() != nil else { throw .cutJSON(at: window.offset) }
        let start = window.offset
        var scan = JSONExtent(isGB18030: isGB18030)
        while true {
            let isLast = window.isLast
            if let length = window.withBytes({ scan.end(in: $0, isLast: isLast) }) {
                guard window.offset + length > start else { throw .noJSONValue(at: start) }
                return window.consume(length)
            }
            if isLast { throw .cutJSON(at: start) }
            window.consume(window.count)
            try window.fill()
        }
    }
}

extension JSONWalk {
    /// The text of a JSON string that the bytes are; empty when they are none.
    func text(of bytes: UnsafeBufferPointer<UInt8>) -> String {
        var utf8: [UInt8] = []
        _ = (isGB18030 ? TextEncoding.gb18030 : .utf8).decodeReplacing(bytes, into: &utf8)
        do { return try JSONParser(maximumDepth: 1, maximumNodes: 2).parse(utf8) { $0.string ?? "" } } catch {
            return ""
        }
    }

    /// Something else stands where a comma or a closing bracket must.
    mutating func unexpected() -> IntakeError {
        window.count == 0 ? .cutJSON(at: window.offset) : .afterJSONValue(at: window.offset)
    }
}

/// Finds where a value ends, over any number of chunks.
struct JSONExtent {
    private enum State { case start, scalar, between, string, escaped, trail }

    private let isGB18030: Bool
    private var state = State.start
    private var depth = 0

    init(isGB18030: Bool) { self.isGB18030 = isGB18030 }

    /// How many of the bytes belong to the value; nil when it goes on after them. Zero when no value begins here.
    mutating func end(in bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Int? {
        var place = 0
        if state == .start, let end = begin(bytes, &place) { return end }
        while place < bytes.count {
            switch state {
            case .string: inString(bytes, &place)
            case .escaped:
                place += 1
                state = .string
            case .trail:
                if bytes[place] >= 0x30 { place += 1 }
                state = .string
            case .scalar:
                if Self.endsScalar(bytes[place]) { return place }
                place += 1
            case .start, .between: between(bytes, &place)
            }
            if state == .between, depth == 0 { return place }
        }
        return isLast && state == .scalar ? bytes.count : nil
    }

    private mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x22:
            state = .string
            place = 1
        case 0x7B, 0x5B: state = .between
        default:
            if Self.endsScalar(first) { return 0 }
            state = .scalar
            return nil
        }
        if state == .between {
            depth = 1
            place = 1
        }
        return nil
    }

    @inline(__always)
    private mutating func inString(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) {
        let highest: UInt8 = isGB18030 ? 0x80 : 0xFF
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x22 { return state = .between }
            if byte == 0x5C { return state = .escaped }
            if byte > highest { return state = .trail }
        }
    }

    /// To the next string, or to the bracket that closes the value.
    @inline(__always)
    private mutating func between(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x22 { return state = .string }
            if byte < 0x5B { continue }
            if byte == 0x7B || byte == 0x5B { depth += 1 }
            if byte == 0x7D || byte == 0x5D {
                depth -= 1
                if depth == 0 { return }
            }
        }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09, 0x2C, 0x3A, 0x5D, 0x7D: true
        default: false
        }
    }
}

extension IntakeError {
    static func cutJSON(at offset: Int) -> IntakeError {
        form("the file ends within the JSON value that begins here", "文件在此处开始的 JSON 值内结束", at: offset, isCut: true)
    }

    static func noJSONValue(at offset: Int) -> IntakeError {
        form("there is no JSON value where one is expected", "此处应为 JSON 值", at: offset)
    }

    static func afterJSONValue(at offset: Int) -> IntakeError {
        form("neither a comma nor a closing bracket follows a JSON value", "JSON 值之后既无逗号也无右括号", at: offset)
    }

    static func noArray(_ pointer: String, at offset: Int) -> IntakeError {
        let place = pointer.isEmpty ? "at the top" : "at \(pointer)"
        return form("there is no JSON array \(place)", "\(pointer.isEmpty ? "顶层" : pointer) 不是 JSON 数组", at: offset)
    }
}
