/// How a source file's text is encoded.
public enum SourceEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "utf-8"
    case gb18030
    /// A byte order mark decides; without one strict UTF-8 is tried over the whole file, then GB 18030.
    case auto
}

/// An encoding that is settled.
enum TextEncoding: Sendable {
    case utf8, gb18030

    /// Where bytes stop being text.
    enum Fault: Error, Equatable {
        case invalid(at: Int)
        /// The bytes end inside the character that begins here.
        case incomplete(at: Int)

        var offset: Int {
            switch self {
            case .invalid(let at), .incomplete(let at): at
            }
        }
    }

    var name: String { self == .utf8 ? "UTF-8" : "GB 18030" }

    /// Appends the text as UTF-8. Only a fault's offset, never bytes, leaves this function.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws(Fault) {
        switch self {
        case .utf8:
            try check(bytes)
            out.append(contentsOf: bytes)
        case .gb18030: try Self.decodeGB18030(bytes, into: &out)
        }
    }

    /// Appends the text as UTF-8, U+FFFD for each byte that is not text. False when there was such a byte.
    func decodeReplacing(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let kept = out.count
            do throws(Fault) {
                try decode(UnsafeBufferPointer(rebasing: bytes[start...]), into: &out)
                return start == 0
            } catch {
                out.removeLast(out.count - kept)
                let good = UnsafeBufferPointer(rebasing: bytes[start..<start + error.offset])
                do throws(Fault) { try decode(good, into: &out) } catch { out.removeLast(out.count - kept) }
                out.append(contentsOf: [0xEF, 0xBF, 0xBD])
                start += error.offset + 1
            }
        }
        return bytes.isEmpty
    }

    /// Looks at every byte and keeps none.
    func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) {
        switch self {
        case .utf8: try Self.checkUTF8(bytes)
        case .gb18030: try Self.checkGB18030(bytes)
        }
    }

    /// The first byte at or after `start` that is not ASCII.
    @inline(__always)
    static func endOfASCII(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        let words = UnsafeRawBufferPointer(bytes)
        while position + 8 <= bytes.count,
            words.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { position += 8 }
        while position < bytes.count, bytes[position] < 0x80 { position += 1 }
        return position
    }

    private static func decodeGB18030(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) throws(Fault) {
        let table = GB18030.standard
        var position = 0
        while position < bytes.count {
            let end = endOfASCII(bytes, from: position)
            if end > position { out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<end])) }
            position = end
            while position < bytes.count, bytes[position] >= 0x80 {
                switch table.code(in: bytes, at: position) {
                case .character(let utf8, let length):
                    append(packed: utf8, to: &out)
                    position += length
                case .supplementary(let scalar):
                    out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                    position += 4
                case .invalid: throw .invalid(at: position)
                case .incomplete: throw .incomplete(at: position)
                }
            }
        }
    }

    @inline(__always)
    private static func append(packed: UInt32, to out: inout [UInt8]) {
        out.append(UInt8(truncatingIfNeeded: packed))
        out.append(UInt8(truncatingIfNeeded: packed >> 8))
        if packed >> 24 == 3 { out.append(UInt8(truncatingIfNeeded: packed >> 16)) }
    }

    private static func checkGB18030(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) {
        let table = GB18030.standard
        var position = 0
        while position < bytes.count {
            if bytes[position] < 0x80 {
                position = endOfASCII(bytes, from: position)
                continue
            }
            position = GB18030.endOfShortCodes(bytes, from: position)
            guard position < bytes.count, bytes[position] >= 0x80 else { continue }
            switch table.code(in: bytes, at: position) {
            case .character(_, let length): position += length
            case .supplementary: position += 4
            case .invalid: throw .invalid(at: position)
            case .incomplete: throw .incomplete(at: position)
            }
        }
    }

    /// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
    private static func checkUTF8(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) {
        var position = 0
        while position < bytes.count {
            let lead = bytes[position]
            if lead < 0x80 {
                position = endOfASCII(bytes, from: position)
                continue
            }
            // Nearly all of Chinese.
            if lead >= 0xE1, lead < 0xF0, lead != 0xED, position + 2 < bytes.count,
                bytes[position + 1] & 0xC0 == 0x80, bytes[position + 2] & 0xC0 == 0x80
            {
                position += 3
                continue
            }
            let length: Int
            let second: ClosedRange<UInt8>
            switch lead {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: throw .invalid(at: position)
            }
            for place in 1..<length {
                guard position + place < bytes.count else { throw .incomplete(at: position) }
                let byte = bytes[position + place]
                guard place == 1 ? second.contains(byte) : byte & 0xC0 == 0x80 else { throw .invalid(at: position) }
            }
            position += length
        }
    }
}
