import Interchange
import JSONTape

extension Receipt {
    /// One JSON object without space, its members in the order of the protocol's page: equal receipts are equal bytes.
    public func encoded() -> [UInt8] {
        Self.encode(
            batch: batch, contentDigest: contentDigest, from: from, to: to, receivedAt: receivedAt,
            results: Self.encode(results), audit: audit)
    }

    /// A receipt's `results` as they stand in it: the JSON array, whose digest its sender's log has.
    public static func encode(_ results: [Result]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(2 + results.count * 160)
        out.append(0x5B)
        for (index, result) in results.enumerated() {
            if index > 0 { out.append(0x2C) }
            result.append(to: &out)
        }
        out.append(0x5D)
        return out
    }

    /// As ``encoded()``, with results that are written already.
    public static func encode(
        batch: MessageID, contentDigest: ContentDigest, from: Province, to: Province, receivedAt: Instant,
        results: [UInt8], audit: Audit
    ) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512 + audit.checkpoint.utf8.count + results.count)
        out.append(text: #"{"batch":""#)
        batch.append(to: &out)
        out.append(text: #"","contentDigest":""#)
        contentDigest.append(to: &out)
        out.append(text: #"","from":""#)
        out.append(text: from.description)
        out.append(text: #"","to":""#)
        out.append(text: to.description)
        out.append(text: #"","receivedAt":""#)
        receivedAt.append(to: &out)
        out.append(text: #"","results":"#)
        out.append(contentsOf: results)
        out.append(text: #","audit":"#)
        audit.append(to: &out)
        out.append(0x7D)
        return out
    }
}

extension Receipt.Result {
    fileprivate func append(to out: inout [UInt8]) {
        out.append(text: #"{"id":""#)
        id.append(to: &out)
        out.append(text: #"","digest":""#)
        digest.append(to: &out)
        out.append(text: #"","outcome":""#)
        out.append(text: outcome.name.rawValue)
        out.append(0x22)
        switch outcome {
        case .accepted, .parked: break
        case .rejected(let violations): out.append(violations: violations)
        case .stale(let held), .conflict(let held): held.append(to: &out)
        case .duplicate(let earlier):
            out.append(text: #","earlier":{"outcome":""#)
            out.append(text: earlier.outcome.rawValue)
            out.append(0x22)
            if !earlier.violations.isEmpty { out.append(violations: earlier.violations) }
            out.append(0x7D)
        }
        out.append(0x7D)
    }
}

extension HeldVersion {
    fileprivate func append(to out: inout [UInt8]) {
        out.append(text: #","held":{"version":"#)
        out.append(text: String(version))
        out.append(text: #","digest":""#)
        digest.append(to: &out)
        out.append(text: #""}"#)
    }
}

extension Receipt.Audit {
    fileprivate func append(to out: inout [UInt8]) {
        out.append(text: #"{"origin":"#)
        out.append(jsonString: origin)
        out.append(
            text: #","treeSize":\#(treeSize),"entries":[\#(entries.lowerBound),\#(entries.upperBound)],"checkpoint":"#)
        out.append(jsonString: checkpoint)
        out.append(0x7D)
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: String) { append(contentsOf: text.utf8) }

    fileprivate mutating func append(violations: [ReceiptViolation]) {
        append(text: #","violations":["#)
        for (index, violation) in violations.enumerated() {
            if index > 0 { append(0x2C) }
            append(text: #"{"code":"#)
            append(jsonString: violation.code)
            append(text: #","pointer":"#)
            append(jsonString: violation.pointer)
            append(0x7D)
        }
        append(0x5D)
    }
}
