import Foundation

/// Unicode normalisation form C.
enum Normalisation {
    /// The text in form C; nil when it is in that form already. What registers hold is told at a glance and costs nothing.
    static func nfcIfDifferent(_ text: [UInt8]) -> [UInt8]? {
        if isPlain(text) { return nil }
        let normal = Array(String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
        return normal == text ? nil : normal
    }

    /// Whether every character is one that form C never touches: below U+0300, U+2010 to U+203F, U+3000 to U+3029, the
    /// Han blocks U+3400 to U+9FFF and U+20000 to U+2F7FF, and U+FF00 to U+FFEF.
    private static func isPlain(_ text: [UInt8]) -> Bool {
        var place = 0
        while place < text.count {
            let byte = text[place]
            switch byte {
            case 0..<0x80: place += 1
            case 0xC2...0xCB: place += 2
            case 0xE4...0xE9: place += 3
            case 0xE2, 0xE3, 0xEF:
                guard place + 2 < text.count, isPlainPunctuation(byte, text[place + 1], text[place + 2]) else {
                    return false
                }
                place += 3
            case 0xF0:
                guard place + 2 < text.count, text[place + 1] >= 0xA0, text[place + 1] <= 0xAF else { return false }
                // U+2F800 and on are compatibility ideographs, which form C replaces.
                if text[place + 1] == 0xAF, text[place + 2] >= 0xA0 { return false }
                place += 4
            default: return false
            }
        }
        return true
    }

    private static func isPlainPunctuation(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch first {
        case 0xE2: second == 0x80 && third >= 0x90
        case 0xE3: second == 0x80 && third <= 0xA9 || second >= 0x90
        default: second >= 0xBC && second <= 0xBF
        }
    }
}
