import ArgumentParser
import Foundation
import Gateway
import Interchange
import JSONSchema
import JSONTape

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks JSON or NDJSON: by a kind's schema and rules, or by one JSON Schema alone.",
        discussion: """
            Exit status 0 when all are valid, 1 when some are not.
            Example: yizhan validate envelopes.ndjson
            Example: yizhan validate --schema schema.json --registry schemas/ document.json
            """)

    @Option(help: "A JSON Schema (draft 2020-12) to check against, instead of the kind's schema and rules.") var schema:
        String?
    @Option(help: "A folder of schemas that may be referred to, by their $id or under http://localhost:1234/.")
    var registry: String?
    @Flag(help: "With --schema: a format that does not hold is a violation, not only an annotation.")
    var assertFormat = false
    @Flag(help: "Print a JSON object for each document.") var json = false
    @Argument(help: "Files of JSON (.json) or NDJSON.") var files: [String]

    func run() throws {
        let judge: any DocumentJudge =
            if let schema {
                try SchemaJudge(schema: schema, registry: registry, assertsFormat: assertFormat)
            } else {
                EnvelopeRules()
            }
        var invalid = 0
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw GatewayError(.file, "\(file) cannot be read", remedy: "check the path")
            }
            for (line, text) in documents(in: [UInt8](data), file: file) {
                let findings = judge.findings(text)
                if !findings.isEmpty { invalid += 1 }
                print(findings, file: file, line: line)
            }
        }
        if invalid > 0 { throw ExitCode(1) }
    }

    /// A `.json` file is one document; of others every line that is not blank is one.
    private func documents(in bytes: [UInt8], file: String) -> [(line: Int, text: [UInt8])] {
        if file.hasSuffix(".json") { return [(1, bytes)] }
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { place, line in
            line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } ? nil : (place + 1, Array(line))
        }
    }

    private func print(_ findings: [Finding], file: String, line: Int) {
        if json {
            var out = Array("{\"file\":".utf8)
            out.append(jsonString: file)
            out.append(contentsOf: ",\"line\":\(line),\"valid\":\(findings.isEmpty),\"violations\":[".utf8)
            for (place, finding) in findings.enumerated() {
                out.append(contentsOf: "\(place > 0 ? "," : ""){\"code\":".utf8)
                out.append(jsonString: finding.code)
                out.append(contentsOf: ",\"pointer\":".utf8)
                out.append(jsonString: finding.pointer)
                out.append(contentsOf: ",\"message\":".utf8)
                out.append(jsonString: finding.message)
                out.append(0x7D)
            }
            out.append(contentsOf: "]}".utf8)
            return Terminal.say(String(decoding: out, as: UTF8.self))
        }
        for finding in findings {
            Terminal.say("\(file):\(line): \(finding.code) \(finding.pointer): \(finding.message)")
        }
    }
}

/// One thing that is wrong with a document.
struct Finding {
    var code: String
    var pointer: String
    var message: String
}

protocol DocumentJudge { func findings(_ text: [UInt8]) -> [Finding] }

/// The kind's schema and rules, as a sender's intake applies them.
struct EnvelopeRules: DocumentJudge {
    private let checker = EnvelopeChecker()

    func findings(_ text: [UInt8]) -> [Finding] {
        let judgement = text.withUnsafeBytes { checker.check($0, side: .sender, now: Instant.now()) }
        return judgement.violations.filter { $0.severity == .quarantine }.map {
            Finding(
                code: $0.code.rawValue, pointer: $0.pointer,
                message: "\($0.text.message.english) \($0.text.remedy.english)")
        }
    }
}

/// One JSON Schema alone.
struct SchemaJudge: DocumentJudge {
    private let schema: Schema
    private let parser = JSONParser()

    /// - Throws: ``GatewayError`` for a schema that cannot be read or compiled.
    init(schema path: String, registry folder: String?, assertsFormat: Bool) throws {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "the schema \(path) cannot be read", remedy: "check the path")
        }
        do {
            schema = try Schema([UInt8](text), registry: try Self.registry(folder), assertsFormat: assertsFormat)
        } catch let error as GatewayError {
            throw error
        } catch {
            throw GatewayError(.mistakes, "the schema \(path) has a mistake: \(error)", remedy: "correct the schema")
        }
    }

    private static func registry(_ folder: String?) throws -> SchemaRegistry {
        var registry = SchemaRegistry()
        guard let folder else { return registry }
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for name in names.sorted() where name.hasSuffix(".json") {
            guard let text = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
            do {
                try registry.add([UInt8](text), at: "http://localhost:1234/\(name)")
            } catch {
                // A folder may hold documents of other drafts: only a reference to one of them is a mistake.
                Terminal.complain("note: \(name) is passed over: \(error)")
            }
        }
        return registry
    }

    func findings(_ text: [UInt8]) -> [Finding] {
        do {
            return try parser.parse(text) { root in
                schema.violations(of: root).map {
                    Finding(code: $0.keyword, pointer: $0.instanceLocation, message: $0.message)
                }
            }
        } catch {
            return [Finding(code: "JSON", pointer: "", message: "\(error)")]
        }
    }
}
