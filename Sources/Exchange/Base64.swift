/// Base64 (RFC 4648), strict: one spelling for each value.
public enum Base64 {
    /// With padding.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String { encode(bytes, standard, padded: true) }
    /// The URL-safe alphabet without padding.
    static func encodeURL(_ bytes: some Sequence<UInt8>) -> String { encode(bytes, urlSafe, padded: false) }

    /// Nil for missing padding, foreign characters or bits past the end.
    static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(utf8: Array(text.utf8)) }
    static func decode(utf8 text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        decode(text, padded: true, standardValues)
    }
    /// Nil for padding, foreign characters or bits past the end.
    static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        decode(Array(text.utf8), padded: false, urlSafeValues)
    }

    /// Appends with padding; for 32 bytes 44 characters.
    static func append(_ bytes: some Sequence<UInt8>, to out: inout [UInt8]) {
        append(bytes, standard, padded: true, to: &out)
    }

    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    static let standardValues = values(of: standard)
    private static let urlSafeValues = values(of: urlSafe)

    private static func values(of alphabet: [UInt8]) -> [UInt8] {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }

    private static func encode(_ bytes: some Sequence<UInt8>, _ alphabet: [UInt8], padded: Bool) -> String {
        var out: [UInt8] = []
        append(bytes, alphabet, padded: padded, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(
        _ bytes: some Sequence<UInt8>, _ alphabet: [UInt8], padded: Bool, to out: inout [UInt8]
    ) {
        let start = out.count
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[Int(held >> bits & 63)])
            }
            held &= 0xFF
        }
        if bits > 0 { out.append(alphabet[Int(held << (6 - bits) & 63)]) }
        while padded, (out.count - start) % 4 != 0 { out.append(0x3D) }
    }

    private static func decode(
        _ text: some RandomAccessCollection<UInt8>, padded: Bool, _ values: [UInt8]
    ) -> [UInt8]? {
        var end = text.count
        if padded {
            guard end % 4 == 0 else { return nil }
            while end > 0, text.count - end < 2, text.suffix(text.count - end + 1).first == 0x3D { end -= 1 }
        }
        guard end % 4 != 1 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(end * 3 / 4)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.prefix(end) {
            let value = values[Int(character)]
            guard value < 64 else { return nil }
            held = (held << 6 | UInt32(value)) & 0x3FFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: held >> bits))
            }
        }
        return held & (1 << bits - 1) == 0 ? out : nil
    }
}
