#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why reading markup stopped.
enum XMLStop: Error, Equatable {
    /// The bytes end before the markup does.
    case needsMore
    case fault(RowFault)

    static let malformed = XMLStop.fault(.notWellFormed)
}

/// Reads XML 1.0 markup (fifth edition) from the bytes of the source's own encoding.
///
/// The characters of markup are ASCII, and in UTF-8 and GB 18030 none of those that begin or end it is a part of another
/// character, but for the brackets of a CDATA section. What the document says of its encoding is not looked at.
struct XMLCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    let isGB18030: Bool
    var place: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, isGB18030: Bool, at place: Int = 0) {
        self.bytes = bytes
        self.isGB18030 = isGB18030
        self.place = place
    }

    @inline(__always)
    func byte(_ ahead: Int = 0) throws(XMLStop) -> UInt8 {
        guard place + ahead < bytes.count else { throw .needsMore }
        return bytes[place + ahead]
    }

    /// The next byte of this value at or after a place.
    @inline(__always)
    func find(_ byte: UInt8, from start: Int) throws(XMLStop) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { throw .needsMore }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    @inline(__always)
    mutating func skipBlanks() {
        while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// Takes a name. Every character beyond ASCII is taken for a letter.
    @inline(__always)
    mutating func name() throws(XMLStop) -> Range<Int> {
        let start = place
        guard Self.isNameStart(try byte()) else { throw .malformed }
        while true {
            let byte = try byte()
            guard Self.isNamePart(byte) else { return start..<place }
            place += 1
            if byte >= 0x81, isGB18030, try self.byte() >= 0x30 { place += 1 }
        }
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x5F || byte == 0x3A || (0x61...0x7A).contains(byte | 0x20)
    }

    @inline(__always)
    static func isNamePart(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20) || (0x30...0x3A).contains(byte) || byte == 0x5F
            || byte == 0x2D || byte == 0x2E
    }

    /// Whether these ASCII bytes come next.
    func isAt(_ text: StaticString) throws(XMLStop) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount {
            guard try byte(offset) == text.utf8Start[offset] else { return false }
        }
        return true
    }

    /// Passes over a comment, a processing instruction or a CDATA section that begins here. Anything else is not taken: no
    /// document type, and so no entities of its own.
    mutating func passMarkup() throws(XMLStop) {
        if try byte(1) == 0x3F { return try passInstruction() }
        if try byte(2) == 0x2D {
            guard try byte(3) == 0x2D else { throw .malformed }
            return try passComment()
        }
        guard try isAt("<![CDATA[") else { throw .malformed }
        place = try endOfCDATA(from: place + 9) + 3
    }

    private mutating func passComment() throws(XMLStop) {
        var dash = place + 4
        while true {
            dash = try find(0x2D, from: dash)
            guard dash + 2 < bytes.count else { throw .needsMore }
            if bytes[dash + 1] == 0x2D {
                guard bytes[dash + 2] == 0x3E else { throw .malformed }
                place = dash + 3
                return
            }
            dash += 1
        }
    }

    private mutating func passInstruction() throws(XMLStop) {
        place += 2
        _ = try name()
        var mark = place
        while true {
            mark = try find(0x3F, from: mark)
            guard mark + 1 < bytes.count else { throw .needsMore }
            mark += 1
            if bytes[mark] == 0x3E { break }
        }
        place = mark + 1
    }

    /// Where `]]>` begins that ends the section. In GB 18030 a bracket can be the second byte of a character.
    func endOfCDATA(from start: Int) throws(XMLStop) -> Int {
        var place = start
        while place + 2 < bytes.count {
            let byte = bytes[place]
            if byte == 0x5D, bytes[place + 1] == 0x5D, bytes[place + 2] == 0x3E { return place }
            place += isGB18030 && byte >= 0x81 && bytes[place + 1] >= 0x30 ? 2 : 1
        }
        throw .needsMore
    }

    struct Attribute {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// Takes the attributes of a start tag and its end. Returns nil when the tag ended: then `isEmpty` says whether the element
    /// did as well.
    mutating func attribute(_ isEmpty: inout Bool) throws(XMLStop) -> Attribute? {
        let hasBlank = Self.isBlank(try byte())
        skipBlanks()
        switch try byte() {
        case 0x3E:
            place += 1
            isEmpty = false
            return nil
        case 0x2F:
            guard try byte(1) == 0x3E else { throw .malformed }
            place += 2
            isEmpty = true
            return nil
        default: break
        }
        guard hasBlank else { throw .malformed }
        let name = try name()
        skipBlanks()
        guard try byte() == 0x3D else { throw .malformed }
        place += 1
        skipBlanks()
        let quote = try byte()
        guard quote == 0x22 || quote == 0x27 else { throw .malformed }
        let end = try find(quote, from: place + 1)
        defer { place = end + 1 }
        return Attribute(name: name, value: place + 1..<end)
    }

    /// Takes an end tag, which begins here, of the element of this name.
    @inline(__always)
    mutating func endTag(_ name: UnsafeBufferPointer<UInt8>) throws(XMLStop) {
        place += 2
        guard place + name.count < bytes.count else { throw .needsMore }
        guard let start = bytes.baseAddress, let wanted = name.baseAddress,
            memcmp(start + place, wanted, name.count) == 0
        else { throw .malformed }
        place += name.count
        skipBlanks()
        guard try byte() == 0x3E else { throw .malformed }
        place += 1
    }
}
