import ArgumentParser
import Interchange
import JSONTape

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks JSON or NDJSON: by a kind's schema and rules, or by one JSON Schema alone.",
        discussion: """
            A .json file is one document; in .ndjson and .jsonl every line is one. Other files, and standard input (-), are
            read by lines when their first line is a whole JSON value, and else as one document.

            With --json, a line for each document: {"file","line","valid"} and, when it is not valid, "violations", or with
            --schema "errors": the output form `basic` of JSON Schema.

            Exit status 0 when all are valid, 1 when some are not, 2 when a file cannot be read or the schema has a mistake.
            Example: yizhan validate envelopes.ndjson
            Example: yizhan validate --schema schema.json --registry schemas/ document.json
            Example: curl -s https://host/document.json | yizhan validate --schema schema.json -
            """)

    @Option(help: "A JSON Schema (draft 2020-12) to check against, instead of the kind's schema and rules.") var schema:
        String?
    @Option(
        help:
            "A folder of schemas that may be referred to, by their $id or under http://localhost:1234/. None is fetched."
    )
    var registry: String?
    @Flag(help: "With --schema: a format that does not hold is a violation, not only an annotation.")
    var assertFormat = false
    @Flag(help: "Print a JSON object for each document.") var json = false
    @Argument(help: "Files of JSON (.json) or NDJSON; - is standard input.") var files: [String]

    func validate() throws {
        if schema == nil, registry != nil || assertFormat {
            throw ValidationError("--registry and --assert-format need --schema")
        }
    }

    func run() throws {
        let judge: any DocumentJudge =
            if let schema {
                try SchemaJudge(schema: schema, registry: registry, assertsFormat: assertFormat)
            } else {
                EnvelopeRules()
            }
        var count = 0
        var invalid = 0
        for file in files {
            try DocumentFile(path: file).forEachDocument { line, text in
                let verdict = judge.verdict(on: text)
                count += 1
                if !verdict.isValid { invalid += 1 }
                report(verdict, file: file, line: line)
            }
        }
        if !json { Terminal.complain("\(Terminal.grouped(count)) documents, \(Terminal.grouped(invalid)) not valid") }
        if invalid > 0 { throw ExitCode(1) }
    }

    private func report(_ verdict: Verdict, file: String, line: Int) {
        guard json else { return verdict.lines.forEach { Terminal.say("\(file):\(line): \($0)") } }
        var out = Array("{\"file\":".utf8)
        out.append(jsonString: file)
        out.append(contentsOf: ",\"line\":\(line),\"valid\":\(verdict.isValid)".utf8)
        out.append(contentsOf: verdict.members)
        out.append(UInt8(ascii: "}"))
        Terminal.say(String(decoding: out, as: UTF8.self))
    }
}
