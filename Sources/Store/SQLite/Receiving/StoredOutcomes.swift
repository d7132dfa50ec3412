import AuditLog
import Interchange

/// The outcomes of a batch as they are kept from the moment they are durable until the receipt is: a line each.
enum StoredOutcomes {
    static func encode(_ outcomes: [Outcome]) -> [UInt8] {
        var out: [UInt8] = []
        for outcome in outcomes {
            switch outcome {
            case .accepted: out.append(text: "accepted")
            case .duplicate(let earlier): out.append(text: "duplicate \(earlier.rawValue)")
            case .stale(let held): out.append(text: "stale \(held.version) \(held.digest)")
            case .parked: out.append(text: "parked")
            case .conflict(let held): out.append(text: "conflict \(held.version) \(held.digest)")
            case .rejected(let reasons):
                out.append(text: "rejected")
                for reason in reasons { out.append(text: " \(reason.code.rawValue) \(fragment(reason.pointer))") }
            }
            out.append(0x0A)
        }
        return out
    }

    /// - Throws: ``StoreError`` `corrupt` for anything that ``encode(_:)`` does not write.
    static func decode(_ bytes: [UInt8]) throws(StoreError) -> [Outcome] {
        var outcomes: [Outcome] = []
        for line in bytes.split(separator: 0x0A) {
            guard let outcome = decode(line: String(decoding: line, as: UTF8.self)) else {
                throw StoreError(.corrupt, "stored outcomes are damaged", remedy: "restore from backup")
            }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private static func decode(line: String) -> Outcome? {
        let words = line.split(separator: " ")
        switch words.first {
        case "accepted": return .accepted
        case "parked": return .parked
        case "duplicate":
            return words.last.flatMap { Outcome.Earlier(rawValue: String($0)) }.map { .duplicate(earlier: $0) }
        case "stale": return held(words).map { .stale($0) }
        case "conflict": return held(words).map { .conflict($0) }
        case "rejected":
            let pairs = stride(from: 1, to: words.count - 1, by: 2).compactMap { place in
                ViolationCode(rawValue: String(words[place])).map {
                    RefusedRow.Reason(code: $0, pointer: pointer(words[place + 1]), column: nil)
                }
            }
            return .rejected(pairs)
        default: return nil
        }
    }

    /// A pointer as a URI fragment (RFC 6901, 6): never empty, without spaces or newlines, which a member's name may have.
    private static func fragment(_ pointer: String) -> String {
        var out: [UInt8] = [0x23]
        for byte in pointer.utf8 {
            if byte > 0x20, byte != 0x25, byte != 0x7F {
                out.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out.append(text: byte < 16 ? "%0" + digits : "%" + digits)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func pointer(_ fragment: Substring) -> String {
        var out: [UInt8] = []
        var rest = fragment.utf8.dropFirst()
        while let byte = rest.popFirst() {
            let digits = byte == 0x25 ? UInt8(Substring(rest.prefix(2)), radix: 16) : nil
            if digits != nil { rest.removeFirst(2) }
            out.append(digits ?? byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func held(_ words: [Substring]) -> Outcome.Held? {
        guard words.count == 3, let version = Int(words[1]), let digest = Digest256(hexadecimal: words[2]) else {
            return nil
        }
        return Outcome.Held(version: version, digest: digest)
    }
}
