import Interchange
import JSONTape
import Store

/// Changes values of an envelope's line and judges what comes of it by the rules of intake.
struct EnvelopeRepair {
    /// Where a value may be changed: everything that the mapping fills. Who, when and under which id is not a clerk's to say.
    private static let roots: Set<String> = ["person", "content", "purpose", "legalBasis", "respondBy", "inReplyTo"]
    /// The most values that one repair changes.
    static let maximumChanges = 32

    private let line: [UInt8]
    private let parser = JSONParser(maximumDepth: 16, maximumNodes: 4096)

    init(line: [UInt8]) { self.line = line }

    /// - Parameter values: by JSON Pointer; an empty value takes the member away.
    /// - Throws: ``GatewayError`` `mistakes` for a pointer that cannot be changed, and when the result breaks rules: with codes
    ///   and places, never a value.
    func draft(changing values: [String: String], checker: EnvelopeChecker, at now: Instant) throws -> Draft {
        guard values.count <= Self.maximumChanges else {
            throw GatewayError(
                .mistakes, "more than \(Self.maximumChanges) values at once", remedy: "repair at the source")
        }
        var text = try removing("/flags", from: line)
        for (pointer, value) in values.sorted(by: { $0.key < $1.key }) {
            text = try changing(pointer, to: value, in: text)
        }
        let judgement = text.withUnsafeBytes { checker.check($0, side: .sender, now: now) }
        guard judgement.isAccepted, var header = judgement.header, let plain = Draft(line: text) else {
            let found = judgement.violations.filter { $0.severity == .quarantine }
                .map { "\($0.code.rawValue) at \($0.pointer.isEmpty ? "/" : $0.pointer)" }
            throw GatewayError(
                .mistakes, "the repaired envelope breaks rules: \(found.joined(separator: ", "))",
                remedy: judgement.violations.first?.text.remedy.english ?? "change another value")
        }
        header.issuedAt = now
        return Draft(header, flags: judgement.flags, fixed: flagged(plain.fixed, judgement.flags))
    }

    /// Puts the flags where intake has them: before the person.
    private func flagged(_ fixed: [UInt8], _ flags: [ViolationCode]) -> [UInt8] {
        let person = Array(#""person":"#.utf8)
        guard !flags.isEmpty, let place = fixed.firstRange(of: person)?.lowerBound else { return fixed }
        let list = flags.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return Array(fixed[..<place]) + Array("\"flags\":[\(list)],".utf8) + Array(fixed[place...])
    }

    // MARK: One value

    private func changing(_ pointer: String, to value: String, in text: [UInt8]) throws -> [UInt8] {
        let names = try Self.names(of: pointer)
        if value.isEmpty { return try removing(pointer, from: text) }
        return try parser.parse(text) { root in
            let parent = try self.parent(names, root, pointer)
            let name = names[names.count - 1]
            guard let held = parent[member: name] else { return Self.adding(name, value, to: parent, in: text) }
            guard held.kind == .string || held.kind == .integer else {
                throw Self.unfit(pointer, "is not a single value")
            }
            var written: [UInt8] = []
            if held.kind == .integer, Int(value).map(String.init) == value {
                written = Array(value.utf8)
            } else {
                written.append(jsonString: value)
            }
            return Array(text[..<held.span.lowerBound]) + written + Array(text[held.span.upperBound...])
        }
    }

    private static func adding(_ name: String, _ value: String, to parent: JSONView, in text: [UInt8]) -> [UInt8] {
        var member: [UInt8] = parent.count > 0 ? [UInt8(ascii: ",")] : []
        member.append(jsonString: name)
        member.append(UInt8(ascii: ":"))
        member.append(jsonString: value)
        let end = parent.span.upperBound - 1
        return Array(text[..<end]) + member + Array(text[end...])
    }

    /// Takes a member away with the comma that it leaves over; nothing when it is not there.
    private func removing(_ pointer: String, from text: [UInt8]) throws -> [UInt8] {
        let names = pointer == "/flags" ? ["flags"] : try Self.names(of: pointer)
        return try parser.parse(text) { root in
            let parent = try self.parent(names, root, pointer)
            var place: Range<Int>?
            parent.forEachMember { name, value in
                if name.string == names.last { place = name.span.lowerBound..<value.span.upperBound }
            }
            guard var place else { return text }
            if text[place.lowerBound - 1] == UInt8(ascii: ",") {
                place = place.lowerBound - 1..<place.upperBound
            } else if text[place.upperBound] == UInt8(ascii: ",") {
                place = place.lowerBound..<place.upperBound + 1
            }
            return Array(text[..<place.lowerBound]) + Array(text[place.upperBound...])
        }
    }

    private func parent(_ names: [String], _ root: JSONView, _ pointer: String) throws -> JSONView {
        var view = root
        for name in names.dropLast() {
            guard let next = view[member: name], next.kind == .object else {
                throw Self.unfit(pointer, "leads to nothing in this envelope")
            }
            view = next
        }
        return view
    }

    private static func names(of pointer: String) throws -> [String] {
        let names = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
        guard pointer.hasPrefix("/"), let first = names.first, roots.contains(first), names.allSatisfy({ !$0.isEmpty })
        else { throw unfit(pointer, "cannot be changed") }
        return names
    }

    private static func unfit(_ pointer: String, _ why: String) -> GatewayError {
        GatewayError(
            .mistakes, "\(pointer) \(why)",
            remedy: "name a member of person or content such as /content/arrivalDate, or purpose or legalBasis")
    }
}
