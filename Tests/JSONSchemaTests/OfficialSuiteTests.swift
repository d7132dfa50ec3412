import Foundation
import JSONSchema
import JSONTape
import Testing

/// The suite of json-schema-org, when `JSON_SCHEMA_SUITE` names a folder with its `tests` and `remotes`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JSON_SCHEMA_SUITE"] != nil))
struct OfficialSuiteTests {
    private let folder = ProcessInfo.processInfo.environment["JSON_SCHEMA_SUITE"] ?? ""

    private func texts(in path: String) throws -> [(name: String, text: [UInt8])] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(path)")
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            (name, Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)/\(name)"))))
        }
    }

    private func registry() throws -> SchemaRegistry {
        var registry = SchemaRegistry()
        for (name, text) in try texts(in: "remotes") where name.hasPrefix("draft2020-12/") {
            try registry.add(text, at: "http://localhost:1234/\(name)")
        }
        return registry
    }

    @Test func everyRequiredCaseHasItsVerdict() throws {
        let registry = try registry()
        var cases = 0
        for (name, text) in try texts(in: "tests/draft2020-12") where !name.hasPrefix("optional/") {
            let parser = JSONParser()
            try parser.parse(text) { groups in
                try groups.forEachElement { group in
                    cases += try check(group, of: text, registry: registry, file: name)
                }
            }
        }
        #expect(cases >= 1299)
    }

    private func check(_ group: JSONView, of text: [UInt8], registry: SchemaRegistry, file: String) throws -> Int {
        let schema = try Schema(
            Array(text[try #require(group["schema"]).span]), registry: registry, assertsFormat: false)
        var cases = 0
        try group["tests"]?.forEachElement { test in
            let instance = Array(text[try #require(test["data"]).span])
            let verdict = try JSONParser().parse(instance) { (schema.isValid($0), schema.violations(of: $0).isEmpty) }
            let comment = "\(file): \(group["description"]?.string ?? ""), \(test["description"]?.string ?? "")"
            #expect(verdict.0 == test["valid"]?.bool, "\(comment)")
            #expect(verdict.1 == verdict.0, "\(comment)")
            cases += 1
        }
        return cases
    }
}
