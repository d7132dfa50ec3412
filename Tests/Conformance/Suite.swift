import Foundation
import JSONSchema
import JSONTape

/// A file of the suite.
struct SuiteFile {
    enum Kind: String, CaseIterable { case required, optional }

    /// Below `tests/draft2020-12`.
    let name: String

    var kind: Kind { name.hasPrefix("optional/") ? .optional : .required }

    /// The suite asserts formats only where it is about them.
    var assertsFormat: Bool { name.hasPrefix("optional/format/") }

    /// Why some cases of an optional file are not passed, and are not meant to be; nil where all must pass.
    var exception: String? {
        switch name {
        case "optional/cross-draft.json": "only draft 2020-12 is known"
        case "optional/dependencies-compatibility.json": "dependencies is a keyword of older drafts"
        default: nil
        }
    }
}

struct FileResult {
    let file: SuiteFile
    var passed = 0
    /// Cases that a stated exception covers.
    var excused = 0
    var failures: [String] = []
}

/// The suite's folder, which has `tests` and `remotes`.
struct Suite {
    private let folder: String
    private let registry: SchemaRegistry

    /// - Throws: when there are no remote documents, or one is no schema.
    init(folder: String) throws {
        self.folder = folder
        var registry = SchemaRegistry()
        for name in try Self.names(in: "\(folder)/remotes") where Self.isOfTheDraft(name) {
            try registry.add(Self.text(of: "\(folder)/remotes/\(name)"), at: "http://localhost:1234/\(name)")
        }
        self.registry = registry
    }

    /// The required files, then the optional ones.
    func files() throws -> [SuiteFile] {
        let files = try Self.names(in: "\(folder)/tests/draft2020-12").map(SuiteFile.init)
        return files.filter { $0.kind == .required } + files.filter { $0.kind == .optional }
    }

    func run(_ file: SuiteFile) throws -> FileResult {
        var result = FileResult(file: file)
        let text = try Self.text(of: "\(folder)/tests/draft2020-12/\(file.name)")
        try JSONParser().parse(text) { groups in
            groups.forEachElement { run(group: $0, of: text, into: &result) }
        }
        return result
    }

    private func run(group: JSONView, of text: [UInt8], into result: inout FileResult) {
        let schema = group["schema"].flatMap { try? compile(Array(text[$0.span]), result.file) }
        let title = group["description"]?.string ?? ""
        group["tests"]?.forEachElement { test in
            let instance = test["data"].map { Array(text[$0.span]) } ?? []
            if let schema, let expected = test["valid"]?.bool, judge(instance, by: schema) == expected {
                result.passed += 1
            } else if result.file.exception != nil {
                result.excused += 1
            } else {
                result.failures.append("\(title): \(test["description"]?.string ?? "")")
            }
        }
    }

    private func compile(_ text: [UInt8], _ file: SuiteFile) throws -> Schema {
        try Schema(text, registry: registry, assertsFormat: file.assertsFormat)
    }

    /// The verdict; nil when the quick way and the way that tells violations do not agree.
    private func judge(_ instance: [UInt8], by schema: Schema) -> Bool? {
        try? JSONParser().parse(instance) { value in
            let verdict = schema.isValid(value)
            return schema.violations(of: value).isEmpty == verdict ? verdict : nil
        }
    }

    /// Remote documents lie below their draft's name; older editions of the suite have common ones at the top.
    private static func isOfTheDraft(_ name: String) -> Bool {
        name.hasPrefix("draft2020-12/") || !name.hasPrefix("draft") && !name.hasPrefix("v1/")
    }

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted()
    }

    private static func text(of path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
