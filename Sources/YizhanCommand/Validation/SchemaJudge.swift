import Foundation
import Gateway
import JSONSchema
import JSONTape

/// One JSON Schema alone.
struct SchemaJudge: DocumentJudge {
    private let schema: Schema
    private let parser = JSONParser(maximumDepth: maximumDepth, maximumNodes: maximumNodes)

    /// Containers that may be nested in a document.
    static let maximumDepth = 512
    /// Values and member names that a document may have; 16 bytes of memory each.
    static let maximumNodes = 1 << 26

    /// - Throws: ``GatewayError`` for a schema or a registry that cannot be read or compiled.
    init(schema path: String, registry folder: String?, assertsFormat: Bool) throws {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "the schema \(path) cannot be read", remedy: "check the path")
        }
        let folder = try folder.map { try SchemaFolder(path: $0) }
        do {
            schema = try Schema(
                [UInt8](text), at: folder?.uri(ofFile: path) ?? URL(fileURLWithPath: path).standardized.absoluteString,
                registry: folder?.registry ?? SchemaRegistry(), assertsFormat: assertsFormat)
        } catch let error as SchemaError {
            if error.code == .unresolvedReference, let note = folder?.note { Terminal.complain(note) }
            throw GatewayError(.mistakes, "the schema \(path) has a mistake: \(error)", remedy: error.remedy)
        }
    }

    func verdict(on text: [UInt8]) -> Verdict {
        do {
            return try parser.parse(text) { root in Verdict(schema.violations(of: root)) }
        } catch {
            return Verdict(notJSON: (error as? JSONSyntaxError)?.account(of: text) ?? "the text cannot be read")
        }
    }
}

extension Verdict {
    init(_ violations: [SchemaViolation]) {
        isValid = violations.isEmpty
        if isValid { return }
        lines = violations.map {
            "\($0.keyword) \($0.instanceLocation): \($0.message)\($0.member.map { ": \($0)" } ?? "")"
                + " (\($0.absoluteKeywordLocation ?? "#" + $0.keywordLocation))"
        }
        members = Array(",\"errors\":[".utf8)
        for (place, violation) in violations.enumerated() {
            if place > 0 { members.append(UInt8(ascii: ",")) }
            members.append(outputUnit: violation)
        }
        members.append(UInt8(ascii: "]"))
    }

    init(notJSON sentence: String) {
        self.init([
            SchemaViolation(
                keyword: "JSON", instanceLocation: "", keywordLocation: "", absoluteKeywordLocation: nil, member: nil,
                message: sentence)
        ])
        lines = [sentence]
    }
}

/// A place in a text, as an editor shows it.
struct TextPlace: CustomStringConvertible {
    private let line: Int
    private let column: Int

    /// - Parameter offset: bytes from the start.
    init(_ offset: Int, in text: [UInt8]) {
        let before = text.prefix(offset)
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        column = String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1
    }

    var description: String { "line \(line), column \(column)" }
}
