import Foundation
import Testing

/// The executable as its users meet it: what it prints, and its exit statuses.
@Suite struct CommandTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private let sample = "\(root)/Tests/Fixtures/samples/guangdong-arrivals.csv"
    private let mapping = "\(root)/config/mappings/guangdong-arrivals.yaml"

    @Test func initEndsTheLastLineOfWhatCanBePutOneBehindTheOther() throws {
        let scratch = try Scratch()
        let folder = "\(scratch.path)/44"
        let made = try Executable.run(["init", "--province", "44", "--dir", folder, "--ca", "\(scratch.path)/ca"])
        #expect(made.status == 0, "\(made.errors)")
        let tls = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tls").map { "\(folder)/tls/\($0)" }
        #expect(tls.count > 10)
        for file in tls + ["\(scratch.path)/ca/ca.pem", "\(scratch.path)/ca/ca.key", "\(folder)/keys/signing.pem"] {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.hasSuffix("-----\n"), "\(file)")
        }
    }

    @Test func transformReportsEveryRowWithItsOutcome() throws {
        let scratch = try Scratch()
        let report = "\(scratch.path)/report.jsonl"
        let result = try Executable.run(["transform", "--mapping", mapping, "--report", report, sample])
        #expect(result.status == 1)
        #expect(result.output.split(separator: "\n").count == 4_629)
        let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 5_000)
        #expect(lines.count { $0.contains(#""outcome":"accept""#) } == 4_585)
        #expect(lines.count { $0.contains(#""outcome":"flag""#) } == 44)
        #expect(lines.count { $0.contains(#""outcome":"quarantine""#) } == 371)
    }

    @Test func whatTransformMakesIsValid() throws {
        let scratch = try Scratch()
        let made = try Executable.run(["transform", "--mapping", mapping, sample])
        let file = try scratch.write(made.output, to: "envelopes.ndjson")
        #expect(try Executable.run(["validate", file]).status == 0)
        let broken = try scratch.write(
            made.output.replacingOccurrences(of: #""arrivalDate":"2"#, with: #""arrivalDate":"X"#), to: "broken.ndjson")
        #expect(try Executable.run(["validate", broken]).status == 1)
    }

    @Test func whatIsNoJSONIsSaidToBeNone() throws {
        let scratch = try Scratch()
        let file = try scratch.write("{\"id\": \"a\",\n \"from\" \"44\"}\n", to: "document.json")
        let result = try Executable.run(["validate", file])
        #expect(result.status == 1)
        #expect(
            result.output
                == "\(file):1: SCHEMA: not JSON: a byte that JSON does not allow here at byte 20 (line 2, column 9); "
                + "write one JSON value by RFC 8259\n")
    }

    @Test func aFileInAnotherEncodingIsRefusedWhole() throws {
        let utf16 = Data("序号,姓名\n1,张三\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        let scratch = try Scratch()
        let file = "\(scratch.path)/utf16.csv"
        try utf16.write(to: URL(fileURLWithPath: file))
        let result = try Executable.run(["transform", "--mapping", mapping, file])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("byte"))
    }

    @Test(arguments: [("", "empty.csv"), ("序号,姓名,不认识\n1,张三,x\n", "unknown.csv")])
    func aFileThatIsNotWhatTheMappingSaysIsRefusedWhole(_ text: String, _ name: String) throws {
        let scratch = try Scratch()
        let result = try Executable.run(["transform", "--mapping", mapping, try scratch.write(text, to: name)])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(!result.errors.isEmpty)
    }

    @Test func aMappingWithAMistakeSaysWhere() throws {
        let scratch = try Scratch()
        let text = try String(contentsOfFile: mapping, encoding: .utf8)
            .replacingOccurrences(of: "person.idNumber", with: "person.idNumbre")
        let file = try scratch.write(text, to: "wrong.yaml")
        let result = try Executable.run(["mapping", "check", file])
        #expect(result.status == 2)
        let line = try #require(text.components(separatedBy: "\n").firstIndex { $0.contains("idNumbre") }) + 1
        #expect(result.output.contains("wrong.yaml:\(line):"))
    }

    @Test func theShippedMappingPassesTheCheckWithItsSample() throws {
        let result = try Executable.run(["mapping", "check", mapping, "--sample", sample])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func wrongArgumentsEndWithTwo() throws {
        #expect(try Executable.run(["transform"]).status == 2)
        #expect(try Executable.run(["no-such-command"]).status == 2)
        #expect(try Executable.run(["init", "--province", "99", "--dir", "x"]).status == 2)
        let listed = try Executable.run(["queue", "list", "--state", "bogus"])
        #expect(listed.status == 2)
        #expect(listed.errors.contains("deadLettered"))
    }

    @Test func aConfigurationWithMistakesSaysFileLineAndWhatIsExpected() throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "province: \"41\"\nlistners: {}\nlimits: { connections: many }\n", to: "gateway.yaml")
        let result = try Executable.run(["serve", "--config", file])
        #expect(result.status == 2)
        #expect(result.errors.contains("gateway.yaml:2: listners"))
        #expect(result.errors.contains("gateway.yaml:3: limits.connections"))
    }

    @Test func aGatewayThatDoesNotRunEndsWithThree() throws {
        let scratch = try Scratch()
        let folder = "\(scratch.path)/44"
        #expect(try Executable.run(["init", "--province", "44", "--dir", folder, "--port", "19443"]).status == 0)
        let result = try Executable.run([
            "submit", "--config", "\(folder)/gateway.yaml", "--mapping", "guangdong-arrivals", sample,
        ])
        #expect(result.status == 3)
    }

    @Test func helpHasAnExampleForEveryCommand() throws {
        for command in [
            ["demo"], ["init"], ["serve"], ["validate"], ["transform"], ["submit"], ["mapping", "check"],
            ["queue", "list"], ["queue", "stats"], ["queue", "show"], ["queue", "retry"], ["queue", "repair"],
            ["queue", "replay"], ["queue", "cancel"], ["queue", "discard"], ["queue", "alerts"], ["audit", "list"],
            ["audit", "show"], ["audit", "verify"],
            ["audit", "proof"], ["audit", "evidence"], ["audit", "subject"], ["audit", "export"], ["audit", "archive"],
            ["status"], ["codes", "show"],
        ] {
            let result = try Executable.run(command + ["--help"])
            #expect(result.status == 0)
            #expect(result.output.contains("Example: yizhan \(command.joined(separator: " "))"), "\(command)")
        }
    }
}
