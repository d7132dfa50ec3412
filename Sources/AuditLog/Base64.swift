/// Base64 as in RFC 4648, 4, read strictly: padding is required, and the bits that padding leaves over are zero, so that
/// a value has one form only.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        bytes.withUnsafeBytes { append($0, to: &out) }
        return out
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        let length = (bytes.count + 2) / 3 * 4
        withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { text in
            alphabet.withUnsafeBufferPointer { write(bytes, to: text, $0) }
            out.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer, _ alphabet: UnsafeBufferPointer<UInt8>
    ) {
        var (place, end) = (0, 0)
        func put(_ bits: UInt32, _ count: Int) {
            for step in 0..<count { text[end + step] = alphabet[Int(bits >> (18 - 6 * UInt32(step)) & 63)] }
            for step in count..<4 { text[end + step] = 0x3D }
            end += 4
        }
        while place + 3 <= bytes.count {
            put(UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]), 4)
            place += 3
        }
        switch bytes.count - place {
        case 1: put(UInt32(bytes[place]) << 16, 2)
        case 2: put(UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8, 3)
        default: break
        }
    }

    /// Nil for anything that ``encode(_:)`` does not write.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Array(text)
        return text.withUnsafeBufferPointer { text in
            var isWhole = false
            let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { out, count in
                count = decode(text, to: UnsafeMutableRawBufferPointer(out)) ?? 0
                isWhole = count > 0 || text.isEmpty
            }
            return isWhole ? bytes : nil
        }
    }

    /// - Parameter out: has room for three bytes for each four characters.
    /// - Returns: how many bytes were written; nil for anything that ``encode(_:)`` does not write.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, to out: UnsafeMutableRawBufferPointer) -> Int? {
        guard text.count.isMultiple(of: 4), out.count >= text.count / 4 * 3 else { return nil }
        var end = text.count
        while end > 0, end > text.count - 2, text[end - 1] == 0x3D { end -= 1 }
        return values.withUnsafeBufferPointer { values in
            var (bits, held, count): (UInt32, Int, Int) = (0, 0, 0)
            for place in 0..<end {
                let value = values[Int(text[place])]
                guard value < 64 else { return nil }
                bits = bits << 6 | UInt32(value)
                held += 6
                guard held >= 8 else { continue }
                held -= 8
                out[count] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                count += 1
            }
            return bits & (1 << UInt32(held) - 1) == 0 && held == (text.count - end) * 2 ? count : nil
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// What each character stands for; 255 for others.
    static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}

/// Lower-case hexadecimal.
enum Hexadecimal {
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        for byte in bytes { out += [digit(byte >> 4), digit(byte & 15)] }
        return String(decoding: out, as: UTF8.self)
    }

    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        var high: UInt8?
        for character in text {
            guard let nibble = nibble(character) else { return nil }
            if let first = high {
                out.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return out
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
