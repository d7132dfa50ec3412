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
                for reason in reasons { out.append(text: " \(reason.code.rawValue) \(reason.pointer)") }
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
        case "duplicate": return words.last.flatMap { Outcome.Earlier(rawValue: String($0)) }.map { .duplicate(earlier: $0) }
        case "stale": return held(words).map { .stale($0) }
        case "conflict": return held(words).map { .conflict($0) }
        case "rejected":
            let pairs = stride(from: 1, to: words.count - 1, by: 2).compactMap { place in
                ViolationCode(rawValue: String(words[place])).map {
                    RefusedRow.Reason(code: $0, pointer: String(words[place + 1]), column: nil)
                }
            }
            return .rejected(pairs)
        default: return nil
        }
    }

    private static func held(_ words: [Substring]) -> Outcome.Held? {
        guard words.count == 3, let version = Int(words[1]), let digest = Digest256(hexadecimal: words[2]) else { return nil }
        return Outcome.Held(version: version, digest: digest)
    }
}
