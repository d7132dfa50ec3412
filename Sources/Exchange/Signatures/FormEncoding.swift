/// `application/x-www-form-urlencoded` as the signature base writes names and values: everything but the unreserved
/// characters percent-encoded, a space as `%20`.
enum FormEncoding {
    static func normalised(_ text: some StringProtocol) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        var position = 0
        while position < bytes.count {
            var byte = bytes[position]
            if byte == 0x2B {
                byte = 0x20
            } else if byte == 0x25, position + 2 < bytes.count, let high = nibble(bytes[position + 1]),
                let low = nibble(bytes[position + 2])
            {
                byte = high << 4 | low
                position += 2
            }
            append(byte, to: &out)
            position += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: out.append(byte)
        default: out.append(contentsOf: [0x25, digit(byte >> 4), digit(byte & 15)])
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x37 + nibble }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
