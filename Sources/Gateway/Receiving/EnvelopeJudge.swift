import AuditLog
import Exchange
import Interchange
import Store

/// Judges every envelope of an incoming batch by the same rules that the sender's intake used.
struct EnvelopeJudge {
    let province: Province
    let peer: Province
    let limits: ExchangeLimits
    let codeLists: CodeLists

    /// - Throws: `WireError` `BATCH_TOO_LONG`, `BATCH_UNREADABLE`; `IDENTITY_MISMATCH` when an envelope is from another
    ///   province than the one that TLS and the signature prove.
    func judge(_ lines: [UInt8], at now: Instant) throws(WireError) -> [IncomingEnvelope] {
        let checker = EnvelopeChecker(codeLists: codeLists)
        let ranges = try BatchLines.split(lines, limits: limits)
        var envelopes: [IncomingEnvelope] = []
        envelopes.reserveCapacity(ranges.count)
        for (number, range) in ranges.enumerated() {
            let judged = lines.withUnsafeBytes { bytes in
                judge(UnsafeRawBufferPointer(rebasing: bytes[range]), range, checker, now)
            }
            guard let judged else { throw BatchLines.unreadable(line: number + 1) }
            guard judged.from == nil || judged.from == peer else {
                throw WireError(.identityMismatch, "The envelope in line \(number + 1) is from another province.")
            }
            envelopes.append(judged.envelope)
        }
        return envelopes
    }

    private func judge(
        _ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ checker: EnvelopeChecker, _ now: Instant
    ) -> (envelope: IncomingEnvelope, from: Province?)? {
        let judgement = checker.check(line, side: .receiver(as: province, from: peer), now: now)
        guard let id = judgement.id else { return nil }
        let reasons = judgement.violations.filter { $0.severity == .quarantine }.map {
            RefusedRow.Reason(code: $0.code, pointer: $0.toldPointer, column: nil)
        }
        var record = reasons.isEmpty ? judgement.header.map { IncomingRecord($0) } : nil
        if record?.kind == .accessNotice { record?.inquiry = StatedInquiry(line: line) }
        let envelope = IncomingEnvelope(
            id: id, digest: Digest256(hashing: line), span: range, record: record, violations: reasons)
        return (envelope, judgement.from)
    }
}

extension Violation {
    /// A member that no schema knows has whatever name its sender gave it, a person's too: it is not repeated. The place is that
    /// of the object in which it stands.
    fileprivate var toldPointer: String {
        guard code == .unknownField, let end = pointer.lastIndex(of: "/") else { return pointer }
        return String(pointer[..<end])
    }
}

extension IncomingRecord {
    /// What the store needs of an envelope that passed.
    init(_ header: EnvelopeHeader) {
        self.init(
            kind: header.kind, record: header.record, version: header.version, issuedAt: header.issuedAt,
            purpose: header.purpose,
            retainUntil: header.retainUntil, subject: header.subject, reference: header.reference,
            division: header.division, effective: header.effective, facts: header.facts)
        effect = header.effect
    }
}
