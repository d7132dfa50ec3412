import JSONTape

/// Checks one envelope's line: syntax, the schema of its kind, then every rule. Sender and receiver use the same.
///
/// Owns a parser's storage and belongs to one task at a time: make one for each worker.
public final class EnvelopeChecker {
    public typealias Side = CheckSide

    /// Schema violations that are told of one envelope at most.
    public static let violationLimit = 64

    private let parser = JSONParser(maximumDepth: 16, maximumNodes: 4096)
    private let schemas = KindSchemas.standard
    private let codeLists: CodeLists
    private let retention: RetentionCaps
    private let stricter: Set<ViolationCode>

    /// - Parameters:
    ///   - retentionCaps: days for purposes where this gateway keeps shorter than the purpose's own cap.
    ///   - stricter: codes of severity `flag` that this gateway quarantines; others are not heeded.
    public init(
        codeLists: CodeLists = .standard, retentionCaps: [Purpose: Int] = [:], stricter: Set<ViolationCode> = []
    ) {
        self.codeLists = codeLists
        self.stricter = stricter
        retention = RetentionCaps(shortened: retentionCaps)
    }

    /// - Parameters:
    ///   - line: one JSON object, without a newline.
    ///   - now: the checker's clock; civil dates are held against its day in Asia/Shanghai.
    public func check(_ line: UnsafeRawBufferPointer, side: Side, now: Instant) -> Judgement {
        let context = RuleContext(codeLists: codeLists, retention: retention, side: side, now: now)
        do {
            return try parser.parse(line) { judge($0, context) }
        } catch {
            var report = Report()
            report.add(.schema, at: "")
            return Judgement(id: nil, header: nil, report: report)
        }
    }

    /// The rules' part of ``check(_:side:now:)``, for an envelope that is being made of values, when its line is known to keep the
    /// schema of its kind.
    public func judge(valid envelope: EnvelopeView, side: Side, now: Instant) -> Judgement {
        let context = RuleContext(codeLists: codeLists, retention: retention, side: side, now: now)
        var report = Report(stricter: stricter)
        RuleTable.check(envelope, context, &report)
        return Judgement(
            id: envelope.id, from: envelope.from, header: EnvelopeHeader(envelope), report: report)
    }

    private func judge(_ root: JSONView, _ context: RuleContext) -> Judgement {
        let envelope = EnvelopeView(root)
        var report = Report(stricter: stricter)
        if envelope.hasAnotherMajorVersion {
            // Another version may mean anything by the same names, so nothing else is told about it.
            InterchangeVersionRule.check(envelope, context, &report)
            return Judgement(id: envelope.id, header: nil, report: report)
        }
        checkSchema(root, envelope, &report)
        RuleTable.check(envelope, context, &report)
        let header = EnvelopeHeader(envelope)
        if header == nil, !report.hasQuarantine { report.add(.schema, at: "") }
        return Judgement(id: envelope.id, from: envelope.from, header: header, report: report)
    }

    private func checkSchema(_ root: JSONView, _ envelope: EnvelopeView, _ report: inout Report) {
        guard let schema = envelope.kind.map(schemas.schema) ?? schemas.envelope else {
            report.add(.schema, at: "")
            return
        }
        if !schema.isValid(root) { report.add(schema.violations(of: root, limit: Self.violationLimit)) }
    }
}
