import Foundation
import Testing

@Suite struct BackupCommandTests {
    @Test func aBackupIsMadeByTheRunningGatewayAndPutBackAfterItsEnd() async throws {
        let scratch = try Scratch()
        let gateway = try await RunningGateway(scratch, hasPeer: false)
        let config = "\(gateway.folder)/gateway.yaml"
        let made = try Executable.run(["backup", "--config", config, "--to", "\(scratch.path)/shelf", "--json"])
        #expect(made.status == 0, "\(made.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/shelf")
        let backup = "\(scratch.path)/shelf/\(try #require(names.first))"
        #expect(made.output.contains(backup))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: backup).sorted() == ["manifest.json", "store.sqlite"])

        let running = try Executable.run(["restore", "--config", config, "--from", backup])
        #expect(running.status == 3)
        gateway.stop()
        let restored = try Executable.run(["restore", "--config", config, "--from", backup, "--json"])
        #expect(restored.status == 0, "\(restored.errors)")
        let log = try Executable.run(["audit", "list", "--config", config, "--json"])
        #expect(log.output.split(separator: "\n").last?.contains("backup.restored") == true)
        // What was entered after the copy was made is not in it.
        #expect(!log.output.contains("backup.made"))
        #expect(try Executable.run(["audit", "verify", "--config", config]).status == 0)

        let manifest = "\(backup)/manifest.json"
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "\"auditRoot\"", with: "\"auditRoof\"").utf8)
            .write(to: URL(fileURLWithPath: manifest))
        #expect(try Executable.run(["restore", "--config", config, "--from", backup]).status == 2)
        let altered = text.replacingOccurrences(of: #""version" : ""#, with: #""version" : "9"#)
        try Data(altered.utf8).write(to: URL(fileURLWithPath: manifest))
        #expect(try Executable.run(["restore", "--config", config, "--from", backup]).status == 1)
        #expect(try Executable.run(["restore", "--config", config, "--from", backup, "--accept-loss"]).status == 2)
    }

    @Test(arguments: ["backup", "restore"])
    func helpHasAnExample(_ command: String) throws {
        let help = try Executable.run([command, "--help"])
        #expect(help.output.contains("Example: yizhan \(command)"))
    }
}
